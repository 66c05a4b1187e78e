package config

import (
	"testing"
	"time"
)

func TestParseSpan(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]time.Duration{"90s": 90 * time.Second, "1h30m": 90 * time.Minute, "1.5s": 1500 * time.Millisecond, "-24h": -24 * time.Hour, "250ms": 250 * time.Millisecond} {
		if got, _, err := parseSpan(s); err != nil || got != want {
			t.Errorf("parseSpan(%q) = %v, %v", s, got, err)
		}
	}
	const usual = `durations are written like "30s", "5m" or "24h"; units are ms, s, m, h`
	for s, hint := range map[string]string{
		"10": `give a unit: write "10s" for seconds`, "5 minutes": `write "5m"`, "5 Min": `write "5m"`, "1.5 hours": `write "1.5h"`,
		"2d": `write "48h"`, "1 week": `write "168h"`, "0.5d": `write "12h"`, "-7 days": `write "-168h"`, "3 sec": `write "3s"`, "20 millis": `write "20ms"`,
		"": usual, "soon": usual, "5 parsecs": usual, "9999999999999999999h": usual, "10us": "",
	} {
		if _, got, err := parseSpan(s); err == nil || got != hint {
			t.Errorf("parseSpan(%q): hint %q, %v; want %q", s, got, err, hint)
		}
	}
}

// The hint of every refused duration is itself accepted.
func TestBriefIsADuration(t *testing.T) {
	t.Parallel()
	for _, d := range []time.Duration{time.Second, time.Minute, 90 * time.Second, time.Hour, 90 * time.Minute, 24 * time.Hour, 100 * time.Hour, time.Millisecond, 10 * time.Minute, 20 * time.Hour} {
		if got, err := time.ParseDuration(brief(d)); err != nil || got != d {
			t.Errorf("brief(%v) = %q", d, brief(d))
		}
	}
	for d, want := range map[time.Duration]string{time.Minute: "1m", 24 * time.Hour: "24h", 90 * time.Minute: "1h30m", 90 * time.Second: "1m30s", 10 * time.Minute: "10m"} {
		if got := brief(d); got != want {
			t.Errorf("brief(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestDivisors(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration][2]time.Duration{
		7 * time.Minute:  {6 * time.Minute, 8 * time.Minute},
		7 * time.Second:  {6 * time.Second, 8 * time.Second},
		5 * time.Hour:    {4 * time.Hour, 6 * time.Hour},
		23 * time.Hour:   {12 * time.Hour, 24 * time.Hour},
		61 * time.Second: {time.Minute, 64 * time.Second},
	} {
		if below, above := divisors(d); below != want[0] || above != want[1] {
			t.Errorf("divisors(%v) = %v, %v; want %v", d, below, above, want)
		}
	}
}
