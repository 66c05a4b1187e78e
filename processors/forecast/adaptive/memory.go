package adaptive

import (
	"math"
	"slices"

	"github.com/feedgauge/feedgauge"
)

// memory is all that is remembered of a feed, in fixed size. Nothing in it but
// Next and Day knows of dates, and those are only compared.
type memory[F number] struct {
	Next    int64  // end of the last window, ms since 1970
	Day     int32  // of the last window
	Seen    uint32 // windows observed, saturating
	Profile profile[F]
	Scale   scales[F]
	Short   short[F]
	Sums    [3]sum[F]
	Blocks  *blocks[F] // nil in a compact memory
	Gap     gap[F]
	Excess  excess[F]
	Tails   []tail[F] // all but starvation's, which has none, and but those of blocks that are not
	Feed    feedwide[F]
	Onset   *[2]onset[F] // nil in a compact memory
	Episode episode[F]
	Holiday holiday[F]
	Late    late[F]
}

// has reports whether a test is there, and has a tail.
func (m *memory[F]) has(test int) bool {
	return test != starvation && (m.Blocks != nil || test != blockLow && test != blockHigh)
}

func (m *memory[F]) tail(test int) *tail[F] {
	i := test
	if test > starvation {
		i--
	}
	if test > blockLow && m.Blocks == nil {
		i--
	}
	return &m.Tails[i]
}

// newMemory returns the memory of a feed of which nothing is known.
//
// A compact one does without what helps least by its size: shapes of Monday to
// Friday of their own, blocks, and the dates on which deviations began.
func newMemory[F number](compact bool) (m memory[F]) {
	m.Scale.init()
	if compact {
		m.Profile.init(dayBins)
		m.Tails = make([]tail[F], tests-3)
		return m
	}
	m.Profile.init(bins)
	m.Tails = make([]tail[F], tests-1)
	m.Onset = new([2]onset[F])
	m.Blocks = new(blocks[F])
	m.Blocks.init()
	return m
}

// clone returns a copy that shares nothing.
func (c *core[F]) clone() *core[F] {
	out := *c
	out.m.Profile.Bins = slices.Clone(c.m.Profile.Bins)
	out.m.Tails = slices.Clone(c.m.Tails)
	if c.m.Blocks != nil {
		b, o := *c.m.Blocks, *c.m.Onset
		out.m.Blocks, out.m.Onset = &b, &o
	}
	return &out
}

// core is a model without its clock and its codec.
type core[F number] struct {
	p *params
	m memory[F]
}

func newCore[F number](p *params) *core[F] {
	c := &core[F]{p: p, m: newMemory[F](p.compact)}
	c.begin(p.shape)
	c.m.Short.init()
	for i := range c.m.Sums {
		c.m.Sums[i].init()
	}
	c.m.Gap.init()
	c.m.Excess.Mean = 1
	for j := range tests {
		if !c.m.has(j) {
			continue
		}
		rate, mean := 0.02, 0.45
		if j >= lowTests {
			mean = 0.55
		}
		switch j {
		case dayLow:
			rate /= p.horizon[1]
		case weekLow, weekHigh:
			rate /= p.horizon[2]
		case hoursHigh:
			rate /= p.horizon[0]
		case cusum:
			rate = 0.01
		}
		c.m.tail(j).init(rate, mean)
	}
	c.m.Feed.Alarmed = [2]uint32{longAgo, longAgo}
	c.m.Episode.Level = 1
	return c
}

// longAgo is a number of windows that stands for never.
const longAgo = math.MaxUint32

// view is one window with all that is worked out of it on the way.
type view struct {
	place
	v        float64
	days     float64 // that the feed has been observed
	shape    shape
	level    float64 // of the feed, per window
	own      float64 // expected by its own profile
	sunday   float64 // expected were it a Sunday, own if that is unknown
	mu       float64 // expected: one of the two
	am       float64 // A(mu)
	s        float64 // scale of the hour
	e, z     float64 // residual, and in scales
	slow     float64 // part of z that the last day foretells
	foretold float64 // all that is foretold
	u        float64 // z less that, in its scale
	near     float64 // expected in the short term
	muLow    float64 // what low tests expect, less what came early
	muHigh   float64 // what high tests expect, and what came late
	highZ    float64 // muHigh in scales above mu
	spikeX   float64 // of the linear statistic
	r        [tests]float64
	gap      float64    // starvation's score
	n        [2]float64 // score of each side, in nats above the budget
	by       [2]int     // test with that score
	active   bool
	blockEnd bool
	alarm    bool
	side     int // 0 low, 1 high
	told     feedgauge.Forecast
	sums     [3]float64 // ratios to the expected
	block    block
	starved  uint32  // windows in a row
	waited   float64 // events that were due in them
}

// step takes in one window.
func (c *core[F]) step(pl place, missed, v float64) view {
	m := &c.m
	c.skip(missed)
	if m.Seen < math.MaxUint32 {
		m.Seen++
	}
	x := c.expect(pl, v, float64(m.Seen))
	x.active = x.days >= warmDays
	if m.Day != int32(pl.day) {
		m.Holiday = holiday[F]{On: pl.holiday}
	}
	m.Day = int32(pl.day)
	c.foretell(&x)
	x.told = c.forecast(&x)
	if m.Onset != nil {
		m.Onset[0].take(-x.z, missed)
		m.Onset[1].take(x.z, missed)
	}
	c.oneWindow(&x)
	c.overDays(&x)
	c.overBlocks(&x)
	c.addUp(&x)
	c.starve(&x)
	c.calibrate(&x)
	c.likeSunday(&x)
	c.follow(&x)
	m.Late.take(&x)
	c.learn(&x)
	return x
}

// skip passes over windows that nobody observed.
func (c *core[F]) skip(n float64) {
	if n > 0 {
		c.m.Short.Last *= F(math.Pow(0.5, math.Min(n, 100)))
	}
}

// expect forecasts a window from the profile.
func (c *core[F]) expect(pl place, v, seen float64) view {
	m := &c.m
	x := view{place: pl, v: v, level: float64(m.Scale.Mean), days: seen/c.p.perDay + c.p.headStart}
	x.shape = m.Profile.at(&pl)
	if !x.shape.known {
		x.shape.pooled, x.shape.own, x.shape.lineOwn, x.shape.stepOwn = v, v, v, v
	}
	mix, level := m.Profile.mix(), float64(m.Episode.Level)
	x.own = math.Max(level*(float64(mix*x.shape.own)+float64((1-mix)*x.shape.pooled)), 1e-6)
	x.sunday = x.own
	if x.shape.knowsSunday && (c.p.perDay > 2 || pl.holiday) {
		x.sunday = math.Max(level*x.shape.sunday, 1e-6)
	}
	x.mu = x.own
	if pl.holiday || m.Holiday.On && m.Day == int32(pl.day) {
		x.mu = x.sunday
	}
	return x
}
