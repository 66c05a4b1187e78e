package adaptive

import (
	"math"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/processortest"
)

func TestAdaptiveKeepsTheContract(t *testing.T) {
	t.Parallel()
	processortest.Forecaster(t, func() feedgauge.Forecaster { return built(t, *New(), feedgauge.Env{Every: time.Hour}) })
}

// TestAnyWindows: windows of any length give numbers that are finite, and bounds
// around what is expected, whatever comes in them.
func TestAnyWindows(t *testing.T) {
	t.Parallel()
	for _, every := range []time.Duration{time.Second, time.Minute, 7 * time.Minute, 45 * time.Minute, 5 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, maxEvery} {
		m := built(t, *New(), feedgauge.Env{Every: every}).New().(feedgauge.Judge)
		w := feedgauge.WindowOf(0, every)
		for i := range 3000 {
			v := []float64{0, 1, 0.3, 1e15, math.Inf(1), -5, math.NaN(), 17, 1e6, 0}[i%10]
			if i%700 < 300 {
				v = wave(i, time.Hour)
			}
			f := m.Judge(w, v)
			if !f.Ready {
				continue
			}
			if s := f.Lower + f.Expected + f.Upper + f.Score; math.IsNaN(s) || math.IsInf(s, 0) || f.Lower > f.Expected || f.Expected > f.Upper || f.Upper > maxCount {
				t.Fatalf("windows of %v, the %d-th, with %v: %+v", every, i, v, f)
			}
			if w = w.Next(); i%900 == 0 {
				w.Start, w.End = w.Start+6e9, w.End+6e9 // nobody observed some weeks
			}
		}
	}
}

// TestQuietAfterAGap: weeks that nobody observed are followed by no storm, and a
// feed that begins with an outage, or never changes, is borne.
func TestQuietAfterAGap(t *testing.T) {
	t.Parallel()
	for name, count := range map[string]func(i int) float64{
		"a gap":     func(i int) float64 { return wave(i, time.Hour) },
		"an outage": func(i int) float64 { return wave(i, time.Hour) * math.Min(1, float64(i/100)) },
		"constant":  func(int) float64 { return 40 },
		"nothing":   func(int) float64 { return 0 },
		"one event": func(i int) float64 { return math.Max(0, float64(1-i%720)) },
	} {
		m := built(t, *New(), feedgauge.Env{Every: time.Hour}).New().(feedgauge.Judge)
		w := feedgauge.WindowOf(4*24*3_600_000, time.Hour) // a Monday
		found := 0
		for i := range 24 * 120 {
			at := w
			if i > 24*60 && name == "a gap" {
				at.Start, at.End = at.Start+28*24*3_600_000, at.End+28*24*3_600_000
			}
			if f := m.Judge(at, count(i)); f.Anomaly.Reason != "" {
				found++
			}
			w = w.Next()
		}
		if found > 2 {
			t.Errorf("%s: %d findings", name, found)
		}
	}
}

func built(t processortest.TB, c Config, env feedgauge.Env) feedgauge.Forecaster {
	t.Helper()
	f, err := c.Build(env)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
