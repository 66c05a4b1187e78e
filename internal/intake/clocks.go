package intake

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/processors/clocks"
)

// clockSize is about what the times of a window take in the journal, in bytes.
const clockSize = 48

// noteTimes adds the times of the record that has been counted to those of its
// window.
func (in *Intake) noteTimes(f *feed, at feedgauge.Instant) {
	if in.exam.times.Empty() {
		return
	}
	s := in.sums.Sketch(&f.Feed, at, journal.ClockName, func(feedgauge.Window) feedgauge.Sketch { return &clocks.Summary{} }, clockSize)
	s.Merge(&in.exam.times)
}
