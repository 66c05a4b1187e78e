package overview_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/overview"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
)

// What is told of a monitor at work: before it has run nothing is known, then its
// members, how far it has come, its feeds and the silence of one that stopped.
func TestRead(t *testing.T) {
	t.Parallel()
	broker, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	p := &pipeline.Pipeline{
		Kafka: pipeline.Kafka{
			Brokers: broker.Brokers(), Prefix: "feedgauge", Partitions: 2, Replication: 1, Instance: "test", MetadataAge: time.Second,
		},
		Embedded: &pipeline.Embedded{},
		Sources:  []*pipeline.Source{pipelinetest.Source("raw", "raw")},
		Classes:  []*pipeline.Class{pipelinetest.Class(t, "web", "raw", "*", time.Second, time.Second, 5*time.Second)},
	}
	cl, err := kafka.Dial(p.Kafka.Brokers)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	adm := kadm.NewClient(cl)
	if _, err := adm.CreateTopic(t.Context(), 2, 1, nil, "raw"); err != nil {
		t.Fatal(err)
	}
	if err := kafka.EnsureTopics(t.Context(), adm, p.Kafka); err != nil {
		t.Fatal(err)
	}
	o := overview.Options{Kafka: p.Kafka, Now: time.Now}
	read := func() *overview.Report {
		r, err := overview.Read(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := read(); len(r.Roles) > 0 || len(r.Sources) > 0 || r.Feeds.Known > 0 || r.Coverage != nil {
		t.Errorf("before anything has run: %+v", r)
	}
	start := time.Now().Add(-time.Minute)
	for i := range 10 {
		r := &kgo.Record{Topic: "raw", Key: []byte("web-1"), Value: []byte("{}"), Timestamp: start.Add(time.Duration(i) * time.Second)}
		if err := cl.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	e, err := engine.New(engine.Options{Pipeline: p, Log: hclog.NewNullLogger(), Boot: "1"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	var r *overview.Report
	for r = read(); len(r.Findings) == 0 && t.Context().Err() == nil; r = read() {
	}
	if i := slices.IndexFunc(r.Roles, func(ro overview.Role) bool { return ro.Role == "intake" }); i < 0 || len(r.Roles[i].Members) != 1 || r.Roles[i].Members[0].Instance != "test-0" {
		t.Errorf("roles %+v", r.Roles)
	}
	if len(r.Sources) != 1 || r.Sources[0].Watermark == nil || r.Sources[0].Lanes != 2 {
		t.Errorf("sources %+v", r.Sources)
	}
	if r.Feeds.Known != 1 || r.Coverage == nil || *r.Coverage != 1 {
		t.Errorf("feeds %+v, coverage %v", r.Feeds, r.Coverage)
	}
	if f := r.Findings[0]; f.Feed != "web-1" || f.Rule != "silent" || f.Severity == "" || f.Opened.IsZero() {
		t.Errorf("finding %+v", f)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
