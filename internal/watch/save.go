package watch

import (
	"maps"
	"math"
	"slices"
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

// remove takes a feed that is forgotten out of the round.
func (s *saver) remove(f *feed) {
	slot := &s.slots[feedgauge.Partition(f.key, saveEvery)]
	*slot = slices.DeleteFunc(*slot, func(o *feed) bool { return o == f })
}

// Save returns what must be written to the state topic with the transaction
// that commits everything folded so far: feeds on which something happened,
// feeds whose turn it is, and meta. A nil value deletes. The caller commits it
// or forgets the whole partition.
func (w *Partition) Save() []Saved {
	b := &batch{at: w.next}
	// What is gone first: a feed may be forgotten and met again in between.
	for _, key := range w.dropped {
		b.out = append(b.out, Saved{Key: key})
	}
	w.dropped = nil
	w.bury(b)
	for _, f := range w.changed {
		if f.dirty && !f.gone {
			b.put(f)
		}
	}
	w.changed = w.changed[:0]
	for _, f := range w.saver.round(w.broker) {
		b.put(f)
	}
	if w.saveAll {
		w.saveEverything(b)
	}
	w.note()
	return append(b.out, Saved{Key: MetaKey, Value: w.appendMeta(nil)})
}

// saveEverything writes all states and moves the place to fold again from to
// here, since another configuration may fold what comes.
func (w *Partition) saveEverything(b *batch) {
	w.saveAll = false
	for _, key := range slices.Sorted(maps.Keys(w.feeds)) {
		b.put(w.feeds[key])
	}
	w.points = []point{w.here()}
}

// batch collects the states of one save.
type batch struct {
	at  int64
	out []Saved
}

// put writes a feed's state, and with a member of a group that of all.
func (b *batch) put(f *feed) {
	if f.foldedTo >= b.at {
		return // saved a moment ago, or restored further than this
	}
	f.dirty, f.foldedTo = false, b.at
	b.out = append(b.out, Saved{Key: f.key, Value: appendState(nil, f)})
	if g := f.group; g != nil && g.foldedTo < b.at {
		g.foldedTo = b.at
		b.out = append(b.out, Saved{Key: g.conf.ID().Identity(), Value: appendGroup(nil, g)})
		for _, m := range g.members {
			b.put(m)
		}
	}
}

// point is a place in the journal from which a restore may fold again, with
// what the fold knew of time there.
type point struct {
	offset  int64
	broker  feedgauge.Instant
	heard   feedgauge.Instant
	blind   selfFinding
	sources []sourcePoint
	marks   marks

	commands []string
	retired  []string
	revision Revision
}

type sourcePoint struct {
	effective feedgauge.Instant
	met       bool
	lost      gaps
	runs      feedgauge.Runs
	outage    selfFinding
	unnamed   selfFinding
	held      selfFinding
	heldAt    feedgauge.Instant
	told      feedgauge.Instant
	past      feedgauge.Run
}

func (w *Partition) here() point {
	p := point{offset: w.next, broker: w.broker, heard: w.heard, blind: w.blind, marks: w.marks.clone(), commands: w.commands, retired: w.retired, revision: w.revision}
	for _, s := range w.sources {
		p.sources = append(p.sources, sourcePoint{
			effective: s.effective, met: s.met, lost: slices.Clone(s.lost), runs: slices.Clone(s.runs),
			outage: s.outage, unnamed: s.unnamed, held: s.held, heldAt: s.heldAt, told: s.told, past: s.past,
		})
	}
	return p
}

// note keeps the points that a restore may need: the newest that no feed's
// state lies before, and those after it.
func (w *Partition) note() {
	if w.more {
		return // a place in the middle of an entry is none to begin at
	}
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
