package watch

import (
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/clocks"
	"github.com/feedgauge/feedgauge/processors/count"
	"github.com/feedgauge/feedgauge/processors/delivery"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// maxFrozen is how many windows in a row may go unlearnt while something is
// wrong; the next one is taken as the new level.
const maxFrozen = 24

// maxEmpty is how many windows in a row may be empty before a feed is dormant.
// The windows of a dormant feed are not closed one by one: nothing is judged,
// learnt or written until something arrives, so that a leap in time, by one
// record stamped in 1970 or a machine switched off for a year, costs little.
const maxEmpty = 1000

// needCalm is how many windows in a row must be good after a finding has closed
// before the feed counts as well again.
const needCalm = 2

// feed is all that is remembered of one feed.
type feed struct {
	key      string // identity
	class    *pipeline.Class
	group    *group // nil for a feed on its own
	listed   bool   // in the inventory, so never forgotten
	facts    rules.Facts
	pending  count.Windows
	cursor   feedgauge.Window   // the next window to close, zero before the first arrival
	closed   bool               // some window has been closed
	since    feedgauge.Instant  // when it began to be watched, for one never seen; After otherwise
	recut    feedgauge.Instant  // windows that begin before it were cut by two configurations
	first    feedgauge.Instant  // first arrival ever, After if none
	last     feedgauge.Instant  // last arrival in a closed window
	size     int64              // bytes in the last window with arrivals
	events   int64              // events in the last closed window
	readings feedgauge.Readings // of other measures, in the last closed window
	deadline feedgauge.Instant  // when silence is due, After for never
	retire   feedgauge.Instant  // when it is to be forgotten, After for never
	learnt   []byte             // what lines are like, as the learner writes it
	clock    clocks.Watcher     // how the times in its events stood
	past     delivery.Memory    // the last deliveries
	model    tracked            // the events
	others   []tracked          // other measures, one for each of the readings
	frozen   int                // windows in a row not learnt from
	empty    int                // windows in a row without arrivals
	book     rules.Book
	calm     int // windows in a row that were good since the last finding closed
	status   feedgauge.Status
	reason   string // why the status is unknown
	late     int64  // arrivals that came after their window was closed
	muted    mute

	due      due
	heapAt   int   // place in the heap, -1 when not in it
	foldedTo int64 // journal offset up to which the saved state is folded, or where the feed was met
	dirty    bool  // must be saved with this transaction
	gone     bool  // retired: nothing of it may fire any more
}

// mute is an operator's word that findings are expected.
type mute struct {
	until    feedgauge.Instant // by the watermark, Before when not muted
	who, why string
}

func newFeed(p *pipeline.Pipeline, source string, id feedgauge.FeedID) *feed {
	class := p.Classify(source, id)
	f := &feed{
		key: id.Identity(), class: class, listed: p.Feeds[id] != nil, heapAt: -1, since: feedgauge.After,
		first: feedgauge.After, last: feedgauge.Before, deadline: feedgauge.After, retire: feedgauge.After, status: feedgauge.Learning,
		muted: mute{until: feedgauge.Before}, calm: needCalm,
	}
	f.facts = rules.Facts{
		Feed: id, Class: class.Name, Source: source, Format: class.Format,
		Period: p.Period(class, id), Labels: p.Labels(class, id), Owner: p.Owner(id),
		Forecasts: class.Forecasts(),
	}
	if !f.facts.Forecasts {
		f.status = feedgauge.OK
	}
	f.track()
	return f
}

// expectFrom begins to wait for a feed that has never been seen.
func (f *feed) expectFrom(t feedgauge.Instant) {
	f.since = t
	f.deadline = f.silentAfter(t)
}

// merge takes in a tally of window w, and reports whether it came too late: its
// window is closed, since its lane was not known in time.
func (f *feed) merge(w feedgauge.Window, t *feedgauge.FeedTally) (late bool) {
	f.first = min(f.first, t.First)
	w = f.own(w, t)
	switch {
	case f.cursor == feedgauge.Window{}, !f.closed && w.Start < f.cursor.Start:
		f.cursor = w
	case w.Start < f.cursor.Start:
		f.late += t.Counts.Arrivals()
		return true
	}
	f.pending.Merge(w, t)
	return false
}

// next returns the feed's next due time: the end of its open window, the
// deadline of its silence, or the time to forget it, whichever comes first.
func (f *feed) next() due {
	d := due{at: f.toClose().End, kind: windowEnd}
	if f.deadline < d.at {
		d = due{at: f.deadline, kind: deadline}
	}
	if f.retire < d.at {
		d = due{at: f.retire, kind: retirement}
	}
	if f.muted.until < d.at && f.muted.until != feedgauge.Before && f.found() {
		d = due{at: f.muted.until, kind: muteEnd}
	}
	d.fire = d.at.Add(f.class.Lateness)
	d.key = f.key
	return d
}

// found reports whether a finding is open that is muted with the feed: one of its
// own, or of the group whose first member it is.
func (f *feed) found() bool {
	g, until := f.group, f.muted.until
	return f.book.OpenedBefore(until) || g != nil && g.members[0] == f && g.book.OpenedBefore(until)
}

// toClose is the window to close next: the one at the cursor, or for a dormant
// feed the first in which something has arrived. A feed never seen has none.
func (f *feed) toClose() feedgauge.Window {
	never := feedgauge.Window{Start: feedgauge.After, End: feedgauge.After}
	if f.cursor == (feedgauge.Window{}) {
		return never
	}
	if f.empty < maxEmpty {
		return f.cursor
	}
	if pending := f.pending.All(); len(pending) > 0 {
		return pending[0].Window
	}
	return never
}

// silentAfter is the first instant at which nothing has arrived for longer than
// the period, when the last arrival, or the beginning of the watch, was at t.
func (f *feed) silentAfter(t feedgauge.Instant) feedgauge.Instant {
	if f.facts.Period <= 0 || t == feedgauge.Before || t == feedgauge.After {
		return feedgauge.After
	}
	return f.class.After(t, f.facts.Period).Add(time.Millisecond)
}

// retireAfter is when a feed that delivers no more after t is forgotten.
func (f *feed) retireAfter(t feedgauge.Instant) feedgauge.Instant {
	if f.class.RetireAfter <= 0 || f.listed {
		return feedgauge.After
	}
	return t.Add(f.class.RetireAfter)
}

// moment is due time at with what is known of the feed then.
func (f *feed) moment(at feedgauge.Instant, w feedgauge.Window) *rules.Moment {
	m := &rules.Moment{At: at, Window: w, First: feedgauge.After, Last: f.last, Facts: &f.facts}
	if f.last != feedgauge.Before {
		m.Age = f.class.Elapsed(f.last, at)
	}
	m.Forecast = f.model.expect(w)
	m.Readings = f.expect(w)
	return m
}

// moment is a due time of f, with the silence that counts.
func (s *sourceState) moment(f *feed, at feedgauge.Instant, w feedgauge.Window) *rules.Moment {
	m := f.moment(at, w)
	if f.last != feedgauge.Before {
		m.Age = s.silence(f, at)
	}
	return m
}

// assess lets models that judge by themselves see a window, one without arrivals
// too, before the rules do. It reports whether there are such models.
func (f *feed) assess(m *rules.Moment) (judged bool) {
	muted := f.muted.until > m.At // somebody said beforehand that it was expected
	judged = f.model.assess(m.Window, float64(m.Counts.Events), &m.Forecast, muted)
	for i := range f.others {
		r := &m.Readings[i]
		judged = f.others[i].assess(m.Window, r.Value, &r.Forecast, muted) || judged
	}
	return judged
}

// learn trains the forecasts on a window, unless something is wrong: an outage
// must not be learnt as normal, but a level that stays is one.
func (f *feed) learn(m *rules.Moment, held bool) {
	if !f.facts.Forecasts {
		return
	}
	accept := false
	if held {
		f.frozen++
		if f.frozen <= maxFrozen {
			return
		}
		accept = true
	}
	f.frozen = 0
	f.model.learn(m.Window, float64(m.Counts.Events), accept)
	for i := range f.others {
		f.others[i].learn(m.Window, m.Readings[i].Value, accept)
	}
}
