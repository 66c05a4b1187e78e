package holtwinters

import (
	"errors"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/forecast/internal/kit"
	"github.com/feedgauge/feedgauge/processors/forecast/internal/ordeal"
	"github.com/feedgauge/feedgauge/processors/processortest"
)

func build(t processortest.TB, c Config) *Model {
	t.Helper()
	f, err := c.Build(feedgauge.Env{Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return f.New().(*Model)
}

func hour(i int) feedgauge.Window {
	return feedgauge.WindowOf(feedgauge.Instant(i)*3_600_000, time.Hour)
}

func TestContract(t *testing.T) {
	t.Parallel()
	for _, season := range []string{Additive, Multiplicative} {
		processortest.Forecaster(t, func() feedgauge.Forecaster {
			c := NewConfig()
			c.Season, c.Period = season, 5
			f, err := c.Build(feedgauge.Env{Every: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			return f
		})
	}
}

// TestByHand follows the equations over a season of two windows, all weights a
// half: after 10 and 30 the level is 20.
func TestByHand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		season             string
		level, trend, s0   float64 // after 20 where 10 was
		one, two, accepted float64
	}{
		// level (20+10)/2+20/2 = 25, trend 5/2, season (20-25)/2-10/2
		{Additive, 25, 2.5, -7.5, 25 + 2.5 + 10, 25 + 5 - 7.5, 15 - 7.5},
		// level (20/.5)/2+20/2 = 30, trend 10/2, season (20/30)/2+.5/2
		{Multiplicative, 30, 5, 1.0/3 + 0.25, 35 * 1.5, 40 * (1.0/3 + 0.25), 25 / 1.5 * (1.0/3 + 0.25)},
	} {
		m := build(t, Config{Period: 2, Season: tt.season, Alpha: 0.5, Beta: 0.5, Gamma: 0.5, Width: 3})
		for i, v := range []float64{10, 30, 20} {
			m.Learn(hour(i), v)
		}
		if !near(m.level, tt.level) || !near(m.trend, tt.trend) || !near(m.season[0], tt.s0) {
			t.Errorf("%s: level %v, trend %v, season %v", tt.season, m.level, m.trend, m.season)
		}
		if one, two := m.Expect(hour(3)).Expected, m.Expect(hour(4)).Expected; !near(one, tt.one) || !near(two, tt.two) {
			t.Errorf("%s: %v and %v, want %v and %v", tt.season, one, two, tt.one, tt.two)
		}
		m.Accept(hour(3), 25)
		if got := m.Expect(hour(4)).Expected; !near(got, tt.accepted) {
			t.Errorf("%s: %v after 25 was accepted, want %v", tt.season, got, tt.accepted)
		}
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b)) }

// TestGrowth compares the variance of forecasts further ahead with the sum that
// it is the closed form of: 1 + sum over j below h of c_j^2, where
// c_j = alpha + alpha*beta*j, and gamma*(1-alpha) more at whole seasons.
func TestGrowth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		weight := rapid.Float64Range(0, 1)
		c := Config{
			Period: rapid.IntRange(2, 12).Draw(t, "period"), Season: Additive, Width: 3,
			Alpha: weight.Draw(t, "alpha"), Beta: weight.Draw(t, "beta"), Gamma: weight.Draw(t, "gamma"),
		}
		m := build(t, c)
		sum := 1.0
		for h := 1; h < 40; h++ {
			if got := m.growth(h); !near(got, sum) {
				t.Fatalf("%d ahead: %v, want %v", h, got, sum)
			}
			cj := c.Alpha + c.Alpha*c.Beta*float64(h)
			if h%c.Period == 0 {
				cj += c.Gamma * (1 - c.Alpha)
			}
			sum += cj * cj
		}
	})
}

// TestLaws: what repeats is forecast as it is; twice the events are twice the
// forecast; and whole seasons later everything is the same.
func TestLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		weight := rapid.Float64Range(0, 1)
		c := Config{
			Period: rapid.IntRange(2, 30).Draw(t, "period"), Width: 3,
			Season: rapid.SampledFrom([]string{Additive, Multiplicative}).Draw(t, "season"),
			Alpha:  weight.Draw(t, "alpha"), Beta: weight.Draw(t, "beta"), Gamma: weight.Draw(t, "gamma"),
		}
		season := rapid.SliceOfN(rapid.IntRange(1, 500), c.Period, c.Period).Draw(t, "season")
		one, two, later := build(t, c), build(t, c), build(t, c)
		shift := c.Period * rapid.IntRange(1, 1000).Draw(t, "seasons later")
		for i := range 6 * c.Period {
			v := float64(season[i%c.Period])
			if f := one.Expect(hour(i)); i > c.Period && math.Abs(f.Expected-v) > 1e-6*v {
				t.Fatalf("window %d: %v, want %v", i, f.Expected, v)
			}
			one.Learn(hour(i), v)
			two.Learn(hour(i), 2*v)
			later.Learn(hour(i+shift), v)
		}
		end := hour(6 * c.Period)
		if f, g := one.Expect(end), two.Expect(end); !near(2*f.Expected, g.Expected) {
			t.Fatalf("%+v, and of twice as many %+v", f, g)
		}
		if f, g := one.Expect(end), later.Expect(hour(6*c.Period+shift)); f != g {
			t.Fatalf("%+v, and later %+v", f, g)
		}
	})
}

