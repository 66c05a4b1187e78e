// Package pipelinetest builds pipelines for tests, with the shipped rules.
package pipelinetest

import (
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/forecast"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/processors/naming"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// Class builds a class of JSON feeds named by the record's key.
func Class(t testing.TB, name, source, match string, every, lateness, period time.Duration) *pipeline.Class {
	t.Helper()
	f, err := forecast.NewTrend().Build(feedgauge.Env{})
	if err != nil {
		t.Fatal(err)
	}
	return &pipeline.Class{
		Name: name, Source: source, Match: []string{match}, Every: every, Lateness: lateness, Period: period,
		Format: "json", Unit: "message", Forecaster: f, Forecast: "trend", Rules: Rules(t),
		Checker: func() (feedgauge.Checker, error) { return format.NewJSON().Build(feedgauge.Env{}) },
	}
}

// Source builds a source of Kafka topics whose records are named by key.
func Source(name string, topics ...string) *pipeline.Source {
	return &pipeline.Source{
		Name: name, Kind: "kafka", Topics: topics, SlackCreate: 5 * time.Second, SlackAppend: time.Second,
		Namer: func() (*naming.Namer, error) { return naming.New([]string{"key"}, nil) },
	}
}

// Rules builds the shipped rules.
func Rules(t testing.TB) []*rules.Rule {
	t.Helper()
	var out []*rules.Rule
	for _, c := range []rules.Config{
		{Name: "never_seen", When: "!feed.seen", Say: "{feed.name} has never delivered"},
		{Name: "silent", When: "silence.age > feed.period", Say: "{feed.name}: no record for {silence.age}, {feed.period} are allowed"},
		{Name: "empty", When: "window.arrivals > 0 && window.blank == window.arrivals", Say: "{feed.name}: {window.arrivals} records, all blank"},
		{Name: "short", When: "window.events > 0 && window.events < 0.75 * forecast.events.expected", For: 2, Say: "{feed.name}: {window.events} events, {forecast.events.expected} expected"},
		{Name: "malformed", When: "window.errors > 0.2 * window.arrivals", Say: "{feed.name}: {window.errors} of {window.arrivals} records malformed"},
	} {
		c.For, c.Clear, c.Severity = max(c.For, 1), 1, "high"
		r, err := c.Build([]string{"events", "bytes", "lines"}, true)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}
