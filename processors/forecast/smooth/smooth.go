// Package smooth is simple exponential smoothing, the forecast of what has
// neither trend nor season.
package smooth

import (
	"errors"
	"math"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/forecast/internal/kit"
)

// Config configures the "smooth" forecast.
type Config struct {
	// Factor is the weight of the OLD value.
	Factor float64 `hcl:"factor,optional" doc:"weight of the old value, 0 to below 1" default:"0.7"`
	Width  float64 `hcl:"width,optional" doc:"distance of the bounds, in standard deviations" default:"3"`
	Warmup int     `hcl:"warmup,optional" doc:"windows to learn before the first forecast" default:"10"`
}

// NewConfig returns the configuration with its defaults.
func NewConfig() *Config { return &Config{Factor: 0.7, Width: 3, Warmup: 10} }

// Ranges returns the options that can be tuned, and from where to where.
func (c *Config) Ranges() map[string][2]float64 {
	return map[string][2]float64{"factor": {0, 0.999}}
}

// Build checks the configuration.
func (c *Config) Build(env feedgauge.Env) (feedgauge.Forecaster, error) {
	err := errors.Join(
		kit.Within("factor", c.Factor, 0, 0.9999, "0.7 gives the old level 7 parts and the new window 3"),
		kit.Width(c.Width),
		kit.Within("warmup", float64(c.Warmup), 2, 1000, ""),
	)
	if err != nil {
		return nil, err
	}
	every := env.Every
	if every <= 0 {
		every = time.Minute
	}
	clock := kit.Clock{Every: every}
	return forecaster{Config: *c, clock: clock, memory: math.Max(30, float64(14*clock.PerDay()))}, nil
}

type forecaster struct {
	Config
	clock  kit.Clock
	memory float64 // windows over which the spread is averaged: two weeks
}

func (f forecaster) New() feedgauge.Model { return &Model{cfg: f} }

// Model is simple exponential smoothing (Brown, "Statistical Forecasting for
// Inventory Control", 1959; Holt, ONR memorandum 52, 1957):
//
//	level' = a*level + (1-a)*y,  e = y - level,
//
// started at the first value. The factor a weights the old value; Brown's alpha
// is 1-a. The forecast h windows ahead is the level, its bounds are width
// standard deviations away, with the variance of the state space model ETS(A,N,N)
// (Hyndman, Koehler, Ord & Snyder, "Forecasting with Exponential Smoothing",
// 2008, table 6.1):
//
//	var_h = var * (1 + (h-1)*(1-a)^2).
type Model struct {
	cfg    forecaster
	level  float64 // events per window
	seen   float64 // windows learnt, up to the warm-up
	last   float64 // end of the last window learnt
	spread kit.Spread
}

// farthest is how many windows ahead the bounds still widen.
const farthest = 1 << 20

// Expect implements [feedgauge.Model].
func (m *Model) Expect(w feedgauge.Window) feedgauge.Forecast {
	h := float64(m.cfg.clock.Ahead(m.last, w, farthest))
	alpha := 1 - m.cfg.Factor
	off := m.cfg.Width * math.Sqrt(m.spread.Var*(1+float64((h-1)*alpha*alpha)))
	return kit.Between(m.level, off, off, m.seen >= float64(m.cfg.Warmup))
}

// Learn implements [feedgauge.Model].
func (m *Model) Learn(w feedgauge.Window, v float64) {
	v, ok := kit.Count(v)
	if !ok {
		return
	}
	if m.seen == 0 {
		m.level = v
	} else {
		m.spread.Add(v-m.level, m.cfg.memory)
		a := m.cfg.Factor
		m.level = float64(a*m.level) + float64((1-a)*v)
	}
	m.seen = math.Min(m.seen+1, float64(m.cfg.Warmup))
	m.last = float64(w.End)
}

// Accept implements [feedgauge.Model]: v is the new level.
func (m *Model) Accept(w feedgauge.Window, v float64) {
	if v, ok := kit.Count(v); ok {
		m.level, m.last = v, float64(w.End)
	}
}

const version = 1

// Append implements [feedgauge.Model].
func (m *Model) Append(b []byte) []byte {
	return kit.Append(b, version, []float64{m.level, m.seen, m.last, m.spread.N, m.spread.Var})
}

// Load implements [feedgauge.Model].
func (m *Model) Load(b []byte) error {
	*m = Model{cfg: m.cfg}
	var x [5]float64
	if err := kit.Load(b, version, x[:]); err != nil {
		return err
	}
	loaded := Model{cfg: m.cfg, level: x[0], seen: x[1], last: x[2], spread: kit.Spread{N: x[3], Var: x[4]}}
	if !(loaded.level >= 0 && loaded.seen >= 0 && loaded.spread.Good()) {
		return errors.New("a level, a number of windows or a variance is negative")
	}
	*m = loaded
	return nil
}
