package adaptive

import "math"

// sum is an exponential sum of counts and of what was expected, over m windows,
// compared on the variance-stabilised scale. It finds what is too small for one
// window and lasts (Renz et al., arXiv:2308.12925: smoothing the score is what
// helps with low counts).
type sum[F number] struct {
	Count, Expected F
	Phi, Scale      F
}

func (s *sum[F]) init() { s.Phi, s.Scale = 0.05, 1 }

// relevant is by which share of its least change a sum of each horizon must
// deviate: the longer, the less.
var relevant = [3]float64{1, .75, .5}

// few is how many events more or less say nothing, in a sum.
const few = 3

// overDays tests the sums.
func (c *core[F]) overDays(x *view) {
	for i := range c.m.Sums {
		s, span := &c.m.Sums[i], c.p.horizon[i]
		count := float64(s.Count) + x.v - float64(s.Count)/span
		expected := float64(s.Expected) + x.mu - float64(s.Expected)/span
		s.Count, s.Expected = F(count), F(expected)
		x.sums[i] = count / math.Max(expected, 1e-9)
		if x.days <= 2*span/c.p.perDay {
			continue
		}
		r := s.residual() / math.Max(float64(s.Scale), 0.3)
		volume := 0.05*x.level*span + few
		if i > 0 && count < (1-c.p.lessBy*relevant[i])*expected && expected-count > volume {
			x.r[dayLow+i-1] = -r
		}
		if i != 1 && count > (1+c.p.moreBy*relevant[i])*expected && count-expected > volume {
			x.r[hoursHigh+i/2] = r
		}
	}
}

func (s *sum[F]) residual() float64 {
	return stabilise(float64(s.Count), float64(s.Phi)) - stabilise(float64(s.Expected), float64(s.Phi))
}

// learn takes in how much sums scatter.
func (s *sum[F]) learn(x *view, span, gain float64) {
	y, mu := float64(s.Count), float64(s.Expected)
	g := gain * math.Min(1, mu/(float64(0.5*x.level*span)+1e-9))
	r := math.Abs(s.residual())
	phi := float64(s.Phi)
	d := (float64((y-mu)*(y-mu)) - mu) / (float64(mu*mu) + 1e-9)
	s.Phi = F(clip(phi+g*(clip(d, -0.5, math.Max(9*phi, 0.1))-phi), 1e-4, 4))
	scale := float64(s.Scale)
	s.Scale = F(math.Max(scale+g*(math.Min(r*meanToSigma, 3*scale)-scale), 0.05))
}

// meanToSigma makes a standard deviation of a mean absolute one, for a normal
// distribution: sqrt(pi/2).
const meanToSigma = 1.2533

// excess adds up what is above the expected, less one scale a window (Page,
// "Continuous inspection schemes", Biometrika 41, 1954), and divides by its own
// mean, since a feed that is bursty adds up much by itself.
type excess[F number] struct {
	Sum, Mean F
}

func (c *core[F]) addUp(x *view) {
	m := &c.m
	z := clip(x.z-x.slow, -4, 6)
	if x.workday && x.sunday > x.mu && z > 0 {
		z = math.Max(0, math.Min(z, (stabilise(x.v, float64(m.Scale.Phi))-stabilise(x.sunday, float64(m.Scale.Phi)))/x.s))
	}
	if m.Late.Balance < 0 {
		z = math.Min(z, math.Max(-4, z-x.highZ))
	}
	m.Excess.Sum = F(math.Max(0, float64(m.Excess.Sum)+z-1))
	x.r[cusum] = float64(m.Excess.Sum) / float64(m.Excess.Mean)
	if s := &m.Sums[0]; x.mu < 0.1*x.level || float64(s.Count-s.Expected) < few {
		x.r[cusum] = math.Min(x.r[cusum], 1)
	}
}
