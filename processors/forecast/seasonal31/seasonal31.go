// Package seasonal31 is the forecast by 31 numbers: the level of each day of the
// week, and the share of each hour of the day.
package seasonal31

import (
	"errors"
	"math"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/forecast/internal/kit"
)

// Config configures the "seasonal31" forecast.
type Config struct {
	// Factor is the weight of the OLD value.
	Factor float64 `hcl:"factor,optional" doc:"weight of the old value, 0 to below 1; days and hours are learnt once a day" default:"0.8"`
	Width  float64 `hcl:"width,optional" doc:"distance of the bounds, in standard deviations" default:"3"`
}

// NewConfig returns the configuration with its defaults.
func NewConfig() *Config { return &Config{Factor: 0.8, Width: 3} }

// Ranges returns the options that can be tuned, and from where to where.
func (c *Config) Ranges() map[string][2]float64 {
	return map[string][2]float64{"factor": {0, 0.99}}
}

// Build checks the configuration.
func (c *Config) Build(env feedgauge.Env) (feedgauge.Forecaster, error) {
	err := errors.Join(
		kit.Within("factor", c.Factor, 0, 0.9999, "0.8 gives what was known 8 parts and the new day 2"),
		kit.Width(c.Width),
	)
	if err != nil {
		return nil, err
	}
	every := env.Every
	if every <= 0 {
		every = time.Minute
	}
	clock := kit.Clock{Every: every, Zone: env.Zone}
	return forecaster{Config: *c, clock: clock, memory: math.Max(30, float64(14*clock.PerDay()))}, nil
}

type forecaster struct {
	Config
	clock  kit.Clock
	memory float64 // windows over which the spread is averaged: two weeks
}

func (f forecaster) New() feedgauge.Model {
	m := &Model{cfg: f}
	m.clear()
	return m
}

// Model expects
//
//	D_d * H_h
//
// events in a window of weekday d and hour h, where D is the mean of a window on
// that weekday and H the ratio of that hour to its day. When a day d is over, of
// which at least half was learnt, with mean m and hourly means m_h,
//
//	D_d' = a*D_d + (1-a)*m,  H_h' = a*H_h + (1-a)*m_h/m,
//
// each started at its first value; a is the factor, the weight of the old value.
// A weekday not seen yet has the mean of all days, smoothed alike. It is the
// multiplicative model of Winters ("Forecasting Sales by Exponentially Weighted
// Moving Averages", Management Science 6, 1960) without its trend, with a level a
// weekday, learnt a day at a time. The bounds are width standard deviations of the residuals of the last two weeks
// away. They do not widen with the horizon: the profile moves once a day, so what
// the residuals are taken from are forecasts of up to a day ahead already.
type Model struct {
	cfg    forecaster
	days   [7]float64  // events per window, unset below 0
	hours  [24]float64 // ratios
	all    float64     // mean of a window on any day
	seen   float64     // days learnt, up to enough
	known  [24]float64 // 1 where the hour has been seen
	today  float64     // number of the day being learnt
	sums   [24]float64 // of today, by hour
	counts [24]float64 // windows in sums
	spread kit.Spread
}

// enough is after how many days the forecast is ready: each weekday was seen.
const enough = 7

func (m *Model) clear() {
	*m = Model{cfg: m.cfg}
	for i := range m.days {
		m.days[i] = -1
	}
	for i := range m.hours {
		m.hours[i] = 1
	}
}

// expected returns what is expected of a window by the days that are over.
func (m *Model) expected(weekday, hour int) float64 {
	level := m.days[weekday]
	if level < 0 {
		level = m.all
	}
	return level * m.hours[hour]
}

// Expect implements [feedgauge.Model].
func (m *Model) Expect(w feedgauge.Window) feedgauge.Forecast {
	weekday, hour, day := m.cfg.clock.Weekday(w)
	after := m
	if m.open() && float64(day) > m.today { // as if today were over, which it is by then
		closed := *m
		closed.closeDay()
		after = &closed
	}
	off := m.cfg.Width * math.Sqrt(m.spread.Var)
	return kit.Between(after.expected(weekday, hour), off, off, after.seen >= enough)
}

