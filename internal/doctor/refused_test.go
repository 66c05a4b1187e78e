package doctor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/kafkatest"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// patience is how long a sign is waited for, on a machine that has other things to do.
const patience = 3 * time.Minute

// worker is a monitor at work on a secured broker, with all that it says.
type worker struct {
	*secured
	t      *testing.T
	engine *engine.Engine
	said   diary
	cl     *kgo.Client // of a collector
	feeds  int

	reg        *prometheus.Registry
	heartbeats atomic.Int64
}

// OnBrokerWrite implements kgo.HookBrokerWrite.
func (w *worker) OnBrokerWrite(_ kgo.BrokerMetadata, key int16, _ int, _, _ time.Duration, _ error) {
	if key == int16(kmsg.Heartbeat) {
		w.heartbeats.Add(1)
	}
}

// attempts returns how often roles were started again, and polls failed.
func (w *worker) attempts() (n float64) {
	w.t.Helper()
	families, err := w.reg.Gather()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "feedgauge_role_restarts_total" && f.GetName() != "feedgauge_poll_errors_total" {
			continue
		}
		for _, m := range f.GetMetric() {
			n += m.GetCounter().GetValue()
		}
	}
	return n
}

// diary is what has been logged.
type diary struct {
	mu   sync.Mutex
	text strings.Builder
}

func (d *diary) Write(b []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.Write(b)
}

// since returns what was logged after so many bytes.
func (d *diary) since(n int) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.String()[n:]
}

func (s *secured) employ(t *testing.T) *worker {
	t.Helper()
	w := &worker{secured: s, t: t, reg: prometheus.NewRegistry()}
	var err error
	w.engine, err = engine.New(engine.Options{
		Pipeline: s.pipe, SessionTimeout: 5 * time.Second, Registry: w.reg,
		Log:  hclog.New(&hclog.LoggerOptions{Level: hclog.Info, Output: &w.said, DisableTime: true}),
		Opts: []kgo.Opt{kgo.WithHooks(w)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if w.cl, err = kafka.Dial(s.broker.Brokers()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.cl.Close)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.engine.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the monitor ended: %v", err)
		}
		if text := w.said.since(0); strings.Contains(text, kafkatest.Password) || strings.Contains(text, "hunter2") {
			t.Errorf("a secret was told:\n%s", text)
		}
	})
	return w
}

func (w *worker) await(what string, cond func() bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for !cond() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			w.t.Fatalf("waited in vain for %s; said:\n%.8000s", what, w.said.since(0))
		}
	}
}

// deliver sends a record of a feed that nobody knows, which opens a finding.
func (w *worker) deliver() {
	w.t.Helper()
	w.feeds++
	if err := w.cl.ProduceSync(w.t.Context(), &kgo.Record{Topic: "web-1", Key: fmt.Appendf(nil, "web-%d", w.feeds), Value: []byte("x")}).FirstErr(); err != nil {
		w.t.Fatal(err)
	}
}

// works waits until a record that was just delivered has become a finding: what came
// before it has, too.
func (w *worker) works(after string) {
	w.t.Helper()
	w.deliver()
	w.await("a finding "+after, func() bool { return w.engine.Totals().Opened >= int64(w.feeds) })
}

// complains waits until the monitor says something.
func (w *worker) complains(from int, says string) {
	w.t.Helper()
	w.await(fmt.Sprintf("a word with %q", says), func() bool { return strings.Contains(w.said.since(from), says) })
}

// patient fails the test if what is refused is tried again in a loop: more than so
// often while some heartbeats go, of which each member sends one in 1.25 s.
func (w *worker) patient(what string) {
	w.t.Helper()
	const most = 50
	attempts, heartbeats := w.attempts(), w.heartbeats.Load()
	w.await("heartbeats "+what, func() bool { return w.heartbeats.Load() >= heartbeats+3 })
	if n := w.attempts() - attempts; n > most {
		w.t.Errorf("%s: %v attempts within 3 heartbeats", what, n)
	}
}

// TestRefused: a right that is taken from a running monitor, certificates that expire, and a
// password that is changed are told with what to do, and without the secret. The
// monitor goes on by itself once that is mended, and nothing that came meanwhile is
// lost.
func TestRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, g := range kafka.Grants(s.pipe, monitor()...) {
		s.grant(t, g)
	}
	password := filepath.Join(t.TempDir(), "password")
	write(t, password, kafkatest.Password)
	ours := s.broker.CA.Issue(t, "monitor", tomorrow())
	s.pipe.Kafka.TLS.Cert, s.pipe.Kafka.TLS.Key = ours.Cert, ours.Key
	s.pipe.Kafka.SASL.Password = pipeline.SecretFile(password)
	w := s.employ(t)
	w.works("at first")
	w.rightsTakenAway()
	w.ownCredentials(password)
	w.brokersCertificate()
}

func tomorrow() time.Time  { return time.Now().Add(12 * time.Hour) }
func yesterday() time.Time { return time.Now().Add(-12 * time.Hour) }

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// rightsTakenAway takes one right of each kind away, and gives it back.
func (w *worker) rightsTakenAway() {
	w.t.Helper()
	grants := kafka.Grants(w.pipe, monitor()...)
	for _, name := range []string{
		`READ on topics that begin with "web-"`,
		`WRITE on topic "fg.journal"`,
		`READ on group "fg-watch"`,
	} {
		i := slices.IndexFunc(grants, func(g kafka.Grant) bool { return g.String() == name })
		if i < 0 {
			w.t.Fatalf("there is no right %s", name)
		}
		from := len(w.said.since(0))
		w.revoke(w.t, grants[i])
		w.deliver()
		w.complains(from, "names the ACL that is missing")
		w.patient("without " + name)
		w.grant(w.t, grants[i])
		w.works("with " + name + " again")
	}
}

// ownCredentials lets our certificate expire, and changes the password. Both are asked
// for when the broker comes back.
func (w *worker) ownCredentials(password string) {
	w.t.Helper()
	w.broker.CA.Issue(w.t, "monitor", yesterday())
	write(w.t, password, "hunter2")
	from := len(w.said.since(0))
	w.broker.Restart(w.t)
	w.complains(from, "has expired, on ")
	w.complains(from, "renew it in place")
	w.broker.CA.Issue(w.t, "monitor", tomorrow())
	w.complains(from, "check user and secret in the sasl block")
	write(w.t, password, kafkatest.Password)
	w.works("with the right password")
}

// brokersCertificate lets that of the broker expire.
func (w *worker) brokersCertificate() {
	w.t.Helper()
	w.broker.CA.Issue(w.t, "broker", yesterday())
	from := len(w.said.since(0))
	w.broker.Restart(w.t)
	w.complains(from, "the broker's certificate has to be renewed, or a clock is wrong")
	w.broker.CA.Issue(w.t, "broker", tomorrow())
	w.broker.Restart(w.t)
	w.works("with a new certificate of the broker")
}
