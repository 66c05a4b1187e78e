package adaptive

import (
	"math"
	"time"

	"github.com/feedgauge/feedgauge"
)

const (
	// askedAhead is how far ahead a loss is followed.
	askedAhead = 7 * 24 * time.Hour
	// lucky is by how many scales windows are taken to lie above what a loss
	// leaves of them: a loss is to be noticed in four of five cases, not in every
	// second.
	lucky = 0.5
)

// Noticed implements [feedgauge.Sensor]: it plays the loss to a copy of itself.
func (m *model[F]) Noticed(w feedgauge.Window, loss float64) (within time.Duration, ok bool) {
	c := m.core.clone()
	clock := m.clock
	if float64(c.m.Seen) < trainDays*c.p.perDay || c.m.Episode.Open {
		return 0, false
	}
	steps := int(math.Min(float64(askedAhead/m.f.env.Every)+1, 5000))
	for i := range steps {
		pl := clock.at(w)
		x := c.step(pl, 0, c.left(pl, loss))
		if x.alarm && x.side == 0 {
			return time.Duration(math.Ceil(float64(i+1)*patience)) * m.f.env.Every, true
		}
		w = m.f.after(w)
	}
	return 0, false
}

// patience is by how much longer it may take than it does with steady windows.
const patience = 1.5

// left is what a loss leaves of a window, with some luck.
func (c *core[F]) left(pl place, loss float64) float64 {
	x := c.expect(pl, 0, float64(c.m.Seen)+1)
	if !x.shape.known || loss >= 1 {
		return 0
	}
	c.foretell(&x)
	phi := float64(c.m.Scale.Phi)
	return math.Min(restore(stabilise((1-loss)*x.mu, phi)+float64(lucky*x.s), phi), x.mu)
}
