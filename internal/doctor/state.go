package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// readWithin bounds how long the state is read.
const readWithin = 30 * time.Second

// known is what the state tells of a feed.
type known struct {
	source string
	seen   bool
}

// saved is what the state holds.
type saved struct {
	metas map[int32]*watch.Meta
	feeds map[feedgauge.FeedID]known
}

// state holds what watch has saved against the configuration, and against the journal
// from which a restore goes on.
func (e *examination) state(ctx context.Context) {
	k := e.Pipeline.Kafka
	topic, journal := k.Topic(kafka.State), k.Topic(kafka.Journal)
	if !slices.Contains(e.Roles, kafka.RoleWatch) && !slices.Contains(e.Roles, kafka.RoleOperate) {
		return // others may not read it
	}
	if e.detail(topic).Err != nil || e.detail(journal).Err != nil || !e.ours.Has(topic) || !e.ours.Has(journal) {
		return // told as missing
	}
	limited, cancel := context.WithTimeout(ctx, readWithin)
	defer cancel()
	s, err := e.read(limited, topic)
	switch {
	case kafka.Denied(err):
		return // told as a missing right
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		e.good("state", "there is more of it than can be read in %v, so it was not looked at", readWithin)
		return
	case err != nil:
		e.failed("state", err)
		return
	}
	ends, err := kafka.Ends(ctx, e.adm, journal)
	if err != nil {
		e.failed("state", err)
		return
	}
	e.checks = append(e.checks, restorable(k, s.metas, ends)...)
	e.checks = append(e.checks, coverage(e.Pipeline, s.feeds)...)
}

// read folds the state topic.
func (e *examination) read(ctx context.Context, topic string) (*saved, error) {
	ends, err := kafka.Ends(ctx, e.adm, topic)
	if err != nil {
		return nil, err
	}
	s := &saved{metas: make(map[int32]*watch.Meta), feeds: make(map[feedgauge.FeedID]known)}
	keys := make(map[string]feedgauge.FeedID)
	for lane, end := range ends {
		span := kafka.Span{Topic: topic, Partition: lane.Partition, From: end.Start, To: end.Stable}
		if err := kafka.ReadPartition(ctx, e.Pipeline.Kafka.Brokers, span, func(r *kgo.Record) error {
			return s.fold(r, keys)
		}, e.Client...); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *saved) fold(r *kgo.Record, keys map[string]feedgauge.FeedID) error {
	key := string(r.Key)
	if key == watch.MetaKey {
		m, err := watch.DecodeMeta(r.Value)
		if err != nil {
			return fmt.Errorf("partition %d: %w", r.Partition, err)
		}
		s.metas[r.Partition] = m
		return nil
	}
	delete(s.feeds, keys[key])
	if r.Value == nil {
		return nil
	}
	f, err := watch.DecodeState(r.Value)
	if err != nil {
		return fmt.Errorf("partition %d at %d: %w", r.Partition, r.Offset, err)
	}
	if !f.OfGroup() && f.Feed.Tenant != pipeline.Self {
		keys[key] = f.Feed
		s.feeds[f.Feed] = known{source: f.Source, seen: f.First != feedgauge.After && f.First != feedgauge.Before}
	}
	return nil
}

// restorable judges whether watch can go on from the state: it was written for the
// number of partitions that is configured, and the journal still holds what lies
// behind it.
func restorable(k pipeline.Kafka, metas map[int32]*watch.Meta, ends map[feedgauge.Lane]kafka.End) []Check {
	if len(metas) == 0 {
		return []Check{{About: "state", OK: true, Says: "nothing has been watched yet"}}
	}
	var out []Check
	finding := func(do, format string, args ...any) {
		out = append(out, Check{About: "state", Says: fmt.Sprintf(format, args...), Do: do})
	}
	for p := range k.Partitions {
		m := metas[p]
		if m == nil {
			continue
		}
		end, ok := ends[feedgauge.Lane{Topic: k.Topic(kafka.Journal), Partition: p}]
		switch {
		case m.Partitions != k.Partitions:
			finding(fmt.Sprintf("configure partitions = %d, or change it with \"feedgauge topics resize\"", m.Partitions),
				"the state of partition %d was written for %d partitions, and %d are configured", p, m.Partitions, k.Partitions)
		case ok && m.Next > end.High:
			finding("delete our topics with \"feedgauge topics delete\" and begin anew, or bring the journal back",
				"the state of partition %d has seen the journal up to %d, which ends at %d: the journal was made anew, or has lost records", p, m.Next, end.High)
		case ok && m.Next < end.Start:
			finding("raise retention.ms of the journal, so that it outlasts a watch that is down",
				"partition %d of the journal begins at %d, and watch has read up to %d only: what intake may have counted in between is lost", p, end.Start, m.Next)
		case ok && m.ReplayFrom < end.Start:
			finding("raise retention.ms of the journal",
				"a restore of partition %d wants the journal from %d, which begins at %d: counts of open windows would be lost", p, m.ReplayFrom, end.Start)
		}
	}
	if len(out) == 0 {
		out = append(out, Check{About: "state", OK: true, Says: fmt.Sprintf("it was written for %d partitions, as configured, and the journal holds what a restore needs", k.Partitions)})
	}
	return out
}
