package holtwinters

import (
	"errors"
	"math"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/forecast/internal/kit"
)

// Model is Holt's and Winters' exponential smoothing (Holt, ONR memorandum 52,
// 1957; Winters, "Forecasting Sales by Exponentially Weighted Moving Averages",
// Management Science 6, 1960). With a season of m windows that is added,
//
//	level'  = alpha*(y - s_j) + (1-alpha)*(level + trend)
//	trend'  = beta*(level' - level) + (1-beta)*trend
//	s_j'    = gamma*(y - level') + (1-gamma)*s_j
//	y_h     = level + h*trend + s_(j+h),
//
// and with one that is multiplied, y/s_j, y/level' and (level + h*trend)*s_(j+h)
// take the place of the differences and of the sum. Alpha, beta and gamma weight
// the new value. The season's place j goes by the clock, so that gaps do not move
// it.
//
// The first season is learnt whole: the level is its mean, the trend nothing, the
// season the distances from the mean (Hyndman & Athanasopoulos, "Forecasting:
// Principles and Practice", 2nd ed. 2018, section 7.3, say how; their trend over
// two seasons is left out, since one fault would tilt it).
//
// The bounds h windows ahead are width standard deviations away, by the state
// space model ETS(A,A,A) (Hyndman, Koehler, Ord & Snyder, "Forecasting with
// Exponential Smoothing", 2008, table 6.1); see [Model.growth]. The residual is
// e for the added season, and e/max(expected, 1) for the multiplied one, whose
// bounds are wider where more is expected: the same formula then holds to first
// order for ETS(M,A,M).
type Model struct {
	cfg    forecaster
	season []float64 // in the first season counts, below 0 where unseen
	warm   bool      // the first season is over
	first  float64   // number of the first window learnt
	seen   float64   // windows learnt in the first season
	level  float64   // events per window
	trend  float64   // events per window and window
	last   float64   // end of the last window learnt
	spread kit.Spread
}

func (m *Model) multiplied() bool { return m.cfg.Season == Multiplicative }

// Expect implements [feedgauge.Model].
func (m *Model) Expect(w feedgauge.Window) feedgauge.Forecast {
	if !m.warm {
		return feedgauge.Forecast{}
	}
	h := m.ahead(w)
	e := m.expected(w, h)
	off := m.cfg.Width * math.Sqrt(m.spread.Var*m.growth(h))
	if m.multiplied() {
		off *= math.Max(e, 1)
	}
	return kit.Between(e, off, off, m.spread.N >= few)
}

// few is of how many residuals the bounds are worth something.
const few = 10

// ahead returns how many windows w is ahead, at most two seasons: the trend is not
// known for longer.
func (m *Model) ahead(w feedgauge.Window) int {
	return m.cfg.clock.Ahead(m.last, w, 2*m.cfg.Period)
}

// expected returns what is expected of a window h ahead.
func (m *Model) expected(w feedgauge.Window, h int) float64 {
	level, s := m.level+float64(float64(h)*m.trend), m.season[m.cfg.clock.Place(w, m.cfg.Period)]
	if m.multiplied() {
		return math.Max(0, level) * s
	}
	return math.Max(0, level+s)
}

// growth returns the variance of a forecast h windows ahead over that of one
// window ahead. With c = gamma*(1-alpha), b = alpha*beta and k the full seasons in
// h-1, it is
//
//	1 + (h-1)*(alpha^2 + alpha*b*h + b^2*h*(2h-1)/6) + c*k*(2*alpha + c + b*m*(k+1)).
func (m *Model) growth(h int) float64 {
	n, a := float64(h), m.cfg.Alpha
	b, c := a*m.cfg.Beta, m.cfg.Gamma*(1-a)
	k, period := float64((h-1)/m.cfg.Period), float64(m.cfg.Period)
	slope := float64(a*a) + float64(a*b*n) + float64(b*b*n*(2*n-1)/6)
	again := 2*a + c + float64(b*period*(k+1))
	return 1 + float64((n-1)*slope) + float64(c*k*again)
}

// Learn implements [feedgauge.Model].
func (m *Model) Learn(w feedgauge.Window, v float64) {
	v, ok := kit.Count(v)
	if !ok {
		return
	}
	if !m.warm && !m.start(w) {
		m.collect(w, v)
		return
	}
	h := m.ahead(w)
	e := v - m.expected(w, h)
	if m.multiplied() {
		e /= math.Max(m.expected(w, h), 1)
	}
	m.spread.Add(math.Min(e, 1e15), m.cfg.memory)
	m.level += float64(float64(h-1) * m.trend) // windows that were not learnt
	m.smooth(m.cfg.clock.Place(w, m.cfg.Period), v)
	m.last = float64(w.End)
}

