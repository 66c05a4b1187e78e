package rules

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

var all = []string{"events", "bytes", "lines"}

func rule(t *testing.T, c Config) *Rule {
	t.Helper()
	d := Defaults()
	if c.For == 0 {
		c.For = d.For
	}
	if c.Clear == 0 {
		c.Clear = d.Clear
	}
	if c.Severity == "" {
		c.Severity = d.Severity
	}
	r, err := c.Build(all, true)
	if err != nil {
		t.Fatalf("building %q: %v", c.When, err)
	}
	return r
}

func facts() *Facts {
	return &Facts{
		Feed: feedgauge.FeedID{Tenant: "main", Name: "web-01"}, Class: "web",
		Period: 5 * time.Minute, Labels: map[string]string{"site": "lon"}, Forecasts: true,
	}
}

// closedWindow is a window end with the given counts, expecting 100 events.
func closedWindow(n int, counts feedgauge.Counts) *Moment {
	every := time.Minute
	w := feedgauge.WindowOf(feedgauge.Instant(n)*60_000, every)
	m := &Moment{
		At: w.End, Closed: true, Window: w, Counts: counts, First: feedgauge.After, Last: w.Start - 10*60_000,
		Forecast: feedgauge.Forecast{Expected: 100, Lower: 90, Upper: 110, Ready: true}, Facts: facts(),
	}
	if counts.Arrivals() > 0 {
		m.First, m.Last = w.Start+1000, w.End-1000
	}
	m.Age = m.At.Sub(m.Last)
	return m
}

func TestConditions(t *testing.T) {
	t.Parallel()
	bad := feedgauge.Counts{Events: 50, Bytes: 5000, Lines: 50, Blank: 10, Errors: feedgauge.Errors{{Reason: feedgauge.Syntax, N: 5}}}
	for _, tt := range []struct {
		when string
		want bool
	}{
		{"window.events < 0.75 * forecast.events.expected", true},
		{"window.events < 0.25 * forecast.events.expected", false},
		{"window.events > 0 && window.errors / window.events > 0.05", true}, // a share, not an integer quotient
		{"2 * window.events == 100", true},                                  // int times double
		{"window.events - 1 < 50 && 1 + window.events > 50", true},
		{`window.reasons["syntax"] == 5`, true},
		{`"encoding" in window.reasons`, false},
		{"silence.age > feed.period", false},
		{"silence.age < duration('2s')", true},
		{`feed.labels["site"] == "lon" && feed.name.startsWith("web")`, true},
		{"window.end - window.start == duration('1m')", true},
		{"window.blank == window.arrivals", false},
	} {
		got, err := rule(t, Config{Name: "r", When: tt.when}).holds(closedWindow(100, bad))
		if err != nil || got != tt.want {
			t.Errorf("%s = %v, %v; want %v", tt.when, got, err, tt.want)
		}
	}
}

func TestBuildErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		cfg      Config
		measures []string
		forecast bool
		field    string
		offset   int
		msg      string
		hint     string
	}{
		{"misspelt name", Config{When: "window.events > 0 && window.evnts < 3"}, all, true, "when", 21, `"window.evnts"`, `"window.events"`},
		{"no forecast", Config{When: "window.events < forecast.events.expected"}, all, false, "when", 16, `"forecast.events.expected"`, `forecast "trend"`},
		{"not counted", Config{When: "window.bytes < 3"}, []string{"events"}, true, "when", 0, `"window.bytes"`, `"bytes"`},
		{"not a condition", Config{When: "window.events + 1"}, all, true, "when", 0, "double", "compare"},
		{"syntax", Config{When: "window.events <"}, all, true, "when", 15, "ends", ""},
		{"bad duration literal", Config{When: "silence.age > duration('5 minutes')"}, all, true, "when", 23, "duration", ""},
		{"hole", Config{When: "true", Say: "x {window.evnts}"}, all, true, "say", 3, `"window.evnts"`, `"window.events"`},
		{"open brace", Config{When: "true", Say: "x {feed.name"}, all, true, "say", 2, "never closed", "{{"},
		{"close brace", Config{When: "true", Say: "x }"}, all, true, "say", 2, "closing brace", "}}"},
		{"severity", Config{When: "true", Severity: "hihg"}, all, true, "severity", 0, `"hihg"`, `"high"`},
		{"for", Config{When: "true", For: -1}, all, true, "for", 0, "between", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := Defaults()
			c.Name, c.When, c.Say = "r", tt.cfg.When, tt.cfg.Say
			if tt.cfg.Severity != "" {
				c.Severity = tt.cfg.Severity
			}
			if tt.cfg.For != 0 {
				c.For = tt.cfg.For
			}
			_, err := c.Build(tt.measures, tt.forecast)
			var fe *feedgauge.FieldError
			if !errors.As(err, &fe) {
				t.Fatalf("got %v, want a field error", err)
			}
			if fe.Field != tt.field || fe.Offset != tt.offset || !strings.Contains(fe.Msg, tt.msg) || !strings.Contains(fe.Hint, tt.hint) {
				t.Errorf("got %+v", *fe)
			}
		})
	}
}

func TestBuildFindsAllMistakes(t *testing.T) {
	t.Parallel()
	c := Config{Name: "r", When: "window.evnts < windw.lines", For: 0, Clear: 1, Severity: "loud", Say: "{x}{y}"}
	_, err := c.Build(all, true)
	if n := strings.Count(err.Error(), "option "); n != 6 {
		t.Errorf("%d mistakes found, want 6:\n%v", n, err)
	}
}

func TestSay(t *testing.T) {
	t.Parallel()
	r := rule(t, Config{Name: "short", When: "true", Say: "{feed.name} sent {window.events}, {forecast.events.expected * 1.005} expected; {{{silence.age}}} at {window.end}"})
	m := closedWindow(100, feedgauge.Counts{Events: 50})
	if got, want := r.say.render(r.vars, m), "web-01 sent 50, 100 expected; {1s} at 1970-01-01T01:41:00Z"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestPlainDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0s", 1234 * time.Millisecond: "1.2s", 61*time.Second + 400*time.Millisecond: "1m1s",
		5 * time.Minute: "5m0s", 3 * time.Hour: "3h", 3*time.Hour + 10*time.Minute: "3h10m", -2 * time.Second: "-2s",
	} {
		if got := plainDuration(d); got != want {
			t.Errorf("plainDuration(%v) = %q, want %q", d, got, want)
		}
	}
}