// open reports whether anything of today has been learnt.
func (m *Model) open() bool {
	for _, n := range m.counts {
		if n > 0 {
			return true
		}
	}
	return false
}

// Learn implements [feedgauge.Model].
func (m *Model) Learn(w feedgauge.Window, v float64) {
	v, ok := kit.Count(v)
	if !ok {
		return
	}
	weekday, hour, day := m.cfg.clock.Weekday(w)
	m.turn(day)
	if m.seen >= enough {
		m.spread.Add(v-m.expected(weekday, hour), m.cfg.memory)
	}
	m.sums[hour] += v
	m.counts[hour]++
}

// turn begins another day, if it is one.
func (m *Model) turn(day int64) {
	if float64(day) != m.today {
		m.closeDay()
		m.today = float64(day)
	}
}

// closeDay learns from the day that was being learnt, and forgets its sums.
func (m *Model) closeDay() {
	var sum, n float64
	for h := range m.sums {
		sum, n = sum+m.sums[h], n+m.counts[h]
	}
	if n > 0 && 2*n >= float64(m.cfg.clock.PerDay()) {
		mean := sum / n
		m.learnHours(mean)
		d := &m.days[(int(math.Mod(m.today, 7))+7+thursday)%7]
		*d = m.mix(*d, mean, *d < 0)
		m.all = m.mix(m.all, mean, m.seen == 0)
		m.seen = math.Min(m.seen+1, enough)
	}
	m.sums, m.counts = [24]float64{}, [24]float64{}
}

// thursday is the weekday of 1 January 1970.
const thursday = 4

func (m *Model) learnHours(mean float64) {
	if mean <= 0 {
		return // an empty day says nothing of its hours
	}
	for h, n := range m.counts {
		if n > 0 {
			m.hours[h] = m.mix(m.hours[h], m.sums[h]/n/mean, m.known[h] == 0)
			m.known[h] = 1
		}
	}
}

// mix returns the old value moved towards the new, or the new one if it is first.
func (m *Model) mix(old, fresh float64, first bool) float64 {
	if first {
		return fresh
	}
	a := m.cfg.Factor
	return float64(a*old) + float64((1-a)*fresh)
}

// Accept implements [feedgauge.Model]: all days are scaled so that v is what was
// to be expected of w.
func (m *Model) Accept(w feedgauge.Window, v float64) {
	v, ok := kit.Count(v)
	if !ok {
		return
	}
	weekday, hour, day := m.cfg.clock.Weekday(w)
	m.turn(day)
	ratio := m.hours[hour]
	was := m.expected(weekday, hour)
	if ratio < tiny { // this hour tells nothing of the level
		return
	}
	for d := range m.days {
		switch {
		case m.days[d] < 0:
		case was < tiny:
			m.days[d] = math.Min(v/ratio, kit.Most)
		default:
			m.days[d] = math.Min(m.days[d]*(v/was), kit.Most)
		}
	}
	m.all = math.Min(v/ratio, kit.Most)
}

// tiny is too little to be divided by.
const tiny = 1e-3

const version = 1

func (m *Model) scalars() [5]float64 {
	return [5]float64{m.all, m.seen, m.today, m.spread.N, m.spread.Var}
}

// Append implements [feedgauge.Model].
func (m *Model) Append(b []byte) []byte {
	x := m.scalars()
	return kit.Append(b, version, x[:], m.days[:], m.hours[:], m.known[:], m.sums[:], m.counts[:])
}

// Load implements [feedgauge.Model].
func (m *Model) Load(b []byte) error {
	m.clear()
	n := &Model{cfg: m.cfg}
	var x [5]float64
	if err := kit.Load(b, version, x[:], n.days[:], n.hours[:], n.known[:], n.sums[:], n.counts[:]); err != nil {
		return err
	}
	n.all, n.seen, n.today, n.spread = x[0], x[1], x[2], kit.Spread{N: x[3], Var: x[4]}
	if !(n.all >= 0 && n.seen >= 0 && n.spread.Good()) {
		return errors.New("a level, a number of days or a variance is negative")
	}
	*m = *n
	return nil
}
