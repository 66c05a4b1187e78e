package watch

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
)

// Field numbers of meta: the offset its last transaction folded to, and what the
// fold knew at the place to fold again from. They are never reused.
const (
	mtNext protowire.Number = iota + 1
	mtReplayFrom
	mtPartitions
	mtBroker
	mtSource
	mtMarks
	mtRound
	mtHeard
	mtBlind
	mtCommand
	mtRevision
	mtRevisionAt
	mtCursor
	mtPolled
	mtRetired
	mtGone
)

const (
	srName protowire.Number = iota + 1
	srEffective
	srMet
	srLost
	srRun
	srOutage
	srTold
	srPast
	srUnnamed
	srHeld
	srHeldAt
)

const (
	gnTopic protowire.Number = iota + 1
	gnAt
)

const (
	rnFirst protowire.Number = iota + 1
	rnLast
)

const (
	sfOpen protowire.Number = iota + 1
	sfUID
	sfSequence
	sfOpened
	sfSince
)

const (
	crSource protowire.Number = iota + 1
	crFire
	crAt
	crKind
	crKey
)

// Meta is a partition's own record.
type Meta struct {
	Next       int64             // offset after the last entry folded
	ReplayFrom int64             // where a restore folds again from
	Partitions int32             // C
	Polled     int64             // offset committed with it: Next, or further where the fold is behind
	Partial    bool              // firings of the last entry are still to come
	Broker     feedgauge.Instant // broker's time at ReplayFrom

	point  point
	names  []string // of the point's sources
	round  int64
	cursor cursor
}

// Topics returns what was known of topics at ReplayFrom.
func (m *Meta) Topics() []feedgauge.TopicMark { return m.point.marks.trailer().Topics }

func (w *Partition) appendMeta(b []byte) []byte {
	p := w.points[0]
	b = append(b, stateVersion)
	b = journal.AppendInt(b, mtNext, w.next)
	b = journal.AppendInt(b, mtPolled, max(w.polled, w.next))
	b = journal.AppendInt(b, mtReplayFrom, p.offset)
	b = journal.AppendInt(b, mtPartitions, int64(w.pipe.Kafka.Partitions))
	b = journal.AppendInt(b, mtRound, w.saver.upTo)
	b = p.append(b, w.sources)
	if w.more {
		b = journal.AppendMessage(b, mtCursor, w.cursor.append)
	}
	return b
}

// append writes what the fold knew at the point.
func (p *point) append(b []byte, sources []*sourceState) []byte {
	b = journal.AppendInt(b, mtBroker, int64(p.broker))
	b = journal.AppendInt(b, mtHeard, int64(p.heard))
	b = journal.AppendMessage(b, mtBlind, p.blind.append)
	for i, s := range sources {
		b = journal.AppendMessage(b, mtSource, func(b []byte) []byte { return p.sources[i].append(b, s.name) })
	}
	for _, id := range p.commands {
		b = journal.AppendText(b, mtCommand, id)
	}
	for _, key := range p.retired {
		b = journal.AppendText(b, mtRetired, key)
	}
	if p.revision.Number > 0 {
		b = journal.AppendMessage(b, mtRevision, func(b []byte) []byte {
			return journal.AppendRevision(b, &feedgauge.Revision{Number: p.revision.Number, Fingerprint: p.revision.Fingerprint})
		})
		b = journal.AppendInt(b, mtRevisionAt, int64(p.revision.At))
	}
	b = journal.AppendMessage(b, mtMarks, func(b []byte) []byte { return journal.AppendTrailer(b, p.marks.trailer()) })
	for _, name := range p.marks.names() {
		if t := p.marks.topics[name]; t.gone {
			b = journal.AppendMessage(b, mtGone, func(b []byte) []byte {
				return journal.AppendInt(journal.AppendText(b, gnTopic, name), gnAt, int64(t.goneAt))
			})
		}
	}
	return b
}

func (s *sourcePoint) append(b []byte, name string) []byte {
	b = journal.AppendText(b, srName, name)
	b = journal.AppendInt(b, srEffective, int64(s.effective))
	b = journal.AppendInt(b, srMet, flag(s.met))
	for _, r := range s.lost {
		b = journal.AppendMessage(b, srLost, func(b []byte) []byte { return appendRun(b, r) })
	}
	for _, r := range s.runs {
		b = journal.AppendMessage(b, srRun, func(b []byte) []byte { return appendRun(b, r) })
	}
	b = journal.AppendMessage(b, srOutage, s.outage.append)
	b = journal.AppendMessage(b, srUnnamed, s.unnamed.append)
	b = journal.AppendMessage(b, srHeld, s.held.append)
	b = journal.AppendInt(b, srHeldAt, int64(s.heldAt))
	b = journal.AppendMessage(b, srPast, func(b []byte) []byte { return appendRun(b, s.past) })
	return journal.AppendInt(b, srTold, int64(s.told))
}

func appendRun(b []byte, r feedgauge.Run) []byte {
	b = journal.AppendInt(b, rnFirst, int64(r.First))
	return journal.AppendInt(b, rnLast, int64(r.Last))
}

func (f *selfFinding) append(b []byte) []byte {
	b = journal.AppendInt(b, sfOpen, flag(f.open))
	b = journal.AppendText(b, sfUID, f.uid)
	b = journal.AppendInt(b, sfSequence, int64(f.sequence))
	b = journal.AppendInt(b, sfOpened, int64(f.opened))
	return journal.AppendInt(b, sfSince, int64(f.since))
}

func (c *cursor) append(b []byte) []byte {
	b = journal.AppendInt(b, crSource, int64(c.source))
	b = journal.AppendInt(b, crFire, int64(c.due.fire))
	b = journal.AppendInt(b, crAt, int64(c.due.at))
	b = journal.AppendInt(b, crKind, int64(c.due.kind))
	return journal.AppendText(b, crKey, c.due.key)
}

