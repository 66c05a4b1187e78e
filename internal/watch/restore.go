package watch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// Restore builds the fold of partition index from the newest records of its
// state topic, by key. It stands at meta's ReplayFrom; the caller folds the
// journal from there to meta's Next with an empty Out, and then goes on, first
// with Resume if there is More. Feeds whose state is folded further take no part
// until the fold gets there. Without meta the fold is new and stands at offset
// from.
func Restore(p *pipeline.Pipeline, index int32, state map[string][]byte, from int64) (*Partition, error) {
	w := New(p, index)
	w.next = from
	if b := state[MetaKey]; b != nil {
		m, err := DecodeMeta(b)
		if err != nil {
			return nil, err
		}
		if err := w.loadMeta(m); err != nil {
			return nil, err
		}
	}
	w.restored = true
	w.points = []point{w.here()}
	for key, value := range state {
		if key == MetaKey {
			continue
		}
		if err := w.load(key, value); err != nil {
			return nil, fmt.Errorf("feed %q: %w", strings.ReplaceAll(key, "\x00", "/"), err)
		}
	}
	w.graves.loaded()
	slices.SortFunc(w.strays, func(a, b stray) int { return strings.Compare(a.key, b.key) })
	slices.SortFunc(w.inert, func(a, b *feed) int {
		if a.foldedTo != b.foldedTo {
			return int(a.foldedTo - b.foldedTo)
		}
		return strings.Compare(a.key, b.key)
	})
	return w, nil
}

func (w *Partition) loadMeta(m *Meta) error {
	if m.Partitions != w.pipe.Kafka.Partitions {
		return fmt.Errorf("the state was written for %d partitions, the configuration says %d; see feedgauge topics resize", m.Partitions, w.pipe.Kafka.Partitions)
	}
	p := m.point
	w.next, w.broker, w.heard, w.blind, w.marks = m.ReplayFrom, p.broker, p.heard, p.blind, p.marks
	w.commands, w.retired, w.revision, w.saver.upTo = p.commands, p.retired, p.revision, m.round
	if m.Partial {
		w.until, w.untilAt = m.cursor, m.Next-1
	}
	for i, name := range m.names {
		if s := w.source(name); s != nil {
			sp := p.sources[i]
			s.effective, s.met, s.lost, s.runs = sp.effective, sp.met, sp.lost, sp.runs
			s.outage, s.unnamed, s.told, s.past = sp.outage, sp.unnamed, sp.told, sp.past
			s.held, s.heldAt = sp.held, sp.heldAt
		}
	}
	return nil
}

// load takes over the state of a feed or a group.
func (w *Partition) load(key string, value []byte) error {
	s, err := DecodeState(value)
	if err != nil {
		return err
	}
	if s.gone {
		w.graves.dig(key, s.Feed, s.FoldedTo)
		return nil
	}
	if s.group {
		w.loadGroup(key, s)
		return nil
	}
	source := s.Source
	if w.source(source) == nil {
		source = w.pipe.SourceFor(s.Feed)
	}
	f := newFeed(w.pipe, source, s.Feed)
	f.first, f.last, f.size, f.late, f.events = s.First, s.Last, s.Size, s.Late, s.events
	f.status, f.reason, f.foldedTo, f.book.Pages = s.Status, s.Reason, s.FoldedTo, s.pages
	f.deadline, f.closed = s.deadline, s.closed
	f.frozen, f.empty, f.calm = int(s.frozen), int(s.empty), int(s.calm)
	f.since, f.muted, f.retire, f.learnt, f.readings = s.since, s.muted, s.retire, s.learnt, s.Readings
	f.restoreClock(s.clock)
	f.restoreDeliveries(s.past)
	if recut := f.loadWindows(s); !recut && s.forecast == f.class.Forecast {
		f.loadForecasts(s)
	}
	if w.pipe.PartitionOf(s.Feed) != w.index {
		w.strays = append(w.strays, stray{key: key, facts: f.facts, book: f.book})
		return nil
	}
	w.feeds[key] = f
	w.join(f)
	w.inert = append(w.inert, f)
	w.saver.add(f, w.broker)
	return nil
}

func (w *Partition) loadGroup(key string, s *State) {
	i := slices.IndexFunc(w.pipe.Groups, func(g *pipeline.Group) bool { return g.ID().Identity() == key })
	if i < 0 || w.pipe.PartitionOf(s.Feed) != w.index {
		facts := rules.Facts{Feed: s.Feed, Class: s.Class, Source: s.Source}
		w.strays = append(w.strays, stray{key: key, facts: facts, book: rules.Book{Pages: s.pages}})
		return
	}
	g := w.groups[key]
	if g == nil {
		g = &group{conf: w.pipe.Groups[i]}
		w.groups[key] = g
	}
	g.book.Pages, g.foldedTo, g.asleep = s.pages, s.FoldedTo, s.FoldedTo
}
