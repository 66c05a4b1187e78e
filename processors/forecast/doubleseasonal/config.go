// Package doubleseasonal is exponential smoothing with the day as a season within
// that of the week, for forecasts of some days ahead.
package doubleseasonal

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/forecast/internal/kit"
)

// Config configures the "double_seasonal" forecast.
type Config struct {
	Alpha float64 `hcl:"alpha,optional" doc:"weight of the NEW value in the level, 0 to 1" default:"0.005"`
	Delta float64 `hcl:"delta,optional" doc:"weight of the new value in the day, 0 to 1" default:"0.05"`
	Omega float64 `hcl:"omega,optional" doc:"weight of the new value in the week, 0 to 1" default:"0.1"`
	Phi   float64 `hcl:"phi,optional" doc:"how much of what the last window was off by goes on in the next, 0 to below 1" default:"0.7"`
	Width float64 `hcl:"width,optional" doc:"distance of the bounds, in standard deviations" default:"3"`
}

// NewConfig returns the configuration with its defaults.
func NewConfig() *Config {
	return &Config{Alpha: 0.005, Delta: 0.05, Omega: 0.1, Phi: 0.7, Width: 3}
}

// Ranges returns the options that can be tuned, and from where to where.
func (c *Config) Ranges() map[string][2]float64 {
	return map[string][2]float64{"alpha": {0, 0.06}, "delta": {0, 0.35}, "omega": {0.02, 0.5}, "phi": {0, 0.97}}
}

// longest is the longest week: one of windows of five minutes.
const longest = 2016

// Build checks the configuration.
func (c *Config) Build(env feedgauge.Env) (feedgauge.Forecaster, error) {
	const weight = "it weights the new value: 0 learns nothing, 1 forgets all that was before"
	errs := []error{
		kit.Within("alpha", c.Alpha, 0, 1, weight),
		kit.Within("delta", c.Delta, 0, 1, weight),
		kit.Within("omega", c.Omega, 0, 1, weight),
		kit.Within("phi", c.Phi, 0, 0.99, "0.7 lets seven tenths go on"),
		kit.Width(c.Width),
	}
	if sum := c.Alpha + c.Delta + c.Omega; sum > 1 {
		errs = append(errs, &feedgauge.FieldError{
			Field: "omega", Msg: fmt.Sprintf("alpha, delta and omega are %.3g together", sum),
			Hint: "above 1 the level, the day and the week together overshoot: all three learn from the same residual",
		})
	}
	f := forecaster{Config: *c, clock: kit.Clock{Every: env.Every, Zone: env.Zone}}
	if env.Every <= 0 {
		f.clock.Every = time.Hour
	}
	f.day = f.clock.PerDay()
	f.week = 7 * f.day
	f.memory = math.Max(30, float64(14*f.day))
	if f.week > longest {
		errs = append(errs, fmt.Errorf("a week has %d windows of %s, of which each is a number kept for each feed: use windows of 5m or longer", f.week, f.clock.Every))
	}
	return f, errors.Join(errs...)
}

type forecaster struct {
	Config
	clock     kit.Clock
	day, week int     // windows
	memory    float64 // windows over which the spread is averaged: two weeks
}

func (f forecaster) New() feedgauge.Model {
	m := &Model{cfg: f}
	m.clear()
	return m
}
