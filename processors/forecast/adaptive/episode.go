package adaptive

import "math"

// episode is a stretch of windows in which something is wrong. It is told once,
// and nothing is learnt while it lasts:
//
//	         a test alarms                calm windows in a row
//	calm ───────────────────► open ─────────────────────────────► calm
//	                           │  3 days: its level is the new one  ▲
//	                           └────────────────────────────────────┘
type episode[F number] struct {
	Open     bool
	Real     bool // somebody said so
	Side     uint8
	Test     uint8
	Kind     uint8
	Back     uint32 // windows since it began
	Calm     uint16 // windows in a row that were as expected
	Length   uint32 // windows
	Count    F      // what came in it, and what was expected: over the last day
	Expected F
	Level    F // of the feed: the profile times it is expected
}

const (
	acceptDays = 3.0  // after which the level of an episode is the new one
	nothing    = 0.02 // share of the expected that is no level, but silence
	giveUpDays = 14.0 // after which silence is learnt
	// idle is the share of the level below which what is due says nothing of an
	// episode's end: an empty hour of the night is no sign of life of a batch that
	// failed in the morning. Windows of days are each a delivery of their own.
	idle = 0.02
)

// frozen reports whether nothing is to be learnt: an episode is open. In the first
// weeks an episode may as well be what is usual, so it is told and learnt.
func (m *memory[F]) frozen(x *view) bool { return m.Episode.Open && x.days >= trainDays }

// follow opens, follows and closes the episode.
func (c *core[F]) follow(x *view) {
	ep := &c.m.Episode
	opened := x.alarm && !ep.Open
	if opened {
		*ep = episode[F]{Open: true, Side: uint8(x.side), Test: uint8(x.by[x.side]), Level: ep.Level}
		if ep.Test == starvation && x.days >= trainDays {
			c.m.Gap.Runs += 0.5
			c.m.Gap.Length += F(0.5 * math.Min(float64(c.m.Gap.Long), 3))
		}
	}
	x.alarm = opened
	if ep.Back < longAgo && !opened {
		ep.Back++
	}
	if !ep.Open {
		return
	}
	level := x.mu
	if ep.Length > 0 {
		level = x.mu * float64(ep.Count) / math.Max(float64(ep.Expected), 1e-9)
	}
	closed := c.attend(x)
	if c.p.dayly && !closed && ep.Length > 1 {
		c.again(x, level)
	}
}

// attend takes one window into the episode, and reports whether it ends.
func (c *core[F]) attend(x *view) bool {
	m := &c.m
	ep := &m.Episode
	ep.Count += F(x.v)
	ep.Expected += F(x.mu)
	ep.Length++
	if float64(ep.Length) > c.p.perDay {
		ep.Count = F(float64(ep.Count) * (1 - 1/c.p.perDay))
		ep.Expected = F(float64(ep.Expected) * (1 - 1/c.p.perDay))
	}
	switch {
	case math.Abs(x.z) >= 2:
		ep.Calm = 0
	case c.p.dayly || x.mu >= idle*x.level || ep.Count > 0.05*ep.Expected:
		ep.Calm++
	}
	ended := int(ep.Calm) >= c.p.calm
	if c.cameLate(x) {
		ended = true
		c.alert(0, 2)
	}
	if !m.frozen(x) {
		// What was learnt all along needs no new beginning.
		ep.Open = ep.Open && !ended
		return ended
	}
	if days := float64(ep.Length) / c.p.perDay; !ended && ep.Expected > 0 && days > acceptDays && (!ep.Real || days > giveUpDays) {
		ratio := float64(ep.Count) / float64(ep.Expected)
		if ended = ratio > nothing; ended {
			c.rebase(ratio)
		} else {
			ended = days > giveUpDays
		}
	}
	if ended {
		c.close()
	}
	return ended
}

// cameLate reports whether what was missing has come after all, within an hour or
// two: a delivery that is late now and then. That is surer than an operator's word
// that the alarm was false, and so counts twice as much.
func (c *core[F]) cameLate(x *view) bool {
	ep := &c.m.Episode
	return ep.Side == 0 && ep.Length > 1 && float64(ep.Length) <= 1+2*c.p.perHour && !c.p.dayly &&
		x.z > 2 && float64(ep.Count) >= 0.8*float64(ep.Expected)
}

// rebase takes a multiple of the level for the new one.
func (c *core[F]) rebase(ratio float64) {
	m := &c.m
	most := 1e6 // times what it was when the feed began
	if c.p.shape != nil {
		most = maxCount // in events
	}
	m.Episode.Level = F(clip(float64(m.Episode.Level)*ratio, 1e-6, most))
	m.Scale.Mean = F(clip(float64(m.Scale.Mean)*ratio, 0, maxCount))
}

func (c *core[F]) close() {
	m := &c.m
	m.Episode.Open = false
	m.Gap.Waited, m.Gap.Long, m.Excess.Sum = 0, 0, 0
	m.rest()
}

// again tells of a day within an episode that is far beyond it: deliveries of
// days are few, and each may fail by itself.
func (c *core[F]) again(x *view, level float64) {
	if x.n[0] > 0 && x.v < 0.5*level {
		x.alarm, x.side = true, 0
	} else if x.n[1] > 0 && x.v > 2*level {
		x.alarm, x.side = true, 1
	}
}
