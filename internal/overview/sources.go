package overview

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
)

// lookBack is how many records of the journal's first partition are read for what
// intake said last. Every member tells of its lanes there every few seconds.
const lookBack = 5000

// lookWithin is how long ago a member may have spoken for its word to count.
const lookWithin = time.Hour

// sources folds the last trailers.
func (r *reader) sources(ctx context.Context) error {
	lane := feedgauge.Lane{Topic: r.Kafka.Topic(kafka.Journal)}
	ends, err := kafka.Ends(ctx, r.adm, lane.Topic)
	if err != nil {
		return err
	}
	end := ends[lane]
	span := kafka.Span{Topic: lane.Topic, From: max(end.Start, end.Stable-lookBack), To: end.Stable}
	t := table{topics: make(map[string]feedgauge.TopicMark), lanes: make(map[feedgauge.Lane]feedgauge.LaneMark)}
	err = kafka.ReadPartition(ctx, r.Kafka.Brokers, span, func(rec *kgo.Record) error {
		e, _, err := journal.Decode(rec.Value)
		if err == nil && e.Trailer != nil && r.Now().Sub(rec.Timestamp) < lookWithin {
			t.fold(e.Trailer)
		}
		return nil
	}, r.Client...)
	if err != nil {
		return err
	}
	r.report.Sources, r.marks = t.sources()
	return nil
}

// table is what trailers have said of topics and lanes, the newest word on each.
type table struct {
	topics map[string]feedgauge.TopicMark
	lanes  map[feedgauge.Lane]feedgauge.LaneMark
}

func (t *table) fold(tr *feedgauge.Trailer) {
	for _, m := range tr.Topics {
		if t.topics[m.Topic] = m; m.Retired {
			delete(t.topics, m.Topic)
		}
	}
	for _, l := range tr.Lanes {
		t.lanes[l.Lane] = l
	}
}

func (t *table) sources() ([]Source, map[string]feedgauge.Instant) {
	bySource := make(map[string]*Source)
	marks := make(map[string]feedgauge.Instant)
	for _, name := range slices.Sorted(maps.Keys(t.topics)) {
		topic := t.topics[name]
		s := bySource[topic.Source]
		if s == nil {
			s = &Source{Source: topic.Source, Blocked: []string{}, Unknown: []string{}}
			bySource[topic.Source], marks[topic.Source] = s, feedgauge.After
		}
		for p := range topic.Partitions {
			marks[topic.Source] = min(marks[topic.Source], t.lane(s, feedgauge.Lane{Topic: name, Partition: p}))
		}
	}
	out := []Source{}
	for _, name := range slices.Sorted(maps.Keys(bySource)) {
		if at := marks[name]; at != feedgauge.Before && at != feedgauge.After {
			when := at.Time()
			bySource[name].Watermark = &when
		}
		out = append(out, *bySource[name])
	}
	return out, marks
}

// lane adds a lane to its source, and returns its watermark.
func (t *table) lane(s *Source, l feedgauge.Lane) feedgauge.Instant {
	s.Lanes++
	name := fmt.Sprintf("%s/%d", l.Topic, l.Partition)
	m, ok := t.lanes[l]
	if !ok {
		s.Unknown = append(s.Unknown, name)
		return feedgauge.Before
	}
	if m.Proof == feedgauge.ProofBlocked {
		s.Blocked = append(s.Blocked, name)
	}
	return m.Watermark
}
