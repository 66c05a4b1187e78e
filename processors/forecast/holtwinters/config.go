// Package holtwinters is exponential smoothing of third order: level, trend and
// one season of any length, added or multiplied.
package holtwinters

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/forecast/internal/kit"
)

// Config configures the "holt_winters" forecast.
type Config struct {
	Period int     `hcl:"period,optional" doc:"length of the season in windows, 2 to 2016" default:"one week, or one day where a week has more than 2016 windows"`
	Season string  `hcl:"season,optional" doc:"additive, or multiplicative: the season is an amount, or a share of the level" default:"additive"`
	Alpha  float64 `hcl:"alpha,optional" doc:"weight of the NEW value in the level, 0 to 1" default:"0.05"`
	Beta   float64 `hcl:"beta,optional" doc:"weight of the new slope in the trend, 0 to 1" default:"0.005"`
	Gamma  float64 `hcl:"gamma,optional" doc:"weight of the new value in the season, 0 to 1" default:"0.2"`
	Width  float64 `hcl:"width,optional" doc:"distance of the bounds, in standard deviations" default:"3"`
}

// The forms of a season.
const (
	Additive       = "additive"
	Multiplicative = "multiplicative"
)

// longest is the longest season: a week of windows of five minutes.
const longest = 2016

// NewConfig returns the configuration with its defaults.
func NewConfig() *Config {
	return &Config{Season: Additive, Alpha: 0.05, Beta: 0.005, Gamma: 0.2, Width: 3}
}

// Ranges returns the options that can be tuned, and from where to where.
func (c *Config) Ranges() map[string][2]float64 {
	return map[string][2]float64{"alpha": {0, 1}, "beta": {0, 0.3}, "gamma": {0, 1}}
}

// Build checks the configuration.
func (c *Config) Build(env feedgauge.Env) (feedgauge.Forecaster, error) {
	const weight = "it weights the new value: 0 learns nothing, 1 forgets all that was before"
	errs := []error{
		kit.Within("alpha", c.Alpha, 0, 1, weight),
		kit.Within("beta", c.Beta, 0, 1, weight),
		kit.Within("gamma", c.Gamma, 0, 1, weight),
		kit.Width(c.Width),
	}
	if c.Season != Additive && c.Season != Multiplicative {
		errs = append(errs, &feedgauge.FieldError{Field: "season", Msg: fmt.Sprintf("%q is neither additive nor multiplicative", c.Season)})
	}
	f := forecaster{Config: *c, clock: kit.Clock{Every: env.Every, Zone: env.Zone}}
	if env.Every <= 0 {
		f.clock.Every = time.Minute
	}
	f.memory = math.Max(30, float64(14*f.clock.PerDay()))
	if c.Period == 0 {
		f.Period = usual(f.clock)
	}
	if f.Period < 2 || f.Period > longest {
		errs = append(errs, &feedgauge.FieldError{
			Field: "period", Msg: fmt.Sprintf("a season of %d windows: it is 2 to %d", f.Period, longest),
			Hint: "use longer windows, or a shorter season: each window of it is a number kept for each feed",
		})
	}
	return f, errors.Join(errs...)
}

// usual returns a week of windows, or a day where that is too many.
func usual(c kit.Clock) int {
	day := c.PerDay()
	if week := int(7 * 24 * time.Hour / c.Every); week <= longest {
		return max(2, week)
	}
	return min(day, longest)
}

type forecaster struct {
	Config
	clock  kit.Clock
	memory float64 // windows over which the spread is averaged: two weeks
}

func (f forecaster) New() feedgauge.Model {
	return &Model{cfg: f, season: unseen(f.Period)}
}

// unseen returns a season of which nothing was seen yet.
func unseen(period int) []float64 {
	s := make([]float64, period)
	for i := range s {
		s[i] = -1
	}
	return s
}
