package tune

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/forecast/holtwinters"
	"github.com/feedgauge/feedgauge/processors/forecast/smooth"
)

func cases(counts []float64) []Case {
	return []Case{Split("a", hours(counts...), Plan{Step: time.Hour, Horizon: time.Hour})}
}

var env = feedgauge.Env{Every: time.Hour}

// TestSearch: of what wanders the last value is the best forecast, and of what only
// shakes the mean of many.
func TestSearch(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	wandering, shaking := make([]float64, 800), make([]float64, 800)
	at := 10_000.0
	for i := range wandering {
		at = max(1000, at+r.NormFloat64()*300)
		wandering[i], shaking[i] = at, 10_000+r.NormFloat64()*300
	}
	for _, tt := range []struct {
		counts    []float64
		low, high float64
	}{{wandering, 0, 0.3}, {shaking, 0.9, 0.999}} {
		told := 0
		c, err := Search(t.Context(), cases(tt.counts), smooth.NewConfig(), env, func(p int) { told = p })
		if err != nil {
			t.Fatal(err)
		}
		if f := c.(*smooth.Config).Factor; !(f >= tt.low && f <= tt.high) {
			t.Errorf("factor %v, want one from %v to %v", f, tt.low, tt.high)
		}
		if c.(*smooth.Config).Factor != Round(c.(*smooth.Config).Factor) || told == 0 || told > 100 {
			t.Errorf("%+v, told %d", c, told)
		}
		was, err := smooth.NewConfig().Build(env)
		is, err2 := c.Build(env)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if a, b := Measure(cases(tt.counts), was), Measure(cases(tt.counts), is); !(b.Tried[0] < a.Tried[0] && b.Checked[0] < a.Checked[0]) {
			t.Errorf("%+v before, %+v after", a, b)
		}
	}
}

// TestSplit: nothing of what is checked is seen where options are chosen.
func TestSplit(t *testing.T) {
	t.Parallel()
	c := Split("a", hours(make([]float64, 1000)...), Plan{Step: time.Hour, Horizon: 5 * time.Hour})
	if c.Plan.From != at(200) || c.Plan.To != at(695) || c.Check.From != at(700) || c.Check.To != at(1000) {
		t.Errorf("%+v", c)
	}
}

func TestSearchCannot(t *testing.T) {
	t.Parallel()
	if _, err := Search(t.Context(), cases(make([]float64, 100)), holtwinters.NewConfig(), env, nil); !errors.Is(err, ErrNothing) {
		t.Errorf("of less than a season: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Search(ctx, cases(make([]float64, 100)), smooth.NewConfig(), env, nil); err == nil {
		t.Error("done although it was called off")
	}
}

// TestHCL: the block holds what is chosen, and of the rest what is not usual.
func TestHCL(t *testing.T) {
	t.Parallel()
	c := holtwinters.NewConfig()
	c.Season, c.Period = holtwinters.Multiplicative, 24
	got := HCL("holt_winters", With(c, Options(c), []float64{0.00012, 1, 0.3}), holtwinters.NewConfig())
	const want = `forecast "holt_winters" {
  period = 24
  season = "multiplicative"
  alpha  = 0.00012
  beta   = 1
  gamma  = 0.3
}
`
	if got != want {
		t.Errorf("%s", got)
	}
	got = HCL("smooth", smooth.NewConfig(), smooth.NewConfig(), "events", "hosts")
	if want := "measures = [\"events\", \"hosts\"]\n}\n"; !strings.HasSuffix(got, want) {
		t.Errorf("%s", got)
	}
	if c.Alpha != holtwinters.NewConfig().Alpha {
		t.Error("what was given was changed")
	}
}

func TestMean(t *testing.T) {
	t.Parallel()
	if got := Mean([]float64{1, math.NaN(), 3}); got != 2 {
		t.Errorf("%v", got)
	}
	if !math.IsNaN(Mean(nil)) {
		t.Error("nothing has a mean")
	}
}
