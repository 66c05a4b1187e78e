package smooth

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/forecast/internal/ordeal"
	"github.com/feedgauge/feedgauge/processors/processortest"
)

func build(t processortest.TB, c Config) feedgauge.Forecaster {
	t.Helper()
	f, err := c.Build(feedgauge.Env{Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func hour(i int) feedgauge.Window {
	return feedgauge.WindowOf(feedgauge.Instant(i)*3_600_000, time.Hour)
}

func TestContract(t *testing.T) {
	t.Parallel()
	processortest.Forecaster(t, func() feedgauge.Forecaster { return build(t, *NewConfig()) })
}

// TestByHand: level' = a*level + (1-a)*y, and the variance of h windows ahead is
// var*(1+(h-1)*(1-a)^2).
func TestByHand(t *testing.T) {
	t.Parallel()
	m := build(t, Config{Factor: 0.75, Width: 1, Warmup: 2}).New()
	m.Learn(hour(0), 100)
	if m.Expect(hour(1)).Ready {
		t.Error("ready after one window")
	}
	m.Learn(hour(1), 20) // off by 80, so the variance is 6400
	for _, tt := range []struct {
		ahead int
		want  feedgauge.Forecast
	}{
		{1, feedgauge.Forecast{Expected: 80, Lower: 0, Upper: 160, Ready: true}},
		{3, feedgauge.Forecast{Expected: 80, Lower: 0, Upper: 80 + math.Sqrt(6400*(1+2.0/16)), Ready: true}},
	} {
		if got := m.Expect(hour(1 + tt.ahead)); got != tt.want {
			t.Errorf("%d ahead: %+v, want %+v", tt.ahead, got, tt.want)
		}
	}
	m.Accept(hour(2), 50)
	if got := m.Expect(hour(3)).Expected; got != 50 {
		t.Errorf("after 50 was accepted: %v", got)
	}
}

// TestScale: twice the events are twice the forecast, and a forecast further ahead
// is never narrower.
func TestScale(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Config{Factor: rapid.Float64Range(0, 0.99).Draw(t, "factor"), Width: 3, Warmup: 2}
		one, two := build(t, c).New(), build(t, c).New()
		values := rapid.SliceOfN(rapid.IntRange(0, 1000), 2, 50).Draw(t, "values")
		for i, v := range values {
			one.Learn(hour(i), float64(v))
			two.Learn(hour(i), float64(2*v))
		}
		before := 0.0
		for ahead := range 20 {
			f, g := one.Expect(hour(len(values)+ahead)), two.Expect(hour(len(values)+ahead))
			if g.Expected != 2*f.Expected || g.Lower != 2*f.Lower || g.Upper != 2*f.Upper {
				t.Fatalf("%+v, and of twice as many %+v", f, g)
			}
			if f.Upper < before {
				t.Fatalf("%d ahead: %+v, after an upper bound of %v", ahead, f, before)
			}
			before = f.Upper
		}
	})
}

func TestBuild(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{{Factor: 1, Width: 3, Warmup: 2}, {Factor: math.NaN(), Width: 3, Warmup: 2}, {Width: 0, Warmup: 2}, {Width: 3, Warmup: 1}} {
		if _, err := c.Build(feedgauge.Env{}); err == nil {
			t.Errorf("%+v was built", c)
		}
	}
}

func FuzzModel(f *testing.F) {
	f.Add(ordeal.Seed(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1e300, math.Inf(1), math.NaN(), -1, 0, 4))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := ordeal.Walk(build(t, *NewConfig()).New(), 3_600_000, data); err != nil {
			t.Fatal(err)
		}
	})
}
