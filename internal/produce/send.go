package produce

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/kafka"
)

// largeRecord is the size from which a record goes alone, in bytes. A client
// that packs batches up to the broker's usual limit of 1 MiB refuses records
// that reach it, though compressed they may be small enough; one with a higher
// limit would pack batches that the broker refuses as a whole.
const largeRecord = 900_000

// sender sends records and counts what became of them.
type sender struct {
	o            Options
	small, large *kgo.Client

	mu       sync.Mutex
	begun    int64     // records handed to a client
	moved    time.Time // when the last one was settled, or the first begun since
	done     Report
	fatal    error
	failures map[string]int64 // records by what they failed for
}

func newSender(o Options) (*sender, error) {
	s := &sender{o: o, failures: make(map[string]int64)}
	opts := append([]kgo.Opt{
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerBatchCompression(kgo.Lz4Compression(), kgo.NoCompression()),
		kgo.MaxBufferedBytes(buffered),
		kgo.UnknownTopicRetries(10), // a new topic is not known everywhere at once
	}, o.Client...)
	var err error
	if s.small, err = kafka.Dial(o.Brokers, opts...); err != nil {
		return nil, err
	}
	if s.large, err = kafka.Dial(o.Brokers, append(opts, kgo.ProducerBatchMaxBytes(2*MaxLine))...); err != nil {
		s.small.Close()
		return nil, err
	}
	return s, nil
}

func (s *sender) close() {
	s.small.Close()
	s.large.Close()
}

// send sends one line. Records of one name stay in order, large ones too.
func (s *sender) send(ctx context.Context, l line) {
	s.count(func() {
		if s.open() == 0 {
			s.moved = time.Now()
		}
		s.begun++
	})
	if l.long {
		s.confirm(nil, kerr.MessageTooLarge)
		return
	}
	r := s.record(l.value)
	if size(r) < largeRecord {
		s.small.Produce(ctx, r, s.confirm)
		return
	}
	if err := s.small.Flush(ctx); err != nil {
		s.confirm(r, err)
		return
	}
	s.confirm(r, s.large.ProduceSync(ctx, r).FirstErr())
}

func size(r *kgo.Record) int {
	n := len(r.Key) + len(r.Value)
	for _, h := range r.Headers {
		n += len(h.Key) + len(h.Value)
	}
	return n
}

// record makes the record of a line.
func (s *sender) record(value []byte) *kgo.Record {
	r := &kgo.Record{Topic: s.o.Topic, Value: value, Timestamp: time.Now()}
	if s.o.Name != nil {
		if name := bytes.Clone(s.o.Name(value)); len(name) > 0 {
			r.Key = name
			r.Headers = append(r.Headers, kgo.RecordHeader{Key: feedHeader, Value: name})
		} else {
			s.count(func() { s.done.Unnamed++ })
		}
	}
	if s.o.Tenant != "" {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: tenantHeader, Value: []byte(s.o.Tenant)})
	}
	if s.o.ByLine {
		if t, ok := LineTime(value, r.Timestamp); ok {
			r.Timestamp = t
		} else {
			s.count(func() { s.done.Untimed++ })
		}
	}
	return r
}

func (s *sender) count(fn func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn()
}

// confirm counts a record that was confirmed or has failed.
func (s *sender) confirm(r *kgo.Record, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moved = time.Now()
	if err == nil {
		s.done.Sent++
		s.done.Bytes += int64(len(r.Value))
		return
	}
	s.done.Failed++
	s.failures[reason(err)]++
	if s.fatal == nil && forAll(err) {
		s.fatal = err
	}
}

// reason is what a failure is counted under: the broker's word, without the
// numbers of the single record.
func reason(err error) string {
	var answer *kerr.Error
	switch {
	case errors.Is(err, kerr.MessageTooLarge):
		return "too large for the topic (MESSAGE_TOO_LARGE, see its max.message.bytes)"
	case errors.As(err, &answer):
		return answer.Error()
	case errors.Is(err, context.Canceled):
		return "not confirmed in time"
	}
	return err.Error()
}

// forAll reports whether what happened to one record will happen to all.
func forAll(err error) bool {
	for _, e := range []error{
		kerr.TopicAuthorizationFailed, kerr.ClusterAuthorizationFailed, kerr.UnknownTopicOrPartition,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// hopeless returns the error that will meet all records, if there is one.
func (s *sender) hopeless() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fatal
}

// open returns how many records are under way. The lock is held.
func (s *sender) open() int64 { return s.begun - s.done.Sent - s.done.Failed }

// watch gives up when records have been under way for too long with none of them
// confirmed. The client's own limit would count from the record's stamp, which
// may be that of an old line.
func (s *sender) watch(ctx context.Context, giveUp func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(delivery / 10):
		}
		s.mu.Lock()
		stuck := s.open() > 0 && time.Since(s.moved) > delivery
		if stuck && s.fatal == nil {
			s.fatal = fmt.Errorf("no record was confirmed for %v", delivery)
		}
		s.mu.Unlock()
		if stuck {
			giveUp()
		}
	}
}

// settle waits until all records are confirmed or have failed, and returns what
// became of them. Those of which nothing is known when ctx is done have failed.
func (s *sender) settle(ctx context.Context) Report {
	err := s.small.Flush(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if open := s.open(); err != nil && open > 0 {
		s.done.Failed += open
		s.failures[reason(err)] += open
	}
	return s.done.with(s.failures)
}
