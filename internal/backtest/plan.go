package backtest

import (
	"fmt"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// DefaultClass is the class of feeds that no configuration takes.
const DefaultClass = "default"

// Options say how history is to be run.
type Options struct {
	// Pipeline has classes for feeds by their names, nil for none.
	Pipeline *pipeline.Pipeline
	// Every is the length of windows, zero for that of the feed's class, or the
	// commonest step of its first rows in the default class.
	Every time.Duration
	// Default builds the forecast of the default class for windows of a length.
	Default func(every time.Duration) (feedgauge.Forecaster, error)
	// Model is the name of that forecast.
	Model string
	// Zone is where the clocks are by which windows of days in the default class
	// begin, if their rows do; nil is UTC.
	Zone *time.Location
	// Zero takes windows without a row for windows without events; else they
	// are windows nobody observed.
	Zero bool
	// Windows asks for each window, not only for findings.
	Windows bool
	// Free runs the default class without rules: every window is learnt from,
	// and nothing is found but by a forecast's scores.
	Free bool
	// Sensitivity asks each model, at the end of its history, how soon it would
	// notice losses.
	Sensitivity bool
	// Jobs is how many feeds are run at a time, zero for one a processor.
	Jobs int
	// Progress is told how many rows have been run, from many goroutines; nil
	// for nobody.
	Progress func(rows int)
}

// plan is how one feed is run.
type plan struct {
	class *pipeline.Class
	facts rules.Facts
	grid  grid
}

// plan chooses the class of a feed: that of its entry in the inventory, the
// first that matches its name, or the default.
func (o *Options) plan(s *Series) (*plan, error) {
	id := feedgauge.FeedID{Tenant: "main", Name: s.Feed}
	p := &plan{facts: rules.Facts{Feed: id, Forecasts: true, Format: "any"}}
	if p.class = o.classOf(id); p.class == nil {
		return p, o.byDefault(p, s)
	}
	every := p.class.Every
	if o.Every > 0 {
		every = o.Every
	}
	p.grid = gridOf(s.Rows, every)
	if p.class.Schedule != nil && o.Every == 0 {
		p.grid = grid{every: every, class: p.class}
	}
	p.facts.Class, p.facts.Source, p.facts.Format = p.class.Name, p.class.Source, p.class.Format
	p.facts.Period, p.facts.Owner, p.facts.Labels = o.Pipeline.Period(p.class, id), o.Pipeline.Owner(id), o.Pipeline.Labels(p.class, id)
	p.facts.Forecasts = p.class.Forecaster != nil
	return p, nil
}

func (o *Options) classOf(id feedgauge.FeedID) *pipeline.Class {
	if o.Pipeline == nil {
		return nil
	}
	if f := o.Pipeline.Feeds[id]; f != nil {
		for _, c := range o.Pipeline.Classes {
			if c.Name == f.Class {
				return c
			}
		}
	}
	for _, c := range o.Pipeline.Classes {
		if c.Matches(id.Name) {
			return c
		}
	}
	return nil
}

func (o *Options) byDefault(p *plan, s *Series) error {
	every := o.Every
	if every == 0 {
		every = step(s.Rows)
	}
	f, err := o.Default(every)
	if err != nil {
		return &stepError{every, fmt.Errorf("the forecast of feed %q, in windows of %s: %w", s.Feed, every, err)}
	}
	var rs []*rules.Rule
	if !o.Free {
		if rs, err = shipped(o.Model, f); err != nil {
			return err
		}
	}
	p.class = &pipeline.Class{Name: DefaultClass, Every: every, Format: "any", Unit: "message", Forecaster: f, Forecast: o.Model, Rules: rs}
	p.facts.Class = DefaultClass
	p.grid, err = gridOf(s.Rows, every).onClocks(s.Rows, o.Zone)
	return err
}

// stepError says that a forecast takes no windows as long as those of a feed.
type stepError struct {
	every time.Duration
	error
}

func (e *stepError) Unwrap() error { return e.error }

// shipped builds the rules that go with a forecast.
func shipped(model string, f feedgauge.Forecaster) ([]*rules.Rule, error) {
	set := rules.Bounded()
	if _, judges := f.New().(feedgauge.Judge); judges {
		set = rules.Judged()
	} else if model == "trend" {
		set = rules.Trend()
	}
	var out []*rules.Rule
	for _, c := range set {
		r, err := c.Build([]string{"events"}, true)
		if err != nil {
			return nil, fmt.Errorf("rule %q: %w", c.Name, err)
		}
		out = append(out, r)
	}
	return out, nil
}
