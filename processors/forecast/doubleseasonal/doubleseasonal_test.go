package doubleseasonal

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/forecast/internal/kit"
	"github.com/feedgauge/feedgauge/processors/forecast/internal/ordeal"
	"github.com/feedgauge/feedgauge/processors/processortest"
)

func build(t processortest.TB, c Config, every time.Duration) *Model {
	t.Helper()
	f, err := c.Build(feedgauge.Env{Every: every})
	if err != nil {
		t.Fatal(err)
	}
	return f.New().(*Model)
}

// half is one of the windows of half a day since the epoch.
func half(i int) feedgauge.Window {
	return feedgauge.WindowOf(feedgauge.Instant(i)*43_200_000, 12*time.Hour)
}

func TestContract(t *testing.T) {
	t.Parallel()
	processortest.Forecaster(t, func() feedgauge.Forecaster {
		f, err := NewConfig().Build(feedgauge.Env{Every: 6 * time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		return f
	})
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b)) }

// TestByHand: a week of days of two windows whose logarithms are 1 and 3, and then
// one of 2 where 1 was.
func TestByHand(t *testing.T) {
	t.Parallel()
	c := Config{Alpha: 0.1, Delta: 0.2, Omega: 0.3, Phi: 0.5, Width: 3}
	m := build(t, c, 12*time.Hour)
	for i := range 14 {
		m.Learn(half(i), math.Expm1(float64(1+i%2*2)))
	}
	if !m.start(half(14)) || m.size.Var != 0 {
		t.Errorf("after a week: %+v", m)
	}
	m.size, m.spread = kit.Spread{N: 1e6, Var: 4}, kit.Spread{Var: 4} // so that nothing is cut
	m.Learn(half(14), math.Expm1(2))
	if !near(m.level, 2.1) || !near(m.daily[0], -0.8) || !near(m.daily[1], 1) || !near(m.weekly[0], 0.5) || !near(m.weekly[1], 0) {
		t.Errorf("level %v, day %v, week %v", m.level, m.daily, m.weekly)
	}
	if !near(m.e, 1) || !near(m.spread.Var, 1) {
		t.Errorf("residual %v, variance %v, want 1 and 1", m.e, m.spread.Var)
	}
	for h, want := range []float64{1: 2.1 + 1 + 0.5, 2: 2.1 - 0.8 + 0.25, 14: 2.1 - 0.8 + 0.5 + math.Pow(0.5, 14)} {
		if h > 0 && want > 0 {
			if got := m.Expect(half(14 + h)).Expected; got != math.Round(math.Expm1(want)) {
				t.Errorf("%d ahead: %v, want %v", h, got, math.Expm1(want))
			}
		}
	}
	m.Accept(half(15), math.Expm1(5))
	if got := m.base(half(15)); !near(got, 5) {
		t.Errorf("%v after 5 was accepted", got)
	}
}

// TestGrowth compares the variance of forecasts further ahead with what a shock
// does in the model itself: learnt once, and then followed without another.
func TestGrowth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.Float64Range(0, 0.3)
		c := Config{Alpha: small.Draw(t, "alpha"), Delta: small.Draw(t, "delta"), Omega: small.Draw(t, "omega"), Phi: rapid.Float64Range(0, 0.95).Draw(t, "phi"), Width: 3}
		const horizon = 40
		shocked, m := build(t, c, 12*time.Hour), build(t, c, 12*time.Hour)
		for i := range 14 {
			shocked.Learn(half(i), math.Expm1(20))
		}
		shocked.start(half(14))
		shocked.first = -1e12 // long ago, so that omega is what was set
		want, x := 0.0, 21.0
		for h := range horizon {
			shocked.size = kit.Spread{N: 1, Var: 1e6} // so that nothing is cut
			psi := x - 20
			want += psi * psi
			if got := m.growth(h + 1); math.Abs(got-want) > 1e-6*want {
				t.Fatalf("%d ahead: %v, want %v", h+1, got, want)
			}
			shocked.Learn(half(14+h), math.Expm1(x))
			x = shocked.expected(half(15+h), 1)
		}
	})
}

