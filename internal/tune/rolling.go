// Package tune measures how well a forecast sees ahead in a feed's history, and
// chooses its options so that it does so best.
package tune

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
)

// Plan says from where forecasts are made and how far.
type Plan struct {
	From, To feedgauge.Instant // windows from which forecasts are made
	Step     time.Duration     // from one of them to the next
	Horizon  time.Duration     // how far each forecast reaches
	// Skip leaves windows out of the error, nil for none.
	Skip func(feedgauge.Window) bool
	// Loss is what a search makes small, nil for [Error.SMAPE].
	Loss func(Error) float64
}

// Error is the error of forecasts over windows.
type Error struct {
	Sum    float64 // of |y-f|/(y+f)
	Square float64 // of (y-f)^2
	N      int
}

// SMAPE returns the symmetric mean absolute percentage error, the mean of
// 200*|y-f|/(y+f), where 0/0 counts as 0 (Makridakis, "Accuracy measures:
// theoretical and practical concerns", Int. J. Forecasting 9, 1993). It is
// between 0 and 200; not a number for no windows.
func (e Error) SMAPE() float64 { return 200 * e.Sum / float64(e.N) }

// RMSE returns the root of the mean squared error, in events; not a number for no
// windows.
func (e Error) RMSE() float64 { return math.Sqrt(e.Square / float64(e.N)) }

func (e *Error) add(y, f float64) {
	e.Square += (y - f) * (y - f)
	if y+f > 0 {
		e.Sum += math.Abs(y-f) / (y + f)
	}
	e.N++
}

// Seer forecasts the windows of one feed from what lies before an origin.
type Seer interface {
	// Sees returns what is expected of windows[at], made from those before
	// windows[origin]; ok is false if nothing is.
	Sees(windows []backtest.Cut, origin, at int) (expected float64, ok bool)
}

// Rolling returns the error of forecasts from one origin after another (Tashman,
// "Out-of-sample tests of forecasting accuracy", Int. J. Forecasting 16, 2000).
// Windows that any of the seers cannot forecast are left out for all.
func (p *Plan) Rolling(windows []backtest.Cut, seers ...Seer) []Error {
	out := make([]Error, len(seers))
	seen := make([]float64, len(seers))
	next := p.From
	for i, w := range windows {
		if w.Start < next || w.Start >= p.To {
			continue
		}
		for next <= w.Start {
			next = next.Add(p.Step)
		}
		for j := i; j < len(windows) && windows[j].Start < w.Start.Add(p.Horizon); j++ {
			if p.Skip != nil && p.Skip(windows[j].Window) || !all(seers, seen, windows, i, j) {
				continue
			}
			for k := range out {
				out[k].add(windows[j].Count, seen[k])
			}
		}
	}
	return out
}

func all(seers []Seer, seen []float64, windows []backtest.Cut, origin, at int) bool {
	for k, s := range seers {
		f, ok := s.Sees(windows, origin, at)
		if !ok {
			return false
		}
		seen[k] = f
	}
	return true
}

// ByModel sees what a model that learns window by window does. It goes forward
// only.
type ByModel struct {
	Model   feedgauge.Model
	learned int
}

// Learn has the model take in the first n windows, of which it may know some.
func (m *ByModel) Learn(windows []backtest.Cut, n int) {
	for ; m.learned < n; m.learned++ {
		w := windows[m.learned]
		if j, ok := m.Model.(feedgauge.Judge); ok {
			j.Judge(w.Window, w.Count)
		} else {
			m.Model.Learn(w.Window, w.Count)
		}
	}
}

// Sees implements [Seer].
func (m *ByModel) Sees(windows []backtest.Cut, origin, at int) (float64, bool) {
	m.Learn(windows, origin)
	f := m.Model.Expect(windows[at].Window)
	return f.Expected, f.Ready
}

// Naive sees that a window holds what the one a season before it held. The season
// is not shorter than the horizon.
type Naive struct{ Season time.Duration }

// Sees implements [Seer].
func (n Naive) Sees(windows []backtest.Cut, _, at int) (float64, bool) {
	then := windows[at].Start.Add(-n.Season)
	i, ok := slices.BinarySearchFunc(windows[:at], then, func(w backtest.Cut, t feedgauge.Instant) int { return cmp.Compare(w.Start, t) })
	if !ok {
		return 0, false
	}
	return windows[i].Count, true
}
