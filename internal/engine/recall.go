package engine

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
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
