package adaptive

import (
	"math"

	"github.com/feedgauge/feedgauge"
)

// feedback takes in an operator's word on the last alarm. Without a word an alarm
// is half taken for a false one, since nobody can know: its side becomes a little
// less alert, and its test's tail a little longer.
//
//   - real: that is taken back, and the level of the episode is not accepted as
//     the new one while it lasts, for two weeks at most;
//   - expected: that is taken back;
//   - false: it is done in full, and the level of the episode is accepted after a
//     day, and not after three: somebody says that it is usual.
func (c *core[F]) feedback(word feedgauge.Word) {
	m := &c.m
	side := m.Episode.Side
	if m.Feed.Alarmed[side] == longAgo {
		return // there never was one
	}
	switch word {
	case feedgauge.WordReal:
		m.Episode.Real = m.Episode.Open
		c.alert(int(side), -1)
	case feedgauge.WordExpected:
		c.alert(int(side), -1)
	case feedgauge.WordFalse:
		c.alert(int(side), 1)
		m.Episode.Real = false
		if sooner := uint32((acceptDays - 1) * c.p.perDay); m.Episode.Length < sooner { // once is enough
			m.Episode.Length += sooner
		}
	}
}

// alert makes a side less alert by one alarm's worth, or more for by of -1.
func (c *core[F]) alert(side int, by float64) {
	m := &c.m
	m.Feed.Raise[side] = clip(m.Feed.Raise[side]+by*raiseBy, lowestRaise, highestRaise)
	if test := int(m.Episode.Test); test != starvation {
		t := m.tail(test)
		t.Track = F(math.Max(float64(t.Track)*math.Exp(by*c.p.tunings[test].gamma), lowestU))
	} else if by > 0 {
		m.Gap.Runs += 0.5 // half was counted when it began
	} else {
		m.Gap.Runs = F(math.Max(float64(m.Gap.Runs)-0.5, 0))
	}
}
