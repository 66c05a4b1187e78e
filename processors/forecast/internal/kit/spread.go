package kit

import (
	"math"

	"github.com/feedgauge/feedgauge"
)

// Spread is the variance of what a model missed by, as an exponentially weighted
// mean of squares,
//
//	var' = var + g*(e*e - var),  g = max(1/n, 1/memory),
//
// the plain mean until so many have been seen as the memory holds.
type Spread struct{ N, Var float64 }

// Add takes in one residual. Memory is in windows.
func (s *Spread) Add(e, memory float64) {
	s.N = math.Min(s.N+1, memory)
	s.Var += float64((float64(e*e) - s.Var) / s.N)
}

// Good reports whether a loaded spread can be one.
func (s *Spread) Good() bool { return s.N >= 0 && s.Var >= 0 }

// Between returns a forecast with bounds a distance away. No number is negative,
// and the forecast lies between the bounds even if it was rounded after they were
// found.
func Between(expected, below, above float64, ready bool) feedgauge.Forecast {
	e := clamp(expected)
	return feedgauge.Forecast{Expected: e, Lower: math.Min(e, clamp(e-below)), Upper: math.Max(e, clamp(e+above)), Ready: ready}
}

// clamp keeps a forecast within what can be counted.
func clamp(x float64) float64 { return math.Max(0, math.Min(x, 2*Most)) }
