package watch

import (
	"slices"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge"
)

// marks is the watermark table: what workers have said of the lanes of each
// topic. A lane nobody has spoken for holds its source's watermark back.
type marks struct {
	topics map[string]*topicMarks
}

type topicMarks struct {
	source string
	id     string              // of the topic that now has the name, empty if not known
	lanes  []feedgauge.Instant // by partition, Before where nobody has spoken
	first  []feedgauge.Instant // first arrival of each lane, After where nothing has come
	last   feedgauge.Instant
	gone   bool              // the topic is retired
	goneAt feedgauge.Instant // since when, by the broker's time
}

func newMarks() marks { return marks{topics: make(map[string]*topicMarks)} }

// turn is that a topic went, or came back.
type turn struct {
	name string
	*topicMarks
}

// fold takes in a trailer that came at the given time of the broker. Watermarks
// and lane counts of a topic only grow, so that trailers may come in any order.
func (m *marks) fold(t *feedgauge.Trailer, at feedgauge.Instant) (turns []turn) {
	for i := range t.Topics {
		if m.topic(&t.Topics[i], at) {
			name := t.Topics[i].Topic
			turns = append(turns, turn{name, m.topics[name]})
		}
	}
	for _, l := range t.Lanes {
		if tm := m.topics[l.Topic]; tm != nil && !tm.gone {
			tm.lane(&l)
		}
	}
	return turns
}

// topic takes in what is said of a topic, and reports whether it went or came
// back. A topic that came back, or has another id than before, is another one:
// nobody has spoken for its lanes yet, however many the former had. A worker that
// has not noticed makes it the former once more, which holds the watermark until
// it has.
func (m *marks) topic(t *feedgauge.TopicMark, at feedgauge.Instant) (turned bool) {
	tm := m.topics[t.Topic]
	switch {
	case tm == nil && t.Retired:
		return false // forgotten long ago
	case tm == nil:
		tm = &topicMarks{last: feedgauge.Before}
		m.topics[t.Topic] = tm
	case t.Retired && (tm.gone || tm.other(t.ID)):
		return false
	case t.Retired:
		tm.gone, tm.goneAt = true, at
		return true
	case tm.gone || tm.other(t.ID):
		turned = tm.gone
		tm.lanes, tm.first, tm.gone = nil, nil, false
	}
	tm.know(t)
	return turned
}

// other reports whether an id is that of another topic of the same name.
func (t *topicMarks) other(id string) bool { return t.id != "" && id != "" && t.id != id }

func (t *topicMarks) know(m *feedgauge.TopicMark) {
	if m.ID != "" {
		t.id = m.ID
	}
	t.source = m.Source
	t.last = max(t.last, m.Last)
	t.grow(m.Partitions)
}

func (t *topicMarks) lane(l *feedgauge.LaneMark) {
	if l.Partition < 0 {
		return
	}
	t.grow(l.Partition + 1)
	t.lanes[l.Partition] = max(t.lanes[l.Partition], l.Watermark)
	t.first[l.Partition] = min(t.first[l.Partition], l.First)
}

func (t *topicMarks) grow(n int32) {
	for int32(len(t.lanes)) < n {
		t.lanes = append(t.lanes, feedgauge.Before)
		t.first = append(t.first, feedgauge.After)
	}
}

// load takes in the table of another fold, or of an earlier life of this one.
func (m *marks) load(t *feedgauge.Trailer) {
	for i := range t.Topics {
		topic := &t.Topics[i]
		tm := m.topics[topic.Topic]
		if tm == nil {
			tm = &topicMarks{last: feedgauge.Before}
			m.topics[topic.Topic] = tm
		}
		if tm.other(topic.ID) {
			tm.lanes, tm.first = nil, nil
		}
		tm.know(topic)
		tm.gone = topic.Retired
	}
	for _, l := range t.Lanes {
		if tm := m.topics[l.Topic]; tm != nil {
			tm.lane(&l)
		}
	}
}

// forgetAfter is how long a topic that is gone is remembered, by the broker's
// time: as long as members may still speak of it.
const forgetAfter = time.Hour

// forget drops topics that are gone for long, and returns them in order.
func (m *marks) forget(now feedgauge.Instant) (turns []turn) {
	for name, t := range m.topics {
		if t.gone && now.Sub(t.goneAt) > forgetAfter {
			turns = append(turns, turn{name, t})
			delete(m.topics, name)
		}
	}
	slices.SortFunc(turns, func(a, b turn) int { return strings.Compare(a.name, b.name) })
	return turns
}

// first returns the first arrival in any lane of a source, After if there is
// none.
func (m *marks) first(name string) feedgauge.Instant {
	low := feedgauge.After
	for _, t := range m.topics {
		if t.source != name {
			continue
		}
		for _, at := range t.first {
			low = min(low, at)
		}
	}
	return low
}

// source returns the watermark of a source: the minimum over the lanes of all
// its topics that are not retired, Before while any is unknown.
func (m *marks) source(name string) feedgauge.Instant {
	low, any := feedgauge.After, false
	for _, t := range m.topics {
		if t.source != name || t.gone {
			continue
		}
		for _, w := range t.lanes {
			low, any = min(low, w), true
		}
	}
	if !any {
		return feedgauge.Before
	}
	return low
}

// named reports whether a source has a topic that is not retired.
func (m *marks) named(source string) bool {
	for _, t := range m.topics {
		if t.source == source && !t.gone {
			return true
		}
	}
	return false
}

func (m *marks) clone() marks {
	c := newMarks()
	for name, t := range m.topics {
		own := *t
		own.lanes, own.first = slices.Clone(t.lanes), slices.Clone(t.first)
		c.topics[name] = &own
	}
	return c
}

// names returns the topics in order.
func (m *marks) names() []string {
	names := make([]string, 0, len(m.topics))
	for name := range m.topics {
		names = append(names, name)
	}
	slices.SortFunc(names, strings.Compare)
	return names
}
