package intake

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/clocks"
	"github.com/feedgauge/feedgauge/processors/count"
	"github.com/feedgauge/feedgauge/processors/format"
)

// sampleSize bounds what is kept of an event that broke its format, in bytes.
const sampleSize = 200

// exam looks at the events of one record.
type exam struct {
	f      *feed
	at     feedgauge.Instant
	known  feedgauge.Errors       // what broke the format before, in the same window
	faults []feedgauge.ErrorCount // of this record
	visit  func(*feedgauge.Event)
	text   []byte // the first bad event
	found  bool
	first  func(*feedgauge.Event)

	tail feedgauge.Reason // why the last event breaks the format, empty if it does not
	end  []byte           // that event
	bare []byte           // the events, out of their envelopes, joined by line ends

	metered bool                   // the measures of its class have looked at the record
	times   clocks.Summary         // of the record's events
	shown   func(*feedgauge.Event) // lets both look at one event
}

// examine fills in what the format says of a record. What is counted of its faults
// depends on the record and its arrival only, so that the sums are the same however
// records are cut into tallies.
func (in *Intake) examine(f *feed, r *feedgauge.Record, a *count.Arrival) {
	e := &in.exam
	e.f, e.at, e.faults = f, a.At, e.faults[:0]
	e.tail, e.end, e.bare = "", nil, e.bare[:0]
	e.begin(a)
	e.times.Reset()
	if f.single {
		if a.Verdict = e.check(r); a.Verdict.Reason != "" {
			if !f.bare {
				e.tail, e.end = a.Verdict.Reason, r.Value
			}
			e.known = in.sums.Errors(&f.Feed, a.At)
			e.whole(r, &a.Verdict)
		}
	} else {
		if e.visit == nil {
			e.visit = e.event
		}
		e.known = in.sums.Errors(&f.Feed, a.At)
		a.Verdict = f.events.Read(r, e.visit)
		a.Events = int64(a.Verdict.Events)
	}
	a.Faults = e.faults
}

// check asks for the verdict on a record that is one event, whatever is in it.
func (e *exam) check(r *feedgauge.Record) feedgauge.Verdict {
	if !e.metered && !e.f.clocks && !e.f.bare {
		return e.f.check.Check(r)
	}
	if e.shown == nil {
		e.shown = e.show
	}
	return e.f.events.Read(r, e.shown)
}

// show lets measures and clocks look at an event.
func (e *exam) show(ev *feedgauge.Event) {
	if e.f.bare {
		if len(e.bare) > 0 {
			e.bare = append(e.bare, '\n')
		}
		e.bare = append(e.bare, ev.Text...)
		e.tail, e.end = ev.Reason, ev.Text
	}
	if e.f.clocks {
		e.times.Note(e.at, ev.Time, ev.Clock, e.f.zone)
	}
	e.look(ev)
}

// whole notes the fault of a record that is one event, with its first bad part as
// sample.
func (e *exam) whole(r *feedgauge.Record, v *feedgauge.Verdict) {
	c := e.fault(v.Reason, v.Fault)
	if e.known.Earlier(c.Reason, c.Field, e.at) {
		c.Sample = format.Sample(e.bad(r), sampleSize)
	}
	e.faults = append(e.faults, c)
}

// bad returns the first event in r that breaks the format, or all of it.
func (e *exam) bad(r *feedgauge.Record) []byte {
	if e.f.events == nil {
		return r.Value
	}
	if e.first == nil {
		e.first = func(ev *feedgauge.Event) {
			if ev.Reason != "" && !e.found {
				e.text, e.found = ev.Text, true
			}
		}
	}
	e.text, e.found = r.Value, false
	e.f.events.Read(r, e.first)
	return e.text
}

// event notes the fault of one of several events.
func (e *exam) event(ev *feedgauge.Event) {
	e.show(ev)
	if e.tail, e.end = ev.Reason, ev.Text; ev.Reason == "" {
		return
	}
	c := e.fault(ev.Reason, ev.Fault)
	for i := range e.faults {
		if own := &e.faults[i]; own.Reason == c.Reason && own.Field == c.Field {
			own.N++
			return
		}
	}
	if e.known.Earlier(c.Reason, c.Field, e.at) {
		c.Sample = format.Sample(ev.Text, sampleSize)
	}
	e.faults = append(e.faults, c)
}

// fault is one event that broke its format. Only fields that the format or its
// options name are told apart: others may be as many as a sender likes.
func (e *exam) fault(reason feedgauge.Reason, field string) feedgauge.ErrorCount {
	if e.f.named == nil || !e.f.named(field) {
		field = ""
	}
	return feedgauge.ErrorCount{Reason: reason, Field: field, N: 1, First: e.at}
}
