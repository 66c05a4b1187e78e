package count

import (
	"slices"

	"github.com/feedgauge/feedgauge"
)

// Windows are the windows of one feed that are not closed yet, in order of
// time, each with the merged tallies of all workers.
type Windows struct {
	open []Pending
}

// Pending is one window that is not closed yet.
type Pending struct {
	Window feedgauge.Window
	Tally  feedgauge.FeedTally
}

// Merge adds a tally of window w.
func (p *Windows) Merge(w feedgauge.Window, t *feedgauge.FeedTally) {
	at, found := slices.BinarySearchFunc(p.open, w.Start, func(o Pending, start feedgauge.Instant) int {
		return cmpInstant(o.Window.Start, start)
	})
	if found {
		p.open[at].Tally.Merge(t)
		return
	}
	own := *t
	own.Counts.Errors, own.Sketches = slices.Clone(t.Counts.Errors), t.Sketches.Clone()
	p.open = slices.Insert(p.open, at, Pending{Window: w, Tally: own})
}

// Take removes and returns the tally of window w; ok is false when nothing
// arrived in it.
func (p *Windows) Take(w feedgauge.Window) (t feedgauge.FeedTally, ok bool) {
	if len(p.open) == 0 || p.open[0].Window.Start != w.Start {
		return feedgauge.FeedTally{First: feedgauge.After, Last: feedgauge.Before}, false
	}
	t = p.open[0].Tally
	p.open = slices.Delete(p.open, 0, 1)
	return t, true
}

// ArrivedBefore reports whether a pending window holds an arrival before t.
func (p *Windows) ArrivedBefore(t feedgauge.Instant) bool {
	return len(p.open) > 0 && p.open[0].Tally.First < t
}

// All returns the pending windows in order; the slice belongs to p.
func (p *Windows) All() []Pending { return p.open }

func cmpInstant(a, b feedgauge.Instant) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
