package seasonal31

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/forecast/internal/ordeal"
	"github.com/feedgauge/feedgauge/processors/processortest"
)

func build(t processortest.TB, c Config, env feedgauge.Env) feedgauge.Forecaster {
	t.Helper()
	f, err := c.Build(env)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// half is one of the windows of half a day since Monday, 5 January 1970.
func half(i int) feedgauge.Window {
	return feedgauge.WindowOf(feedgauge.Instant(8+i)*43_200_000, 12*time.Hour)
}

func TestContract(t *testing.T) {
	t.Parallel()
	processortest.Forecaster(t, func() feedgauge.Forecaster {
		return build(t, *NewConfig(), feedgauge.Env{Every: time.Hour})
	})
}

// TestByHand follows the equations over days of two windows.
func TestByHand(t *testing.T) {
	t.Parallel()
	m := build(t, Config{Factor: 0.5, Width: 3}, feedgauge.Env{Every: 12 * time.Hour}).New()
	at := 0
	learn := func(values ...float64) {
		for _, v := range values {
			m.Learn(half(at), v)
			at++
		}
	}
	expect := func(say string, at int, want float64, ready bool) {
		t.Helper()
		if got := m.Expect(half(at)); got.Expected != want || got.Ready != ready {
			t.Errorf("%s: %+v, want %v", say, got, want)
		}
	}
	learn(10, 30) // Monday: mean 20, shares 1/2 and 3/2
	expect("Tuesday is as all days", 2, 10, false)
	learn(20, 20) // Tuesday: mean 20; shares (1/2+1)/2, (3/2+1)/2
	expect("the shares are mixed", 4, 15, false)
	expect("and in the second half", 5, 25, false)
	learn(15, 25, 15, 25, 15, 25, 15, 25, 15, 25) // to Sunday: nothing new
	expect("Monday, as it was", 14, 15, true)
	learn(60, 100) // Monday: four times as many: (20+80)/2
	expect("Monday, when it is learnt", 28, 0.75*50, true)
	expect("no other day", 16, 15, true)
	m.Accept(half(16), 30)
	expect("days are scaled together", 28, 0.75*100, true)
}

// TestHalfADay: a day of which little was learnt is not learnt from.
func TestHalfADay(t *testing.T) {
	t.Parallel()
	m := build(t, *NewConfig(), feedgauge.Env{Every: time.Hour}).New()
	hour := func(i int) feedgauge.Window {
		return feedgauge.WindowOf(feedgauge.Instant(96+i)*3_600_000, time.Hour)
	}
	for i := range 24 {
		m.Learn(hour(i), 8)
	}
	for i := range 11 {
		m.Learn(hour(24+i), 1000)
	}
	if got := m.Expect(hour(48)).Expected; got != 8 {
		t.Errorf("%v after eleven hours of another level, want 8", got)
	}
	m.Learn(hour(35), 1000)
	if got := m.Expect(hour(48)).Expected; got <= 8 {
		t.Errorf("%v after half a day of another level", got)
	}
}

// TestProfile: what is a product of a day and an hour is forecast as it is, for
// any week, and by the clock of the zone.
func TestProfile(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfN(rapid.IntRange(1, 9), 7, 7).Draw(t, "days")
		hours := rapid.SliceOfN(rapid.IntRange(1, 9), 24, 24).Draw(t, "hours")
		value := func(w feedgauge.Window) float64 {
			at := w.Start.Time().In(zone)
			return float64(days[at.Weekday()] * hours[at.Hour()])
		}
		m := build(t, Config{Factor: rapid.Float64Range(0, 0.99).Draw(t, "factor"), Width: 3}, feedgauge.Env{Every: time.Hour, Zone: zone}).New()
		w := feedgauge.WindowOf(feedgauge.InstantOf(time.Date(2024, 3, rapid.IntRange(1, 25).Draw(t, "day"), 5, 0, 0, 0, time.UTC)), time.Hour)
		if at := w.Start.Time().In(zone); at.Hour() != 0 { // begin at midnight, summer or not
			w = feedgauge.WindowOf(w.Start-feedgauge.Instant(at.Hour())*3_600_000, time.Hour)
		}
		for i := range 22 * 24 {
			if f := m.Expect(w); i > 15*24 && math.Abs(f.Expected-value(w)) > 1e-9*value(w) && !shortDay(w, zone) {
				t.Fatalf("%v: %v, want %v", w.Start, f.Expected, value(w))
			}
			if !shortDay(w, zone) { // its shares are others
				m.Learn(w, value(w))
			}
			w = w.Next()
		}
	})
}

// shortDay reports whether the day of w does not have 24 hours.
func shortDay(w feedgauge.Window, zone *time.Location) bool {
	at := w.Start.Time().In(zone)
	a := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, zone)
	b := time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, zone)
	return b.Sub(a) != 24*time.Hour
}

func TestBuild(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{{Factor: 1, Width: 3}, {Factor: -1, Width: 3}, {Factor: 0.5, Width: math.Inf(1)}} {
		if _, err := c.Build(feedgauge.Env{}); err == nil {
			t.Errorf("%+v was built", c)
		}
	}
}

func FuzzModel(f *testing.F) {
	f.Add(ordeal.Seed(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1e300, math.Inf(1), math.NaN(), -1, 0, 4))
	f.Fuzz(func(t *testing.T, data []byte) {
		m := build(t, *NewConfig(), feedgauge.Env{Every: 8 * time.Hour}).New()
		if err := ordeal.Walk(m, 8*3_600_000, data); err != nil {
			t.Fatal(err)
		}
	})
}
