package adaptive

import "math"

// flattest is the overdispersion below which counts are taken for Poisson.
const flattest = 1e-6

// stabilise transforms a count v >= 0 so that its variance hardly depends on its
// mean, for counts whose variance is mu + phi*mu^2 (negative binomial):
//
//	A(v) = 2/sqrt(phi) * asinh(sqrt(phi*(v+3/8)))    and 2*sqrt(v+3/8) for phi -> 0
//
// (Anscombe, "The transformation of Poisson, binomial and negative-binomial
// data", Biometrika 35, 1948). For small counts it is a square root, for large
// ones a logarithm, so one scale serves 0.3 and a million events.
func stabilise(v, phi float64) float64 {
	if phi < flattest {
		return 2 * math.Sqrt(v+0.375)
	}
	s := math.Sqrt(phi)
	return 2 / s * math.Asinh(s*math.Sqrt(v+0.375))
}

// restore is the inverse of stabilise, never negative.
func restore(a, phi float64) float64 {
	a = math.Max(a, 0)
	if phi < flattest {
		return math.Max(float64(a*a)/4-0.375, 0)
	}
	s := math.Sqrt(phi)
	x := math.Sinh(math.Min(a*s/2, 30)) // beyond, the square would not be a count
	return math.Max(float64(x*x)/phi-0.375, 0)
}

// clip returns x held between low and high.
func clip(x, low, high float64) float64 { return math.Max(low, math.Min(high, x)) }
