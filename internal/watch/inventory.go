package watch

import (
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// expected returns the feeds of the inventory that partition index watches, in
// order of identity.
func expected(p *pipeline.Pipeline, index int32) []*pipeline.Feed {
	var out []*pipeline.Feed
	for id, f := range p.Feeds {
		if p.PartitionOf(id) == index {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b *pipeline.Feed) int {
		return strings.Compare(a.ID.Identity(), b.ID.Identity())
	})
	return out
}

// meetExpected begins to watch the feeds of the inventory that have not shown
// themselves: who never delivers must be missed too. Their period begins at
// since: the first record of the source, or, where it has none, its watermark; for
// feeds that a new configuration names, the watermark at its revision.
func (w *Partition) meetExpected(s *sourceState, since feedgauge.Instant, offset int64) {
	for _, want := range w.wanted(s) {
		f := w.feeds[want.ID.Identity()]
		if f == nil {
			f = w.meet(s, want.ID, offset)
		}
		// A feed whose first records wait to be judged is waited for like any
		// other: whether they came in time is judged as of the deadline.
		if !f.closed && f.since == feedgauge.After && f.foldedTo <= offset {
			f.expectFrom(since)
			s.queue.set(f)
		}
	}
}

// meetMissing begins to watch, from now on, the feeds of the inventory that are
// not watched though they should be.
func (w *Partition) meetMissing(s *sourceState, offset int64) {
	for _, want := range w.wanted(s) {
		if w.feeds[want.ID.Identity()] == nil {
			f := w.meet(s, want.ID, offset)
			f.expectFrom(s.effective)
			s.queue.set(f)
		}
	}
}

// wanted returns the feeds of the inventory that source s is to deliver and that
// nobody has retired.
func (w *Partition) wanted(s *sourceState) []*pipeline.Feed {
	var out []*pipeline.Feed
	for _, want := range w.expected {
		_, retired := slices.BinarySearch(w.retired, want.ID.Identity())
		if !retired && w.pipe.Classify(s.name, want.ID).Name == want.Class {
			out = append(out, want)
		}
	}
	return out
}
