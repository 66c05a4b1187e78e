package main

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// bench runs rounds of readers on one cluster.
type bench struct {
	options
	brokers []string
}

// round holds what each reader used in one round. Readers are compared within a
// round only, since they ran close to each other then.
type round struct {
	plain, few, many usage
}

// String is one line for the impatient.
func (r round) String() string {
	return fmt.Sprintf("plain %.2f s, intake %.2f s, intake of %d feeds %.2f s",
		r.plain.cpu.Seconds(), r.few.cpu.Seconds(), manyFeeds, r.many.cpu.Seconds())
}

func (b *bench) round(ctx context.Context, i int, few, many load) (r round, err error) {
	plain := child{Plain: true, Brokers: b.brokers, Topic: few.topic, Records: int64(few.records)}
	if r.plain, err = plain.run(ctx); err != nil {
		return r, err
	}
	if r.few, err = b.intake(ctx, i, few); err != nil {
		return r, err
	}
	r.many, err = b.intake(ctx, i, many)
	return r, err
}

// intake measures our intake. Each run has topics and a group of its own, whose
// names end in i, and is checked to have counted what it was to count.
func (b *bench) intake(ctx context.Context, i int, l load) (usage, error) {
	c := child{Brokers: b.brokers, Topic: l.topic, Records: int64(l.records), Prefix: fmt.Sprintf("%s-out-%d", l.topic, i)}
	if b.profile != "" {
		c.Profile = fmt.Sprintf("%s%s-%d.pprof", b.profile, l.topic, i)
	}
	u, err := c.run(ctx)
	if err != nil {
		return u, err
	}
	k := c.pipeline().Kafka
	if err := checkJournal(ctx, k, c.Records); err != nil {
		return u, err
	}
	return u, deleteTopics(ctx, k)
}

// deleteTopics makes room for the next run.
func deleteTopics(ctx context.Context, k pipeline.Kafka) error {
	cl, err := kafka.Dial(k.Brokers)
	if err != nil {
		return err
	}
	defer cl.Close()
	var names []string
	for _, name := range []string{kafka.Journal, kafka.State, kafka.Alerts, kafka.History, kafka.Dead} {
		names = append(names, k.Topic(name))
	}
	_, err = kadm.NewClient(cl).DeleteTopics(ctx, names...)
	return err
}

// checkJournal adds up the committed tallies: all records, all in good form.
func checkJournal(ctx context.Context, k pipeline.Kafka, records int64) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cl, err := kafka.Dial(k.Brokers)
	if err != nil {
		return err
	}
	defer cl.Close()
	ends, err := kafka.Ends(ctx, kadm.NewClient(cl), k.Topic(kafka.Journal))
	if err != nil {
		return err
	}
	var events, errs int64
	for lane, end := range ends {
		// To the high end, so that the transaction's markers are waited for.
		span := kafka.Span{Topic: lane.Topic, Partition: lane.Partition, From: end.Start, To: end.High}
		err := kafka.ReadPartition(ctx, k.Brokers, span, func(r *kgo.Record) error {
			entry, _, err := journal.Decode(r.Value)
			if err != nil || entry.Tally == nil {
				return err
			}
			for _, f := range entry.Tally.Feeds {
				events += f.Counts.Events
				errs += f.Counts.Errors.Total()
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if events != records || errs != 0 {
		return fmt.Errorf("the journal says %d events and %d errors, want %d and none", events, errs, records)
	}
	return nil
}

// countKeys counts the keys of a compacted topic of ours, those of the partitions
// themselves left out.
func countKeys(ctx context.Context, brokers []string, topic string) (int, error) {
	cl, err := kafka.Dial(brokers)
	if err != nil {
		return 0, err
	}
	defer cl.Close()
	ends, err := kafka.Ends(ctx, kadm.NewClient(cl), topic)
	if err != nil {
		return 0, err
	}
	keys := make(map[string]bool)
	for lane, end := range ends {
		span := kafka.Span{Topic: topic, Partition: lane.Partition, From: end.Start, To: end.Stable}
		err := kafka.ReadPartition(ctx, brokers, span, func(r *kgo.Record) error {
			if string(r.Key) != watch.MetaKey {
				keys[string(r.Key)] = true
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return len(keys), nil
}
