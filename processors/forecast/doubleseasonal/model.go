package doubleseasonal

import (
	"errors"
	"math"
	"slices"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/forecast/internal/kit"
)

// Model is exponential smoothing with two seasons and an autoregressive residual
// (Taylor, "Short-term electricity demand forecasting using double seasonal
// exponential smoothing", J. Opl Res. Soc. 54, 2003, 799-805; the form without
// trend and with one residual for all is that of Taylor, "Triple seasonal methods
// for short-term electricity demand forecasting", Eur. J. Opl Res. 204, 2010), on
// logarithms. With i and j the places of a window in the day and in the week,
//
//	x      = ln(1+y)
//	e      = x - (level + D_i + W_j), cut to 3 standard deviations of e
//	level' = level + alpha*e,  D_i' = D_i + delta*e,  W_j' = W_j + omega*e
//	y_h    = exp(level + D_(i+h) + W_(j+h) + phi^h*e) - 1, rounded.
//
// What comes back from the logarithm is the middle of the distribution, and that
// of a count is a whole number. The rounding matters where little is expected: of
// most empty nights it makes nights that are expected to be empty.
//
// That residuals are cut before they are learnt is after Gelper, Fried & Croux,
// "Robust forecasting with exponential and Holt-Winters smoothing", J. Forecasting
// 29, 2010: an outage is not to return in the forecast a week later.
//
// The first week is learnt whole: the level is its middle value, D the middle of
// each place of the day less the level, W the rest, whose middle distance from
// nothing gives the first standard deviations. In week k after it omega is at least
// 1/(k+1). An outage in the first week would stay in W for long, so where the
// second week differs by more than three standard deviations W becomes that of the
// two that is nearer to nothing.
//
// The bounds h windows ahead are width standard deviations of the logarithm away,
// see [Model.growth]. They are those of the distribution's middle, so they lie
// further above than below.
//
// It is a forecast for display and capacity. It follows a fault within hours, so
// what judges feeds should be slower.
type Model struct {
	cfg    forecaster
	daily  []float64  // D, by place in the day
	weekly []float64  // W, by place in the week; in the first week x, or unseen
	warm   bool       // the first week is over
	first  float64    // number of the first window learnt
	seen   float64    // windows learnt in the first week
	level  float64    // of x
	e      float64    // the last residual
	last   float64    // end of the last window learnt
	size   kit.Spread // of e
	spread kit.Spread // of what forecasts one window ahead missed by
}

// unseen is below the logarithm of every count.
const unseen = -1

func (m *Model) clear() {
	*m = Model{cfg: m.cfg, daily: make([]float64, m.cfg.day), weekly: make([]float64, m.cfg.week)}
	for i := range m.weekly {
		m.weekly[i] = unseen
	}
}

// Expect implements [feedgauge.Model].
func (m *Model) Expect(w feedgauge.Window) feedgauge.Forecast {
	if !m.warm {
		return feedgauge.Forecast{}
	}
	h := m.ahead(w)
	x := m.expected(w, h)
	e, off := math.Round(math.Expm1(x)), m.cfg.Width*math.Sqrt(m.spread.Var*m.growth(h))
	return kit.Between(e, e-math.Expm1(x-off), math.Expm1(math.Min(x+off, ceiling))-e, true)
}

// ceiling is the logarithm of more than can be counted.
const ceiling = 45

// ahead returns how many windows w is ahead, at most four weeks: the bounds do not
// widen beyond.
func (m *Model) ahead(w feedgauge.Window) int {
	return m.cfg.clock.Ahead(m.last, w, 4*m.cfg.week)
}

// base returns the sum of level and seasons at a window.
func (m *Model) base(w feedgauge.Window) float64 {
	j := m.cfg.clock.Place(w, m.cfg.week)
	return m.level + m.daily[j%m.cfg.day] + m.weekly[j]
}

// expected returns the logarithm expected of a window h ahead.
func (m *Model) expected(w feedgauge.Window, h int) float64 {
	x := m.base(w) + float64(math.Pow(m.cfg.Phi, float64(h))*m.e)
	return math.Max(0, math.Min(x, ceiling))
}

// growth returns the variance of a forecast h windows ahead over that of one
// window ahead: the sum of the squares of psi_0 to psi_(h-1), where psi_k is what
// a shock of 1 does k windows later,
//
//	psi_k = phi^k + alpha*(1 + phi + ... + phi^(k-1)) + delta*R(day) + omega*R(week),
//	R(p)  = phi^(k-p) + phi^(k-2p) + ... down to phi^(k mod p), for k >= p.
func (m *Model) growth(h int) float64 {
	phi, sum := m.cfg.Phi, 0.0
	power, geo := 1.0, 0.0 // phi^k, and the sum of those before
	for k := range h {
		psi := power + float64(m.cfg.Alpha*geo) + float64(m.cfg.Delta*returns(phi, k, m.cfg.day)) + float64(m.cfg.Omega*returns(phi, k, m.cfg.week))
		sum += float64(psi * psi)
		geo += power
		power *= phi
	}
	return sum
}

// returns is R(p) above.
func returns(phi float64, k, period int) float64 {
	if k < period {
		return 0
	}
	n, r := k/period, k%period
	q := math.Pow(phi, float64(period))
	return math.Pow(phi, float64(r)) * (1 - math.Pow(q, float64(n))) / (1 - q)
}

