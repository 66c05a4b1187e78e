package tune

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
	"github.com/feedgauge/feedgauge/processors/forecast/adaptive"
)

// hourByHour is a case with a count for each of so many hours from a Monday on.
func hourByHour(hours int, count func(i int) float64) Case {
	w := feedgauge.WindowOf(4*24*3_600_000, time.Hour)
	var cuts []backtest.Cut
	for i := range hours {
		cuts = append(cuts, backtest.Cut{Window: w, Count: count(i)})
		w = w.Next()
	}
	return Split("f", cuts, Plan{Step: time.Hour, Horizon: time.Hour})
}

// TestShape: the median of what feeds of any size have in common, on the clocks of
// a zone, by what lies before the check.
func TestShape(t *testing.T) {
	t.Parallel()
	const hours = 168 * 10
	at := func(size float64) func(int) float64 {
		return func(i int) float64 {
			if i%168 == 7 && i < hours*7/10 {
				return 4 * size
			}
			if i >= hours*7/10 {
				return 50 * size // not to be seen
			}
			return size
		}
	}
	odd := hourByHour(hours, func(i int) float64 { return float64(i % 24) })
	short := hourByHour(100, func(int) float64 { return 9 })
	cases := []Case{hourByHour(hours, at(1)), hourByHour(hours, at(1000)), odd, short, hourByHour(hours, func(int) float64 { return 0 })}
	got, err := Shape(cases, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := got[7] / got[8]; len(got) != 168 || math.Abs(r-4) > 0.05 {
		t.Errorf("%d levels, the 8th %v times the 9th", len(got), r)
	}
	moved, err := Shape(cases, time.FixedZone("east", 3600))
	if err != nil || moved[8] != got[7] {
		t.Errorf("an hour east the 9th level is %v, want %v, %v", moved[8], got[7], err)
	}
	if _, err := Shape([]Case{short}, nil); !errors.Is(err, ErrNothing) {
		t.Errorf("of a short feed: %v", err)
	}
}

// TestNewcomers: with the shape of its class the beginning of a feed is seen
// better than without.
func TestNewcomers(t *testing.T) {
	t.Parallel()
	c := hourByHour(168*10, func(i int) float64 {
		return math.Round(100 + 80*math.Sin(float64(i)/24*2*math.Pi) + 10*math.Sin(float64(i)*12.9898))
	})
	shape, err := Shape([]Case{c}, nil)
	if err != nil {
		t.Fatal(err)
	}
	with := adaptive.New()
	with.SetShape(shape)
	var both []feedgauge.Forecaster
	for _, cfg := range []*adaptive.Config{adaptive.New(), with} {
		f, err := cfg.Build(feedgauge.Env{Every: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		both = append(both, f)
	}
	if e := Newcomers([]Case{c}, both...); !(e[1] < e[0]) {
		t.Errorf("errors %.2f without and %.2f with the shape", e[0], e[1])
	}
	if e := Newcomers([]Case{{}}, both...); !math.IsNaN(e[0]) {
		t.Errorf("of no windows: %v", e)
	}
}
