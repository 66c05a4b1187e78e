// Package tail shows what lies on our topics: it reads a topic from one place
// to another, decodes its records, and prints them for people or as JSON.
//
// Topics are read directly, outside any consumer group, and read_committed: what
// an aborted transaction wrote is never shown, and what an open one wrote is
// shown once it is committed.
package tail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/kafka"
)

// AllPartitions is the partition to give for reading all of them.
const AllPartitions = -1

// Defaults of Options.
const (
	patience = 30 * time.Second
	idle     = 500 * time.Millisecond
)

// Options say what to read.
type Options struct {
	Brokers   []string
	Client    []kgo.Opt // options of the cluster: TLS and the like
	Topic     string    // full name
	Partition int32     // AllPartitions, or one
	From      From
	// UntilEnd ends the reading at the end that each partition had when it
	// began: its last stable offset.
	UntilEnd bool
	// Patience is how long the cluster may take for its first answer, and with
	// UntilEnd for any other; 30 s if zero.
	Patience time.Duration
	// Idle is how long, with UntilEnd, no record may come before the brokers
	// are asked whether there is one; 500 ms if zero.
	Idle time.Duration
}

// Read hands the records of a topic to fn in portions, in order within each
// partition, until the end that was asked for, an error, or ctx is done. The
// latter is an error only if it cuts off a reading that has an end.
//
// Which partitions there are is found out once, at the start.
func Read(ctx context.Context, o Options, fn func([]*kgo.Record) error) error {
	if o.Patience == 0 {
		o.Patience = patience
	}
	if o.Idle == 0 {
		o.Idle = idle
	}
	cl, err := kafka.Dial(o.Brokers, o.Client...)
	if err != nil {
		return err
	}
	defer cl.Close()
	r := &reader{o: o, cl: cl, adm: kadm.NewClient(cl)}
	if err := r.plan(ctx); err != nil {
		return r.explain(ctx, err)
	}
	if o.UntilEnd && len(r.open) == 0 {
		return nil
	}
	return r.explain(ctx, r.run(ctx, fn))
}

// reader reads one topic.
type reader struct {
	o    Options
	cl   *kgo.Client // asks for ends
	adm  *kadm.Client
	open map[int32]*span // partitions that have not come to their end
}

// span is what is left to read of a partition.
type span struct {
	next, end int64
}

func (r *reader) run(ctx context.Context, fn func([]*kgo.Record) error) error {
	consumer, err := kafka.Dial(r.o.Brokers, append(r.options(), r.o.Client...)...)
	if err != nil {
		return err
	}
	defer consumer.Close()
	for !r.o.UntilEnd || len(r.open) > 0 {
		records, quiet, err := r.poll(ctx, consumer)
		if len(records) > 0 {
			if err := fn(records); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
		if quiet {
			if err := kafka.Await(ctx, r.o.Patience, r.probeAll); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reader) options() []kgo.Opt {
	from := make(map[int32]kgo.Offset, len(r.open))
	for p, s := range r.open {
		from[p] = kgo.NewOffset().At(s.next)
	}
	return []kgo.Opt{
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{r.o.Topic: from}),
		// Where the log has lost its beginning meanwhile, what is left is shown.
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.KeepControlRecords(), // a log that ends in a marker has its end behind it
	}
}

// poll returns the next records to show; quiet means that none came for a while.
func (r *reader) poll(ctx context.Context, consumer *kgo.Client) (out []*kgo.Record, quiet bool, err error) {
	pollCtx := ctx
	if r.o.UntilEnd {
		var cancel context.CancelFunc
		pollCtx, cancel = context.WithTimeout(ctx, r.o.Idle)
		defer cancel()
	}
	fetches := consumer.PollFetches(pollCtx)
	fetches.EachRecord(func(rec *kgo.Record) {
		if r.take(rec) {
			out = append(out, rec)
		}
	})
	for _, e := range fetches.Errors() {
		switch {
		case ctx.Err() != nil:
			return out, false, ctx.Err()
		case errors.Is(e.Err, context.DeadlineExceeded) && pollCtx.Err() != nil:
			quiet = true
		case final(e.Err):
			return out, false, fmt.Errorf("partition %d: %w", e.Partition, e.Err)
		}
	}
	return out, quiet, nil
}

// final reports whether err is more than a connection that the client will make
// again: the word of a broker, or a log that has lost what was to come next.
func final(err error) bool {
	var answer *kerr.Error
	var loss *kgo.ErrDataLoss
	return errors.As(err, &answer) || errors.As(err, &loss)
}

// take moves a partition's position behind rec and reports whether rec is to be
// shown.
func (r *reader) take(rec *kgo.Record) bool {
	if !r.o.UntilEnd {
		return !rec.Attrs.IsControl()
	}
	s := r.open[rec.Partition]
	if s == nil || rec.Offset < s.next {
		return false
	}
	show := rec.Offset < s.end && !rec.Attrs.IsControl()
	r.advance(rec.Partition, rec.Offset+1)
	return show
}

// advance notes that everything below next is done with.
func (r *reader) advance(partition int32, next int64) {
	s := r.open[partition]
	s.next = next
	if s.next >= s.end {
		delete(r.open, partition)
	}
}

// explain says of an error what was being done, and makes the end of ctx the
// success that it is to somebody who only wanted to watch.
func (r *reader) explain(ctx context.Context, err error) error {
	switch {
	case err == nil, ctx.Err() != nil && !r.o.UntilEnd:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("interrupted before the end of topic %q: %w", r.o.Topic, ctx.Err())
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		return fmt.Errorf("there is no topic %q on brokers %q: is the prefix right, and has the monitor been started there?", r.o.Topic, r.o.Brokers)
	}
	return fmt.Errorf("read topic %q of brokers %q: %w", r.o.Topic, r.o.Brokers, err)
}
