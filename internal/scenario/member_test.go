package scenario_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/engine"
)

// member is one process of the monitor, with a way to the broker that can be cut.
type member struct {
	*engine.Engine
	w      *world
	name   string
	link   *link
	cancel context.CancelFunc
	done   chan error
}

// options of a member.
type options struct {
	only  []string
	ahead time.Duration    // of its clock
	clock func() time.Time // its clock, if it is not that of the world
	log   hclog.Logger     // nil for that of the test
}

// start runs a member until it is ended, at the latest with the test.
func (w *world) start(name string, o options) *member {
	w.t.Helper()
	l := &link{dial: w.net.DialContext}
	if o.clock == nil {
		o.clock = func() time.Time { return time.Now().Add(o.ahead) }
	}
	if o.log == nil {
		o.log = testLog(w.t)
	}
	e, err := engine.New(engine.Options{
		Pipeline: w.pipeline(name), Log: o.log, Version: "test", Only: o.only,
		Now:  o.clock,
		Opts: []kgo.Opt{kgo.Dialer(l.dialContext)},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &member{Engine: e, w: w, name: name, link: l, cancel: cancel, done: make(chan error, 1)}
	go func() { m.done <- e.Run(ctx) }()
	w.t.Cleanup(m.end)
	return m
}

// end stops a member in order.
func (m *member) end() {
	if m.cancel == nil {
		return
	}
	m.cancel()
	m.cancel = nil
	if err := <-m.done; err != nil {
		m.w.t.Errorf("member %s: %v", m.name, err)
	}
}

// link is a way to the broker.
type link struct {
	dial  func(ctx context.Context, network, address string) (net.Conn, error)
	mu    sync.Mutex
	down  bool
	tries int // to connect
	conns []net.Conn
}

// tried returns how often it has been tried to connect.
func (l *link) tried() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tries
}

func (l *link) dialContext(ctx context.Context, network, address string) (net.Conn, error) {
	l.mu.Lock()
	l.tries++
	l.mu.Unlock()
	if l.isDown() {
		return nil, fmt.Errorf("no way to %s", address)
	}
	c, err := l.dial(ctx, network, address)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.conns = append(l.conns, c)
	}
	return c, err
}

func (l *link) isDown() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.down
}

// cut ends all connections, and lets none begin.
func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = true
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.conns = nil
}

// mend lets connections begin again.
func (l *link) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = false
}

// testLog passes the engine's log on to the test, if the one who runs it asks for
// that: it is long.
func testLog(t *testing.T) hclog.Logger {
	if os.Getenv("FEEDGAUGE_LOG") == "" {
		return hclog.NewNullLogger()
	}
	return hclog.New(&hclog.LoggerOptions{Level: hclog.Debug, Output: testWriter{t}, DisableTime: true})
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Logf("%s %s", time.Now().UTC().Format("15:04:05.000"), b)
	return len(b), nil
}
