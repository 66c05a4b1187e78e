package watch

import (
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
)

// marks is the watermark table: what workers have said of the lanes of each
// topic. A lane nobody has spoken for holds its source's watermark back.
type marks struct {
	topics map[string]*topicMarks
}

type topicMarks struct {
	source string
	lanes  []feedgauge.Instant // by partition, Before where nobody has spoken
	first  []feedgauge.Instant // first arrival of each lane, After where nothing has come
	last   feedgauge.Instant
	gone   bool // the topic is retired
}

func newMarks() marks { return marks{topics: make(map[string]*topicMarks)} }

// fold takes in a trailer. Watermarks and lane counts only grow, so that
// trailers may come in any order.
func (m *marks) fold(t *feedgauge.Trailer) {
	for _, topic := range t.Topics {
		m.topic(&topic)
	}
	for _, l := range t.Lanes {
		tm := m.topics[l.Topic]
		if tm == nil || l.Partition < 0 {
			continue
		}
		tm.grow(l.Partition + 1)
		tm.lanes[l.Partition] = max(tm.lanes[l.Partition], l.Watermark)
		tm.first[l.Partition] = min(tm.first[l.Partition], l.First)
	}
}

func (m *marks) topic(t *feedgauge.TopicMark) {
	tm := m.topics[t.Topic]
	if tm == nil {
		tm = &topicMarks{source: t.Source, last: feedgauge.Before}
		m.topics[t.Topic] = tm
	}
	tm.source, tm.gone = t.Source, t.Retired
	tm.last = max(tm.last, t.Last)
	tm.grow(t.Partitions)
}

func (t *topicMarks) grow(n int32) {
	for int32(len(t.lanes)) < n {
		t.lanes = append(t.lanes, feedgauge.Before)
		t.first = append(t.first, feedgauge.After)
	}
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
