package adaptive

import "math"

// holiday asks on a workday whether it runs like a Sunday: the evidence is the
// log-likelihood of the Sunday's profile against the feed's own, and against its
// own times today's share, each discounted for autocorrelation. With such a day
// the Sunday is what is expected until midnight. A calendar may say so from the
// start.
type holiday[F number] struct {
	On        bool
	ForOwn    F // in favour of Sunday, against the own profile
	ForScaled F
	Count     F // of the day so far
	Expected  F
}

const (
	enough = 0.5  // nats in favour of Sunday, against its own profile
	notFar = -1.0 // and against its own, scaled
)

// likeSunday takes back an alarm on a day that runs like a Sunday.
func (c *core[F]) likeSunday(x *view) {
	m := &c.m
	if !x.workday || x.days <= 14 || c.p.perDay <= 2 {
		return
	}
	h := &m.Holiday
	phi, rho := float64(m.Scale.Phi), m.Scale.rho()
	discount := (1 - rho) / (1 + rho)
	share := 1.0
	if h.Expected > 0 {
		prior := float64(0.05*x.own*c.p.perDay/24) + float64(0.02*x.level)
		share = (float64(h.Count) + prior) / (float64(h.Expected) + prior)
	}
	a := stabilise(x.v, phi)
	misfit := func(mu float64) float64 {
		e := (a - stabilise(mu, phi)) / x.s
		return math.Min(e*e, 16)
	}
	sun := misfit(x.sunday)
	h.ForOwn += F(discount * 0.5 * (misfit(x.own) - sun))
	h.ForScaled += F(discount * 0.5 * (misfit(share*x.own) - sun))
	h.Count += F(x.v)
	h.Expected += F(x.own)
	alike := x.v > 0.1*x.sunday
	if x.side == 1 {
		alike = x.v < 2*x.sunday
	}
	if x.alarm && !h.On && alike && float64(h.ForOwn) > enough && float64(h.ForScaled) > notFar {
		h.On = true
		x.alarm, x.n[x.side] = false, -1
		x.z, x.mu = 0, x.sunday
		m.Gap.Waited, m.Gap.Long, m.Late.Balance = 0, 0, 0
		m.rest()
	}
}

// rest takes what is summed up for as expected.
func (m *memory[F]) rest() {
	for i := range m.Sums {
		m.Sums[i].Count = m.Sums[i].Expected
	}
	if b := m.Blocks; b != nil {
		b.Count, b.CountNow = b.Expected, b.ExpectedNow
	}
}
