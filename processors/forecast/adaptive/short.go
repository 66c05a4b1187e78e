package adaptive

import "math"

// short foretells from how the feed has run of late: what is left after the
// profile, in scales, regressed on the last window, on a mean over hours and on
// one over a day. The day's mean stands for weather and the like.
type short[F number] struct {
	Last   F // z of the last window
	Hours  F // exponential mean of z
	Day    F
	ByDay  scalar[F]
	All    regression[F]
	ScaleU F // scale of what is left
	ScaleX F // scale of the linear statistic
}

func (s *short[F]) init() {
	s.ByDay = scalar[F]{Theta: 0.3, Cov: 1}
	s.All.init(0.3, 0, 0.5)
	s.ScaleU, s.ScaleX = 1, 1
}

// scalar is a regression on one regressor.
type scalar[F number] struct{ Theta, Cov F }

func (r *scalar[F]) learn(x, y, forget float64) {
	cov := float64(r.Cov)
	g := cov * x
	den := forget + float64(g*x)
	r.Theta += F(g / den * clip(y-float64(float64(r.Theta)*x), -maxError, maxError))
	if cov -= float64(g*g) / den; cov < 0.05 {
		cov /= forget
	}
	r.Cov = F(math.Max(cov, 1e-9))
}

func (s *short[F]) regressors(slow float64) [3]float64 {
	return [3]float64{clip(float64(s.Last), -4, 4), float64(s.Hours), slow}
}

// foretell works out residuals and the forecast of the short term.
func (c *core[F]) foretell(x *view) {
	m := &c.m
	phi := float64(m.Scale.Phi)
	x.am = stabilise(x.mu, phi)
	x.s = math.Max(float64(m.Scale.Hours[x.bin%hours]), 0.03)
	x.e = stabilise(x.v, phi) - x.am
	x.z = x.e / x.s
	x.slow = clip(float64(m.Short.ByDay.Theta*m.Short.Day), -3, 3)
	x.foretold = clip(m.Short.All.predict(m.Short.regressors(x.slow)), -4, 4)
	x.u = (x.z - x.foretold) / float64(m.Short.ScaleU)
	x.near = restore(x.am+float64(x.foretold*x.s), phi)
	balance := float64(m.Late.Balance)
	x.muLow = math.Max(x.mu-math.Max(balance, 0), 0)
	x.muHigh = x.mu + math.Max(-balance, 0)
	x.highZ = (stabilise(x.muHigh, phi) - x.am) / x.s
}

// oneWindow tests the window by itself: against its forecast, low in scales, and
// high in counts. On the scale of counts a spike of a few windows stands out more
// than on that of logarithms.
func (c *core[F]) oneWindow(x *view) {
	m := &c.m
	u := x.u
	if m.Late.Balance > 0 {
		u = math.Max(u, (x.z-x.foretold+(x.am-stabilise(x.muLow, float64(m.Scale.Phi)))/x.s)/float64(m.Short.ScaleU))
	}
	matters := x.level
	if c.p.slots {
		matters = math.Min(x.level, x.mu)
	}
	least := math.Min(x.near, x.muLow)
	if u < 0 && x.v < (1-c.p.lessBy)*least && least-x.v > 0.1*matters+3 {
		x.r[innovation] = -u
	}
	most := math.Max(x.near, x.muHigh)
	if x.workday && x.sunday > most {
		most = math.Min(x.sunday, 2*most)
	}
	base := math.Max(x.near, 0.5*x.mu)
	phi := float64(m.Scale.Phi)
	sd := math.Sqrt((0.5 + float64(0.5*x.s)*x.s) * (base + float64(phi*(float64(base*base)+float64(x.level*x.level))) + 0.5))
	x.spikeX = (x.v - math.Max(base, most)) / sd
	if x.v > (1+c.p.moreBy)*math.Max(base, most) && x.v-most > 0.2*matters+5 {
		x.r[spike] = x.spikeX / float64(m.Short.ScaleX)
	}
}

// late balances windows that came late against those before them: what lacks in
// one may come with the next, so less than nothing missing is no loss, and an
// excess after a lack no spike.
type late[F number] struct {
	Balance F
	Most    F // what a window may lack
}

func (l *late[F]) take(x *view) {
	l.Most = F(math.Max(x.mu, 0.5*float64(l.Most)))
	most := 3 * float64(l.Most)
	l.Balance = F(clip(0.5*float64(l.Balance)+x.v-x.mu, -most, most))
}
