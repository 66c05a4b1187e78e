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
// told of topics, and the state for what watch knows of them. All members tell of
// all topics, every few seconds, and watch writes with every transaction.
const recallSpan = 2000

// recall names the topics that whoever owned our lanes before may have told of,
// by their last word on each. One that was deleted while nobody ran who knew of
// it is retired only thus, and so is one that our configuration no longer takes:
// else its lanes would hold the watermark forever.
func (l *intakeLoop) recall(ctx context.Context) error {
	told := make(map[string]feedgauge.TopicMark)
	for _, read := range []func(context.Context, map[string]feedgauge.TopicMark) error{l.recallState, l.recallJournal} {
		if err := read(ctx, told); err != nil {
			return fmt.Errorf("recalling topics: %w", err)
		}
	}
	for _, t := range told {
		l.name(&t)
	}
	return l.recallFeeds(ctx)
}

// recallState looks up what watch has made of all trailers, however long ago they
// came: the newest meta of a partition.
func (l *intakeLoop) recallState(ctx context.Context, told map[string]feedgauge.TopicMark) error {
	lane := feedgauge.Lane{Topic: l.Pipeline.Kafka.Topic(kafka.State)}
	ends, err := kafka.Ends(ctx, l.adm, lane.Topic)
	if err != nil {
		return err
	}
	end := ends[lane]
	var value []byte
	for back := int64(recallSpan); value == nil; back *= 10 {
		span := kafka.Span{Topic: lane.Topic, Partition: lane.Partition, From: max(end.Start, end.Stable-back), To: end.Stable}
		err := kafka.ReadPartition(ctx, l.Pipeline.Kafka.Brokers, span, func(r *kgo.Record) error {
			if string(r.Key) == watch.MetaKey {
				value = r.Value
			}
			return nil
		}, l.clients...)
		if err != nil {
			return err
		}
		if span.From == end.Start {
			break
		}
	}
	if value == nil {
		return nil
	}
	m, err := watch.DecodeMeta(value)
	if err != nil {
		return err
	}
	for _, t := range m.Topics() {
		told[t.Topic] = t
	}
	return nil
}

// recallJournal looks up what has been said of topics since.
func (l *intakeLoop) recallJournal(ctx context.Context, told map[string]feedgauge.TopicMark) error {
	lane := feedgauge.Lane{Topic: l.Pipeline.Kafka.Topic(kafka.Journal)}
	ends, err := kafka.Ends(ctx, l.adm, lane.Topic)
	if err != nil {
		return err
	}
	end := ends[lane]
	span := kafka.Span{Topic: lane.Topic, Partition: lane.Partition, From: max(end.Start, end.Stable-recallSpan), To: end.Stable}
	return kafka.ReadPartition(ctx, l.Pipeline.Kafka.Brokers, span, func(r *kgo.Record) error {
		if e, _, err := journal.Decode(r.Value); err == nil && e.Trailer != nil {
			for _, t := range e.Trailer.Topics {
				told[t.Topic] = t
			}
		}
		return nil
	}, l.clients...)
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
			if s, err := watch.DecodeState(r.Value); err == nil && string(r.Key) != watch.MetaKey && !s.OfGroup() && !s.Gone() {
				watched[string(r.Key)] = s.Source
			}
			return nil
		}, l.clients...)
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

// name names a topic of which somebody has told. What is retired holds nothing
// back, and what has no lanes neither.
func (l *intakeLoop) name(t *feedgauge.TopicMark) {
	s := l.topics.source(t.Topic)
	switch {
	case t.Retired || t.Partitions <= 0:
	case s == nil:
		l.in.Forsake(t.Source, t.Topic, t.Partitions)
	default:
		l.in.SetPartitions(s.Name, t.Topic, t.Partitions)
	}
}
