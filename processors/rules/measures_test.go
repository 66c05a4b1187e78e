package rules

import (
	"errors"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// provided is a class with a measure of its own and three forecasts.
var provided = []string{"events", "lines", Own + "hosts", Forecast + "bytes", Forecast + "hosts"}

func measured3(events, bytes, hosts feedgauge.Forecast) *Moment {
	m := closed(40)
	m.Forecast, m.Judged = events, true
	m.Readings = feedgauge.Readings{{Measure: "bytes", Value: 9000, Forecast: bytes}, {Measure: "hosts", Value: 30, Forecast: hosts}}
	return m
}

func saw(kind feedgauge.Status, reason string) feedgauge.Forecast {
	return feedgauge.Forecast{Expected: 50, Lower: 45, Upper: 55, Score: 1, Ready: true, Anomaly: feedgauge.Anomaly{Kind: kind, Side: feedgauge.SideLow, Reason: reason}}
}

func TestMeasuresInConditions(t *testing.T) {
	t.Parallel()
	fine, learning := saw("", ""), feedgauge.Forecast{}
	for _, tt := range []struct {
		when  string
		hosts feedgauge.Forecast
		want  string
	}{
		{"window.measures.hosts < 40", fine, "true"},
		{"window.measures.hosts < forecast.hosts.lower", fine, "true"},
		{"window.measures.hosts < forecast.hosts.lower", learning, "not judged"},
		{"forecast.events.lower > 1 && forecast.hosts.score > 0", learning, "not judged"},
		{"forecast.hosts.kind == 'short'", saw("short", "x"), "true"},
		{"forecast.hosts.kind == 'short'", learning, "not judged"},
		{"forecast.hosts.kind == 'short' || forecast.bytes.kind == ''", learning, "true"},
		{"forecast.reasons['short'] == '30 of 50'", saw("short", "30 of 50"), "true"},
		{"forecast.reasons['high'] == ''", fine, "true"},
	} {
		d := Defaults()
		d.Name, d.When = "r", tt.when
		r, err := d.Build(provided, true)
		if err != nil {
			t.Errorf("%s: %v", tt.when, err)
			continue
		}
		got, m := "not judged", measured3(fine, fine, tt.hosts)
		if r.judgeable(m) {
			got = map[bool]string{true: "true", false: "false"}[holds(t, r, m)]
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.when, got, tt.want)
		}
	}
}

// What is wrong with a feed is told once, with all reasons, whichever measure shows
// it.
func TestShippedRulesOfMeasures(t *testing.T) {
	t.Parallel()
	var set []*Rule
	for _, c := range Judged("events", "bytes", "hosts") {
		r, err := c.Build(provided, true)
		if err != nil {
			t.Fatal(err)
		}
		set = append(set, r)
	}
	fine, learning := saw("", ""), feedgauge.Forecast{}
	for _, tt := range []struct {
		name                 string
		events, bytes, hosts feedgauge.Forecast
		want                 string
	}{
		{"nothing", fine, fine, fine, ""},
		{"hosts are gone", fine, fine, saw("short", "30 hosts, 50 were expected"), "short: web-01: 30 hosts, 50 were expected"},
		{"and with them events", saw("short", "40 events"), fine, saw("short", "30 hosts"), "short: web-01: 40 events; 30 hosts"},
		{"no hosts, but events", fine, fine, saw("silent", "no hosts"), "short: web-01: no hosts"},
		{"all is silent", saw("silent", "no events"), saw("silent", "no bytes"), saw("silent", "no hosts"), "silent: web-01: no events; no bytes; no hosts"},
		{"long lines", fine, saw("high", "9000 bytes"), fine, "high: web-01: 9000 bytes"},
		{"hosts are learnt yet", saw("short", "40 events"), fine, learning, "short: web-01: 40 events"},
		{"events are", learning, fine, saw("short", "30 hosts"), "short: web-01: 30 hosts"},
	} {
		var got []string
		m := measured3(tt.events, tt.bytes, tt.hosts)
		var b Book
		b.Judge(set, m, func(s *feedgauge.Step) { got = append(got, s.Rule+": "+s.Message) })
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if one := Judged("hosts")[0]; one.When != `forecast.hosts.kind == "silent"` || one.Say != "{feed.name}: {forecast.hosts.reason}" {
		t.Errorf("of hosts alone: %q, %q", one.When, one.Say)
	}
}

func TestLearning(t *testing.T) {
	t.Parallel()
	fine, learning := saw("", ""), feedgauge.Forecast{}
	if measured3(learning, fine, learning).Learning() || !measured3(learning, learning, learning).Learning() {
		t.Error("a feed learns while none of its forecasts is ready")
	}
}

func TestMeasuresNotProvided(t *testing.T) {
	t.Parallel()
	for when, want := range map[string]string{
		"window.measures.host < 4":    `did you mean "window.measures.hosts"?`,
		"forecast.lines.expected < 4": `forecast it: add "lines" to measures of the class's forecast block`,
	} {
		d := Defaults()
		d.Name, d.When = "r", when
		_, err := d.Build(provided, true)
		var fe *feedgauge.FieldError
		if !errors.As(err, &fe) || fe.Hint != want {
			t.Errorf("%s: %v with hint %q", when, err, fe.Hint)
		}
	}
}
