package forecast

import (
	"encoding/csv"
	"encoding/hex"
	"errors"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/feedgauge/feedgauge"
)

var window = feedgauge.Window{Start: 0, End: 60_000}

func trend(t *testing.T, c TrendConfig) feedgauge.Model {
	t.Helper()
	return build(t, c).New()
}

// TestTrendArithmetic follows the formulas by hand: trend' = a*trend +
// (1-a)*current, and the bounds one smoothed absolute residual away.
func TestTrendArithmetic(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		factor float64
		values []float64
		want   feedgauge.Forecast
	}{
		{"nothing learnt", 0.5, nil, feedgauge.Forecast{}},
		{"the first value is the trend", 0.5, []float64{100}, feedgauge.Forecast{Expected: 100, Lower: 100, Upper: 100}},
		{"half and half", 0.5, []float64{100, 50}, feedgauge.Forecast{Expected: 75, Lower: 50, Upper: 100}},
		{"and again", 0.5, []float64{100, 50, 75}, feedgauge.Forecast{Expected: 75, Lower: 62.5, Upper: 87.5, Ready: true}},
		{"the factor weighs the old value", 0.75, []float64{100, 20}, feedgauge.Forecast{Expected: 80, Lower: 60, Upper: 100}},
		{"the old value counts nothing", 0, []float64{100, 20, 60}, feedgauge.Forecast{Expected: 60, Lower: 20, Upper: 100, Ready: true}},
		{"a rise counts like a fall", 0.5, []float64{50, 100}, feedgauge.Forecast{Expected: 75, Lower: 50, Upper: 100}},
		{"no fewer than none", 0.5, []float64{0, 100, 0}, feedgauge.Forecast{Expected: 25, Lower: 0, Upper: 75, Ready: true}},
		{"zeros", 0.5, []float64{0, 0, 0}, feedgauge.Forecast{Ready: true}},
	} {
		m := trend(t, TrendConfig{Factor: tt.factor, Warmup: 3})
		for _, v := range tt.values {
			m.Learn(window, v)
		}
		if got := m.Expect(window); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestTrendWarmup(t *testing.T) {
	t.Parallel()
	m := trend(t, TrendConfig{Factor: 0.5, Warmup: 2})
	for i, want := range []bool{false, false, true, true} {
		if got := m.Expect(window).Ready; got != want {
			t.Errorf("ready after %d windows: %v, want %v", i, got, want)
		}
		m.Learn(window, 1)
	}
}

// TestTrendAccept: the new level is taken whole, the width of the bounds stays.
func TestTrendAccept(t *testing.T) {
	t.Parallel()
	m := trend(t, *NewTrend())
	for _, v := range []float64{100, 60, 80} {
		m.Learn(window, v) // level 80, miss 10
	}
	m.Accept(window, 20)
	if got, want := m.Expect(window), (feedgauge.Forecast{Expected: 20, Lower: 10, Upper: 30, Ready: true}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	m.Learn(window, 40)
	if got := m.Expect(window).Expected; got != 30 {
		t.Errorf("from the new level it goes to %v, want 30", got)
	}
}

// TestTrendSaturates counts to the end of its counter and stays there.
func TestTrendSaturates(t *testing.T) {
	t.Parallel()
	m := &Trend{cfg: *NewTrend(), seen: math.MaxUint32, level: 8}
	m.Learn(window, 4)
	if got := m.Expect(window); got.Expected != 6 || !got.Ready {
		t.Errorf("after very many windows: %+v", got)
	}
}

// TestTrendGolden compares with forecasts computed elsewhere, in exact
// fractions. The code rounds at each step, so the last bits may differ.
func TestTrendGolden(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/trend.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) float64 {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	var m feedgauge.Model
	for i, r := range rows[1:] {
		if r[1] == "0" {
			m = trend(t, TrendConfig{Factor: number(r[0]), Warmup: 3})
		}
		got := m.Expect(window)
		want := feedgauge.Forecast{Expected: number(r[3]), Lower: number(r[4]), Upper: number(r[5]), Ready: r[6] == "true"}
		if !near(got.Expected, want.Expected) || !near(got.Lower, want.Lower) || !near(got.Upper, want.Upper) || got.Ready != want.Ready {
			t.Errorf("row %d: %+v, want %+v", i+2, got, want)
		}
		m.Learn(window, number(r[2]))
	}
	if len(rows) < 100 {
		t.Errorf("only %d rows", len(rows))
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b)) }

// TestTrendFormat: what lies in the state topic today must be readable tomorrow.
func TestTrendFormat(t *testing.T) {
	t.Parallel()
	m := trend(t, *NewTrend())
	for _, v := range []float64{100, 60, 80} {
		m.Learn(window, v)
	}
	const saved = "01" + "03000000" + "0000000000005440" + "0000000000002440" // version, windows, 80.0, 10.0
	if got := hex.EncodeToString(m.Append(nil)); got != saved {
		t.Errorf("saved as %s, want %s", got, saved)
	}
	b, err := hex.DecodeString(saved)
	if err != nil {
		t.Fatal(err)
	}
	loaded := trend(t, *NewTrend())
	if err := loaded.Load(b); err != nil || loaded.Expect(window) != m.Expect(window) {
		t.Errorf("loaded as %+v, %v", loaded.Expect(window), err)
	}
	b[0] = 2
	if err := loaded.Load(b); err == nil {
		t.Error("another version was loaded")
	}
}

func TestTrendBuild(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		cfg  TrendConfig
		want []string
	}{
		{*NewTrend(), nil},
		{TrendConfig{Factor: 0, Warmup: 1}, nil},
		{TrendConfig{Factor: 0.999, Warmup: 1000}, nil},
		{TrendConfig{Factor: 1, Warmup: 3}, []string{"factor"}},
		{TrendConfig{Factor: -0.1, Warmup: 3}, []string{"factor"}},
		{TrendConfig{Factor: math.NaN(), Warmup: 0}, []string{"factor", "warmup"}},
		{TrendConfig{Factor: 2, Warmup: 1001}, []string{"factor", "warmup"}},
	} {
		_, err := tt.cfg.Build(feedgauge.Env{})
		var got []string
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range joined.Unwrap() {
				var fe *feedgauge.FieldError
				if errors.As(e, &fe) {
					got = append(got, fe.Field)
				}
			}
		}
		if len(got) != len(tt.want) || len(got) > 0 && (got[0] != tt.want[0] || got[len(got)-1] != tt.want[len(got)-1]) {
			t.Errorf("%+v: mistakes in %q, want %q", tt.cfg, got, tt.want)
		}
	}
}
