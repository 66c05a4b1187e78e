// Package engine runs a pipeline on Kafka: the loops of intake, watch and
// deliver around the pure halves of the chain, their transactions, restores and
// metrics.
//
// Each worker is one session: one client, one transactional id, one goroutine.
// What it has polled since its last commit is an overlay; the transaction that
// writes its output commits the offsets of every lane it owns, or nothing at
// all of it has happened.
package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

// Options are what a pipeline needs to run, beside itself.
type Options struct {
	Pipeline *pipeline.Pipeline
	Log      hclog.Logger
	Registry prometheus.Registerer // nil: metrics go nowhere
	Version  string                // of the product, in alerts
	// Boot makes transactional ids unique to this start. The embedded broker
	// needs it; on Kafka it must be empty, so that a restart fences its
	// former life.
	Boot string
	// Only names the roles to run, of "intake", "watch" and "deliver"; empty is
	// all of them.
	Only []string
	// Timeouts of group sessions; zero values are the defaults. Tests shorten them.
	SessionTimeout, RebalanceTimeout, TransactionTimeout time.Duration
	// Grace is how long a transaction may take to end once Run is to stop, 10 s
	// if zero. What is not committed then has not happened.
	Grace time.Duration
	// Now is the wall clock, nil for time.Now. Pauses and intervals are not
	// measured by it.
	Now func() time.Time
	// Opts are further client options, such as a dialer.
	Opts []kgo.Opt
}

// Engine is one process of a pipeline.
type Engine struct {
	Options
	clients   []kgo.Opt // options of all clients: those of the cluster, and the further ones
	metrics   *metrics
	started   feedgauge.Instant
	startedAt time.Time // the same by our monotonic clock
	ready     readiness
}

// New prepares a pipeline to run on Kafka.
func New(o Options) (*Engine, error) {
	if o.Log == nil {
		o.Log = hclog.NewNullLogger()
	}
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	m, err := newMetrics(o.Registry)
	if err != nil {
		return nil, err
	}
	e := newEngine(o, m)
	m.begin(e.now)
	return e, nil
}

func newEngine(o Options, m *metrics) *Engine {
	return &Engine{
		Options: o, clients: append(kafka.Options(o.Pipeline.Kafka), o.Opts...), metrics: m,
		started: feedgauge.InstantOf(o.Now()), startedAt: time.Now(),
	}
}

// Totals are the counts of all committed transactions since the start.
func (e *Engine) Totals() Totals { return e.metrics.totals() }

// Watermark returns the time up to which this process has judged the feeds of
// all journal partitions, Before if it does not own all of them or has judged
// nothing yet.
func (e *Engine) Watermark() feedgauge.Instant {
	return e.metrics.watermark(int(e.Pipeline.Kafka.Partitions))
}

// Run makes sure that the topics are there and runs its roles until ctx is
// done. It returns nil after an orderly stop, and the first error of a role that
// could not go on.
func (e *Engine) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := e.prepare(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	roles := e.roles()
	var wg sync.WaitGroup
	errs := make(chan error, len(roles))
	for name, run := range roles {
		wg.Go(func() {
			if err := e.supervise(ctx, name, run); err != nil {
				errs <- fmt.Errorf("%s: %w", name, err)
				cancel()
			}
		})
	}
	wg.Wait()
	close(errs)
	return <-errs // nil when closed and empty
}

// Roles returns the names that Only takes.
func Roles() []string { return []string{"intake", "watch", "deliver"} }

// roles are the functions that run the wanted roles, by name.
func (e *Engine) roles() map[string]func(context.Context) error {
	wanted := func(role string) bool { return len(e.Only) == 0 || slices.Contains(e.Only, role) }
	roles := make(map[string]func(context.Context) error)
	for worker := range max(1, e.Pipeline.Kafka.Workers) {
		if wanted("intake") {
			roles[fmt.Sprintf("intake %d", worker)] = func(ctx context.Context) error { return e.intake(ctx, worker) }
		}
		if wanted("watch") {
			roles[fmt.Sprintf("watch %d", worker)] = func(ctx context.Context) error { return e.watch(ctx, worker) }
		}
	}
	e.ready.expect(roles)
	for _, s := range e.Pipeline.Sinks {
		if s.Open != nil && wanted("deliver") {
			roles["deliver "+s.Name] = func(ctx context.Context) error { return e.deliver(ctx, s) }
		}
	}
	return roles
}