// TestGap: a gap does not move the season, and the forecast behind it is wider.
func TestGap(t *testing.T) {
	t.Parallel()
	m := build(t, Config{Period: 3, Season: Additive, Alpha: 0.2, Gamma: 0.3, Width: 3})
	for i := range 60 {
		m.Learn(hour(i), float64([]int{10, 50, 90}[i%3]+i%2))
	}
	next, after := m.Expect(hour(60)), m.Expect(hour(60+999))
	if math.Abs(after.Expected-next.Expected) > 1e-9 || !(after.Upper > next.Upper) {
		t.Errorf("%+v, and after a gap %+v", next, after)
	}
}

// TestFirstSeason waits until half of the first season has been seen.
func TestFirstSeason(t *testing.T) {
	t.Parallel()
	m := build(t, Config{Period: 4, Season: Additive, Alpha: 0.2, Gamma: 0.3, Width: 3})
	m.Learn(hour(0), 8)
	m.Learn(hour(4), 16)
	if m.warm {
		t.Error("begun with a quarter of a season")
	}
	m.Learn(hour(6), 32)
	m.Learn(hour(8), 24)
	if !m.warm || m.season[1] != 0 {
		t.Errorf("%+v", m)
	}
}

func TestBuild(t *testing.T) {
	t.Parallel()
	ok := Config{Season: Additive, Alpha: 1, Gamma: 1, Width: 3}
	for _, tt := range []struct {
		change func(*Config)
		every  time.Duration
		field  string
		period int
	}{
		{func(*Config) {}, time.Hour, "", 168},
		{func(*Config) {}, time.Minute, "", 1440},
		{func(*Config) {}, 24 * time.Hour, "", 7},
		{func(c *Config) { c.Period = 24 }, time.Hour, "", 24},
		{func(c *Config) { c.Period = 2017 }, time.Hour, "period", 0},
		{func(c *Config) { c.Period = -1 }, time.Hour, "period", 0},
		{func(c *Config) { c.Season = "summer" }, time.Hour, "season", 0},
		{func(c *Config) { c.Alpha = 1.1 }, time.Hour, "alpha", 0},
		{func(c *Config) { c.Beta = math.NaN() }, time.Hour, "beta", 0},
		{func(c *Config) { c.Gamma = -1 }, time.Hour, "gamma", 0},
		{func(c *Config) { c.Width = 0 }, time.Hour, "width", 0},
	} {
		c := ok
		tt.change(&c)
		f, err := c.Build(feedgauge.Env{Every: tt.every})
		var mistake *feedgauge.FieldError
		switch errors.As(err, &mistake); {
		case tt.field == "" && (err != nil || f.(forecaster).Period != tt.period):
			t.Errorf("%+v at %s: %+v, %v", c, tt.every, f, err)
		case tt.field != "" && (mistake == nil || mistake.Field != tt.field):
			t.Errorf("%+v: %v, want a mistake in %q", c, err, tt.field)
		}
	}
}

func FuzzModel(f *testing.F) {
	seed := ordeal.Seed(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1e300, math.Inf(1), math.NaN(), -1, 0, 4, kit.Most, 0, 0, 0)
	f.Add(seed, 0.1, 0.2, 0.3, false)
	f.Add(seed, 1.0, 1.0, 1.0, true)
	f.Fuzz(func(t *testing.T, data []byte, alpha, beta, gamma float64, multiplied bool) {
		c := Config{Period: 4, Season: Additive, Alpha: alpha, Beta: beta, Gamma: gamma, Width: 3}
		if multiplied {
			c.Season = Multiplicative
		}
		made, err := c.Build(feedgauge.Env{Every: time.Hour})
		if err != nil {
			t.Skip()
		}
		if err := ordeal.Walk(made.New(), 3_600_000, data); err != nil {
			t.Fatal(err)
		}
	})
}
