package watch

import (
	"time"

	"github.com/feedgauge/feedgauge"
)

// Cover tells how many feeds of a partition can be judged at any later time, if
// nothing more comes. It does not change.
type Cover struct {
	All    int // feeds, with those of the inventory that are not met yet
	groups map[coverKey]int
}

// coverKey is what feeds that are judgeable equally long have in common.
type coverKey struct {
	at       feedgauge.Instant // their source's watermark
	lateness time.Duration
}

// Cover returns how the feeds stand now.
func (w *Partition) Cover() Cover {
	c := Cover{All: len(w.feeds), groups: make(map[coverKey]int)}
	for _, f := range w.feeds {
		if s := w.source(f.facts.Source); s != nil && s.effective != feedgauge.Before && f.status != feedgauge.Unknown {
			c.groups[coverKey{s.effective, f.class.Lateness}]++
		}
	}
	for _, s := range w.sources {
		for _, want := range w.wanted(s) {
			if w.feeds[want.ID.Identity()] == nil {
				c.All++
			}
		}
	}
	return c
}

// Judgeable returns how many feeds can be judged at the given time: their
// source's watermark is behind it by no more than behind, on top of the lateness,
// and their last window was complete.
func (c Cover) Judgeable(now feedgauge.Instant, behind time.Duration) (n int) {
	for k, feeds := range c.groups {
		if now.Sub(k.at) <= behind+k.lateness {
			n += feeds
		}
	}
	return n
}
