package tune

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
	"github.com/feedgauge/feedgauge/internal/figures"
	"github.com/feedgauge/feedgauge/internal/series"
	"github.com/feedgauge/feedgauge/processors/forecast/doubleseasonal"
)

// TestDoubleSeasonalSkill compares forecasts of two days with the same hour of
// last week: from one midnight after another in the last two fifths of each hourly
// series, without windows in which a fault was planted. The model has one setting
// for all and learns through the faults. Of the real series the median ratio of
// the errors is to be at most 0.87, and none above 1.05; of simulated ones nothing
// is asked.
func TestDoubleSeasonalSkill(t *testing.T) {
	t.Parallel()
	const dir = "../../testdata/series"
	in, labels := hourly(t, dir), faults(t, dir)
	figures.Tell(t, "%-24s %8s %8s %6s", "sMAPE, 48 hours ahead", "double", "naive", "ratio")
	var ratios []float64
	for _, s := range in {
		double, naive := skill(t, s, labels[s.Feed])
		ratio := double / naive
		figures.Tell(t, "%-24s %8.2f %8.2f %6.3f", s.Feed, double, naive, ratio)
		if strings.HasPrefix(s.Feed, "sim_") {
			continue
		}
		ratios = append(ratios, ratio)
		if !(ratio <= 1.05) {
			t.Errorf("%s: ratio %.3f", s.Feed, ratio)
		}
	}
	slices.Sort(ratios)
	if len(ratios) != 8 {
		t.Fatalf("%d real series", len(ratios))
	}
	median := (ratios[3] + ratios[4]) / 2
	figures.Tell(t, "%-24s %24.3f", "median of the real ones", median)
	if !(median <= 0.87) {
		t.Errorf("median ratio %.3f", median)
	}
}

// skill returns the errors of double seasonal smoothing and of last week.
func skill(t *testing.T, s *backtest.Series, faults []feedgauge.Window) (double, naive float64) {
	t.Helper()
	f, err := doubleseasonal.NewConfig().Build(feedgauge.Env{Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	o := backtest.Options{Model: "double_seasonal", Default: func(time.Duration) (feedgauge.Forecaster, error) { return f, nil }}
	w, err := o.Cut(s)
	if err != nil {
		t.Fatal(err)
	}
	first, last := w.Cuts[0].Start, w.Cuts[len(w.Cuts)-1].End
	p := Plan{
		From: feedgauge.WindowOf(first+(last-first)*6/10, 24*time.Hour).End, To: last, Step: 24 * time.Hour, Horizon: 48 * time.Hour,
		Skip: func(w feedgauge.Window) bool {
			return slices.ContainsFunc(faults, func(f feedgauge.Window) bool { return f.Start < w.End && w.Start < f.End })
		},
	}
	e := p.Rolling(w.Cuts, &ByModel{Model: f.New()}, Naive{7 * 24 * time.Hour})
	if e[0].N < 500 {
		t.Errorf("%s: %d windows were forecast", s.Feed, e[0].N)
	}
	return e[0].SMAPE(), e[1].SMAPE()
}

func hourly(t *testing.T, dir string) []*backtest.Series {
	t.Helper()
	b, err := series.CSV(dir, "data.csv")
	if err != nil {
		t.Fatal(err)
	}
	in, err := backtest.Read(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(in.Feeds, func(s *backtest.Series) bool { return !strings.HasSuffix(s.Feed, "_1h") })
}

// faults returns when faults were planted, by feed.
func faults(t *testing.T, dir string) map[string][]feedgauge.Window {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "labels.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]feedgauge.Window{}
	for _, r := range rows[1:] {
		feed, kind := r[0], r[3]
		start, err := time.Parse(time.RFC3339, r[1])
		end, err2 := time.Parse(time.RFC3339, r[2])
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if !strings.HasPrefix(kind, "real_") && kind != "warmup" && kind != "recovery" {
			out[feed] = append(out[feed], feedgauge.Window{Start: feedgauge.InstantOf(start), End: feedgauge.InstantOf(end)})
		}
	}
	return out
}
