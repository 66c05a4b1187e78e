package adaptive

import "math"

// never is the score of what is not unusual at all.
const never = -1e9

// feedwide brings each side of a feed to its budget: where windows come near the
// threshold more often than they should, it is raised, and slowly lowered
// otherwise.
type feedwide[F number] struct {
	Raise   [2]float64 // nats; many small steps would be lost in single precision
	Cool    [2]uint16
	Alarmed [2]uint32 // windows since the last alarm
}

const (
	lowestRaise, highestRaise = -1, 3
	nearAlarm                 = 3.0 // nats below the threshold that count as near
	raiseBy                   = 0.3
	nearPerMonth              = 6.0 * 2 // near windows a month that are fine, for a budget of 1
)

// haste is how much faster trackers move while they are young.
func haste(days float64) float64 {
	if days > 28 {
		return 1
	}
	return 3 - days/14
}

// calibrate turns statistics into scores: nats above what the test's share of
// the budget allows.
func (c *core[F]) calibrate(x *view) {
	x.n = [2]float64{never, never}
	if !x.active {
		return
	}
	m := &c.m
	for j := range tests {
		n := never
		switch {
		case j == starvation:
			n = x.gap + c.p.logGaps + c.p.share[j]
		case x.r[j] > exceeds:
			n = m.tail(j).rarity(&c.p.tunings[j], c.p, x.r[j]) + c.p.logB + c.p.share[j]
		}
		side := 0
		if j >= lowTests {
			side = 1
		}
		if n > x.n[side] {
			x.n[side], x.by[side] = n, j
		}
	}
	h := haste(x.days)
	for side := range x.n {
		if m.Feed.Alarmed[side] < longAgo {
			m.Feed.Alarmed[side]++
		}
		x.n[side] -= m.Feed.Raise[side]
		m.Feed.take(side, x.n[side], m.frozen(x), c.p, h)
	}
	if !m.Episode.Open {
		c.alarm(x)
	}
	if !m.frozen(x) {
		c.tails(x, h)
	}
}

// early is by how many nats more than later a feed must be unusual while little is
// known of it.
func early(days float64) float64 {
	const wide = 8
	if days < trainDays {
		return wide
	}
	return 0
}

func (f *feedwide[F]) take(side int, n float64, open bool, p *params, haste float64) {
	raise := f.Raise[side]
	if !open && n > -nearAlarm {
		if f.Cool[side] == 0 {
			by := raiseBy
			if n >= 2 {
				by /= 2 // surely a fault
			}
			raise = math.Min(highestRaise, raise+by*haste)
		}
		f.Cool[side] = uint16(math.Min(p.apart, math.MaxUint16))
	} else if f.Cool[side] > 0 {
		f.Cool[side]--
	}
	f.Raise[side] = math.Max(lowestRaise, raise-raiseBy*haste*nearPerMonth*p.budget/p.perMonth)
}

func (c *core[F]) alarm(x *view) {
	if x.n[1] > x.n[0] {
		x.side = 1
	}
	// An excess that adds up is no matter while it is less than a tenth.
	slight := x.by[x.side] == cusum && x.sums[0] < 1.1
	x.alarm = x.n[x.side] > early(x.days) && !slight
}

// tails learns what the statistics do when nothing is wrong. An alarm is not
// learnt on its own side, but its peak: half, if it was massive and no repeat.
func (c *core[F]) tails(x *view, haste float64) {
	f := &c.m.Feed
	massive, alarm := 0.0, x.alarm && x.days >= trainDays
	if alarm {
		if x.days >= 28 && float64(f.Alarmed[x.side]) >= 3*c.p.perDay {
			massive = clip(x.n[x.side], 0, 1)
		}
		f.Alarmed[x.side] = 0
	}
	observed := float64(c.m.Seen)
	gain := 1 / math.Min(math.Max(observed-warmDays*c.p.perDay, 1)+7*c.p.perDay, 28*c.p.memory)
	for j := range tests {
		low := j < lowTests
		if !c.m.has(j) || alarm && low != (x.side == 0) {
			continue
		}
		t := c.m.tail(j)
		tame := x.r[j]
		if alarm && tame > exceeds {
			tame = math.Min(tame, exceeds+(capped-3*massive)*float64(t.Mean))
		}
		t.learn(&c.p.tunings[j], c.p, x.r[j], tame, gain, 1-massive/2, haste)
	}
}
