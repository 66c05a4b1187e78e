package adaptive

import (
	"fmt"

	"github.com/feedgauge/feedgauge"
)

// headStart is how many days of learning a shape saves: what is left of a week is
// to find the level of a feed.
const headStart = warmDays - levelDays

// levelDays is from how many days the level of a feed is told whose shape is known.
const levelDays = 2.0

// normal returns a shape whose mean is 1, nil for none.
func normal(shape []float64) ([]float64, error) {
	if len(shape) == 0 {
		return nil, nil
	}
	sum := 0.0
	for i, v := range shape {
		if !(v >= 0 && v <= maxCount) {
			return nil, &feedgauge.FieldError{Field: "shape", Msg: fmt.Sprintf("the %d-th level of the shape is %v, and no number from 0 to 1e15", i+1, v), Hint: "no hour has fewer events than none"}
		}
		sum += v
	}
	if len(shape) != bins || sum == 0 {
		return nil, &feedgauge.FieldError{
			Field: "shape", Msg: fmt.Sprintf("a shape has %d levels above nothing, one for each hour of the week, and not %d with a sum of %v", bins, len(shape), sum),
			Hint: "feedgauge tune --class NAME --model adaptive writes one",
		}
	}
	out := make([]float64, bins)
	for i, v := range shape {
		out[i] = v * bins / sum
	}
	return out, nil
}

// SetShape sets what new feeds begin with.
func (c *Config) SetShape(levels []float64) { c.Shape = levels }

// Ranges says that no option is to be chosen by how well the forecast sees ahead: a
// good forecast follows a fault within hours, and a good measure of faults must not.
func (c *Config) Ranges() map[string][2]float64 { return nil }

// begin has a feed begin with a shape.
func (c *core[F]) begin(shape []float64) {
	if shape == nil {
		return
	}
	p := &c.m.Profile
	for b := range p.Bins {
		p.Bins[b] = 0
	}
	for b, v := range shape {
		if b < saturday && len(p.Bins) != bins {
			v /= workdays
		}
		*p.bin(b) += F(v)
	}
}

// learnScale finds the level of a feed that began with a shape, in its first days:
// by what came, and what the shape says of those hours. It reports whether it did.
// No episode can be open so soon, so its sums are free.
func (c *core[F]) learnScale(x *view, seen float64) bool {
	if c.p.shape == nil || seen > levelDays*c.p.perDay {
		return false
	}
	ep := &c.m.Episode
	ep.Count += F(x.v)
	ep.Expected += F(x.shape.own)
	if ep.Count > 0 && ep.Expected > 0 {
		ep.Level = F(clip(float64(ep.Count)/float64(ep.Expected), 1e-6, maxCount))
		x.level = float64(ep.Level)
		c.m.Scale.Mean = ep.Level
	}
	return true
}
