package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
	"github.com/feedgauge/feedgauge/internal/score"
	"github.com/feedgauge/feedgauge/internal/series"
	"github.com/feedgauge/feedgauge/processors/forecast"
	"github.com/feedgauge/feedgauge/processors/forecast/adaptive"
)

// set is one file of series with its labels.
type set struct {
	in     *backtest.Input
	labels map[string][]score.Label
}

func load(dir, data, labels string) (*set, error) {
	b, err := series.CSV(dir, data)
	if err != nil {
		return nil, err
	}
	in, err := backtest.Read(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%q: %w", data, err)
	}
	f, err := os.Open(filepath.Join(dir, labels))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	l, err := score.ReadLabels(f)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", labels, err)
	}
	return &set{in, l}, nil
}

// run runs a forecast over the set.
func (s *set) run(o backtest.Options) (*backtest.Result, error) {
	return backtest.Run(context.Background(), s.in, o)
}

// byBudget is the adaptive forecast with a budget, as it is shipped, or with a
// compact memory.
func byBudget(budget float64, compact bool) backtest.Options {
	return backtest.Options{Model: "adaptive", Default: func(every time.Duration) (feedgauge.Forecaster, error) {
		c := adaptive.New()
		c.SetBudget(budget)
		c.Compact = compact
		return c.Build(feedgauge.Env{Class: backtest.DefaultClass, Every: every})
	}}
}

// byName is a forecast as it is shipped that learns from every window.
func byName(name string) backtest.Options {
	return backtest.Options{Model: name, Windows: true, Free: true, Default: func(every time.Duration) (feedgauge.Forecaster, error) {
		return forecast.All()[name]().Build(feedgauge.Env{Class: backtest.DefaultClass, Every: every, Measures: []string{"events"}})
	}}
}

// score compares findings with the labels.
func (s *set) score(alarms map[string][]score.Alarm) *score.Result {
	var feeds []score.Feed
	for _, f := range s.in.Feeds {
		x := score.Feed{Name: f.Feed, Labels: s.labels[f.Feed], Alarms: alarms[f.Feed]}
		for _, r := range f.Rows {
			x.Windows = append(x.Windows, r.Start)
		}
		feeds = append(feeds, x)
	}
	return score.Score(feeds)
}

// found are the findings of a run.
func found(r *backtest.Result) map[string][]score.Alarm {
	out := map[string][]score.Alarm{}
	for _, f := range r.Feeds {
		for _, x := range f.Findings {
			out[f.Name] = append(out[f.Name], score.Alarm{At: x.At, Side: x.Side})
		}
	}
	return out
}