// prepare waits for Kafka, creates what is missing and sets the offsets at
// which groups begin.
func (e *Engine) prepare(ctx context.Context) error {
	cl, err := kafka.Dial(e.Pipeline.Kafka.Brokers, append([]kgo.Opt{kgo.WithLogger(kafka.Logger(e.Log.Named("kafka")))}, e.clients...)...)
	if err != nil {
		return err
	}
	defer cl.Close()
	adm := kadm.NewClient(cl)
	wait := newBackoff()
	for {
		err := e.prepareOnce(ctx, cl, adm)
		if err == nil || ctx.Err() != nil || !passing(err) {
			return err
		}
		what := "kafka cannot be reached, trying again"
		if !unreachable(err) {
			what = "kafka does not let us begin, trying again"
			wait.atMost(deniedPause)
		}
		pause := wait.next()
		e.Log.Warn(what, "brokers", e.Pipeline.Kafka.Brokers, "in", pause.Round(time.Millisecond), "error", kafka.Advised(err))
		if !sleep(ctx, pause) {
			return ctx.Err()
		}
	}
}

func (e *Engine) prepareOnce(ctx context.Context, cl *kgo.Client, adm *kadm.Client) error {
	ping, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := cl.Ping(ping); err != nil {
		return unreachableError{err}
	}
	if err := e.preflight(ctx, adm); err != nil {
		return err
	}
	if err := kafka.EnsureTopics(ctx, adm, e.Pipeline.Kafka); err != nil {
		return err
	}
	return e.commitStart(ctx, cl, adm)
}

// unreachableError marks an error that waiting may mend.
type unreachableError struct{ error }

func (e unreachableError) Unwrap() error { return e.error }

// unreachable reports whether err is one of those, or that a broker went away in
// between, which the client takes for final where nobody listens.
func unreachable(err error) bool {
	var u unreachableError
	var dial *net.OpError
	return errors.As(err, &u) || errors.As(err, &dial) || kgo.IsRetryableBrokerErr(err)
}

// passing reports whether err may go away while we wait: brokers that are away or
// busy, and what somebody else can mend, such as a password or a missing right.
func passing(err error) bool {
	var answer *kerr.Error
	return unreachable(err) || kafka.Denied(err) ||
		errors.As(err, &answer) && (answer.Retriable || errors.Is(answer, kerr.UnknownServerError))
}

// deniedPause is about how long a role waits at most before it asks again for what
// it was refused.
const deniedPause = 4 * time.Second

// unreachablePause is about how long a role waits at most for a broker that is
// away, before it looks again.
const unreachablePause = 2 * time.Second

// supervise runs a role until ctx is done, again after an error, with growing
// pauses; a role that fails over and over, or fatally, ends the process. While
// Kafka is away pauses stay short, so that the role is back soon after it.
func (e *Engine) supervise(ctx context.Context, name string, run func(context.Context) error) error {
	const patience = 10
	wait := newBackoff()
	for failures := 1; ; failures++ {
		began := time.Now()
		err := run(ctx)
		switch {
		case ctx.Err() != nil:
			return nil //nolint:nilerr // what failed on the way out has not happened
		case isFatal(err):
			return err
		case time.Since(began) > time.Minute:
			wait, failures = newBackoff(), 1
		case unreachable(err):
			failures = 0 // it will be back, however long that takes
			wait.atMost(unreachablePause)
		case kafka.Denied(err):
			failures = 0 // nobody tells when it is mended
			wait.atMost(deniedPause)
		case failures >= patience:
			return fmt.Errorf("failed %d times in a row: %w", failures, err)
		}
		pause := wait.next()
		e.metrics.rebuilds.WithLabelValues(name).Inc()
		e.Log.Warn("role failed, starting it again", "role", name, "in", pause.Round(time.Millisecond), "error", kafka.Advised(err))
		if !sleep(ctx, pause) {
			return nil
		}
	}
}

// session returns the configuration shared by the sessions of all roles.
func (e *Engine) session(role string, worker int) kafka.SessionConfig {
	k := e.Pipeline.Kafka
	return kafka.SessionConfig{
		Brokers: k.Brokers, Prefix: k.Prefix, Role: role, Instance: k.Instance, Worker: worker, Boot: e.Boot,
		MetadataAge: k.MetadataAge, SessionTimeout: e.SessionTimeout,
		RebalanceTimeout: e.RebalanceTimeout, TransactionTimeout: e.TransactionTimeout,
		Log: e.Log.Named(role), Opts: e.clients,
	}
}

func (e *Engine) ocsf() ocsf.Options {
	return ocsf.Options{Product: e.Version, LogName: e.Pipeline.Kafka.Topic(kafka.Alerts)}
}

// now is the wall clock, which only loops read.
func (e *Engine) now() feedgauge.Instant { return feedgauge.InstantOf(e.Now()) }
