package watch

import (
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/processors/clocks"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// clocksOf is how long after their own time the events of a window arrived.
func clocksOf(sketches feedgauge.Sketches) (c feedgauge.Clocks) {
	if s, ok := sketches.Get(journal.ClockName).(*clocks.Summary); ok {
		c = s.Clocks()
	}
	return c
}

// compareClocks lets the watcher of a feed's clock see a window that can be judged,
// and tells the rules what is wrong with it.
func (f *feed) compareClocks(m *rules.Moment, sketches feedgauge.Sketches) {
	if !f.class.Clocks {
		return
	}
	if s, ok := sketches.Get(journal.ClockName).(*clocks.Summary); ok {
		zone := f.class.Env.Zone
		f.clock.Observe(s, m.Window, zone != nil && zone != time.UTC)
	}
	if found, ok := f.clock.Wrong(); ok {
		m.Skew = feedgauge.Skew{Kind: string(found.Kind), Off: found.Off, Since: found.Since, Text: found.Text}
	}
	if found, ok := f.clock.Growing(); ok {
		m.Growth = feedgauge.Skew{Kind: "growing", Off: found.Off, Since: found.Since, Text: found.Text}
	}
}

// restoreClock reads what was saved of the clock. What cannot be read is learnt
// anew.
func (f *feed) restoreClock(b []byte) {
	if w, err := clocks.Load(b); err == nil {
		f.clock = *w
	}
}
