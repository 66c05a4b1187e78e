package rules

import (
	"testing"

	"github.com/feedgauge/feedgauge"
)

// TestShippedRules: each rule of each set compiles, and finds what it is named
// after and nothing else.
func TestShippedRules(t *testing.T) {
	t.Parallel()
	usual := feedgauge.Forecast{Expected: 100, Lower: 80, Upper: 120, Ready: true}
	found := func(k feedgauge.Status, s feedgauge.Side) feedgauge.Forecast {
		f := usual
		f.Anomaly = feedgauge.Anomaly{Kind: k, Side: s, Reason: "so and so"}
		return f
	}
	for _, tt := range []struct {
		name     string
		set      []Config
		events   int64
		forecast feedgauge.Forecast
		want     []string
	}{
		{"judged, nothing", Judged(), 100, usual, nil},
		{"judged, silent", Judged(), 0, found(feedgauge.Silent, feedgauge.SideLow), []string{"silent"}},
		{"judged, short", Judged(), 20, found(feedgauge.Short, feedgauge.SideLow), []string{"short"}},
		{"judged, drifting", Judged(), 90, found(feedgauge.Drifting, feedgauge.SideLow), []string{"drifting"}},
		{"judged, high", Judged(), 900, found(feedgauge.StatusHigh, feedgauge.SideHigh), []string{"high"}},
		{"bounded, nothing", Bounded(), 80, usual, nil},
		{"bounded, short", Bounded(), 79, usual, []string{"short"}},
		{"bounded, high", Bounded(), 121, usual, []string{"high"}},
		{"trend, nothing", Trend(), 75, usual, nil},
		{"trend, short", Trend(), 74, usual, []string{"short"}},
		{"learning", Judged(), 0, feedgauge.Forecast{}, nil},
	} {
		m := closed(tt.events)
		m.Forecast, m.Judged = tt.forecast, true
		var got []string
		for _, r := range built(t, tt.set) {
			if holds(t, r, m) {
				got = append(got, r.Name())
			}
		}
		if len(got) != len(tt.want) || len(got) > 0 && got[0] != tt.want[0] {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestVerdictsAtQuietWindows: a window without arrivals is judged by rules on
// what the model says, if it has judged it, and by no rule on windows.
func TestVerdictsAtQuietWindows(t *testing.T) {
	t.Parallel()
	m := closed(0)
	m.Closed, m.Quiet = false, true
	m.Forecast = feedgauge.Forecast{Ready: true, Anomaly: feedgauge.Anomaly{Kind: feedgauge.Silent}}
	verdict, window := built(t, Judged())[0], built(t, Bounded())[0]
	for _, judged := range []bool{true, false} {
		m.Judged = judged
		if got := verdict.judgeable(m); got != judged {
			t.Errorf("judged by the model: %v, by the rule: %v", judged, got)
		}
		if window.judgeable(m) {
			t.Error("a rule on windows is judged")
		}
	}
}

func closed(events int64) *Moment {
	f := facts()
	return &Moment{
		At: 60_000, Closed: true, Window: feedgauge.Window{Start: 0, End: 60_000}, First: 1, Last: 2,
		Counts: feedgauge.Counts{Events: events}, Facts: f,
	}
}

func built(t *testing.T, set []Config) []*Rule {
	t.Helper()
	var out []*Rule
	for _, c := range set {
		r, err := c.Build([]string{"events"}, true)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func holds(t *testing.T, r *Rule, m *Moment) bool {
	t.Helper()
	if !r.judgeable(m) {
		return false
	}
	ok, err := r.holds(m)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}
