// Package kafkatest runs a real Apache Kafka for tests: one node, fetched by
// Maven once and kept in a cache folder, started on free ports with data of its
// own.
//
// The embedded broker answers most questions faster. This one is for what only
// the real thing can show: stamps set by the broker, transactions under kill -9,
// what a foreign client sees.
//
// A package that uses [Shared] needs one line more:
//
//	func TestMain(m *testing.M) { kafkatest.Main(m) }
//
// Java 17 and Maven are needed. Without them the tests are skipped, or fail where
// CI=true or FEEDGAUGE_REQUIRE_KAFKA=1 is set. With -short they are skipped.
package kafkatest

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"
)

// startTimeout bounds how long a broker may take to answer, on a machine that
// has other things to do.
const startTimeout = 90 * time.Second

// Option changes how a broker is set up.
type Option func(*settings)

// Config sets a key of the broker's server.properties.
func Config(key, value string) Option {
	return func(s *settings) { s.configs[key] = value }
}

// JVM adds an argument for the broker's Java, such as -Xmx1g.
func JVM(arg string) Option {
	return func(s *settings) { s.jvm = append(s.jvm, arg) }
}

// Listener adds an address that speaks a security protocol of Kafka: PLAINTEXT,
// SSL, SASL_PLAINTEXT or SASL_SSL. [Broker.Address] tells it.
func Listener(name, protocol string) Option {
	return func(s *settings) { s.listeners = append(s.listeners, &listener{name: name, protocol: protocol}) }
}

// Start runs a broker for the length of a test. If the test fails, the end of
// the broker's log is printed.
func Start(t testing.TB, opts ...Option) *Broker {
	t.Helper()
	require(t)
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	b, err := Launch(ctx, t.TempDir(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.Kill()
		if t.Failed() {
			t.Logf("the broker's log ends:\n%s", b.Log())
		}
	})
	return b
}

// Shared returns the broker that all tests of the process share, and starts it
// on first use. Topics are shared too, so tests give theirs names of their own,
// and do not stop it.
func Shared(t testing.TB) *Broker {
	t.Helper()
	require(t)
	b, err := shared.get()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the shared broker's log ends:\n%s", b.Log())
		}
	})
	return b
}

// M is what *testing.M is to us.
type M interface{ Run() int }

// Main runs the tests, then stops the shared broker, if there is one, and exits.
func Main(m M) { os.Exit(Wrap(m).Run()) }

// Wrap returns an M that stops the shared broker at the end of its Run, for a
// TestMain that has more to do.
func Wrap(m M) M { return wrapped{m} }

type wrapped struct{ m M }

// Run implements M.
func (w wrapped) Run() int {
	shared.open()
	defer shared.close()
	return w.m.Run()
}

// shared is one per process, since a process is what tests of a package share.
var shared sharedBroker

// sharedBroker starts a broker when the first test wants it.
type sharedBroker struct {
	mu      sync.Mutex
	running bool // under a TestMain that will stop it
	started bool
	dir     string
	broker  *Broker
	err     error
}

func (s *sharedBroker) open() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = true
}

func (s *sharedBroker) get() (*Broker, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running {
		return nil, errNoMain
	}
	if !s.started {
		s.started = true
		s.broker, s.err = s.start()
	}
	return s.broker, s.err
}

func (s *sharedBroker) start() (*Broker, error) {
	dir, err := os.MkdirTemp("", "feedgauge-kafka-")
	if err != nil {
		return nil, err
	}
	s.dir = dir
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	return Launch(ctx, dir)
}

// close stops the broker and removes its data. Nothing can be done about data
// that stays, so errors are not looked at.
func (s *sharedBroker) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broker != nil {
		s.broker.Kill()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
	s.running = false
}
