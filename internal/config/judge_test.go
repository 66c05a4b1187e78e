package config

import (
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

// TestJudgingForecast: a class whose forecast judges by itself needs no rules, may
// go by a time zone, and is judged on holidays, since the forecast knows them.
func TestJudgingForecast(t *testing.T) {
	t.Parallel()
	const head = `kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
`
	p, ds := Parse("test.hcl", []byte(head+`class "all" {
  match     = ["*"]
  every     = "1h"
  time_zone = "Europe/Berlin"
  holidays  = ["de"]
  forecast "adaptive" { budget = 1 }
}
`), builtin())
	if ds.HasErrors() {
		t.Fatal(ds)
	}
	c := p.Classes[0]
	var names []string
	for _, r := range c.Rules {
		names = append(names, r.Name())
	}
	if got := strings.Join(names, " "); got != "silent short drifting high" {
		t.Errorf("rules %q", got)
	}
	newYear := feedgauge.InstantOf(time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC))
	if !c.KnowsHolidays || !c.Active(newYear) {
		t.Error("windows on a holiday are not judged")
	}

	p, ds = Parse("test.hcl", []byte(head+`class "all" {
  match    = ["*"]
  active   = "Mon-Fri 08:00-18:00"
  holidays = ["de"]
  forecast "adaptive" {}
  rule "low" { when = "forecast.events.kind == \"short\" && forecast.events.score > 2" }
}
`), builtin())
	if ds.HasErrors() {
		t.Fatal(ds)
	}
	if c := p.Classes[0]; len(c.Rules) != 1 || c.Active(newYear) {
		t.Errorf("%d rules; active hours are not kept on holidays", len(c.Rules))
	}

	_, ds = Parse("test.hcl", []byte(head+`class "all" {
  match = ["*"]
  forecast "adaptive" { budget = -1 }
}
`), builtin())
	if !ds.HasErrors() || !strings.Contains(ds[0].Detail+ds[0].Summary, "budget") {
		t.Errorf("a negative budget: %v", ds)
	}
}
