// Package produce sends the lines of files to a topic, one record each: the way
// to replay a log, and to give a demonstration or a test its traffic.
package produce

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Headers of a record that say whose it is.
const (
	feedHeader   = "feed"
	tenantHeader = "tenant"
)

const (
	patience = 30 * time.Second
	// grace is how long, once ctx is done, to wait for what is under way.
	grace = 10 * time.Second
	// delivery is how long records may be under way with none confirmed.
	delivery = 2 * time.Minute
	// buffered bounds the memory for records under way, in bytes.
	buffered = 64 << 20
)

// Options say what to do with each line.
type Options struct {
	Brokers []string
	Client  []kgo.Opt // options of the cluster: TLS and the like
	Topic   string
	// Partitions is how many the topic gets if it does not exist; zero is an
	// error then.
	Partitions int32
	Name       Namer  // nil leaves records without key and header
	Tenant     string // empty for none
	Rate       Rate   // zero for as fast as it goes
	// ByLine stamps each record with the time found in its line, if there is
	// any; otherwise the time is now.
	ByLine bool
	// Patience is how long the cluster may take for its first answer, 30 s if
	// zero.
	Patience time.Duration
	// Progress, if not nil, gets the number of bytes of input that each line
	// took.
	Progress func(bytes int)
}

// Input is a file to send.
type Input struct {
	Name   string
	Reader io.Reader
}

// Run sends the lines of the inputs, in order, and waits until the brokers have
// confirmed them all. When ctx is done it reads no further, gives what is under
// way ten seconds to be confirmed, and returns without an error.
//
// The report is valid in any case. The error is that of an input, or of a topic
// that cannot be used; records that failed are in the report.
func Run(ctx context.Context, o Options, inputs []Input) (Report, error) {
	if o.Patience == 0 {
		o.Patience = patience
	}
	s, err := newSender(o)
	if err != nil {
		return Report{}, err
	}
	defer s.close()
	if err := s.ensure(ctx); err != nil {
		return Report{}, fmt.Errorf("topic %q of brokers %q: %w", o.Topic, o.Brokers, err)
	}
	began := time.Now()
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })()
	go s.watch(sending, cancel)

	err = s.sendAll(ctx, sending, inputs)
	report := s.settle(sending)
	report.Took = time.Since(began)
	return report, err
}

func (s *sender) sendAll(ctx, sending context.Context, inputs []Input) error {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	lines, pace := readAll(reading, inputs), newPacer(s.o.Rate)
	for {
		var l line
		var more bool
		select {
		case <-ctx.Done(): // the reader may be held up by a terminal
			return nil
		case l, more = <-lines:
		}
		if !more || l.err != nil {
			return l.err
		}
		if pace.wait(ctx) != nil {
			return nil
		}
		s.send(sending, l)
		if s.o.Progress != nil {
			s.o.Progress(l.size)
		}
		if err := s.hopeless(); err != nil {
			return fmt.Errorf("topic %q: %w", s.o.Topic, err)
		}
	}
}