// trailer tells the whole table in the form in which it is learnt.
func (m *marks) trailer() *feedgauge.Trailer {
	t := &feedgauge.Trailer{}
	for _, name := range m.names() {
		tm := m.topics[name]
		t.Topics = append(t.Topics, feedgauge.TopicMark{
			Source: tm.source, Topic: name, ID: tm.id, Partitions: int32(len(tm.lanes)), Last: tm.last, Retired: tm.gone,
		})
		for i, at := range tm.lanes {
			t.Lanes = append(t.Lanes, feedgauge.LaneMark{
				Lane: feedgauge.Lane{Topic: name, Partition: int32(i)}, Watermark: at, First: tm.first[i], Proof: feedgauge.ProofNone,
			})
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
	m := &Meta{point: point{marks: newMarks()}}
	if err := journal.Fields(b[1:], m.field); err != nil {
		return nil, fmt.Errorf("meta: %w", err)
	}
	m.point.offset = m.ReplayFrom
	return m, nil
}

func (m *Meta) field(num protowire.Number, v uint64, data []byte) error {
	switch num {
	case mtNext:
		m.Next = journal.Int(v)
	case mtPolled:
		m.Polled = journal.Int(v)
	case mtReplayFrom:
		m.ReplayFrom = journal.Int(v)
	case mtPartitions:
		m.Partitions = int32(journal.Int(v))
	case mtBroker:
		m.Broker = feedgauge.Instant(journal.Int(v))
		m.point.broker = m.Broker
	case mtHeard:
		m.point.heard = feedgauge.Instant(journal.Int(v))
	case mtRound:
		m.round = journal.Int(v)
	case mtRevisionAt:
		m.point.revision.At = feedgauge.Instant(journal.Int(v))
	case mtCommand:
		m.point.commands = append(m.point.commands, string(data))
	case mtRetired:
		m.point.retired = append(m.point.retired, string(data))
	case mtBlind:
		return m.point.blind.decode(data)
	case mtSource:
		return m.source(data)
	case mtGone:
		return m.gone(data)
	case mtCursor:
		m.Partial = true
		return m.cursor.decode(data)
	case mtMarks, mtRevision:
		return m.envelope(data)
	}
	return nil
}

func (m *Meta) envelope(data []byte) error {
	e, _, err := journal.Decode(data)
	switch {
	case err != nil:
		return err
	case e.Trailer != nil:
		m.point.marks.load(e.Trailer)
	case e.Revision != nil:
		m.point.revision.Number, m.point.revision.Fingerprint = e.Revision.Number, e.Revision.Fingerprint
	}
	return nil
}

// gone notes since when a topic of the table, which comes before it, is gone.
func (m *Meta) gone(b []byte) error {
	name, at := "", feedgauge.Instant(0)
	err := journal.Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case gnTopic:
			name = string(data)
		case gnAt:
			at = feedgauge.Instant(journal.Int(v))
		}
		return nil
	})
	if t := m.point.marks.topics[name]; t != nil {
		t.goneAt = at
	}
	return err
}

func (m *Meta) source(b []byte) error {
	s := sourcePoint{past: noRun()}
	name := ""
	err := journal.Fields(b, func(num protowire.Number, v uint64, data []byte) (err error) {
		switch num {
		case srName:
			name = string(data)
		case srEffective:
			s.effective = feedgauge.Instant(journal.Int(v))
		case srMet:
			s.met = journal.Int(v) != 0
		case srPast:
			s.past, err = decodeRun(data)
		case srTold:
			s.told = feedgauge.Instant(journal.Int(v))
		case srOutage:
			err = s.outage.decode(data)
		case srUnnamed:
			err = s.unnamed.decode(data)
		case srHeld:
			err = s.held.decode(data)
		case srHeldAt:
			s.heldAt = feedgauge.Instant(journal.Int(v))
		case srLost, srRun:
			var r feedgauge.Run
			r, err = decodeRun(data)
			if num == srLost {
				s.lost = append(s.lost, r)
			} else {
				s.runs = append(s.runs, r)
			}
		}
		return err
	})
	m.names = append(m.names, name)
	m.point.sources = append(m.point.sources, s)
	return err
}

func decodeRun(b []byte) (r feedgauge.Run, err error) {
	err = journal.Fields(b, func(num protowire.Number, v uint64, _ []byte) error {
		switch num {
		case rnFirst:
			r.First = feedgauge.Instant(journal.Int(v))
		case rnLast:
			r.Last = feedgauge.Instant(journal.Int(v))
		}
		return nil
	})
	return r, err
}

func (f *selfFinding) decode(b []byte) error {
	return journal.Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case sfOpen:
			f.open = journal.Int(v) != 0
		case sfUID:
			f.uid = string(data)
		case sfSequence:
			f.sequence = int(journal.Int(v))
		case sfOpened:
			f.opened = feedgauge.Instant(journal.Int(v))
		case sfSince:
			f.since = feedgauge.Instant(journal.Int(v))
		}
		return nil
	})
}

func (c *cursor) decode(b []byte) error {
	c.set = true
	return journal.Fields(b, func(num protowire.Number, v uint64, data []byte) error {
		switch num {
		case crSource:
			c.source = int(journal.Int(v))
		case crFire:
			c.due.fire = feedgauge.Instant(journal.Int(v))
		case crAt:
			c.due.at = feedgauge.Instant(journal.Int(v))
		case crKind:
			c.due.kind = kind(journal.Int(v))
		case crKey:
			c.due.key = string(data)
		}
		return nil
	})
}
