package resize_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/kafkatest"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/internal/resize"
)

func TestMain(m *testing.M) { kafkatest.Main(m) }

// A monitor that is stopped in the middle of what it reads and goes on with
// another number of partitions tells the same as one that is not, each finding
// once: those that are open at the time, those of a group, and those that watch
// had not come to.
func TestResizeTellsTheSame(t *testing.T) {
	t.Parallel()
	want := undisturbed(t)
	for _, to := range []int32{5, 2} {
		t.Run(fmt.Sprintf("from 3 to %d", to), func(t *testing.T) {
			t.Parallel()
			newStage(t, embedded(t)).through(to, want)
		})
	}
	t.Run("cut short", func(t *testing.T) {
		t.Parallel()
		cutShort(t, want)
	})
	// On a real broker topics and offsets go in their own time, and members that
	// have stopped stay for longer.
	t.Run("on Kafka", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, kafkatest.Shared(t).Brokers())
		s.real, s.session = true, 6*time.Second
		s.through(4, want)
	})
}

// through resizes the monitor halfway, and compares what it tells.
func (s *stage) through(to int32, want map[string]string) {
	s.t.Helper()
	s.half()
	before := len(s.alerts())
	if err := resize.Run(s.t.Context(), s.options(to)); err != nil {
		s.t.Fatal(err)
	}
	after := s.alerts()
	if len(after) == before {
		s.t.Error("nothing was found in what was left in the journal")
	}
	open := 0
	for key := range want {
		if uid, sequence, _ := strings.Cut(key, " "); sequence == "2" && after[uid+" 1"] != "" && after[key] == "" {
			open++
		}
	}
	if open == 0 {
		s.t.Error("no finding is open while the monitor is resized")
	}
	s.pipe.Kafka.Partitions = to
	s.rest()
	s.compare(want)
	s.topics(to)
}

// cutShort ends a resize at its first request that writes, then at the second,
// and so on until one gets through: nothing is lost. While it is not finished, a
// monitor does not start.
func cutShort(t *testing.T, want map[string]string) {
	t.Helper()
	s := newStage(t, embedded(t))
	s.half()
	o := s.options(5)
	cuts, refused := 0, 0
	for ; ; cuts++ {
		c := newCut(t.Context(), cuts+1)
		o.Engine.Opts = []kgo.Opt{kgo.WithHooks(c)}
		o.Engine.Boot = fmt.Sprintf("resize-%d", cuts)
		err := resize.Run(c.ctx, o)
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("cut at request %d: %v", cuts+1, err)
		}
		if s.unfinished() {
			refused++
			s.refusesToStart()
		}
	}
	if cuts < 6 || refused < 3 {
		t.Errorf("cut short only %d times, %d of them with a copy left", cuts, refused)
	}
	s.pipe.Kafka.Partitions = 5
	s.rest()
	s.compare(want)
}

// cut ends a context when so many writing requests have been sent.
type cut struct {
	ctx   context.Context
	end   context.CancelFunc
	left  int
	write chan struct{} // a lock
}

func newCut(ctx context.Context, left int) *cut {
	c := &cut{left: left, write: make(chan struct{}, 1)}
	c.ctx, c.end = context.WithCancel(ctx)
	return c
}

// OnBrokerWrite implements kgo.HookBrokerWrite.
func (c *cut) OnBrokerWrite(_ kgo.BrokerMetadata, key int16, _ int, _, _ time.Duration, _ error) {
	switch kmsg.Key(key) {
	case kmsg.Produce, kmsg.CreateTopics, kmsg.DeleteTopics, kmsg.OffsetCommit, kmsg.CreatePartitions, kmsg.EndTxn:
	default:
		return
	}
	c.write <- struct{}{}
	if c.left--; c.left == 0 {
		c.end()
	}
	<-c.write
}

// Whoever runs is named, and nothing is touched.
func TestResizeRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t, embedded(t))
	if err := resize.Run(t.Context(), s.options(5)); err == nil || !strings.Contains(err.Error(), "has never run") {
		t.Errorf("without topics: %v", err)
	}
	s.produce()
	stop := s.start()
	s.await("the monitor to be ready", func() bool { return s.engine.Ready() == nil })
	o := s.options(5)
	o.Wait = time.Millisecond
	o.Confirm = func(from, to int32) error {
		t.Errorf("asked to go from %d to %d", from, to)
		return nil
	}
	err := resize.Run(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), `the monitor is running: stop "test-0" (feedgauge-intake), "test-0" (feedgauge-watch) first`) {
		t.Errorf("with members: %v", err)
	}
	stop()
	no := errors.New("no")
	o = s.options(5)
	o.Confirm = func(from, to int32) error {
		if from != 3 || to != 5 {
			t.Errorf("asked to go from %d to %d", from, to)
		}
		return no
	}
	if err := resize.Run(t.Context(), o); !errors.Is(err, no) {
		t.Errorf("not confirmed: %v", err)
	}
	s.topics(3)
}

