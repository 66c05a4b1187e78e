package profile

import "math"

// Evidence is told as a natural logarithm: how much less likely than e^-x it is
// that chance alone did it.
const (
	// suspect is where something is kept apart and watched: once in a thousand.
	suspect = 7
	// certain is where it is told: once in a billion. A feed of 1,000 fields and
	// kinds with 1,440 windows a day would be told of once in two years, if its
	// events were independent; that they are not, the worst window seen so far
	// makes up for.
	certain = 21
)

// surprise is the evidence that of n events only k are so by chance, where a
// share p is: Hoeffding's bound of the binomial tail in its sharper form,
// n times the Kullback-Leibler divergence of k/n from p (Hoeffding 1963,
// theorem 1). It is zero if k/n is on the usual side.
func surprise(k, n uint32, p float64, fewer bool) float64 {
	if n == 0 || p <= 0 || p >= 1 {
		return 0
	}
	q := float64(k) / float64(n)
	if fewer && q >= p || !fewer && q <= p {
		return 0
	}
	d := 0.0
	if q > 0 {
		d += float64(q * ln(float64(q/p)))
	}
	if q < 1 {
		d += float64((1 - q) * ln(float64((1-q)/(1-p))))
	}
	return float64(float64(n) * d)
}

// share is k of n as a probability that is neither zero nor one, since what was
// never seen may happen yet (Krichevsky and Trofimov).
func share(k, n uint32) float64 { return (float64(k) + 0.5) / (float64(n) + 1) }

// ln is the natural logarithm, with the same bits on all machines: math.Log is
// not, and products that are not converted may be fused.
func ln(x float64) float64 {
	frac, exp := math.Frexp(x) // exact
	z := (frac - 1) / (frac + 1)
	zz := float64(z * z)
	sum, term := 0.0, z
	for k := 1.0; k < 60; k += 2 {
		sum += term / k
		term = float64(term * zz)
	}
	return float64(2*sum) + float64(float64(exp)*math.Ln2)
}
