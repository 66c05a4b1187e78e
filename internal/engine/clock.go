package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/processors/count"
)

// brokerClock knows the broker's time, by which lanes are judged: by a clock of
// ours that is ahead, a lane would be called idle too early, and by one that is
// behind, right stamps would not be believed. It is read off the stamp of a tick
// that we write to the journal, and carried on by our monotonic clock. An embedded
// broker has our clock and needs none of this.
type brokerClock struct {
	measured       bool
	stamp          feedgauge.Instant // of the tick
	sent, answered time.Time         // when, by our monotonic clock, the tick was sent, and known to be written
	wall           feedgauge.Instant // our own time then
	away           time.Duration     // how far our clock was last said to be ahead of the broker's
}

const (
	// measureEvery is how often the broker's time is asked for.
	measureEvery = 30 * time.Second
	// measureWithin bounds one measurement.
	measureWithin = 5 * time.Second
	// measureAgain is how soon one that failed is done again, while nothing is
	// known.
	measureAgain = time.Second
)

// holds reports whether the broker's time is known. Where our wall clock and our
// monotonic one have gone apart since, one of them was set or stood still: nobody
// knows which.
func (c *brokerClock) holds(wall feedgauge.Instant) bool {
	return c.measured && (wall.Sub(c.wall)-time.Since(c.answered)).Abs() <= count.Skew
}

// due reports whether it is time to measure again.
func (c *brokerClock) due() bool { return !c.measured || time.Since(c.answered) >= measureEvery }

// earliest is what the broker's clock shows now at least, and latest at most.
func (c *brokerClock) earliest() feedgauge.Instant { return c.stamp.Add(time.Since(c.answered)) }

func (c *brokerClock) latest() feedgauge.Instant { return c.stamp.Add(time.Since(c.sent)) }

// earliest and latest are the bounds of the broker's time now. They hold after
// ask, or await, was content.
func (l *intakeLoop) earliest() feedgauge.Instant {
	if l.Pipeline.Embedded != nil {
		return l.now()
	}
	return l.clock.earliest()
}

func (l *intakeLoop) latest() feedgauge.Instant {
	if l.Pipeline.Embedded != nil {
		return l.now()
	}
	return l.clock.latest()
}

// began is when this process began, by the broker's clock.
func (l *intakeLoop) began() feedgauge.Instant {
	if l.Pipeline.Embedded != nil {
		return l.started
	}
	return l.clock.earliest().Add(-time.Since(l.startedAt))
}

// ask measures the broker's time if that is due, and reports whether it is known.
func (l *intakeLoop) ask(ctx context.Context) bool {
	if l.Pipeline.Embedded != nil {
		return true
	}
	if l.clock.due() || !l.clock.holds(l.now()) {
		if err := l.measure(ctx); err != nil && ctx.Err() == nil {
			l.Log.Warn("the broker's time is not known for sure", "error", err)
		}
	}
	return l.clock.holds(l.now())
}

// await returns when the broker's time is known. Nothing is counted before: a
// stamp that is not believed cannot be put right later.
func (l *intakeLoop) await(ctx context.Context) error {
	if l.Pipeline.Embedded != nil || l.clock.holds(l.now()) {
		return nil
	}
	for !l.ask(ctx) {
		if !sleep(ctx, measureAgain) {
			return ctx.Err()
		}
	}
	return nil
}

// measure writes a tick to the journal and looks at its stamp.
func (l *intakeLoop) measure(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, measureWithin)
	defer cancel()
	r := &kgo.Record{Topic: l.Pipeline.Kafka.Topic(kafka.Journal), Value: journal.AppendTick(nil)}
	sent := time.Now()
	if err := l.side.ProduceSync(ctx, r).FirstErr(); err != nil {
		return fmt.Errorf("writing a tick: %w", err)
	}
	answered, wall := time.Now(), l.now()
	var stamp feedgauge.Instant
	span := kafka.Span{Topic: r.Topic, Partition: r.Partition, From: r.Offset, To: r.Offset + 1}
	err := kafka.ReadPartition(ctx, l.Pipeline.Kafka.Brokers, span, func(r *kgo.Record) error {
		stamp = feedgauge.InstantOf(r.Timestamp)
		return nil
	}, append([]kgo.Opt{kgo.FetchIsolationLevel(kgo.ReadUncommitted())}, l.clients...)...)
	if err != nil {
		return fmt.Errorf("reading a tick: %w", err)
	}
	c := &l.clock
	c.measured, c.stamp, c.sent, c.answered, c.wall = true, stamp, sent, answered, wall
	l.compare()
	return nil
}

// compare says so when our clock begins or ceases to differ from the broker's.
func (l *intakeLoop) compare() {
	ahead := l.clock.wall.Sub(l.clock.stamp)
	l.metrics.ahead.Set(ahead.Seconds())
	if (ahead - l.clock.away).Abs() <= count.Skew {
		return
	}
	l.clock.away = ahead
	if ahead.Abs() <= count.Skew {
		l.clock.away = 0
	}
	l.Log.Warn("our clock and the broker's differ: lanes are judged by the broker's", "broker", l.clock.stamp, "ours", l.clock.wall)
}

// sideOpts are those of the client for questions, which writes ticks, too: never
// in a transaction, so a tick twice does no harm.
func (l *intakeLoop) sideOpts() []kgo.Opt {
	return append([]kgo.Opt{
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.DisableIdempotentWrite(), kgo.ProducerLinger(0),
		kgo.RecordDeliveryTimeout(measureWithin),
	}, l.clients...)
}
