package engine_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

// A pipeline on the embedded broker counts what was produced and finds what is
// wrong with it.
func TestEmbeddedEndToEnd(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d workers", workers), func(t *testing.T) {
			t.Parallel()
			endToEnd(t, workers)
		})
	}
}

func endToEnd(t *testing.T, workers int) {
	broker, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	p := &pipeline.Pipeline{
		Kafka: pipeline.Kafka{
			Brokers: broker.Brokers(), Prefix: "feedgauge", Partitions: 3, Replication: 1, Instance: "test", MetadataAge: time.Second, Workers: workers,
		},
		Embedded: &pipeline.Embedded{},
		Sources:  []*pipeline.Source{pipelinetest.Source("raw", "raw-.*")},
		Classes:  []*pipeline.Class{pipelinetest.Class(t, "web", "raw", "web-*", 10*time.Second, time.Second, time.Minute)},
	}
	// Twenty windows of ten records each for two feeds, from twenty minutes ago:
	// both are silent since, and one was malformed at the end.
	start := time.Now().Add(-20 * time.Minute).Truncate(time.Minute)
	var records []*kgo.Record
	for i := range 200 {
		at := start.Add(time.Duration(i) * time.Second)
		bad := `{"a":1}`
		if i >= 150 && i < 160 {
			bad = "not json"
		}
		records = append(records, record("raw-1", "web-1", `{"a":1}`, at), record("raw-1", "web-2", bad, at), record("raw-1", "nope", "x", at))
	}
	records = append(records, record("raw-1", "", "no name", start.Add(200*time.Second)))
	produce(t, broker.Brokers(), "raw-1", 2, records)

	e, err := engine.New(engine.Options{Pipeline: p, Log: testLog(t), Boot: "1", Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	run(t, e)
	alerts := collect(t, broker.Brokers(), p.Kafka.Topic(kafka.Alerts), 4)
	want := map[string]string{
		"web-1 silent 1": "web-1: no record for 1m0s, 1m0s are allowed",
		"web-2 silent 1": "web-2: no record for 1m0s, 1m0s are allowed",
	}
	got := map[string]string{}
	for _, a := range alerts {
		got[fmt.Sprintf("%s %s %d", a.Feed, a.Rule, a.Activity)] = a.Message
	}
	for k, m := range want {
		if got[k] != m {
			t.Errorf("alert %q says %q, want %q", k, got[k], m)
		}
	}
	if got["web-2 malformed 1"] == "" || got["web-2 malformed 3"] == "" {
		t.Errorf("malformed did not open and close: %v", got)
	}
	if err := e.Ready(); err != nil {
		t.Errorf("not ready: %v", err)
	}
	totals := e.Totals()
	if totals.Read != 601 || totals.Accepted != 600 || totals.Rejected["no_feed"] != 1 {
		t.Errorf("totals %+v", totals)
	}
}

func record(topic, key, value string, at time.Time) *kgo.Record {
	r := &kgo.Record{Topic: topic, Value: []byte(value), Timestamp: at}
	if key != "" {
		r.Key = []byte(key)
	}
	return r
}

func produce(t *testing.T, brokers []string, topic string, partitions int32, records []*kgo.Record) {
	t.Helper()
	cl, err := kafka.Dial(brokers)
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	if _, err := kadm.NewClient(cl).CreateTopic(t.Context(), partitions, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	if err := cl.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// run starts the engine and stops it when the test ends.
func run(t *testing.T, e *engine.Engine) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("engine: %v", err)
		}
	})
}

// collect returns the first n alerts.
func collect(t *testing.T, brokers []string, topic string, n int) []ocsf.Summary {
	t.Helper()
	cl, err := kafka.Dial(brokers, kgo.ConsumeTopics(topic), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.MetadataMinAge(100*time.Millisecond), kgo.UnknownTopicRetries(-1))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out []ocsf.Summary
	for len(out) < n {
		fetches := cl.PollFetches(ctx)
		if ctx.Err() != nil {
			t.Fatalf("only %d of %d alerts came: %+v", len(out), n, out)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			s, err := ocsf.Summarize(r.Value)
			if err != nil {
				t.Errorf("alert %s: %v", r.Value, err)
			}
			if s.Tenant != pipeline.Self {
				out = append(out, s)
			}
		})
	}
	return out
}

// testLog passes the engine's log on to the test's.
func testLog(t *testing.T) hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{Level: hclog.Debug, Output: testWriter{t}, DisableTime: true})
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Logf("%s", b)
	return len(b), nil
}
