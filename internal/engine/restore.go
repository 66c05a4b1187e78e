package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// restore builds the fold of partition k as of the committed offset, from the
// newest state of each feed and a silent fold of the journal behind it. Without
// a committed offset, or with one behind what the state says was committed, the
// state is believed.
func (l *watchLoop) restore(ctx context.Context, k int32, committed int64) (fold *watch.Partition, begin int64, err error) {
	state, next, err := l.newestState(ctx, k, committed)
	if err != nil {
		return nil, 0, err
	}
	ends, err := kafka.Ends(ctx, l.adm, l.topic(kafka.Journal))
	if err != nil {
		return nil, 0, err
	}
	start := ends[l.lane(k)].Start
	begin = max(next, start)
	if state[watch.MetaKey] == nil {
		begin = max(committed, start)
	}
	fold, err = watch.Restore(l.Pipeline, k, state, begin)
	if err != nil {
		return nil, 0, fmt.Errorf("restoring partition %d: %w", k, err)
	}
	span := kafka.Span{Topic: l.topic(kafka.Journal), Partition: k, From: max(fold.Next(), start), To: begin}
	err = kafka.ReadPartition(ctx, l.Pipeline.Kafka.Brokers, span, func(r *kgo.Record) error {
		e, ok, err := l.entry(r)
		if ok {
			fold.Fold(&e, watch.Out{})
		}
		return err
	}, l.clients...)
	if err != nil {
		return nil, 0, fmt.Errorf("folding partition %d again: %w", k, err)
	}
	if !fold.More() {
		fold.Skip(begin - 1)
	}
	fold.Drain() // counted when it was first folded
	return fold, begin, nil
}

// newestState reads the state of partition k and the offset it was written at,
// which every transaction writes with its offsets. A state behind the committed
// offset is still on its way: the outcome of a transaction reaches one partition
// after the other. If it does not come within the time in which transactions
// end, it is lost, and going on without it would forget what was counted.
func (l *watchLoop) newestState(ctx context.Context, k int32, committed int64) (state map[string][]byte, next int64, err error) {
	patience := l.patience()
	lane := feedgauge.Lane{Topic: l.topic(kafka.State), Partition: k}
	for waited, pause := time.Duration(0), 20*time.Millisecond; ; waited, pause = waited+pause, min(2*pause, time.Second) {
		ends, err := kafka.Ends(ctx, l.adm, lane.Topic)
		if err != nil {
			return nil, 0, err
		}
		if state, err = l.readState(ctx, k, ends[lane]); err != nil {
			return nil, 0, err
		}
		m, err := metaOf(state)
		if err != nil {
			return nil, 0, fmt.Errorf("partition %d: %w", k, err)
		}
		if next = m.Next; m.Polled >= committed {
			return state, next, nil
		}
		if waited >= patience {
			return nil, 0, fmt.Errorf("the state of partition %d is lost: %q tells of the journal up to %d, %d is committed; stop the monitor and go on from what is left with \"feedgauge topics repair --partition %d\"", k, lane.Topic, next, committed, k)
		}
		if !sleep(ctx, pause) {
			return nil, 0, ctx.Err()
		}
	}
}

// patience is how long a transaction may take to end by itself, with some time
// for the broker to notice.
func (e *Engine) patience() time.Duration {
	const scan = 15 * time.Second
	if e.TransactionTimeout > 0 {
		return e.TransactionTimeout + scan
	}
	return kafka.DefaultTransactionTimeout + scan
}

// metaOf returns the partition's own record, an empty one if there is none.
func metaOf(state map[string][]byte) (*watch.Meta, error) {
	b := state[watch.MetaKey]
	if b == nil {
		return &watch.Meta{}, nil
	}
	return watch.DecodeMeta(b)
}

// readState returns the newest record of each key. Reading that was cut short, by
// a rebalance or a broker that went away, goes on where it stopped the next time.
func (l *watchLoop) readState(ctx context.Context, k int32, end kafka.End) (map[string][]byte, error) {
	lane := l.lane(k)
	p := l.partial.take(map[feedgauge.Lane]int64{lane: 0})[lane]
	if p.state == nil || p.next < end.Start || p.next > end.Stable {
		p = partialState{state: make(map[string][]byte), next: end.Start}
	}
	span := kafka.Span{Topic: l.topic(kafka.State), Partition: k, From: p.next, To: end.Stable}
	err := kafka.ReadPartition(ctx, l.Pipeline.Kafka.Brokers, span, func(r *kgo.Record) error {
		p.next = r.Offset + 1
		if r.Value == nil {
			delete(p.state, string(r.Key))
			return nil
		}
		p.state[string(r.Key)] = r.Value
		return nil
	}, l.clients...)
	if err != nil {
		l.partial.put(lane, p)
		return nil, fmt.Errorf("reading the state of partition %d: %w", k, err)
	}
	return p.state, nil
}

// partialState is what has been read of a partition's state, up to next.
type partialState struct {
	state map[string][]byte
	next  int64
}
