package adaptive

import "math"

// regression is recursive least squares on three regressors with forgetting
// (Ljung and Söderström, "Theory and Practice of Recursive Identification", 1983).
// The error is clipped, so that one window moves it little, and the covariance is
// let grow only while it is small, so that quiet times do not blow it up.
type regression[F number] struct {
	Theta [3]F
	Cov   [6]F // upper triangle, by rows
}

func (r *regression[F]) init(theta ...float64) {
	for i, t := range theta {
		r.Theta[i] = F(t)
	}
	r.Cov[0], r.Cov[3], r.Cov[5] = 1, 1, 1
}

func (r *regression[F]) predict(x [3]float64) float64 {
	return float64(float64(r.Theta[0])*x[0]) + float64(float64(r.Theta[1])*x[1]) + float64(float64(r.Theta[2])*x[2])
}

// maxError is the largest error that counts in full, in scales.
const maxError = 2.5

func (r *regression[F]) learn(x [3]float64, y, forget float64) {
	var c [6]float64
	for i, v := range r.Cov {
		c[i] = float64(v)
	}
	g := [3]float64{
		float64(c[0]*x[0]) + float64(c[1]*x[1]) + float64(c[2]*x[2]),
		float64(c[1]*x[0]) + float64(c[3]*x[1]) + float64(c[4]*x[2]),
		float64(c[2]*x[0]) + float64(c[4]*x[1]) + float64(c[5]*x[2]),
	}
	den := forget + float64(g[0]*x[0]) + float64(g[1]*x[1]) + float64(g[2]*x[2])
	e := clip(y-r.predict(x), -maxError, maxError)
	for i := range g {
		r.Theta[i] += F(float64(g[i] / den * e))
	}
	k := 0
	for i := range g {
		for j := i; j < len(g); j++ {
			c[k] -= float64(g[i]*g[j]) / den
			k++
		}
	}
	grow := 1.0
	if c[0]+c[3]+c[5] < 0.05*3 {
		grow = 1 / forget
	}
	for i := range c {
		r.Cov[i] = F(c[i] * grow)
	}
	for _, d := range []int{0, 3, 5} {
		r.Cov[d] = F(math.Max(float64(r.Cov[d]), 1e-9)) // rounding must not make it negative
	}
}
