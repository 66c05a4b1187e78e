package adaptive

import "math"

// scales are how large a feed is and how much it scatters.
type scales[F number] struct {
	Mean  F        // mean level of a window
	Phi   F        // overdispersion: variance is mu + phi mu^2
	Hours [hours]F // scale of the stabilised residual, by hour of the day
	Var   F        // of z, and of z times the z before
	Covar F
}

func (s *scales[F]) init() {
	s.Phi, s.Var, s.Covar = 0.1, 1, 0.3
	for h := range s.Hours {
		s.Hours[h] = 1
	}
}

// rho is the autocorrelation of residuals.
func (s *scales[F]) rho() float64 {
	return clip(float64(s.Covar)/math.Max(float64(s.Var), 1e-6), 0, .98)
}

const (
	halfLife   = 10.0 // days after which half of a new level is taken on
	outlier    = 3.0  // scales beyond which a window is held down (Gelper, Fried and Croux 2010)
	scaleWeeks = 21.0 // days over which the scale of an hour is learnt
	longMonth  = 28.0 // days over which slow things are learnt
)

// learn takes in a window, cleaned: what is beyond three scales counts as three.
// In an episode, and on a holiday, nothing is learnt.
func (c *core[F]) learn(x *view) {
	m := &c.m
	s := &m.Short
	if m.frozen(x) || m.Holiday.On {
		s.Last = F(clip(x.z, -1, 1))
		s.Hours *= F(1 - c.p.gainShort)
		s.Day *= F(1 - 0.5*c.p.gainDay)
		c.note(x)
		return
	}
	z := clip(x.z, -outlier, outlier)
	cleaned := x.v
	if math.Abs(x.e) > outlier*x.s {
		cleaned = restore(x.am+clip(x.e, -outlier*x.s, outlier*x.s), float64(m.Scale.Phi))
	}
	weight := 1.0
	if n := math.Max(x.n[0], x.n[1]); x.active && n > -1 {
		weight = math.Max(0.3, -n) // suspicious: learn slowly
	}
	c.learnLevel(x, cleaned, weight)
	if x.days > scaleDays {
		c.learnScales(x, cleaned, z, weight)
	}
	s.Hours += F(c.p.gainShort * (z - float64(s.Hours)))
	s.Day += F(c.p.gainDay * (z - float64(s.Day)))
	s.Last = F(x.z)
	c.note(x)
}

func (c *core[F]) note(x *view) {
	if x.blockEnd {
		c.m.Blocks.note(float64(c.m.Short.Last), float64(c.m.Short.Hours), x.slow)
	}
}

func (c *core[F]) learnLevel(x *view, cleaned, weight float64) {
	m := &c.m
	x.level = float64(m.Scale.Mean) // an episode may just have changed it
	seen := float64(m.Seen)
	if c.learnScale(x, seen) {
		return
	}
	if x.days > scaleDays {
		x.level += math.Max(1/seen, 1/(7*c.p.perDay)) * (x.mu - x.level)
		g := math.Ln2 / (halfLife * c.p.perDay) * weight
		m.Episode.Level = F(float64(m.Episode.Level) * clip(1+g*(cleaned-x.mu)/math.Max(x.level, 1e-6), .2, 5))
	} else {
		x.level += (x.mu - x.level) / seen
	}
	m.Scale.Mean = F(x.level)
	days := (seen - 1) / c.p.perDay
	v := cleaned
	if c.p.shape != nil {
		days += week // for which it counts
	}
	if days < 2*week {
		v = x.v
	}
	m.Profile.learn(&x.place, v/float64(m.Episode.Level), days, weight)
}

// learnScales takes in how the window scatters. What says something only where
// there is volume is weighted by it.
func (c *core[F]) learnScales(x *view, cleaned, z, weight float64) {
	m := &c.m
	after := math.Max(float64(m.Seen)+float64(c.p.headStart*c.p.perDay)-scaleDays*c.p.perDay, 1)
	volume := math.Min(1, x.mu/(0.5*x.level+1e-9))
	m.learnMix(x, cleaned, 1/(longMonth*c.p.memory))
	g := math.Max(1/after, 1/(14*c.p.memory))
	sc := &m.Scale
	phi := float64(sc.Phi)
	if x.mu > 0.05 {
		d := (float64((cleaned-x.mu)*(cleaned-x.mu)) - x.mu) / float64(x.mu*x.mu)
		sc.Phi = F(clip(phi+g*weight*volume*x.mu/(1+x.mu)*(math.Min(math.Max(d, -1), math.Min(4, 8*phi+.05))-phi), 1e-4, 4))
	}
	hour := &sc.Hours[x.bin%hours]
	visits := math.Floor(x.days)*c.p.perHour + float64(x.index) + 1
	gain := math.Max(1/(math.Max(visits-7*c.p.perHour, 0)+3), weight/(scaleWeeks*c.p.perHour))
	*hour += F(gain * (math.Min(math.Abs(x.e)*toSigma, 2.5*x.s) - float64(*hour)))
	held := clip(x.z, -3.5, 3.5)
	sc.Var += F(g * (float64(held*held) - float64(sc.Var)))
	sc.Covar += F(g * (held*clip(float64(m.Short.Last), -3.5, 3.5) - float64(sc.Covar)))
	s := &m.Short
	follow(&s.ScaleU, math.Abs(x.z-x.foretold), g*volume, .2)
	follow(&s.ScaleX, math.Abs(x.spikeX), g*volume, .2)
	mean := float64(m.Excess.Mean)
	m.Excess.Mean = F(math.Max(mean+g*volume*(math.Min(float64(m.Excess.Sum), 6*mean)-mean), .3))
	if volume > .2 {
		regressors := s.regressors(x.slow)
		s.ByDay.learn(float64(s.Day), z, c.p.forget)
		s.All.learn(regressors, z, c.p.forget)
	}
	if x.blockEnd {
		m.Blocks.learn(x, c.p, weight)
	}
	g = math.Max(1/after, 1/(longMonth*c.p.memory)) * weight
	for i := range m.Sums {
		if x.days > scaleDays+2*c.p.horizon[i]/c.p.perDay {
			m.Sums[i].learn(x, c.p.horizon[i], g)
		}
	}
}

// learnMix learns how much of a shape of its own a day of the week has, and
// whether short windows lie on a line.
func (m *memory[F]) learnMix(x *view, cleaned, gain float64) {
	p, level, phi := &m.Profile, float64(m.Episode.Level), float64(m.Scale.Phi)
	at := func(shape float64) float64 { return stabilise(math.Max(level*shape, 1e-6), phi) }
	pooled, v := at(x.shape.pooled), stabilise(cleaned, phi)
	a, d := clip(v-pooled, -4, 4), clip(at(x.shape.own)-pooled, -4, 4)
	p.MixN += F(gain * (float64(a*d) - float64(p.MixN)))
	p.MixD += F(gain * (float64(d*d) - float64(p.MixD)))
	if x.perHour > 1 {
		line, step := v-at(x.shape.lineOwn), v-at(x.shape.stepOwn)
		p.LossLine += F(gain * (math.Min(line*line, 16) - float64(p.LossLine)))
		p.LossStep += F(gain * (math.Min(step*step, 16) - float64(p.LossStep)))
	}
}