// collect takes a count of the first season as it is.
func (m *Model) collect(w feedgauge.Window, v float64) {
	at := m.cfg.clock.Place(w, m.cfg.Period)
	if m.seen == 0 {
		m.first = float64(m.cfg.clock.Number(w))
	}
	if m.season[at] < 0 {
		m.seen++
	}
	m.season[at], m.last = v, float64(w.End)
}

// start turns the first season into level and season once it is over, if at least
// half of it was seen.
func (m *Model) start(w feedgauge.Window) bool {
	over := float64(m.cfg.clock.Number(w)) >= m.first+float64(m.cfg.Period)
	if m.seen == 0 || !over || 2*m.seen < float64(m.cfg.Period) {
		return false
	}
	sum := 0.0
	for _, v := range m.season {
		sum += math.Max(v, 0)
	}
	m.level, m.warm = sum/m.seen, true
	for i, v := range m.season {
		m.season[i] = m.from(v)
	}
	return true
}

// from returns the place in the season of a count of the first one.
func (m *Model) from(v float64) float64 {
	switch {
	case m.multiplied() && (v < 0 || m.level < tiny):
		return 1
	case m.multiplied():
		return v / m.level
	case v < 0:
		return 0
	}
	return v - m.level
}

// Shares and levels below tiny are not divided by; no share is above most.
const (
	tiny = 1e-3
	most = 1e9
)

// smooth takes in a count by the equations of [Model].
func (m *Model) smooth(at int, v float64) {
	was, s := m.level, m.season[at]
	ahead := was + m.trend
	m.level = ahead
	if fresh, ok := m.without(v, s); ok {
		m.level = float64(m.cfg.Alpha*fresh) + float64((1-m.cfg.Alpha)*ahead)
	}
	m.level = math.Max(0, math.Min(m.level, kit.Most))
	m.trend = float64(m.cfg.Beta*(m.level-was)) + float64((1-m.cfg.Beta)*m.trend)
	if fresh, ok := m.without(v, m.level); ok {
		s = float64(m.cfg.Gamma*fresh) + float64((1-m.cfg.Gamma)*s)
	}
	if m.multiplied() {
		s = math.Min(s, most)
	}
	m.season[at] = s
}

// without takes the season, or the level, out of a count; ok is false where that
// cannot be told.
func (m *Model) without(v, part float64) (_ float64, ok bool) {
	if !m.multiplied() {
		return v - part, true
	}
	if part < tiny {
		return 0, false
	}
	return v / part, true
}

// Accept implements [feedgauge.Model]: the level is moved so that v was to be
// expected of w. The trend is forgotten.
func (m *Model) Accept(w feedgauge.Window, v float64) {
	v, ok := kit.Count(v)
	if !ok || !m.warm {
		return
	}
	if level, ok := m.without(v, m.season[m.cfg.clock.Place(w, m.cfg.Period)]); ok {
		m.level, m.trend = math.Max(0, math.Min(level, kit.Most)), 0
		m.last = float64(w.End)
	}
}

const version = 1

// Append implements [feedgauge.Model].
func (m *Model) Append(b []byte) []byte {
	warm := 0.0
	if m.warm {
		warm = 1
	}
	return kit.Append(b, version, []float64{warm, m.first, m.seen, m.level, m.trend, m.last, m.spread.N, m.spread.Var}, m.season)
}

// Load implements [feedgauge.Model].
func (m *Model) Load(b []byte) error {
	*m = Model{cfg: m.cfg, season: unseen(m.cfg.Period)}
	var x [8]float64
	season := make([]float64, m.cfg.Period)
	if err := kit.Load(b, version, x[:], season); err != nil {
		return err
	}
	n := Model{
		cfg: m.cfg, season: season, warm: x[0] == 1, first: x[1], seen: x[2],
		level: x[3], trend: x[4], last: x[5], spread: kit.Spread{N: x[6], Var: x[7]},
	}
	if !(n.level >= 0 && n.seen >= 0 && n.spread.Good()) {
		return errors.New("a level, a number of windows or a variance is negative")
	}
	*m = n
	return nil
}
