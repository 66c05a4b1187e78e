package watch

import (
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/measure"
)

// tracked is a measure of a feed with its forecast.
type tracked struct {
	measure string
	model   feedgauge.Model   // nil without a forecast
	found   feedgauge.Instant // start of the window in which the model last found something, Before if none
	open    bool              // what it found lasts
}

// track begins to forecast what the class of a feed says.
func (f *feed) track() {
	class := f.class
	f.model, f.others = tracked{measure: "events", found: feedgauge.Before}, nil
	if class.Forecaster != nil {
		f.model.model = class.Forecaster.New()
	}
	for _, o := range class.Others {
		f.others = append(f.others, tracked{measure: o.Measure, model: o.Forecaster.New(), found: feedgauge.Before})
	}
	for i := range class.Measures {
		name := class.Measures[i].Name
		if !slices.ContainsFunc(f.others, func(t tracked) bool { return t.measure == name }) {
			f.others = append(f.others, tracked{measure: name, found: feedgauge.Before})
		}
	}
	slices.SortFunc(f.others, func(a, b tracked) int { return strings.Compare(a.measure, b.measure) })
}

// expect returns the forecasts of the measures other than the events.
func (f *feed) expect(w feedgauge.Window) feedgauge.Readings {
	if len(f.others) == 0 {
		return nil
	}
	out := make(feedgauge.Readings, len(f.others))
	for i := range f.others {
		out[i] = feedgauge.Reading{Measure: f.others[i].measure, Forecast: f.others[i].expect(w)}
	}
	return out
}

// read fills in what the measures came to.
func (f *feed) read(t *feedgauge.FeedTally, out feedgauge.Readings) {
	for i := range out {
		switch r := &out[i]; r.Measure {
		case "bytes":
			r.Value = float64(t.Counts.Bytes)
		case "lines":
			r.Value = float64(t.Counts.Lines)
		default:
			r.Value = measure.Value(t.Sketches, r.Measure)
		}
	}
}

// came returns what the measures came to in a window of which nothing was forecast.
func (f *feed) came(t *feedgauge.FeedTally) feedgauge.Readings {
	var out feedgauge.Readings
	for i := range f.others {
		out = append(out, feedgauge.Reading{Measure: f.others[i].measure})
	}
	f.read(t, out)
	return out
}

func (t *tracked) expect(w feedgauge.Window) feedgauge.Forecast {
	if t.model == nil {
		return feedgauge.Forecast{}
	}
	return t.model.Expect(w)
}

// assess lets a model that judges by itself see a window; what it finds while the
// feed is muted was expected.
func (t *tracked) assess(w feedgauge.Window, v float64, out *feedgauge.Forecast, muted bool) bool {
	judge, ok := t.model.(feedgauge.Judge)
	if !ok {
		return false
	}
	*out = judge.Judge(w, v)
	t.open = out.Anomaly.Kind != ""
	if out.Anomaly.Reason != "" {
		t.found = w.Start
		if muted {
			judge.Note(feedgauge.WordExpected)
		}
	}
	return true
}

// learn takes in a window, as the new level if accept is set.
func (t *tracked) learn(w feedgauge.Window, v float64, accept bool) {
	switch {
	case t.model == nil:
	case accept:
		t.model.Accept(w, v)
	default:
		t.model.Learn(w, v)
	}
}

// all returns all measures of a feed, the events first.
func (f *feed) all() []*tracked {
	out := []*tracked{&f.model}
	for i := range f.others {
		out = append(out, &f.others[i])
	}
	return out
}

// note passes an operator's word to the models that it may be about: those whose
// finding lasts, or else those that found something last.
func (f *feed) note(word feedgauge.Word) {
	if word == "" {
		return
	}
	last, open := feedgauge.Before, false
	for _, t := range f.all() {
		last, open = max(last, t.found), open || t.open
	}
	for _, t := range f.all() {
		if judge, ok := t.model.(feedgauge.Judge); ok && (t.open || !open && t.found == last) {
			judge.Note(word)
		}
	}
}

// accept takes the last window for the new level of all that is forecast.
func (f *feed) accept(w feedgauge.Window) {
	if !f.facts.Forecasts {
		return
	}
	f.frozen = 0
	f.model.learn(w, float64(f.events), true)
	for i := range f.others {
		f.others[i].learn(w, f.readings.Get(f.others[i].measure).Value, true)
	}
}

// loadForecasts takes over what the saved state knows of what is forecast. What cannot
// be read, or was not forecast then, is learnt anew, rather than refuse to watch.
func (f *feed) loadForecasts(s *State) {
	for _, t := range f.all() {
		model := s.model
		if t != &f.model {
			model = nil
		}
		for _, saved := range s.tracked {
			if saved.measure == t.measure {
				t.found, t.open = saved.found, saved.open
				if saved.model != nil {
					model = saved.model
				}
			}
		}
		if t.model != nil && model != nil && t.model.Load(model) != nil {
			f.renew(t)
		}
	}
}

// renew gives a measure a model that has learnt nothing.
func (f *feed) renew(t *tracked) {
	t.found, t.open = feedgauge.Before, false
	if t == &f.model {
		t.model = f.class.Forecaster.New()
		return
	}
	for _, o := range f.class.Others {
		if o.Measure == t.measure {
			t.model = o.Forecaster.New()
		}
	}
}
