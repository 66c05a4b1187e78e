package watch

import (
	"cmp"
	"maps"
	"slices"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Repartition deals what the folds of all old partitions know to the partitions
// of p, and returns what their state topic must hold, partition by partition,
// each to be restored before the first entry of an empty journal.
//
// Every fold must have come to the end of its journal, with nothing due left: a
// watermark then speaks of tallies that are all folded, so that the highest of
// all partitions holds for each lane. The effective watermark of a source is the
// lowest. A feed that has fired up to a higher one has its cursor and deadline
// beyond that already, and does not fire twice.
//
// The folds are spent.
func Repartition(p *pipeline.Pipeline, old []*Partition) [][]Saved {
	out := make([][]Saved, p.Kafka.Partitions)
	for k := range out {
		w := New(p, int32(k))
		w.inherit(old)
		w.points = []point{w.here()}
		out[k] = []Saved{{Key: MetaKey, Value: w.appendMeta(nil)}}
	}
	for _, o := range old {
		for _, key := range slices.Sorted(maps.Keys(o.feeds)) {
			f := o.feeds[key]
			f.foldedTo = 0
			k := p.PartitionOf(f.facts.Feed)
			out[k] = append(out[k], Saved{Key: key, Value: appendState(nil, f)})
		}
		for _, key := range slices.Sorted(maps.Keys(o.groups)) {
			g := o.groups[key]
			g.foldedTo = 0
			k := p.PartitionOf(g.conf.ID())
			out[k] = append(out[k], Saved{Key: key, Value: appendGroup(nil, g)})
		}
	}
	return out
}

// inherit takes over what all old folds together know of time, operators' words
// and the configuration, and what the one in charge knew of our own findings.
func (w *Partition) inherit(old []*Partition) {
	for _, o := range old {
		w.broker, w.heard = max(w.broker, o.broker), max(w.heard, o.heard)
		if o.revision.Number > w.revision.Number {
			w.revision = o.revision
		}
		if o.tellsBlind && w.tellsBlind {
			w.blind = o.blind
		}
		if o.saver.upTo > 0 && (w.saver.upTo == 0 || o.saver.upTo < w.saver.upTo) {
			w.saver.upTo = o.saver.upTo
		}
	}
	w.marks = mergeMarks(old)
	w.commands = mergeCommands(old)
	for _, s := range w.sources {
		s.inherit(old)
	}
}

func (s *sourceState) inherit(old []*Partition) {
	s.effective, s.met = feedgauge.After, len(old) > 0
	for _, o := range old {
		was := o.source(s.name)
		s.effective, s.met = min(s.effective, was.effective), s.met && was.met
		if was.past.Last > s.past.Last {
			s.past = was.past
		}
		for _, r := range was.runs {
			s.runs.Add(r)
		}
		for _, r := range was.lost {
			if !slices.Contains(s.lost, r) { // all partitions are told of a loss
				s.lost = append(s.lost, r)
			}
		}
		if s.tellsOutage && was.tellsOutage {
			s.outage, s.unnamed, s.told = was.outage, was.unnamed, was.told
			s.held, s.heldAt = was.held, was.heldAt
		}
	}
	if len(old) == 0 {
		s.effective = feedgauge.Before
	}
	slices.SortFunc(s.lost, func(a, b feedgauge.Run) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last))
	})
}

// mergeMarks joins the watermark tables. A topic is retired where all say so: if
// not, it holds the watermark, until intake says again what it is.
func mergeMarks(old []*Partition) marks {
	m := newMarks()
	for _, o := range old {
		t := o.marks.trailer()
		for i := range t.Topics {
			if had := m.topics[t.Topics[i].Topic]; had != nil {
				t.Topics[i].Retired = t.Topics[i].Retired && had.gone
			}
		}
		m.load(t)
		for name, had := range o.marks.topics {
			m.topics[name].goneAt = max(m.topics[name].goneAt, had.goneAt)
		}
	}
	return m
}

// mergeCommands joins the ids of the commands known, such that the newest of
// each partition come last and are forgotten last.
func mergeCommands(old []*Partition) []string {
	deepest := 0
	for _, o := range old {
		deepest = max(deepest, len(o.commands))
	}
	var out []string
	known := make(map[string]bool)
	for depth := deepest; depth > 0; depth-- {
		for _, o := range old {
			if at := len(o.commands) - depth; at >= 0 && !known[o.commands[at]] {
				known[o.commands[at]] = true
				out = append(out, o.commands[at])
			}
		}
	}
	return out
}
