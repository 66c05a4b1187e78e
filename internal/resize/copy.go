package resize

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// sealKey is the key of the seal. Like that of meta, no identity equals it.
const sealKey = "seal"

// seal says that a copy is complete. It lies in the copy's first partition,
// behind everything else.
type seal struct {
	from, to int32
	records  int64 // in the copy, the seal not among them
}

const (
	slFrom protowire.Number = iota + 1
	slTo
	slRecords
)

func (s *seal) append(b []byte) []byte {
	b = journal.AppendInt(b, slFrom, int64(s.from))
	b = journal.AppendInt(b, slTo, int64(s.to))
	return journal.AppendInt(b, slRecords, s.records)
}

func decodeSeal(b []byte) (*seal, error) {
	s := &seal{}
	err := journal.Fields(b, func(num protowire.Number, v uint64, _ []byte) error {
		switch num {
		case slFrom:
			s.from = int32(journal.Int(v))
		case slTo:
			s.to = int32(journal.Int(v))
		case slRecords:
			s.records = journal.Int(v)
		}
		return nil
	})
	return s, err
}

// writeCopy writes the new state, each record in the partition that it is to
// have in the state topic.
func (r *resizer) writeCopy(ctx context.Context, state [][]watch.Saved) error {
	return r.write(ctx, func(put func(*kgo.Record)) error {
		for k, part := range state {
			for _, s := range part {
				put(&kgo.Record{Topic: r.to.Topic(kafka.Resize), Partition: int32(k), Key: []byte(s.Key), Value: s.Value})
			}
		}
		return nil
	})
}

func (r *resizer) writeSeal(ctx context.Context, s *seal) error {
	return r.write(ctx, func(put func(*kgo.Record)) error {
		put(&kgo.Record{Topic: r.to.Topic(kafka.Resize), Key: []byte(sealKey), Value: s.append(nil)})
		return nil
	})
}

// write sends what fill puts, and returns when the brokers have all of it.
func (r *resizer) write(ctx context.Context, fill func(put func(*kgo.Record)) error) error {
	cl, err := r.writer() // topics made anew are other topics to a client that knew them
	if err != nil {
		return err
	}
	defer cl.Close()
	var first kgo.FirstErrPromise
	err = fill(func(rec *kgo.Record) { cl.Produce(ctx, rec, first.Promise()) })
	return errors.Join(err, cl.Flush(ctx), first.Err())
}

// sealed returns the seal of the copy, nil if there is none.
func (r *resizer) sealed(ctx context.Context, partitions int32) (s *seal, err error) {
	if partitions == 0 {
		return nil, nil
	}
	_, err = r.read(ctx, 0, func(rec *kgo.Record) error {
		if string(rec.Key) == sealKey {
			s, err = decodeSeal(rec.Value)
		}
		return err
	})
	return s, err
}

// copyBack writes the copy to the new state topic.
func (r *resizer) copyBack(ctx context.Context, s *seal) error {
	var sum int64
	err := r.write(ctx, func(put func(*kgo.Record)) error {
		for k := range s.to {
			n, err := r.read(ctx, k, func(rec *kgo.Record) error {
				if string(rec.Key) != sealKey {
					put(&kgo.Record{Topic: r.to.Topic(kafka.State), Partition: k, Key: rec.Key, Value: rec.Value})
				}
				return nil
			})
			sum += n
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && sum != s.records+1 {
		err = fmt.Errorf("%q holds %d records, but was written with %d", r.to.Topic(kafka.Resize), sum, s.records+1)
	}
	return err
}

// read calls fn for each record of a partition of the copy.
func (r *resizer) read(ctx context.Context, k int32, fn func(*kgo.Record) error) (n int64, err error) {
	topic := r.to.Topic(kafka.Resize)
	ends, err := kafka.Ends(ctx, r.adm, topic)
	if err != nil {
		return 0, err
	}
	end := ends[feedgauge.Lane{Topic: topic, Partition: k}]
	span := kafka.Span{Topic: topic, Partition: k, From: end.Start, To: end.Stable}
	err = kafka.ReadPartition(ctx, r.to.Brokers, span, func(rec *kgo.Record) error {
		n++
		return fn(rec)
	}, r.Engine.Opts...)
	return n, err
}
