package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// deliver takes alerts to one sink until ctx is done: at least once, since its
// offsets are committed after the sink has taken them. It is never part of a
// transaction, so a slow sink holds up nothing but itself.
func (e *Engine) deliver(ctx context.Context, s *pipeline.Sink) error {
	sink, err := s.Open()
	if err != nil {
		return fmt.Errorf("opening sink %q: %w", s.Name, err)
	}
	defer func() {
		if err := sink.Close(); err != nil {
			e.Log.Warn("a sink could not be closed", "sink", s.Name, "error", err)
		}
	}()
	k := e.Pipeline.Kafka
	log := e.Log.Named("deliver")
	cl, err := kafka.Dial(k.Brokers, append([]kgo.Opt{
		kgo.WithLogger(kafka.Logger(log)),
		kgo.ConsumerGroup(k.Prefix + "-deliver-" + s.Name),
		kgo.ConsumeTopics(k.Topic(kafka.Alerts)),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(),
		kgo.BlockRebalanceOnPoll(),
	}, e.clients...)...)
	if err != nil {
		return err
	}
	defer cl.CloseAllowingRebalance()
	for ctx.Err() == nil {
		fetches := cl.PollFetches(ctx)
		alerts := alertsOf(fetches)
		if err := e.hand(ctx, sink, s.Name, alerts); err != nil {
			return err
		}
		if len(alerts) > 0 && ctx.Err() == nil {
			if err := cl.CommitUncommittedOffsets(ctx); err != nil {
				log.Warn("delivered, but not committed: some alerts may come twice", "sink", s.Name, "error", err)
			}
		}
		if fetches.Err() != nil && ctx.Err() == nil {
			log.Warn("a poll failed, going on", "error", fetches.Err())
			sleep(ctx, time.Second)
		}
		cl.AllowRebalance()
	}
	return nil
}

// hand gives alerts to the sink until it takes them.
func (e *Engine) hand(ctx context.Context, sink feedgauge.Sink, name string, alerts []feedgauge.Alert) error {
	if len(alerts) == 0 {
		return nil
	}
	wait := newBackoff()
	for {
		err := sink.Write(ctx, alerts)
		if err == nil {
			e.metrics.delivered.WithLabelValues(name).Add(float64(len(alerts)))
			return nil
		}
		pause := wait.next()
		e.Log.Warn("a sink refused alerts, trying again", "sink", name, "in", pause.Round(time.Millisecond), "error", err)
		if !sleep(ctx, pause) {
			return ctx.Err()
		}
	}
}

func alertsOf(fetches kgo.Fetches) []feedgauge.Alert {
	var out []feedgauge.Alert
	fetches.EachRecord(func(r *kgo.Record) {
		a := feedgauge.Alert{Key: string(r.Key), Value: r.Value, Time: feedgauge.Instant(r.Timestamp.UnixMilli())}
		for _, h := range r.Headers {
			switch h.Key {
			case HeaderLive:
				a.Live = string(h.Value) == "true"
			case "ce_time":
				if t, err := time.Parse(time.RFC3339, string(h.Value)); err == nil {
					a.Time = feedgauge.InstantOf(t)
				}
			}
		}
		out = append(out, a)
	})
	return out
}
