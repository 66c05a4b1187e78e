package watch

import (
	"slices"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// A configuration may say, without a word on a feed itself, that another
// partition is to watch it: since it joins a group, or leaves one. It begins anew
// there; here its findings end, and its state is deleted.

// stray is what was restored of a feed or group that is not watched here any more.
type stray struct {
	key   string
	facts rules.Facts
	book  rules.Book
}

// whyMoved ends the findings of strays.
const whyMoved = "the configuration has it watched elsewhere"

// moveIn does, with the first entry that is folded after a restore, what
// follows from this configuration and may have been folded by another one: strays
// are dismissed, and feeds that the inventory names now are waited for.
func (w *Partition) moveIn(offset int64, e *emit) {
	w.restored = false
	for i := range w.strays {
		s := &w.strays[i]
		m := &rules.Moment{At: w.broker, First: feedgauge.After, Last: feedgauge.Before, Facts: &s.facts}
		s.book.End(nil, m, whyMoved, e.step)
		w.dropped = append(w.dropped, s.key)
	}
	w.strays = nil
	for _, s := range w.sources {
		if s.met {
			w.meetMissing(s, offset)
		}
	}
}

// retire notes that a feed of the inventory is not to be waited for again until
// it delivers. The slice is copied: points remember what was known at their place.
func (w *Partition) retire(key string) {
	if i, known := slices.BinarySearch(w.retired, key); !known {
		w.retired = slices.Insert(slices.Clone(w.retired), i, key)
	}
}

// unretire takes that back.
func (w *Partition) unretire(key string) {
	if i, known := slices.BinarySearch(w.retired, key); known {
		w.retired = slices.Delete(slices.Clone(w.retired), i, i+1)
	}
}