// TestOutage: what is lost in an outage does not come back a week later, whether it
// was in the first week, in the second or later.
func TestOutage(t *testing.T) {
	t.Parallel()
	value := func(i int) float64 { return float64(1000 + 300*(i%24) + 100*(i%168/72) + i%5) }
	hour := func(i int) feedgauge.Window {
		return feedgauge.WindowOf(feedgauge.Instant(i)*3_600_000, time.Hour)
	}
	for _, week := range []int{0, 1, 4} {
		from := week*168 + 50
		m := build(t, *NewConfig(), time.Hour)
		for i := range max(2, week+1) * 168 {
			v := value(i)
			if i >= from && i < from+8 {
				v = 0
			}
			m.Learn(hour(i), v)
		}
		for i := from + 168*max(1, 2-week); i < from+168*max(1, 2-week)+8; i++ {
			if f := m.Expect(hour(i)); math.Abs(f.Expected-value(i)) > 0.1*value(i) {
				t.Errorf("outage in week %d, window %d: %v, want about %v", week, i, f.Expected, value(i))
			}
		}
	}
}

// TestLaws: what repeats each week is forecast as it is, and whole weeks later
// everything is the same; bounds do not get narrower further ahead.
func TestLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		week := rapid.SliceOfN(rapid.IntRange(0, 5000), 28, 28).Draw(t, "week")
		m, later := build(t, *NewConfig(), 6*time.Hour), build(t, *NewConfig(), 6*time.Hour)
		at := func(i int) feedgauge.Window {
			return feedgauge.WindowOf(feedgauge.Instant(i)*6*3_600_000, 6*time.Hour)
		}
		shift := 28 * rapid.IntRange(1, 200).Draw(t, "weeks later")
		for i := range 5 * 28 {
			v := float64(week[i%28])
			if f := m.Expect(at(i)); f.Ready && f.Expected != v {
				t.Fatalf("window %d: %v, want %v", i, f.Expected, v)
			}
			m.Learn(at(i), v)
			later.Learn(at(i+shift), v)
		}
		m.spread.Var, later.spread.Var = 0.01, 0.01
		for i := 5 * 28; i < 6*28; i++ {
			f, g := m.Expect(at(i)), later.Expect(at(i+shift))
			if f != g {
				t.Fatalf("%+v, and later %+v", f, g)
			}
			if next := m.Expect(at(i + 28)); next.Upper < f.Upper || next.Lower > f.Lower {
				t.Fatalf("%+v, and a week further %+v", f, next)
			}
		}
	})
}

func TestBuild(t *testing.T) {
	t.Parallel()
	ok := *NewConfig()
	for _, tt := range []struct {
		change func(*Config)
		every  time.Duration
		good   bool
	}{
		{func(*Config) {}, 5 * time.Minute, true},
		{func(*Config) {}, 24 * time.Hour, true},
		{func(*Config) {}, time.Minute, false},
		{func(c *Config) { c.Alpha, c.Delta, c.Omega = 0.4, 0.4, 0.4 }, time.Hour, false},
		{func(c *Config) { c.Phi = 1 }, time.Hour, false},
		{func(c *Config) { c.Width = math.NaN() }, time.Hour, false},
		{func(c *Config) { c.Delta = -0.1 }, time.Hour, false},
	} {
		c := ok
		tt.change(&c)
		if _, err := c.Build(feedgauge.Env{Every: tt.every}); (err == nil) != tt.good {
			t.Errorf("%+v at %s: %v", c, tt.every, err)
		}
	}
}

func FuzzModel(f *testing.F) {
	f.Add(ordeal.Seed(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 1e300, math.Inf(1), math.NaN(), -1, 0, 4))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := ordeal.Walk(build(t, *NewConfig(), 12*time.Hour), 12*3_600_000, data); err != nil {
			t.Fatal(err)
		}
	})
}
