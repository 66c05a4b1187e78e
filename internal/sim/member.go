package sim

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Timeouts of the members' sessions. Time costs nothing, but each second of it
// is filled with heartbeats.
const (
	session     = 6 * time.Second
	rebalance   = 8 * time.Second
	transaction = 10 * time.Second
)

// process is one life of a member.
type process struct {
	instance string
	wire     *wire
	engine   *engine.Engine
	stop     context.CancelFunc
	done     chan struct{}
	err      error // why it ended, once done

	mu   sync.Mutex
	skew time.Duration // of its clock
}

// clock is what the process takes for the time.
func (p *process) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Add(p.skew)
}

func (p *process) setClock(skew time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.skew = skew
}

// launch starts a process.
func (r *run) launch(instance string) (*process, error) {
	pipe := *r.pipe
	pipe.Kafka.Brokers, pipe.Kafka.Instance, pipe.Kafka.Workers = r.broker.addrs, instance, r.plan.workers
	p := &process{
		instance: instance, wire: newWire(r.broker.network.DialContext, r.plan.lag, &r.spoils), done: make(chan struct{}),
	}
	var err error
	p.engine, err = engine.New(r.options(&pipe, p))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(r.ctx)
	p.stop = cancel
	go func() {
		defer close(p.done)
		p.err = p.engine.Run(ctx)
	}()
	r.processes = append(r.processes, p)
	return p, nil
}

func (r *run) options(pipe *pipeline.Pipeline, p *process) engine.Options {
	log := hclog.NewNullLogger()
	if r.log != nil {
		log = r.log.Named(p.instance)
	}
	return engine.Options{
		Pipeline: pipe, Log: log, Version: "sim", Now: p.clock,
		SessionTimeout: session, RebalanceTimeout: rebalance, TransactionTimeout: transaction,
		Opts: []kgo.Opt{kgo.Dialer(p.wire.dial), kgo.DisableClientMetrics(), kgo.FetchMaxPartitionBytes(fetchBytes)},
	}
}

// die ends a process as kill -9 does: nothing it does from now on is seen.
func (p *process) die() {
	p.wire.cut()
	p.stop()
}

// ended reports whether the process has ended, and what for.
func (p *process) ended() (bool, error) {
	select {
	case <-p.wire.dead:
		return true, errCut
	default:
	}
	select {
	case <-p.done:
		return true, p.err
	default:
		return false, nil
	}
}

// member is an instance that is meant to run: whoever looks after it starts it
// again when it ends.
type member struct {
	*process
	since time.Time     // when its process ended, zero while it runs
	rest  time.Duration // before it is started again
}

var errNeverDone = errors.New("not everything was judged in time")
