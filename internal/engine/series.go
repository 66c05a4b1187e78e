package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Series runs a pipeline until another takes its place, and then that one: one
// process whose configuration changes.
//
//	      Replace, checked                 another is in force, and so is ours now
//	run ───────────────────► run the next ◄──────────────────────────────────────── run
//
// The engine that goes commits what it has and leaves its place in the groups; the
// next takes it over and announces its configuration in the journal as a revision.
// So what a change of configuration means for findings is the same whether the
// process was started again or not.
type Series struct {
	boot  string // of the first engine
	count int

	mu      sync.Mutex
	current *Engine
	stop    context.CancelFunc // ends the current engine
	next    *Engine
	begun   chan struct{} // closed when next runs

	// Reread reads the configuration anew, when another member has brought a newer
	// one into force; nil: the process ends then.
	Reread func() (*pipeline.Pipeline, error)
}

// NewSeries prepares a pipeline to run on Kafka.
func NewSeries(o Options) (*Series, error) {
	e, err := New(o)
	if err != nil {
		return nil, err
	}
	return &Series{current: e, boot: o.Boot}, nil
}

// Engine returns the engine that runs, or is to run.
func (s *Series) Engine() *Engine {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// Ready returns nil when the process does its work, else what it waits for.
func (s *Series) Ready() error { return s.Engine().Ready() }

// Totals are the counts of all committed transactions of all engines.
func (s *Series) Totals() Totals { return s.Engine().Totals() }

// Run runs one engine after the other until ctx is done or one fails.
func (s *Series) Run(ctx context.Context) error {
	for {
		err := s.runOne(ctx)
		if ctx.Err() != nil {
			return err
		}
		if !s.advance(err) {
			return err
		}
	}
}

func (s *Series) runOne(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	e := s.begin(stop)
	defer s.begin(nil)
	return e.Run(ctx)
}

// begin notes how to stop the current engine, nil when it has ended.
func (s *Series) begin(stop context.CancelFunc) *Engine {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop = stop; stop != nil && s.begun != nil {
		close(s.begun)
		s.begun = nil
	}
	return s.current
}

// advance makes the next engine the current one. It is false if there is none.
func (s *Series) advance(err error) bool {
	next := s.take()
	var newer *NewerError
	if next == nil && errors.As(err, &newer) {
		next = s.follow(newer)
	}
	if next == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && newer == nil {
		s.current.Log.Warn("the engine of the former configuration did not end in order", "error", err)
	}
	s.current = next
	next.metrics.begin(next.now)
	return true
}

func (s *Series) take() *Engine {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.next
	s.next = nil
	return next
}

// follow returns the engine of the configuration that another member has brought
// into force, if ours on disk is that one by now, else nil.
func (s *Series) follow(newer *NewerError) *Engine {
	if s.Reread == nil {
		return nil
	}
	log := s.Engine().Log
	p, err := s.Reread()
	if err == nil && p.Fingerprint != newer.Fingerprint {
		err = fmt.Errorf("revision %s lies here, %s is in force", p.Fingerprint, newer.Fingerprint)
	}
	if err == nil {
		err = fixed(s.Engine().Pipeline, p)
	}
	if err != nil {
		log.Error("another member has brought a new configuration into force, and this one cannot follow", "error", err)
		return nil
	}
	log.Info("going on with the configuration that another member has brought into force", "revision", p.Fingerprint)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.successor(p)
}

// Replace puts another pipeline in place of the one that runs, and returns when it
// runs. What may be known to stand against it is found before anything is stopped:
// then the error says so and nothing has changed.
func (s *Series) Replace(ctx context.Context, p *pipeline.Pipeline) error {
	s.mu.Lock()
	next, old := s.successor(p), s.current.Pipeline
	s.mu.Unlock()
	if err := fixed(old, p); err != nil {
		return err
	}
	if err := next.try(ctx); err != nil {
		return fmt.Errorf("the new configuration does not work with Kafka: %w", err)
	}
	begun, err := s.put(next)
	if err != nil {
		return err
	}
	select {
	case <-begun:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// put makes an engine the next and stops the current one.
func (s *Series) put(next *Engine) (begun <-chan struct{}, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop == nil || s.next != nil {
		return nil, errors.New("the process is starting, or changing already: try again")
	}
	s.next, s.begun = next, make(chan struct{})
	s.stop()
	return s.begun, nil
}

// successor is an engine that goes on where the current one ends. The caller holds
// the lock.
func (s *Series) successor(p *pipeline.Pipeline) *Engine {
	o := s.current.Options
	o.Pipeline = p
	s.count++
	if s.boot != "" {
		o.Boot = fmt.Sprintf("%s-%d", s.boot, s.count)
	}
	return newEngine(o, s.current.metrics)
}

// fixed reports what cannot change while a process runs.
func fixed(old, p *pipeline.Pipeline) error {
	wasLocal, _ := Local(old)
	isLocal, err := Local(p)
	a, b := old.Kafka, p.Kafka
	dir := func(p *pipeline.Pipeline) string {
		if p.Embedded == nil {
			return ""
		}
		return p.Embedded.Dir
	}
	var what string
	switch {
	case err != nil:
		return err
	case wasLocal || isLocal:
		what = "a pipeline of plugins, which keeps all in memory"
	case (old.Embedded == nil) != (p.Embedded == nil) || dir(old) != dir(p):
		what = "another embedded broker"
	case !slices.Equal(a.Brokers, b.Brokers):
		what = "another list of brokers"
	case a.Prefix != b.Prefix:
		what = "another prefix"
	case a.Instance != b.Instance:
		what = "another instance name"
	case a.Partitions != b.Partitions:
		return fmt.Errorf("the topics have %d partitions, not %d: change that with \"feedgauge topics resize\" while the monitor is stopped", a.Partitions, b.Partitions)
	default:
		return nil
	}
	return fmt.Errorf("%s needs the process to be stopped and started", what)
}

// tryFor is how long a new configuration may take to reach Kafka before the old
// one goes on instead.
const tryFor = 20 * time.Second

// try makes sure that a pipeline would come as far as its first transaction.
func (e *Engine) try(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, tryFor)
	defer cancel()
	cl, err := kafka.Dial(e.Pipeline.Kafka.Brokers, append([]kgo.Opt{kgo.WithLogger(kafka.Logger(e.Log.Named("kafka")))}, e.clients...)...)
	if err != nil {
		return err
	}
	defer cl.Close()
	if err := cl.Ping(ctx); err != nil {
		return err
	}
	return e.preflight(ctx, kadm.NewClient(cl))
}
