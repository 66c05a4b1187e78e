package watch

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/processors/profile"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// day is in milliseconds, as instants are.
const day = 24 * 60 * 60 * 1000

// compare lets the learner of a feed see what the lines of a window were like, and
// tells the rules what is no longer as it was. What has been learnt is kept as it
// is written, which is a few kilobytes; a window that cannot be judged is not
// learnt from.
func (f *feed) compare(m *rules.Moment, sketches feedgauge.Sketches) {
	if !f.class.Learn {
		return
	}
	l := f.learner()
	if p, ok := sketches.Get(journal.ProfileName).(*profile.Profile); ok {
		l.Observe(p, int64(m.Window.Start))
		f.learnt = l.Append(f.learnt[:0:0])
	}
	for _, d := range l.Drifts() {
		m.Drifts = append(m.Drifts, feedgauge.Drift{
			Kind: string(d.Kind), Field: d.Field, EventKind: d.EventKind, Before: d.Before, After: d.After,
			Since: feedgauge.Instant(d.Since), Text: d.String(), Sample: d.Sample,
		})
	}
}

// learner is what has been learnt of the feed. What cannot be read is learnt
// anew, rather than refuse to watch.
func (f *feed) learner() *profile.Learner {
	if l, err := profile.LoadLearner(f.learnt, day); err == nil {
		return l
	}
	return profile.NewLearner(day)
}
