package sim

import (
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/processors/forecast"
	"github.com/feedgauge/feedgauge/processors/measure"
	"github.com/feedgauge/feedgauge/processors/rules"
	"github.com/feedgauge/feedgauge/processors/schedule"
)

// sizeHeader and nameHeader announce a delivery.
const (
	sizeHeader = "size"
	nameHeader = "file"
)

// known are feeds of which the configuration speaks, of source raw: two of the
// inventory, a pair and a pool. Others of the inventory never deliver.
var known = []string{"quick-known", "slow-known", "quick-a", "quick-b", "slow-c", "slow-d", "slow-e"}

// ordered are the feeds about which commands are written while a run lasts. What
// is found of them depends on when that is, so it is not compared with other
// runs; their state and their sums are.
const ordered = "slow-ordered"

// newPipeline returns what every member of every run runs. It is shared.
func newPipeline(t testing.TB) *pipeline.Pipeline {
	t.Helper()
	raw, other := pipelinetest.Source("raw", "raw-.*"), pipelinetest.Source("other", "other-.*")
	other.OutageAfter = 25 * time.Second
	p := &pipeline.Pipeline{
		Kafka: pipeline.Kafka{
			Prefix: "feedgauge", Partitions: 2, Replication: 1, MetadataAge: 5 * time.Second,
		},
		Sources: []*pipeline.Source{raw, other},
		Classes: []*pipeline.Class{
			pipelinetest.Class(t, "quick", "raw", "quick-*", 24*time.Second, 2*time.Second, 27*time.Second),
			pipelinetest.Class(t, "slow", "raw", "slow-*", 30*time.Second, 3*time.Second, 30*time.Second),
			newBatch(t),
			pipelinetest.Class(t, "other", "other", "other-*", 24*time.Second, 0, 30*time.Second),
		},
		Feeds:  make(map[feedgauge.FeedID]*pipeline.Feed),
		Groups: []*pipeline.Group{newGroup("pair", 1, "quick-a", "quick-b"), newGroup("pool", 2, "slow-c", "slow-d", "slow-e")},
	}
	counting(t, p.Classes[0])
	slow, adaptive := p.Classes[1], p.Classes[3]
	slow.Late, slow.RetireAfter, slow.Settle = 20*time.Second, 100*time.Second, 10*time.Second
	adaptive.Forecaster, adaptive.Forecast = newAdaptive(t, adaptive.Every), "adaptive"
	for name, class := range map[string]string{
		"quick-known": "quick", "slow-known": "slow", "quick-never": "quick", "slow-never": "slow", "other-never": "other",
	} {
		id := feedgauge.FeedID{Tenant: "main", Name: name}
		p.Feeds[id] = &pipeline.Feed{ID: id, Class: class, Owner: "ops", Period: 40 * time.Second}
	}
	return p
}

// counting gives a class measures of its own, with forecasts, and lets it learn
// what lines are like.
func counting(t testing.TB, c *pipeline.Class) {
	t.Helper()
	fewer, err := (rules.Config{Name: "fewer", When: "window.measures.kinds > 0 && window.measures.kinds < 0.5 * forecast.kinds.expected", For: 1, Clear: 1, Severity: "low"}).
		Build([]string{rules.Own + "kinds", rules.Forecast + "kinds"}, false)
	if err != nil {
		t.Fatal(err)
	}
	drifting, err := rules.Drifting().Build([]string{rules.Lines}, true)
	if err != nil {
		t.Fatal(err)
	}
	c.Learn, c.Clocks, c.Rules = true, true, append(c.Rules, fewer, drifting)
	c.Measures = []measure.Config{{Name: "big", When: "event.a >= 500"}, {Name: "kinds", Distinct: "event.a"}}
	c.Others = []pipeline.MeasureForecast{{Measure: "bytes", Forecaster: c.Forecaster}, {Measure: "kinds", Forecaster: c.Forecaster}}
}

// newBatch is a class of feeds that deliver each 40 s, at most 6 s late.
func newBatch(t testing.TB) *pipeline.Class {
	t.Helper()
	c := pipelinetest.Class(t, "batch", "other", "other-batch-*", 40*time.Second, time.Second, 40*time.Second)
	due, err := schedule.Every(40*time.Second, 0)
	if err != nil {
		t.Fatal(err)
	}
	c.Schedule, c.Deadline = due, 6*time.Second
	c.Delivery, c.Whole = &pipeline.Delivery{Name: nameHeader, Bytes: sizeHeader}, true
	for _, cfg := range rules.Whole() {
		if cfg.Name == string(feedgauge.Empty) {
			continue // there is one of that name
		}
		r, err := cfg.Build([]string{rules.Delivery}, false)
		if err != nil {
			t.Fatal(err)
		}
		c.Rules = append(c.Rules, r)
	}
	return c
}

func newGroup(name string, need int, members ...string) *pipeline.Group {
	g := &pipeline.Group{Name: name, Tenant: "main", Need: need}
	for _, m := range members {
		g.Members = append(g.Members, feedgauge.FeedID{Tenant: "main", Name: m})
	}
	return g
}

func newAdaptive(t testing.TB, every time.Duration) feedgauge.Forecaster {
	t.Helper()
	f, err := forecast.All()["adaptive"]().Build(feedgauge.Env{Class: "other", Every: every})
	if err != nil {
		t.Fatal(err)
	}
	return f
}