// Learn implements [feedgauge.Model].
func (m *Model) Learn(w feedgauge.Window, v float64) {
	v, ok := kit.Count(v)
	if !ok {
		return
	}
	x := math.Log1p(v)
	if !m.warm && !m.start(w) {
		m.collect(w, x)
		return
	}
	if h := m.ahead(w); h == 1 {
		m.spread.Add(cut(x-m.expected(w, 1), m.spread), m.cfg.memory)
	}
	e := x - m.base(w)
	kept := cut(e, m.size)
	m.size.Add(kept, m.cfg.memory)
	j := m.cfg.clock.Place(w, m.cfg.week)
	m.level += float64(m.cfg.Alpha * kept)
	m.daily[j%m.cfg.day] += float64(m.cfg.Delta * kept)
	m.weekly[j] = m.nextWeek(w, m.weekly[j], e, kept)
	m.e, m.last = kept, float64(w.End)
}

// nextWeek returns what a place of the week becomes by a residual, whole and cut.
func (m *Model) nextWeek(w feedgauge.Window, was, e, kept float64) float64 {
	weeks := math.Floor((float64(m.cfg.clock.Number(w)) - m.first) / float64(m.cfg.week))
	if weeks == 1 && kept != e {
		if math.Abs(was+e) < math.Abs(was) {
			return was + e
		}
		return was
	}
	return was + float64(math.Max(m.cfg.Omega, 1/math.Max(weeks+1, 1))*kept)
}

// cut brings a residual to within three standard deviations.
func cut(e float64, s kit.Spread) float64 {
	most := math.Max(3*math.Sqrt(s.Var), floor)
	return math.Max(-most, math.Min(e, most))
}

// floor is to how much residuals are never cut: a feed that was constant for long
// may begin to vary.
const floor = 0.05

// collect takes a logarithm of the first week as it is.
func (m *Model) collect(w feedgauge.Window, x float64) {
	j := m.cfg.clock.Place(w, m.cfg.week)
	if m.seen == 0 {
		m.first = float64(m.cfg.clock.Number(w))
	}
	if m.weekly[j] == unseen {
		m.seen++
	}
	m.weekly[j], m.last = x, float64(w.End)
}

// start turns the first week into level and seasons once it is over, if at least
// half of it was seen.
func (m *Model) start(w feedgauge.Window) bool {
	over := float64(m.cfg.clock.Number(w)) >= m.first+float64(m.cfg.week)
	if m.seen == 0 || !over || 2*m.seen < float64(m.cfg.week) {
		return false
	}
	m.level, m.warm = median(slices.DeleteFunc(slices.Clone(m.weekly), isUnseen)), true
	for i := range m.daily {
		m.startDay(i)
	}
	rest := slices.Clone(m.weekly)
	for j := range rest {
		rest[j] = math.Abs(rest[j])
	}
	const normal = 1.4826 // standard deviation of a bell curve over its median distance
	off := normal * median(rest)
	m.size = kit.Spread{N: m.seen, Var: off * off}
	m.spread = m.size
	return true
}

func isUnseen(x float64) bool { return x == unseen }

// startDay splits one place of the day between D and W.
func (m *Model) startDay(i int) {
	var seen []float64
	for j := i; j < len(m.weekly); j += len(m.daily) {
		if !isUnseen(m.weekly[j]) {
			seen = append(seen, m.weekly[j]-m.level)
		}
	}
	if m.daily[i] = 0; len(seen) > 0 {
		m.daily[i] = median(seen)
	}
	for j := i; j < len(m.weekly); j += len(m.daily) {
		if isUnseen(m.weekly[j]) {
			m.weekly[j] = 0
			continue
		}
		m.weekly[j] -= m.level + m.daily[i]
	}
}

// median sorts values, of which there is one at least, and returns the middle one.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// Accept implements [feedgauge.Model]: the level is moved so that v was to be
// expected of w.
func (m *Model) Accept(w feedgauge.Window, v float64) {
	v, ok := kit.Count(v)
	if !ok || !m.warm {
		return
	}
	m.level += math.Log1p(v) - m.base(w)
	m.e, m.last = 0, float64(w.End)
}

const version = 1

// Append implements [feedgauge.Model].
func (m *Model) Append(b []byte) []byte {
	warm := 0.0
	if m.warm {
		warm = 1
	}
	return kit.Append(b, version, []float64{
		warm, m.first, m.seen, m.level, m.e, m.last, m.size.N, m.size.Var, m.spread.N, m.spread.Var,
	}, m.daily, m.weekly)
}

// Load implements [feedgauge.Model].
func (m *Model) Load(b []byte) error {
	m.clear()
	n := &Model{cfg: m.cfg}
	n.clear()
	var x [10]float64
	if err := kit.Load(b, version, x[:], n.daily, n.weekly); err != nil {
		return err
	}
	n.warm, n.first, n.seen, n.level, n.e, n.last = x[0] == 1, x[1], x[2], x[3], x[4], x[5]
	n.size, n.spread = kit.Spread{N: x[6], Var: x[7]}, kit.Spread{N: x[8], Var: x[9]}
	if !(n.seen >= 0 && n.size.Good() && n.spread.Good()) {
		return errors.New("a number of windows or a variance is negative")
	}
	*m = *n
	return nil
}
