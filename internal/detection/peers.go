package main

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
	"github.com/feedgauge/feedgauge/internal/score"
	"github.com/feedgauge/feedgauge/internal/tune"
	"github.com/feedgauge/feedgauge/processors/forecast"
)

// peers are the forecasts without a budget.
func peers() []string {
	var out []string
	for name := range forecast.All() {
		if name != "adaptive" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// fitted runs a forecast over the set, for each feed with the options that saw one
// window ahead best before its faults begin.
func (s *set) fitted(name string) (*backtest.Result, error) {
	out := &backtest.Result{}
	for _, feed := range s.in.Feeds {
		o := byName(name)
		w, err := o.Cut(feed)
		if err != nil {
			return nil, err
		}
		env := feedgauge.Env{Class: backtest.DefaultClass, Every: w.Class.Every, Measures: []string{"events"}}
		cfg, err := s.fit(name, env, feed.Feed, w.Cuts)
		if err != nil {
			return nil, err
		}
		o.Default = func(time.Duration) (feedgauge.Forecaster, error) { return cfg.Build(env) }
		r, err := backtest.Run(context.Background(), &backtest.Input{Feeds: []*backtest.Series{feed}}, o)
		if err != nil {
			return nil, err
		}
		out.Feeds = append(out.Feeds, r.Feeds...)
	}
	for _, f := range out.Feeds {
		for i := range f.Windows {
			f.Windows[i].Score = grade(name, &f.Windows[i])
		}
	}
	return out, nil
}

// grade says how far a window is from what was expected: in distances of the upper
// bound, since the lower one is cut off at nothing. Bounds of double_seasonal are
// as far off on logarithms, and trend goes by what is missing of it.
func grade(name string, w *backtest.Window) float64 {
	e, v, u := w.Forecast.Expected, w.Actual, w.Forecast.Upper
	switch name {
	case "trend":
		return math.Max(0, e-v) / math.Max(e, 1e-9)
	case "double_seasonal":
		e, v, u = math.Log1p(e), math.Log1p(v), math.Log1p(u)
	}
	return math.Abs(v-e) / math.Max(u-e, 1e-3)
}

// fit chooses the options of a forecast on the windows before a feed's warm-up ends.
func (s *set) fit(name string, env feedgauge.Env, feed string, windows []backtest.Cut) (feedgauge.ForecastConfig, error) {
	cfg := forecast.All()[name]()
	c, ok := cfg.(tune.Config)
	if !ok {
		return cfg, nil
	}
	warm := windows
	for _, l := range s.labels[feed] {
		if l.Kind == "warmup" {
			n, _ := slices.BinarySearchFunc(windows, l.End, func(w backtest.Cut, at feedgauge.Instant) int { return int(min(max(w.Start-at, -1), 1)) })
			warm = windows[:n]
		}
	}
	first, last := warm[0].Start, warm[len(warm)-1].End
	plan := tune.Plan{From: first.Add(8 * 24 * time.Hour), To: last, Step: env.Every, Horizon: env.Every, Loss: tune.Error.RMSE}
	chosen, err := tune.Search(context.Background(), []tune.Case{{Feed: feed, Windows: warm, Plan: plan}}, c, env, nil)
	if errors.Is(err, tune.ErrNothing) {
		return cfg, nil
	}
	return chosen, err
}

// hindsight sets one threshold for all feeds, in distances of the forecast's own
// bounds, so that false alarms come at a rate: what a forecast could do with the
// best threshold.
func (s *set) hindsight(r *backtest.Result, rate float64) (*score.Result, float64) {
	low, high := 0.0, 1000.0
	for range 40 {
		at := math.Sqrt((low + 0.01) * high) // by ratio: thresholds differ by orders of magnitude
		if s.score(beyond(r, at)).FalseRate() > rate {
			low = at
		} else {
			high = at
		}
	}
	return s.score(beyond(r, high)), high
}

// beyond are the windows further than a threshold from what was expected, one for
// each row of them.
func beyond(r *backtest.Result, threshold float64) map[string][]score.Alarm {
	out := map[string][]score.Alarm{}
	for _, f := range r.Feeds {
		for _, win := range f.Windows {
			if win.Forecast.Ready && win.Score > threshold {
				side := feedgauge.SideLow
				if win.Actual > win.Forecast.Expected {
					side = feedgauge.SideHigh
				}
				out[f.Name] = append(out[f.Name], score.Alarm{At: win.Start, Side: side})
			}
		}
	}
	return out
}
