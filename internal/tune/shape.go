package tune

import (
	"math"
	"slices"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
)

// Shaped is the configuration of a forecast whose feeds can begin with the shape of
// a week that those of their class have in common.
type Shaped interface {
	Config
	// SetShape sets the level of each hour of the week from Monday 00:00 on.
	SetShape(levels []float64)
}

const hoursAWeek = 168

// Shape returns the shape of a week on the clocks of a zone: for each hour the
// median over the feeds of its level, each in means of the feed, before the time at
// which they are checked. A feed counts if it has each hour of the week; without
// any the error is [ErrNothing].
func Shape(cases []Case, zone *time.Location) ([]float64, error) {
	var feeds [][]float64
	for i := range cases {
		if levels := levels(&cases[i], zone); levels != nil {
			feeds = append(feeds, levels)
		}
	}
	if len(feeds) == 0 {
		return nil, ErrNothing
	}
	out := make([]float64, hoursAWeek)
	of := make([]float64, len(feeds))
	for b := range out {
		for i, f := range feeds {
			of[i] = f[b]
		}
		slices.Sort(of)
		out[b] = Round((of[(len(of)-1)/2] + of[len(of)/2]) / 2)
	}
	return out, nil
}

// levels returns the mean of each hour of the week in means of all, nil if one is
// not known.
func levels(c *Case, zone *time.Location) []float64 {
	if zone == nil {
		zone = time.UTC
	}
	sum, n := make([]float64, hoursAWeek), make([]float64, hoursAWeek)
	for _, w := range c.Windows {
		if w.Start >= c.Check.From {
			break
		}
		at := (w.End - 1).Time().In(zone)
		b := (int(at.Weekday())+6)%7*24 + at.Hour()
		sum[b] += w.Count
		n[b]++
	}
	total := 0.0
	for b := range sum {
		if n[b] == 0 {
			return nil
		}
		sum[b] /= n[b]
		total += sum[b] / hoursAWeek
	}
	if total == 0 {
		return nil
	}
	for b := range sum {
		sum[b] /= total
	}
	return sum
}

// newWeeks is how long the beginning of a feed is followed.
const newWeeks = 2 * 7 * 24 * time.Hour

// Newcomers returns the mean errors of forecasts one window ahead in the first two
// weeks of feeds that begin where they are checked, in windows of which each of
// them expects something.
func Newcomers(cases []Case, forecasts ...feedgauge.Forecaster) []float64 {
	by := make([][]float64, len(forecasts))
	for i := range cases {
		c := &cases[i]
		from := slices.IndexFunc(c.Windows, func(w backtest.Cut) bool { return w.Start >= c.Check.From })
		if from < 0 {
			continue
		}
		every := c.Windows[from].Len()
		p := Plan{From: c.Check.From, To: c.Check.From.Add(newWeeks), Step: every, Horizon: every}
		seers := make([]Seer, len(forecasts))
		for k, f := range forecasts {
			seers[k] = &ByModel{Model: f.New()}
		}
		for k, e := range p.Rolling(c.Windows[from:], seers...) {
			by[k] = append(by[k], e.SMAPE())
		}
	}
	out := make([]float64, len(forecasts))
	for k := range out {
		out[k] = math.NaN()
		if len(by[k]) > 0 {
			out[k] = Mean(by[k])
		}
	}
	return out
}
