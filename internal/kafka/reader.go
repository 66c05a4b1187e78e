package kafka

import (
	"context"
	"errors"
	"fmt"

	"github.com/feedgauge/feedgauge"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Span is a stretch of one partition: offsets From, inclusive, to To, exclusive.
type Span struct {
	Topic     string
	Partition int32
	From, To  int64
}

// ReadPartition calls fn for every committed record of the span in order,
// outside any group. Records of aborted transactions and control records are
// left out. It returns nil only when all before span.To has been seen, so To
// must not lie above the last stable offset (see [Ends]), or it waits for the
// transaction that is open. Any error of a poll ends it, and so does an offset
// that the log no longer holds: a restore must not skip in silence.
//
// The records passed to fn stay valid after it returns. opts are those of the
// cluster: TLS and the like.
func ReadPartition(ctx context.Context, brokers []string, span Span, fn func(*kgo.Record) error, opts ...kgo.Opt) error {
	if span.From >= span.To {
		return nil
	}
	cl, err := Dial(brokers, append(span.options(), opts...)...)
	if err != nil {
		return err
	}
	defer cl.Close()
	for done := false; !done; {
		if done, err = span.step(cl.PollFetches(ctx), fn); err != nil {
			return fmt.Errorf("read %q partition %d from %d to %d: %w", span.Topic, span.Partition, span.From, span.To, err)
		}
	}
	return nil
}

func (s Span) options() []kgo.Opt {
	return []kgo.Opt{
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{
			s.Topic: {s.Partition: kgo.NoResetOffset().At(s.From)},
		}),
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		// A log that ends in a marker has its end behind the last record.
		kgo.KeepControlRecords(),
	}
}

// step hands on one poll's records, and reports whether the end was reached.
func (s Span) step(fetches kgo.Fetches, fn func(*kgo.Record) error) (done bool, err error) {
	if err := fetches.Err(); err != nil {
		return false, err
	}
	for it := fetches.RecordIter(); !it.Done(); {
		r := it.Next()
		if r.Offset >= s.To {
			return true, nil
		}
		if !r.Attrs.IsControl() {
			if err := fn(r); err != nil {
				return false, err
			}
		}
		done = r.Offset == s.To-1
	}
	return done, nil
}

// End is how far the log of one lane reaches.
type End struct {
	Start  int64 // lowest offset still held
	High   int64 // behind the last record written
	Stable int64 // behind the last record that no open transaction holds back
}

// Ends asks the brokers how far the lanes of the topics reach. All answers are
// younger than the call, and so is the list of lanes. The stable offset is asked for after the high one and
// capped by it: so Stable below High means that a transaction has been open all
// the while, never that records came between two answers.
//
// Lanes that did not answer are missing from the map, and the error names them.
func Ends(ctx context.Context, adm *kadm.Client, topics ...string) (map[feedgauge.Lane]End, error) {
	if len(topics) == 0 {
		return nil, nil // kadm takes none for all
	}
	ctx = fresh(ctx)
	high, errHigh := adm.ListEndOffsets(ctx, topics...)
	stable, errStable := adm.ListCommittedOffsets(ctx, topics...)
	start, errStart := adm.ListStartOffsets(ctx, topics...)
	errs := []error{errHigh, errStable, errStart}
	ends := make(map[feedgauge.Lane]End)
	high.Each(func(h kadm.ListedOffset) {
		end, err := joinEnds(h, stable, start)
		if err != nil {
			errs = append(errs, fmt.Errorf("no end of %q partition %d: %w", h.Topic, h.Partition, err))
			return
		}
		ends[feedgauge.Lane{Topic: h.Topic, Partition: h.Partition}] = end
	})
	return ends, errors.Join(errs...)
}

var errNoAnswer = errors.New("the broker gave no answer")

func joinEnds(high kadm.ListedOffset, stable, start kadm.ListedOffsets) (End, error) {
	l, okStable := stable.Lookup(high.Topic, high.Partition)
	s, okStart := start.Lookup(high.Topic, high.Partition)
	if err := errors.Join(high.Err, l.Err, s.Err); err != nil {
		return End{}, err
	}
	if !okStable || !okStart {
		return End{}, errNoAnswer
	}
	return End{Start: s.Offset, High: high.Offset, Stable: min(l.Offset, high.Offset)}, nil
}