// stage is a monitor on a broker with the traffic it reads.
type stage struct {
	t       *testing.T
	brokers []string
	pipe    *pipeline.Pipeline
	cl      *kgo.Client
	adm     *kadm.Client
	engine  *engine.Engine
	traffic *traffic
	starts  int
	real    bool          // not embedded
	session time.Duration // timeout of members
}

// embedded is a broker that lets sessions be as short as ours.
func embedded(t *testing.T) []string {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.BrokerConfigs(map[string]string{"group.min.session.timeout.ms": "100"}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c.ListenAddrs()
}

func newStage(t *testing.T, brokers []string) *stage {
	t.Helper()
	cl, err := kafka.Dial(brokers)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	p := &pipeline.Pipeline{
		Kafka: pipeline.Kafka{
			Brokers: brokers, Prefix: "feedgauge", Partitions: 3, Replication: 1, Instance: "test", MetadataAge: time.Second,
		},
		Embedded: &pipeline.Embedded{},
		Sources:  []*pipeline.Source{pipelinetest.Source("raw", "raw-.*")},
		Classes:  []*pipeline.Class{pipelinetest.Class(t, "web", "raw", "web-*", 10*time.Second, time.Second, time.Minute)},
		Groups: []*pipeline.Group{{
			Name: "pair", Tenant: "main", Need: 1,
			Members: []feedgauge.FeedID{{Tenant: "main", Name: "web-16"}, {Tenant: "main", Name: "web-19"}},
		}},
	}
	return &stage{t: t, brokers: brokers, pipe: p, cl: cl, adm: kadm.NewClient(cl), session: 2 * time.Second}
}

func (s *stage) options(to int32) resize.Options {
	return resize.Options{
		Engine:     s.run("resize"),
		Partitions: to, Wait: time.Minute, Say: func(line string) { s.t.Log(line) },
	}
}

// run is how the monitor is run. Sessions are short, so that members that have
// stopped are soon gone.
func (s *stage) run(boot string) engine.Options {
	o := engine.Options{Pipeline: s.pipe, Log: s.log(), Boot: boot, Version: "test", SessionTimeout: s.session}
	if s.real {
		o.Boot, s.pipe.Embedded = "", nil
	}
	return o
}

func (s *stage) log() hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{Level: hclog.Warn, Output: testWriter{s.t}, DisableTime: true})
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Logf("%s", b)
	return len(b), nil
}

// start runs the monitor, or some roles of it, until stop is called.
func (s *stage) start(only ...string) (stop func()) {
	s.t.Helper()
	s.starts++
	var err error
	o := s.run(fmt.Sprint(s.starts))
	o.Only = only
	if s.engine, err = engine.New(o); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.engine.Run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("engine: %v", err)
		}
	}
	s.t.Cleanup(stop)
	return stop
}

func (s *stage) await(what string, cond func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !cond() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			s.t.Fatalf("waited in vain for %s", what)
		}
	}
}

func (s *stage) unfinished() bool {
	have, err := kafka.Counts(s.t.Context(), s.adm, s.pipe.Kafka, kafka.Resize)
	if err != nil {
		s.t.Fatal(err)
	}
	return len(have) > 0
}

func (s *stage) refusesToStart() {
	s.t.Helper()
	err := kafka.EnsureTopics(s.t.Context(), s.adm, s.pipe.Kafka)
	// The request that was cut may be the last, which removes the copy, and be
	// carried out after we looked: then the number of partitions is refused.
	if err == nil || !strings.Contains(err.Error(), `"feedgauge topics resize"`) {
		s.t.Errorf("a monitor starts on half a resize: %v", err)
	}
}

// topics checks the numbers of partitions.
func (s *stage) topics(journal int32) {
	s.t.Helper()
	have, err := kafka.Counts(s.t.Context(), s.adm, s.pipe.Kafka, kafka.Journal, kafka.State, kafka.Alerts, kafka.History, kafka.Resize)
	if err != nil {
		s.t.Fatal(err)
	}
	read := max(journal, 3)
	if have[kafka.Journal] != journal || have[kafka.State] != journal || have[kafka.Alerts] != read || have[kafka.History] != read || have[kafka.Resize] != 0 {
		s.t.Errorf("partitions %v, want %d and %d", have, journal, read)
	}
}
