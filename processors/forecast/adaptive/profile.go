package adaptive

import "math"

const (
	bins     = 168 // hours of a week, from Monday 00:00
	saturday = 120
	sunday   = 144
	week     = 7
	hours    = 24
)

// maxRatio is how far two neighbouring hours may be apart for a line between
// them to be likelier than a step.
const maxRatio = 2.5

// profile is the shape of a week: the level of each hour relative to the level of
// the feed, and how much each day of the week has a shape of its own.
//
// The expected shape is a mixture Mix*own + (1-Mix)*pooled of the hour's own mean
// and that of the same hour over the days alike (Monday to Friday, or Saturday
// and Sunday). Pooling makes a profile usable after a week. Mix is the
// least-squares weight over the last 28 days,
//
//	Mix = E[(A(y)-A(pooled)) (A(own)-A(pooled))] / E[(A(own)-A(pooled))^2].
//
// Windows shorter than an hour lie on a line between the middles of two hours,
// or on a step, whichever has missed less.
type profile[F number] struct {
	Bins []F // negative where unknown; bins of them, or dayBins
	mixture[F]
}

// mixture is what a day's own shape is worth, and a line between hours.
type mixture[F number] struct {
	MixN     F
	MixD     F
	LossLine F
	LossStep F
}

const workdays = 5.0

// dayBins are the hours of three kinds of days: Monday to Friday, Saturday, Sunday.
// With them the days from Monday to Friday have no shapes of their own.
const dayBins = 3 * hours

// place returns where an hour of the week is remembered.
func (p *profile[F]) place(bin int) int {
	switch {
	case len(p.Bins) == bins:
		return bin
	case bin < saturday:
		return bin % hours
	}
	return bin - saturday + hours
}

func (p *profile[F]) bin(bin int) *F { return &p.Bins[p.place(bin)] }

func (p *profile[F]) init(n int) {
	p.Bins = make([]F, n)
	for b := range p.Bins {
		p.Bins[b] = -1
	}
	p.MixN, p.MixD = 0.003, 0.01 // a weight of 0.3 that gives way to a hundredth of evidence
	p.LossLine, p.LossStep = 1, 1
}

func (p *profile[F]) mix() float64 {
	mix := clip(float64(p.MixN)/math.Max(float64(p.MixD), 1e-6), 0, 1)
	if mix > ownDays {
		return 1
	}
	return mix
}

// ownDays is the weight above which days have nothing in common: were a part of
// what comes once a week expected on the other days too, it would be missed there.
const ownDays = 0.96

// pooled returns the mean over the days alike of bin's hour; ok is false when the
// hour is unknown on all days.
func (p *profile[F]) pooled(bin int) (mean float64, ok bool) {
	hour := bin % hours
	first, last := 0, saturday
	if bin >= saturday {
		first, last = saturday, bins
	}
	if mean, ok = p.mean(hour+first, last); !ok {
		mean, ok = p.mean(hour, bins)
	}
	return mean, ok
}

// mean averages what is known of the bins first, first+24, ... below last.
func (p *profile[F]) mean(first, last int) (mean float64, ok bool) {
	sum, n := 0.0, 0
	for b := first; b < last; b += hours {
		if v := *p.bin(b); v >= 0 {
			sum += float64(v)
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	return sum / float64(n), true
}

// shape is what the profile says of a window, relative to the level.
type shape struct {
	pooled, own        float64 // as is better for this feed: on a line, or a step
	lineOwn, stepOwn   float64
	sunday             float64
	known, knowsSunday bool
}

// at looks up a window.
func (p *profile[F]) at(pl *place) shape {
	var s shape
	var a float64
	if a, s.known = p.pooled(pl.bin); !s.known {
		return s
	}
	b := a
	if v := *p.bin(pl.bin); v >= 0 {
		b = float64(v)
	}
	lineA, lineB := a, b
	if pl.toNext > 0 {
		if a2, ok := p.pooled(pl.next); ok {
			b2 := a2
			if v := *p.bin(pl.next); v >= 0 {
				b2 = float64(v)
			}
			lineA, lineB = between(a, a2, pl.toNext), between(b, b2, pl.toNext)
		}
	}
	s.lineOwn, s.stepOwn = lineB, b
	onLine := p.LossLine < p.LossStep
	s.pooled, s.own = a, b
	if onLine {
		s.pooled, s.own = lineA, lineB
	}
	sun := sunday + pl.bin%hours
	if s.knowsSunday = pl.workday && *p.bin(sun) >= 0; s.knowsSunday {
		s.sunday = float64(*p.bin(sun))
		if next := *p.bin(sunday + pl.next%hours); onLine && pl.toNext > 0 && next >= 0 {
			s.sunday = between(s.sunday, float64(next), pl.toNext)
		}
	}
	return s
}

// between returns the point on the line from a to b at share f, or a where the
// two are too far apart for a line.
func between(a, b, f float64) float64 {
	if math.Max(a, b) >= maxRatio*math.Min(a, b) {
		return a
	}
	return float64((1-f)*a) + float64(f*b)
}

// learn moves the bin of a window towards v, a count relative to the level, which
// has been observed for so many days before. The gain is that of a mean over the
// last six visits of the hour, times weight, and more while there have been fewer.
func (p *profile[F]) learn(pl *place, v, days, weight float64) {
	const visits = 6 // long enough to be steady, short enough for seasons
	bin := p.bin(pl.bin)
	if *bin < 0 {
		*bin = F(v)
		return
	}
	before := math.Floor(days / week)
	if pl.workday && len(p.Bins) != bins {
		before = math.Floor(days * workdays / week)
	}
	seen := float64(before*pl.perHour) + float64(pl.index) + 1
	g := math.Max(1/seen, weight/(visits*pl.perHour))
	*bin += F(float64(g * (v - float64(*bin))))
}
