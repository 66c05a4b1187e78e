package engine

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// standing is how far the partitions of this process have come. It is judged when
// somebody asks: while Kafka is away nothing is committed, and time goes by.
type standing struct {
	now     func() feedgauge.Instant
	began   feedgauge.Instant
	joined  bool // some worker has had its place in the group
	parts   map[int32]partition
	blocked map[int]map[string]int // lanes by worker and topic
}

// partition is what its owner last knew of it.
type partition struct {
	worker int
	cover  watch.Cover
	judged bool              // everything up to mark
	mark   feedgauge.Instant // lowest effective watermark of its sources
}

// begin forgets what an engine that ran before knew.
func (m *metrics) begin(now func() feedgauge.Instant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.standing = standing{now: now, began: now(), parts: make(map[int32]partition), blocked: make(map[int]map[string]int)}
	for _, g := range []*prometheus.GaugeVec{m.feeds, m.effective, m.lanes, m.blocked} {
		g.Reset()
	}
}

// stand notes how far a worker has come in a partition.
func (m *metrics) stand(worker int, k int32, fold *watch.Partition, sources []string) {
	name := strconv.Itoa(int(k))
	m.mu.Lock()
	defer m.mu.Unlock()
	p := partition{worker: worker, cover: fold.Cover(), judged: m.standing.parts[k].judged, mark: m.standing.parts[k].mark}
	low := feedgauge.After
	for _, s := range sources {
		at := fold.Effective(s)
		low = min(low, at)
		if at != feedgauge.Before {
			m.effective.WithLabelValues(s, name).Set(float64(at) / 1000)
		}
	}
	if !fold.More() { // else not all up to it is judged
		p.judged, p.mark = true, low
	}
	m.standing.parts[k] = p
	m.feeds.WithLabelValues(name).Set(float64(fold.Feeds()))
}

// keep forgets the partitions that a worker has no more, of this life of its role
// or an earlier one.
func (m *metrics) keep(worker int, have map[int32]*watched) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.standing.joined = true
	for k, p := range m.standing.parts {
		if p.worker == worker && have[k] == nil {
			delete(m.standing.parts, k)
			label := prometheus.Labels{"partition": strconv.Itoa(int(k))}
			m.effective.DeletePartialMatch(label)
			m.feeds.DeletePartialMatch(label)
		}
	}
}

// block notes the lanes of a worker that are held back, by topic.
func (m *metrics) block(worker int, lanes []feedgauge.Lane) {
	m.mu.Lock()
	defer m.mu.Unlock()
	by := make(map[string]int)
	for topic := range m.standing.blocked[worker] {
		by[topic] = 0
	}
	for _, l := range lanes {
		by[l.Topic]++
	}
	m.standing.blocked[worker] = by
	for topic := range by {
		sum := 0
		for _, other := range m.standing.blocked {
			sum += other[topic]
		}
		m.blocked.WithLabelValues(topic).Set(float64(sum))
	}
}

// watermark returns the lowest of all partitions, Before while one is unknown.
func (m *metrics) watermark(partitions int) feedgauge.Instant {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.standing.parts) < partitions {
		return feedgauge.Before
	}
	return m.standing.lowest()
}

func (s *standing) lowest() feedgauge.Instant {
	low := feedgauge.After
	for _, p := range s.parts {
		if !p.judged {
			return feedgauge.Before
		}
		low = min(low, p.mark)
	}
	return low
}

// lag is how far the lowest watermark is behind the clock, in seconds. Before any
// is known it is the time since the start; who waits with nothing to do lags in
// nothing.
func (m *metrics) lag() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := &m.standing
	switch low := s.lowest(); {
	case s.now == nil, len(s.parts) == 0 && s.joined:
		return 0
	case len(s.parts) == 0, low == feedgauge.Before:
		return s.now().Sub(s.began).Seconds()
	default:
		return s.now().Sub(low).Seconds()
	}
}

// coverage is the share of feeds that can be judged now: 0 before anything is
// known, 1 for who has no feeds.
func (m *metrics) coverage() float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := &m.standing
	if s.now == nil || len(s.parts) == 0 && !s.joined {
		return 0
	}
	all, judgeable := 0, 0
	for _, p := range s.parts {
		all += p.cover.All
		judgeable += p.cover.Judgeable(s.now(), judgeableWithin)
	}
	if all == 0 {
		return 1
	}
	return float64(judgeable) / float64(all)
}
