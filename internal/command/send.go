package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

const (
	// patience is how long the cluster may take for any answer, by default.
	patience = 30 * time.Second
	// openFor is the longest a transaction stays open if we die in it: so long
	// the watch would stand still.
	openFor = 10 * time.Second
)

// Options say where the journal is.
type Options struct {
	Kafka  pipeline.Kafka
	Client []kgo.Opt // options of the cluster: TLS and the like
	// Pipeline is the configuration in force, which says where feeds are
	// watched. Without it a feed is looked for in the state.
	Pipeline *pipeline.Pipeline
	// Patience is how long the cluster may take for any answer; 30 s if zero.
	Patience time.Duration
}

// Result is what was written.
type Result struct {
	Commands []feedgauge.Command // in the order of the feeds
	Doubts   []string            // why some of them may do nothing
}

// Send writes r to the journal, all of it or nothing. After an error that
// [Unsure] recognises either may be the case.
func Send(ctx context.Context, o Options, r *Request) (*Result, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	if o.Patience == 0 {
		o.Patience = patience
	}
	s := &sender{o: o, journal: o.Kafka.Topic(kafka.Journal), id: o.Kafka.Prefix + "-cli-" + uuid.NewString()}
	var err error
	if s.cl, err = kafka.Dial(o.Kafka.Brokers, append(s.options(), o.Client...)...); err != nil {
		return nil, err
	}
	defer s.cl.Close()
	s.adm = kadm.NewClient(s.cl)
	return s.send(ctx, r)
}

// sender writes the commands of one request.
type sender struct {
	o          Options
	journal    string // name of the topic
	id         string // transactional id
	cl         *kgo.Client
	adm        *kadm.Client
	partitions int32 // of the journal
}

func (s *sender) options() []kgo.Opt {
	return []kgo.Opt{
		kgo.TransactionalID(s.id),
		kgo.TransactionTimeout(openFor),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerLinger(0),
		kgo.RecordDeliveryTimeout(max(time.Second, s.o.Patience)), // the least the client takes
	}
}

func (s *sender) send(ctx context.Context, r *Request) (*Result, error) {
	if err := s.measure(ctx); err != nil {
		return nil, err
	}
	res := &Result{Commands: r.commands(uuid.NewString)}
	places, doubts := s.place(ctx, r)
	res.Doubts = doubts
	var records []*kgo.Record
	for i := range res.Commands {
		records = append(records, s.records(&res.Commands[i], places)...)
	}
	if err := s.write(ctx, records); err != nil {
		return nil, s.explain(err)
	}
	return res, nil
}

// measure finds out how many partitions the journal has. A configuration that
// says another number would place feeds where nobody watches them.
func (s *sender) measure(ctx context.Context) error {
	var n int
	err := kafka.Await(ctx, s.o.Patience, func(ctx context.Context) error {
		topics, err := s.adm.ListTopics(ctx, s.journal)
		if err != nil {
			return err
		}
		n = len(topics[s.journal].Partitions)
		return topics[s.journal].Err
	})
	switch p := s.o.Pipeline; {
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		return fmt.Errorf("there is no topic %q on brokers %q: is the prefix right, and has the monitor been started there?", s.journal, s.o.Kafka.Brokers)
	case err != nil:
		return fmt.Errorf("topic %q of brokers %q: %w", s.journal, s.o.Kafka.Brokers, err)
	case p != nil && p.Kafka.Partitions != int32(n):
		return fmt.Errorf("topic %q has %d partitions, but the configuration says %d: is it the one the monitor runs with?", s.journal, n, p.Kafka.Partitions)
	}
	s.partitions = int32(n)
	return nil
}

// records returns a command as a record for the partition of its feed, or for all
// partitions.
func (s *sender) records(c *feedgauge.Command, places map[feedgauge.FeedID]int32) []*kgo.Record {
	value := journal.AppendCommand(nil, c)
	if len(c.Labels) == 0 {
		return []*kgo.Record{{Topic: s.journal, Partition: places[c.Feed], Key: []byte(c.Feed.Identity()), Value: value}}
	}
	var out []*kgo.Record
	for k := range s.partitions {
		out = append(out, &kgo.Record{Topic: s.journal, Partition: k, Value: value})
	}
	return out
}

// errUnsure marks an error after which nobody can say what became of the
// transaction.
var errUnsure = errors.New("it is not known whether it was written")

// Unsure reports whether err leaves open that the commands were written.
func Unsure(err error) bool { return errors.Is(err, errUnsure) }

func (s *sender) write(ctx context.Context, records []*kgo.Record) error {
	if err := s.cl.BeginTransaction(); err != nil {
		return err
	}
	err := s.cl.ProduceSync(ctx, records...).FirstErr()
	// Whoever interrupts us must not leave the transaction open: the watch
	// would wait for it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.o.Patience)
	defer cancel()
	if err != nil {
		_ = s.cl.AbortBufferedRecords(ctx)
		_ = s.cl.EndTransaction(ctx, kgo.TryAbort) // if that fails, the broker does it by itself
		return err
	}
	if err := s.cl.EndTransaction(ctx, kgo.TryCommit); err != nil {
		return fmt.Errorf("%w: look for it with \"feedgauge tail journal\": %w", errUnsure, err)
	}
	return nil
}

// explain says of an error what was being done, and the remedy where it is known.
func (s *sender) explain(err error) error {
	switch {
	case errors.Is(err, kerr.TransactionalIDAuthorizationFailed):
		err = fmt.Errorf("grant WRITE on transactional ids that begin with %q: %w", s.o.Kafka.Prefix+"-cli-", err)
	case errors.Is(err, kerr.TopicAuthorizationFailed):
		err = fmt.Errorf("grant WRITE on it: %w", err)
	}
	return fmt.Errorf("write to topic %q of brokers %q: %w", s.journal, s.o.Kafka.Brokers, err)
}
