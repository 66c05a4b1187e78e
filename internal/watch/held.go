package watch

import (
	"fmt"
	"time"

	"github.com/feedgauge/feedgauge"
)

// HeldAfter is how long a source's watermark may stand still, by the broker's
// time, while intake is heard of: then something holds it that does not pass by
// itself, such as a transaction that nobody ends.
const HeldAfter = 10 * time.Minute

// watchHeld tells of sources whose watermark stands still, so that none of their
// feeds can be judged, and which lane holds it. Like all that is timed by the
// broker it stands outside what a replay from raw records repeats.
func (w *Partition) watchHeld(out Out) {
	for _, s := range w.sources {
		if s.conf.Open != nil || !s.tellsOutage {
			continue
		}
		if step := w.held(s); step != nil && out.Step != nil {
			step.Source, step.Feeds = s.name, w.concerned(s.name)
			out.Step(step, true)
		}
	}
}

func (w *Partition) held(s *sourceState) (step *feedgauge.Step) {
	f := &s.held
	if s.effective > s.heldAt || s.held.since == 0 {
		if f.open {
			step = f.tell("source/"+s.name, "held", w.broker, f.since, w.broker, feedgauge.Critical,
				fmt.Sprintf("feeds of source %s can be judged again: its watermark moves", s.name))
		}
		s.held, s.heldAt = selfFinding{since: w.broker}, s.effective
		return step
	}
	if f.open {
		return nil
	}
	if !w.marks.named(s.name) || w.broker.Sub(w.heard) > BlindAfter {
		f.since = w.broker // that is told in other words
		return nil
	}
	if w.broker.Sub(f.since) <= HeldAfter {
		return nil
	}
	return f.tell("source/"+s.name, "held", w.broker, f.since, feedgauge.Before, feedgauge.Critical,
		fmt.Sprintf("no feed of source %s can be judged: its watermark has stood still for %v; %s", s.name, HeldAfter, w.marks.holder(s.name)))
}

// holder says in words which lane holds the watermark of a source, the first of
// several.
func (m *marks) holder(source string) string {
	var lane feedgauge.Lane
	low := feedgauge.After
	for _, name := range m.names() {
		t := m.topics[name]
		if t.source != source || t.gone {
			continue
		}
		for p, at := range t.lanes {
			if at < low {
				lane, low = feedgauge.Lane{Topic: name, Partition: int32(p)}, at
			}
		}
	}
	if low == feedgauge.Before {
		return fmt.Sprintf("nobody has spoken for partition %d of topic %s", lane.Partition, lane.Topic)
	}
	return fmt.Sprintf("partition %d of topic %s holds it, which is known up to %v: perhaps a transaction there is open, or its broker away", lane.Partition, lane.Topic, low)
}
