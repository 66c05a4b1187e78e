package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// recallSpan is how far back from its end the journal is read for what was last
// told of topics. All members tell of all topics, every few seconds.
const recallSpan = 2000

// recall names the topics that whoever owned our lanes before may have told of.
// One that was deleted while nobody ran who knew of it is retired only thus: else
// its lanes would hold the watermark forever.
func (l *intakeLoop) recall(ctx context.Context) error {
	lane := feedgauge.Lane{Topic: l.Pipeline.Kafka.Topic(kafka.Journal)}
	ends, err := kafka.Ends(ctx, l.adm, lane.Topic)
	if err != nil {
		return fmt.Errorf("recalling topics: %w", err)
	}
	end := ends[lane]
	span := kafka.Span{Topic: lane.Topic, Partition: lane.Partition, From: max(end.Start, end.Stable-recallSpan), To: end.Stable}
	err = kafka.ReadPartition(ctx, l.Pipeline.Kafka.Brokers, span, func(r *kgo.Record) error {
		if e, _, err := journal.Decode(r.Value); err == nil && e.Trailer != nil {
			l.name(e.Trailer)
		}
		return nil
	}, l.Opts...)
	if err != nil {
		return fmt.Errorf("recalling topics: %w", err)
	}
	return l.recallFeeds(ctx)
}

// recallFeeds names the feeds that are watched already, so that they keep their
// place where a source bounds how many there may be. Whoever owned our lanes
// before may have met others than we.
func (l *intakeLoop) recallFeeds(ctx context.Context) error {
	if !slices.ContainsFunc(l.Pipeline.Sources, func(s *pipeline.Source) bool { return s.MaxFeeds > 0 }) {
		return nil
	}
	topic := l.Pipeline.Kafka.Topic(kafka.State)
	ends, err := kafka.Ends(ctx, l.adm, topic)
	if err != nil {
		return fmt.Errorf("recalling feeds: %w", err)
	}
	watched := make(map[string]string) // by identity, the source
	for lane, end := range ends {
		span := kafka.Span{Topic: topic, Partition: lane.Partition, From: end.Start, To: end.Stable}
		err := kafka.ReadPartition(ctx, l.Pipeline.Kafka.Brokers, span, func(r *kgo.Record) error {
			delete(watched, string(r.Key))
			if s, err := watch.DecodeState(r.Value); err == nil && string(r.Key) != watch.MetaKey {
				watched[string(r.Key)] = s.Source
			}
			return nil
		}, l.Opts...)
		if err != nil {
			return fmt.Errorf("recalling feeds: %w", err)
		}
	}
	for identity, source := range watched {
		if id, ok := feedgauge.ParseIdentity(identity); ok {
			l.in.Know(source, id)
		}
	}
	return nil
}

// name names the topics of a trailer that are still ours.
func (l *intakeLoop) name(t *feedgauge.Trailer) {
	for _, topic := range t.Topics {
		if s := l.topics.source(topic.Topic); s != nil && s.Name == topic.Source && topic.Partitions > 0 {
			l.in.SetPartitions(s.Name, topic.Topic, topic.Partitions)
		}
	}
}
