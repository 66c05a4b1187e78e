package intake

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/count"
)

// begin readies the measures of a feed's class for a record. Like the number of
// events they tell of what arrived in time.
func (e *exam) begin(a *count.Arrival) {
	e.metered = len(e.f.meters) > 0 && !a.Delayed
	if !e.metered {
		return
	}
	for _, m := range e.f.meters {
		m.Reset()
	}
}

// look shows an event to the measures.
func (e *exam) look(ev *feedgauge.Event) {
	if !e.metered || !legible(ev.Reason) {
		return
	}
	for _, m := range e.f.meters {
		m.Look(ev)
	}
}

// legible reports whether an event is well enough formed that its fields are what
// they seem to be: it is not, say, short of a column.
func legible(r feedgauge.Reason) bool {
	switch r {
	case "", feedgauge.MissingField, feedgauge.BadType, feedgauge.BadTimestamp, feedgauge.OutOfRange, feedgauge.BadSchema, feedgauge.BrokenRule:
		return true
	default: // nobody knows where a field begins
		return false
	}
}

// measure adds what the measures made of a record that arrived at t.
func (in *Intake) measure(f *feed, t feedgauge.Instant) {
	for _, m := range f.meters {
		if n := m.Missed(); n > 0 {
			in.read.Missed[Measure{f.metered, m.Name()}] += n
		}
		if m.Any() {
			s := in.sums.Sketch(&f.Feed, t, m.Key(), func(feedgauge.Window) feedgauge.Sketch { return m.New() }, m.Size())
			in.sums.Grow(m.Put(s))
		}
	}
}
