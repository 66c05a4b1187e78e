package watch

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Field numbers of meta: what the fold knew at the place to fold again from,
// and the offset its last transaction committed.
const (
	mtNext protowire.Number = iota + 1
	mtReplayFrom
	mtPartitions
	mtBroker
	mtEffective
	mtMarks
	mtRound
)

const (
	efSource protowire.Number = iota + 1
	efAt
)

// Meta is the readable part of a partition's own record.
type Meta struct {
	Next       int64 // offset after the last entry folded
	ReplayFrom int64 // where a restore folds again from
	Partitions int32 // C
	Broker     feedgauge.Instant

	effective map[string]feedgauge.Instant
	marks     *feedgauge.Trailer
	round     int64
}

func (w *Partition) appendMeta(b []byte) []byte {
	p := w.points[0]
	b = append(b, stateVersion)
	b = journal.AppendInt(b, mtNext, w.next)
	b = journal.AppendInt(b, mtReplayFrom, p.offset)
	b = journal.AppendInt(b, mtPartitions, int64(w.pipe.Kafka.Partitions))
	b = journal.AppendInt(b, mtBroker, int64(p.broker))
	b = journal.AppendInt(b, mtRound, w.saver.upTo)
	for i, s := range w.sources {
		b = journal.AppendMessage(b, mtEffective, func(b []byte) []byte {
			b = journal.AppendText(b, efSource, s.name)
			return journal.AppendInt(b, efAt, int64(p.effective[i]))
		})
	}
	return journal.AppendMessage(b, mtMarks, func(b []byte) []byte { return journal.AppendTrailer(b, p.marks.trailer()) })
}

// trailer tells the whole table in the form in which it is learnt.
func (m *marks) trailer() *feedgauge.Trailer {
	t := &feedgauge.Trailer{}
	for _, name := range m.names() {
		tm := m.topics[name]
		t.Topics = append(t.Topics, feedgauge.TopicMark{Source: tm.source, Topic: name, Partitions: int32(len(tm.lanes)), Last: tm.last})
		for i, at := range tm.lanes {
			t.Lanes = append(t.Lanes, feedgauge.LaneMark{Lane: feedgauge.Lane{Topic: name, Partition: int32(i)}, Watermark: at, Proof: feedgauge.ProofNone})
		}
	}
	return t
}

// DecodeMeta reads a partition's own record.
func DecodeMeta(b []byte) (*Meta, error) {
	if len(b) == 0 || b[0] == 0 {
		return nil, fmt.Errorf("meta: %w", journal.ErrMalformed)
	}
	if b[0] > stateVersion {
		return nil, fmt.Errorf("meta of version %d: %w", b[0], journal.ErrNewer)
	}
	m := &Meta{effective: make(map[string]feedgauge.Instant)}
	err := journal.Fields(b[1:], func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case mtNext:
			m.Next = journal.Int(v)
		case mtReplayFrom:
			m.ReplayFrom = journal.Int(v)
		case mtPartitions:
			m.Partitions = int32(journal.Int(v))
		case mtBroker:
			m.Broker = feedgauge.Instant(journal.Int(v))
		case mtRound:
			m.round = journal.Int(v)
		case mtEffective:
			return m.effect(data)
		case mtMarks:
			e, _, err := journal.Decode(data)
			m.marks = e.Trailer
			return err
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("meta: %w", err)
	}
	return m, nil
}

func (m *Meta) effect(b []byte) error {
	var source string
	at := feedgauge.Before
	err := journal.Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case efSource:
			source = string(data)
		case efAt:
			at = feedgauge.Instant(journal.Int(v))
		}
		return nil
	})
	m.effective[source] = at
	return err
}

// Restore builds the fold of partition index from the newest records of its
// state topic, by key. It stands at meta's ReplayFrom; the caller folds the
// journal from there to the committed offset with an empty Out, and then goes
// on. Feeds whose state is folded further take no part until the fold gets
// there. Without meta the fold is new and stands at offset from.
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
	w.points = []point{w.here()}
	for key, value := range state {
		if key == MetaKey {
			continue
		}
		if err := w.loadFeed(key, value); err != nil {
			return nil, fmt.Errorf("feed %q: %w", strings.ReplaceAll(key, "\x00", "/"), err)
		}
	}
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
		return fmt.Errorf("the state was written for %d partitions, the configuration says %d", m.Partitions, w.pipe.Kafka.Partitions)
	}
	w.next, w.broker, w.saver.upTo = m.ReplayFrom, m.Broker, m.round
	if m.marks != nil {
		w.marks.fold(m.marks)
	}
	for _, s := range w.sources {
		if at, ok := m.effective[s.name]; ok {
			s.effective = at
		}
	}
	return nil
}

func (w *Partition) loadFeed(key string, value []byte) error {
	s, err := DecodeState(value)
	if err != nil {
		return err
	}
	f := newFeed(w.pipe, s.Source, s.Feed)
	f.first, f.last, f.size, f.late = s.First, s.Last, s.Size, s.Late
	f.status, f.foldedTo, f.book.Pages = s.Status, s.FoldedTo, s.pages
	f.deadline, f.closed, f.frozen = s.deadline, s.closed, int(s.frozen)
	f.empty = int(s.empty)
	f.loadWindows(s)
	if f.model != nil && s.forecast == f.class.Forecast {
		if err := f.model.Load(s.model); err != nil {
			f.model = f.class.Forecaster.New() // learn anew rather than refuse to watch
		}
	}
	w.feeds[key] = f
	w.inert = append(w.inert, f)
	w.saver.add(f, w.broker)
	return nil
}

// loadWindows takes over the windows of the saved state, or, if the class's
// window length has changed since, starts at the first new window after them.
func (f *feed) loadWindows(s *State) {
	f.cursor = s.cursor
	if s.cursor.Len() == f.class.Every {
		for i := range s.pending {
			f.pending.Merge(s.pending[i].window, &s.pending[i].tally)
		}
		return
	}
	f.cursor = feedgauge.WindowOf(s.cursor.Start, f.class.Every)
	if f.cursor.Start < s.cursor.Start {
		f.cursor = f.cursor.Next()
	}
}
