package config

import (
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/processors/rules"
)

const events = "events"

// forecastBlock are the options that forecasts have in common.
type forecastBlock struct {
	Measures []string `hcl:"measures,optional" doc:"what is forecast, each by itself: events, bytes, lines, or a measure of the class" default:"[\"events\"]"`
}

func newForecast() *forecastBlock { return &forecastBlock{Measures: []string{events}} }

// forecast builds the forecasts of a class, and returns what is forecast: the events
// alone if the block has mistakes, so that rules are not blamed for those.
func (l *loader) forecast(b *block, env feedgauge.Env, c *pipeline.Class) (measures []string) {
	common := newForecast()
	plugin, ok := kind(l, b, "forecast", l.plugins.Processors.Forecasts)
	if !ok {
		return common.Measures
	}
	cfg := plugin()
	l.decode(b, nil, cfg, common)
	if !l.forecastable(b, common.Measures, env.Measures) {
		return []string{events}
	}
	c.Forecast, c.Options = b.Labels[0], cfg
	c.KnowsHolidays = byClock(cfg) && env.Holiday != nil
	env.Share = len(common.Measures)
	c.Env.Share = env.Share
	for _, m := range common.Measures {
		env.Measure = m
		f, err := cfg.Build(env)
		if err != nil {
			l.mistakes(b, err)
			return common.Measures
		}
		if m == events {
			c.Forecaster = f
		} else {
			c.Others = append(c.Others, pipeline.MeasureForecast{Measure: m, Forecaster: f})
		}
	}
	slices.SortFunc(c.Others, func(a, b pipeline.MeasureForecast) int { return strings.Compare(a.Measure, b.Measure) })
	return common.Measures
}

// forecastable reports whether all measures that are to be forecast are counted.
func (l *loader) forecastable(b *block, want, provided []string) (good bool) {
	var known []string
	for _, m := range provided {
		if own, ok := strings.CutPrefix(m, rules.Own); ok || slices.Contains(measures(), m) {
			known = append(known, own)
		}
	}
	if b.Body.Attributes["measures"] == nil {
		if slices.Contains(known, events) {
			return true
		}
		l.reportHeader(b, Diagnostic{
			Summary: "Nothing to forecast", Detail: "A forecast is made of events, if it does not say of what, and this class does not count them.",
			Hint: `add "events" to measures of the count block, or measures to the forecast`,
		})
		return false
	}
	if good = !b.bad["measures"]; good && len(want) == 0 {
		l.mistakes(b, &feedgauge.FieldError{Field: "measures", Msg: "nothing is forecast", Hint: `for example ["events", "bytes"]`})
		return false
	}
	for i, m := range want {
		fe := feedgauge.FieldError{Field: "measures", Index: i}
		switch {
		case !slices.Contains(known, m):
			fe.Msg, fe.Hint = "this class does not count "+quote(m), suggest.DidYouMean(m, known)
		case slices.Index(want, m) < i:
			fe.Msg, fe.Hint = quote(m)+" is listed twice", "remove one of them"
		default:
			continue
		}
		l.mistakes(b, &fe)
		good = false
	}
	return good
}

// byClock reports whether a forecast knows hours and weekdays.
func byClock(cfg feedgauge.ForecastConfig) bool {
	c, ok := cfg.(feedgauge.ClockConfig)
	return ok && c.ByClock()
}

// forecastNames are the names that forecasts of measures other than the events have
// among those that rules may use.
func forecastNames(measures []string) (names []string) {
	for _, m := range measures {
		if m != events {
			names = append(names, rules.Forecast+m)
		}
	}
	return names
}

// shipped gives a class whose forecast judges by itself, and that has no rules, a
// rule for each kind of what it finds.
func (l *loader) shipped(b *block, env *feedgauge.Env, measures []string, c *pipeline.Class) {
	if !c.Forecasts() {
		return
	}
	f := c.Forecaster
	if f == nil {
		f = c.Others[0].Forecaster
	}
	if _, judges := f.New().(feedgauge.Judge); !judges {
		return
	}
	for _, cfg := range rules.Judged(measures...) {
		if c.Whole {
			cfg = cfg.Unexplained()
		}
		l.add(b, cfg, env.Measures, slices.Contains(measures, events), c)
	}
}
