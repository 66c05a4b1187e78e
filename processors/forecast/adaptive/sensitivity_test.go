package adaptive

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
)

// TestSensitivityHolds: what a model says of how soon it would notice a loss comes
// true in at least four of five losses, on real and simulated feeds, at any time.
func TestSensitivityHolds(t *testing.T) {
	t.Parallel()
	for _, loss := range []float64{0.3, 0.5, 0.75, 1} {
		asked, stated, kept := 0, 0, 0
		for k, s := range feeds(t, longer...) {
			f := built(t, *New(), feedgauge.Env{Every: every(s)}).(*forecaster)
			m := newModel[float32](f)
			rng := rand.New(rand.NewPCG(uint64(k), 7))
			gap := len(s.Rows) / 12
			next := int(trainDays*f.p.perDay) + 1 + rng.IntN(gap)
			for i, r := range s.Rows {
				if i == next {
					next += gap/2 + rng.IntN(gap)
					asked++
					if within, ok := m.Noticed(window(s, i), loss); ok {
						stated++
						windows := int(math.Round(float64(within) / float64(every(s))))
						if noticed(m, s.Rows[i:min(i+windows, len(s.Rows))], window(s, i), loss, rng) {
							kept++
						}
					}
				}
				m.Judge(window(s, i), r.Count)
			}
		}
		t.Logf("loss of %.0f%%: stated %d of %d times, kept %d", 100*loss, stated, asked, kept)
		if float64(kept) < 0.8*float64(stated) || stated < 10 {
			t.Errorf("a loss of %.0f%% was noticed in time %d of %d times", 100*loss, kept, stated)
		}
	}
}

// noticed plays a loss to a copy of the model, events lost one by one.
func noticed(m *model[float32], rows []backtest.Row, w feedgauge.Window, loss float64, rng *rand.Rand) bool {
	played := *m
	for _, r := range rows {
		w = feedgauge.Window{Start: r.Start, End: r.Start.Add(w.Len())}
		f := played.Judge(w, thinned(r.Count, loss, rng))
		if f.Anomaly.Reason != "" && f.Anomaly.Side == feedgauge.SideLow {
			return true
		}
	}
	return false
}

// thinned loses each event with a chance; many at once by the normal distribution.
func thinned(n, loss float64, rng *rand.Rand) float64 {
	if n > 1000 {
		return math.Max(0, math.Round(n*(1-loss)+rng.NormFloat64()*math.Sqrt(n*loss*(1-loss))))
	}
	left := 0.0
	for range int(n) {
		if rng.Float64() >= loss {
			left++
		}
	}
	return left
}
