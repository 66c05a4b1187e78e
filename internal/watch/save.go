package watch

import (
	"math"
	"time"

	"github.com/feedgauge/feedgauge"
)

const (
	// saveEvery is how many seconds of broker time pass between two saves of
	// a feed on which nothing happens: it bounds what a restore must fold again.
	saveEvery = 300
	// pointEvery is how often a place to fold again from is noted.
	pointEvery = 10 * time.Second
	// maxSaves bounds the routine saves of one transaction.
	maxSaves = 20_000
)

// MetaKey is the key of a partition's own record on the state topic. No
// identity equals it, since those hold a zero byte.
const MetaKey = "meta"

// Saved is one record for the state topic.
type Saved struct {
	Key   string
	Value []byte
}

// saver spreads the routine saves over time: each feed has its second of the
// round, by hash.
type saver struct {
	slots [saveEvery][]*feed
	upTo  int64 // second of broker time up to which slots have been saved
}

func (s *saver) add(f *feed, broker feedgauge.Instant) {
	if s.upTo == 0 {
		s.upTo = int64(broker) / 1000
	}
	slot := feedgauge.Partition(f.key, saveEvery)
	s.slots[slot] = append(s.slots[slot], f)
}

// round returns the feeds whose turn has come by broker time.
func (s *saver) round(broker feedgauge.Instant) []*feed {
	now := int64(broker) / 1000
	s.upTo = max(s.upTo, now-saveEvery) // one round is enough
	var out []*feed
	for s.upTo < now && len(out) < maxSaves {
		s.upTo++
		out = append(out, s.slots[s.upTo%saveEvery]...)
	}
	return out
}

// Save returns what must be written to the state topic with the transaction
// that commits everything folded so far: feeds on which something happened,
// feeds whose turn it is, and meta. The caller commits it or forgets the whole
// partition.
func (w *Partition) Save() []Saved {
	var out []Saved
	put := func(f *feed) {
		if f.foldedTo >= w.next {
			return // saved a moment ago, or restored further than this
		}
		f.dirty, f.foldedTo = false, w.next
		out = append(out, Saved{Key: f.key, Value: appendState(nil, f)})
	}
	for _, f := range w.changed {
		if f.dirty {
			put(f)
		}
	}
	w.changed = w.changed[:0]
	for _, f := range w.saver.round(w.broker) {
		put(f)
	}
	w.note()
	return append(out, Saved{Key: MetaKey, Value: w.appendMeta(nil)})
}

// point is a place in the journal from which a restore may fold again, with
// what the fold knew of time there.
type point struct {
	offset    int64
	broker    feedgauge.Instant
	effective []feedgauge.Instant // by source
	marks     marks
}

func (w *Partition) here() point {
	p := point{offset: w.next, broker: w.broker, marks: w.marks.clone()}
	for _, s := range w.sources {
		p.effective = append(p.effective, s.effective)
	}
	return p
}

// note keeps the points that a restore may need: the newest that no feed's
// state lies before, and those after it.
func (w *Partition) note() {
	if n := len(w.points); n == 0 || w.points[n-1].broker.Add(pointEvery) <= w.broker {
		w.points = append(w.points, w.here())
	}
	low := int64(math.MaxInt64)
	for _, f := range w.feeds {
		low = min(low, f.foldedTo)
	}
	for len(w.points) > 1 && w.points[1].offset <= low {
		w.points = w.points[1:]
	}
}
