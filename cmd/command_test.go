package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

// operate runs one of the operator's commands on the configuration p, and returns
// the id it printed.
func operate(t *testing.T, p *pipeline.Pipeline, command func(targeter) *cobra.Command, args ...string) string {
	t.Helper()
	o := execute(t, func(connector) *cobra.Command {
		return command(target(func([]string, io.Writer) (*pipeline.Pipeline, error) { return p, nil }))
	}, "", args...)
	id := strings.TrimSuffix(o.stdout, "\n")
	if _, err := uuid.Parse(id); err != nil || o.err != nil || strings.Contains(o.stderr, "warning") {
		t.Fatalf("%q: %v, printed %q (%v), said %q", args, o.err, o.stdout, err, o.stderr)
	}
	return id
}

// follower reads a topic from its start.
type follower struct {
	t  *testing.T
	cl *kgo.Client
}

func follow(t *testing.T, e *kafka.Embedded, topic string) *follower {
	t.Helper()
	cl := testClient(t, e, kgo.ConsumeTopics(topic), kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	t.Cleanup(cl.Close)
	return &follower{t, cl}
}

// until reads on to the first record that fits.
func (f *follower) until(what string, fits func(*kgo.Record) bool) *kgo.Record {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), time.Minute)
	defer cancel()
	for {
		fetches := f.cl.PollRecords(ctx, 1) // one at a time: what follows is for the next call
		if ctx.Err() != nil {
			f.t.Fatalf("%s did not come", what)
		}
		for _, r := range fetches.Records() {
			if fits(r) {
				return r
			}
		}
	}
}

// alert waits for a step of a feed's finding.
func (f *follower) alert(feed, rule string, a feedgauge.Activity) (s ocsf.Summary, status int, isAlert bool) {
	f.t.Helper()
	r := f.until(fmt.Sprintf("%s: %s %s", feed, rule, a), func(r *kgo.Record) bool {
		var err error
		if s, err = ocsf.Summarize(r.Value); err != nil {
			f.t.Fatalf("alert %s: %v", r.Value, err)
		}
		return s.Feed == feed && s.Rule == rule && s.Activity == a
	})
	var v struct {
		StatusID int  `json:"status_id"`
		IsAlert  bool `json:"is_alert"`
	}
	if err := json.Unmarshal(r.Value, &v); err != nil {
		f.t.Fatal(err)
	}
	return s, v.StatusID, v.IsAlert
}

// watched is a pipeline on an embedded broker, of which two feeds have fallen
// silent; it is watched until the test ends.
func watched(t *testing.T) (e *kafka.Embedded, p *pipeline.Pipeline) {
	t.Helper()
	e = testBroker(t)
	p = &pipeline.Pipeline{
		Kafka: pipeline.Kafka{
			Brokers: e.Brokers(), Prefix: "feedgauge", Partitions: 2, Replication: 1, Instance: "test", MetadataAge: time.Second,
		},
		Sources: []*pipeline.Source{pipelinetest.Source("raw", "raw")},
		Classes: []*pipeline.Class{pipelinetest.Class(t, "web", "raw", "web-*", time.Second, time.Second, 5*time.Second)},
	}
	p.Classes[0].Labels = map[string]string{"site": "lon1"}
	deliver(t, e, "web-1", `{"a":1}`, time.Now().Add(-time.Minute))
	deliver(t, e, "web-2", `{"a":1}`, time.Now().Add(-time.Minute))
	en, err := engine.New(engine.Options{Pipeline: p, Boot: "1"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- en.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("engine: %v", err)
		}
	})
	return e, p
}

// deliver sends one record of a feed.
func deliver(t *testing.T, e *kafka.Embedded, feed, value string, at time.Time) {
	t.Helper()
	cl := testClient(t, e)
	defer cl.Close()
	r := &kgo.Record{Topic: "raw", Key: []byte(feed), Value: []byte(value), Timestamp: at}
	if err := cl.ProduceSync(t.Context(), r).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// What an operator says on the command line is obeyed by a running monitor, and
// told to all who get its alerts.
func TestOperatorIsObeyed(t *testing.T) {
	t.Parallel()
	e, p := watched(t)
	alerts, state := follow(t, e, "feedgauge.alerts"), follow(t, e, "feedgauge.state")
	one := follow(t, e, "feedgauge.alerts")
	if _, status, isAlert := one.alert("web-1", "silent", feedgauge.Open); status != 1 || !isAlert {
		t.Errorf("before any word: status_id %d, is_alert %v", status, isAlert)
	}
	alerts.alert("web-2", "silent", feedgauge.Open)

	operate(t, p, ackCommand, "web-1", "--who=kim", "--why=ticket 7")
	s, status, _ := one.alert("web-1", "silent", feedgauge.Update)
	if s.Who != "kim" || s.Why != "ticket 7" || s.Sequence != 2 || status != 2 || s.Message != "web-1: silent is looked after by kim: ticket 7" {
		t.Errorf("acknowledged: %+v, status_id %d", s, status)
	}

	operate(t, p, muteCommand, "web-2", "--for=1h", "--who=kim", "--why=works")
	deliver(t, e, "web-2", "not json", time.Now())
	s, status, isAlert := alerts.alert("web-2", "malformed", feedgauge.Open)
	if !s.Muted || s.Who != "kim" || s.Why != "works" || status != 3 || isAlert {
		t.Errorf("muted: %+v, status_id %d, is_alert %v", s, status, isAlert)
	}

	operate(t, p, unmuteCommand, "--label=site=lon1")
	deliver(t, e, "web-2", `{"a":1}`, time.Now())
	if s, _, _ = alerts.alert("web-2", "malformed", feedgauge.Close); s.Muted {
		t.Errorf("unmuted: %+v", s)
	}

	operate(t, p, retireCommand, "web-1", "--who=kim")
	if s, status, _ = one.alert("web-1", "silent", feedgauge.Close); s.Sequence != 3 || status != 4 || !strings.Contains(s.Message, "retired by kim") {
		t.Errorf("retired: %+v, status_id %d", s, status)
	}
	key := feedgauge.FeedID{Tenant: "main", Name: "web-1"}.Identity()
	r := state.until("a tombstone of web-1", func(r *kgo.Record) bool { return string(r.Key) == key && r.Value == nil })
	if r.Partition != feedgauge.Partition(key, 2) {
		t.Errorf("a tombstone in partition %d", r.Partition)
	}
}

// What is said about a command goes to the error output, ids alone to the other.
func TestCommandOutput(t *testing.T) {
	t.Parallel()
	e := testBroker(t)
	brokers := "--brokers=" + e.Brokers()[0]
	o := execute(t, func(connector) *cobra.Command { return ackCommand(target(nil)) }, "", "a", "b", "--tenant=acme", brokers)
	if o.err != nil || len(strings.Fields(o.stdout)) != 2 {
		t.Errorf("%v, printed %q", o.err, o.stdout)
	}
	want := `feedgauge: warning: feed "a" of tenant "acme" is not known, so the command does nothing (one that was first seen a few minutes ago may not be known yet)
feedgauge: warning: feed "b" of tenant "acme" is not known, so the command does nothing (one that was first seen a few minutes ago may not be known yet)
written to the journal: ack acme/a
written to the journal: ack acme/b
`
	if o.stderr != want {
		t.Errorf("said\n%swant\n%s", o.stderr, want)
	}
	o = execute(t, tailCommand, "", "journal", "--until-end", brokers)
	if user, err := userName(); err != nil || strings.Count(o.stdout, " by "+user) != 2 {
		t.Errorf("the journal shows\n%s", o.stdout)
	}
}
