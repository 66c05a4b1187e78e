package watch_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
	"github.com/feedgauge/feedgauge/processors/measure"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// relay is a bench of one class that counts hosts, and forecasts what is given.
func relay(t *testing.T, events feedgauge.Forecaster, others ...pipeline.MeasureForecast) *bench {
	t.Helper()
	b := newBench(t)
	b.class(t, events, others...)
	return b
}

func (b *bench) class(t *testing.T, events feedgauge.Forecaster, others ...pipeline.MeasureForecast) {
	t.Helper()
	c := b.pipe.Classes[0]
	c.Period, c.Forecaster, c.Others, c.Rules = 0, events, others, nil
	c.Measures = []measure.Config{{Name: "hosts", Distinct: "event.host"}}
	names, provided := []string{}, []string{rules.Own + "hosts"}
	if events != nil {
		names = append(names, "events")
	}
	for _, o := range others {
		names, provided = append(names, o.Measure), append(provided, rules.Forecast+o.Measure)
	}
	for _, cfg := range rules.Judged(names...) {
		r, err := cfg.Build(provided, events != nil)
		if err != nil {
			t.Fatal(err)
		}
		c.Rules = append(c.Rules, r)
	}
}

// deliver folds a tally of events from so many hosts.
func (b *bench) deliver(at feedgauge.Instant, events, bytes int64, hosts int) {
	d := &measure.Distinct{}
	for i := range hosts {
		d.Add(fmt.Append(nil, i))
	}
	t := feedgauge.FeedTally{Feed: feedID, First: at, Last: at, Counts: feedgauge.Counts{Events: events, Bytes: bytes}}
	t.Sketches.Put(measure.SketchName("hosts"), d)
	b.fold(at, feedgauge.Entry{Tally: &feedgauge.Tally{Source: "raw", Window: feedgauge.WindowOf(at, time.Minute), Feeds: []feedgauge.FeedTally{t}}})
}

var feedID = feedgauge.FeedID{Tenant: "main", Name: "f"}

// What an operator says of a finding reaches the models that it may be about, and no
// others: those whose finding lasts, or else the last that found something.
func TestWordsReachTheMeasureConcerned(t *testing.T) {
	t.Parallel()
	events, bytes, hosts := &scripted{}, &scripted{}, &scripted{}
	b := relay(t, events, pipeline.MeasureForecast{Measure: "bytes", Forecaster: bytes}, pipeline.MeasureForecast{Measure: "hosts", Forecaster: hosts})
	at, id := epoch, 0
	say := func(word feedgauge.Word) string {
		id++
		b.fold(at, feedgauge.Entry{Command: &feedgauge.Command{ID: fmt.Sprint(id), Verb: feedgauge.Ack, Feed: feedID, Who: "kim", Word: word}})
		out := fmt.Sprint(events.words, bytes.words, hosts.words)
		events.words, bytes.words, hosts.words = nil, nil, nil
		return out
	}
	window := func(n, size int64, from int) {
		b.deliver(at, n, size, from)
		at += minute
		b.mark(at, at, 1)
	}
	window(5, 50, 3)
	if got := say(feedgauge.WordReal); got != "[real] [real] [real]" {
		t.Errorf("while nothing was ever found: %s", got)
	}
	window(5, 50, 0)
	window(5, 0, 0)
	if got := say(feedgauge.WordReal); got != "[] [real] [real]" {
		t.Errorf("while bytes and hosts lack: %s", got)
	}
	window(5, 50, 3)
	if got := say(feedgauge.WordFalse); got != "[] [false] []" {
		t.Errorf("when all is well again: %s", got)
	}
	b.want(t, "open short at 2m0s since 1m0s end -", "update short at 3m0s since 1m0s end -", "close short at 4m0s since 1m0s end 3m0s")
	if r := b.history[2].Readings; r.Get("hosts").Value != 0 || b.history[3].Readings.Get("bytes").Value != 50 || b.history[3].Readings.Get("hosts").Value != 3 {
		t.Errorf("the history tells %+v", r)
	}
}

// saved is what the state topic holds.
func (b *bench) saved() map[string][]byte {
	b.fold(b.last+10*minute, feedgauge.Entry{Tick: true})
	out := map[string][]byte{}
	for _, s := range b.Save() {
		out[s.Key] = s.Value
	}
	return out
}

// A state that was written before a measure was forecast is read, and so is one
// that knows of a measure which is forecast no longer: what is known goes on, what is
// new learns.
func TestStatesOfOtherForecasts(t *testing.T) {
	t.Parallel()
	hosts := pipeline.MeasureForecast{Measure: "hosts", Forecaster: leaps{}}
	for _, tt := range []struct {
		name        string
		was, is     []pipeline.MeasureForecast
		hostsLearnt bool
	}{
		{"the same", []pipeline.MeasureForecast{hosts}, []pipeline.MeasureForecast{hosts}, true},
		{"hosts are new", nil, []pipeline.MeasureForecast{hosts}, false},
		{"hosts are gone", []pipeline.MeasureForecast{hosts}, nil, false},
	} {
		b := relay(t, leaps{}, tt.was...)
		b.pipe.Classes[0].Forecast = "leaps"
		for i := range feedgauge.Instant(4) {
			b.deliver(epoch+i*minute, 5, 50, 3)
		}
		b.mark(epoch+4*minute, epoch+4*minute, 1)
		state := b.saved()
		b.class(t, leaps{}, tt.is...)
		part, err := watch.Restore(b.pipe, 0, state, 0)
		if err != nil {
			t.Fatal(err)
		}
		b.Partition, b.history = part, nil
		b.offset = part.Next()
		b.deliver(epoch+4*minute, 5, 50, 3)
		b.mark(epoch+5*minute, epoch+5*minute, 1)
		last := b.history[len(b.history)-1]
		if !last.Forecast.Ready || last.Forecast.Expected != 5 {
			t.Errorf("%s: of events it expects %+v", tt.name, last.Forecast)
		}
		r := last.Readings.Get("hosts")
		if r.Value != 3 || r.Forecast.Ready != tt.hostsLearnt || tt.hostsLearnt && r.Forecast.Expected != 3 {
			t.Errorf("%s: %+v", tt.name, r)
		}
	}
}

// A level that somebody approves is that of all measures.
func TestApproveAllMeasures(t *testing.T) {
	t.Parallel()
	trend := newBench(t).pipe.Classes[0].Forecaster
	b := relay(t, trend, pipeline.MeasureForecast{Measure: "hosts", Forecaster: trend})
	for i := range feedgauge.Instant(3) {
		b.deliver(epoch+i*minute, 5, 50, 3)
	}
	b.deliver(epoch+3*minute, 1, 50, 9)
	b.mark(epoch+4*minute, epoch+4*minute, 1)
	expected := func() string {
		last := b.history[len(b.history)-1]
		return fmt.Sprint(last.Forecast.Expected, last.Readings.Get("hosts").Forecast.Expected)
	}
	if got := expected(); got != "5 3" {
		t.Errorf("before, it expects %s", got)
	}
	b.fold(epoch+4*minute, feedgauge.Entry{Command: &feedgauge.Command{ID: "1", Verb: feedgauge.Approve, Feed: feedID, Who: "kim"}})
	b.deliver(epoch+4*minute, 1, 50, 9)
	b.mark(epoch+5*minute, epoch+5*minute, 1)
	if got := expected(); got != "1 9" {
		t.Errorf("it expects %s", got)
	}
}
