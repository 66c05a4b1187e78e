package watch

import (
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/count"
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

// feed is all that is remembered of one feed.
type feed struct {
	key      string // identity
	class    *pipeline.Class
	facts    rules.Facts
	pending  count.Windows
	cursor   feedgauge.Window  // the next window to close
	closed   bool              // some window has been closed
	first    feedgauge.Instant // first arrival ever
	last     feedgauge.Instant // last arrival in a closed window
	size     int64             // bytes in the last window with arrivals
	deadline feedgauge.Instant // when silence is due, After for never
	model    feedgauge.Model   // nil without a forecast
	frozen   int               // windows in a row not learnt from
	empty    int               // windows in a row without arrivals
	book     rules.Book
	status   feedgauge.Status
	late     int64 // arrivals that came after their window was closed

	due      due
	heapAt   int   // place in the heap, -1 when not in it
	foldedTo int64 // journal offset up to which the saved state is folded, or where the feed was met
	dirty    bool  // must be saved with this transaction
}

func newFeed(p *pipeline.Pipeline, source string, id feedgauge.FeedID) *feed {
	class := p.Classify(source, id)
	f := &feed{
		key: id.Identity(), class: class, heapAt: -1,
		first: feedgauge.After, last: feedgauge.Before, deadline: feedgauge.After, status: feedgauge.Learning,
	}
	f.facts = rules.Facts{
		Feed: id, Class: class.Name, Source: source, Format: class.Format,
		Period: p.Period(class, id), Labels: p.Labels(class, id), Owner: p.Owner(id),
		Forecasts: class.Forecaster != nil,
	}
	if class.Forecaster != nil {
		f.model = class.Forecaster.New()
	} else {
		f.status = feedgauge.OK
	}
	return f
}

// merge takes in a tally of window w. A tally whose window is closed comes from
// a lane that was not known in time; its arrivals are only remembered.
func (f *feed) merge(w feedgauge.Window, t *feedgauge.FeedTally) {
	f.first = min(f.first, t.First)
	switch {
	case f.cursor == feedgauge.Window{}, !f.closed && w.Start < f.cursor.Start:
		f.cursor = w
	case w.Start < f.cursor.Start:
		f.late += t.Counts.Arrivals()
		f.last = max(f.last, t.Last)
		return
	}
	f.pending.Merge(w, t)
}

// next returns the feed's next due time: the end of its open window, or the
// deadline of its silence if that comes first. At the same time the window ends
// first.
func (f *feed) next() due {
	d := due{at: f.toClose().End, kind: windowEnd}
	if f.deadline < d.at {
		d = due{at: f.deadline, kind: deadline}
	}
	d.fire = d.at.Add(f.class.Lateness)
	d.key = f.key
	return d
}

// toClose is the window to close next: the one at the cursor, or for a dormant
// feed the first in which something has arrived.
func (f *feed) toClose() feedgauge.Window {
	if f.empty < maxEmpty {
		return f.cursor
	}
	if pending := f.pending.All(); len(pending) > 0 {
		return pending[0].Window
	}
	return feedgauge.Window{Start: feedgauge.After, End: feedgauge.After}
}

// emit is what a firing tells.
type emit struct {
	step   func(*feedgauge.Step)
	closed func(*feedgauge.Closed)
	failed func(n int)
}

// fireOnce acts on the feed's due time.
func (f *feed) fireOnce(d due, e *emit) {
	if d.kind == deadline {
		f.fireDeadline(d.at, e)
		return
	}
	f.closeWindow(e)
}

// fireDeadline judges a feed whose period has passed since its last arrival. An
// arrival before the deadline that waits in the open window excuses it; closing
// that window sets the next deadline.
func (f *feed) fireDeadline(at feedgauge.Instant, e *emit) {
	f.deadline = feedgauge.After
	if f.pending.ArrivedBefore(at) {
		return
	}
	w := feedgauge.WindowOf(at, f.class.Every)
	m := &rules.Moment{
		At: at, Window: w, First: feedgauge.After, Last: f.last, Forecast: f.expect(w), Facts: &f.facts,
	}
	f.judge(m, e)
}

// closeWindow closes the next window: forecast, judge, learn.
func (f *feed) closeWindow(e *emit) {
	w := f.toClose()
	tally, arrived := f.pending.Take(w)
	f.cursor, f.closed = w.Next(), true
	f.empty++
	if arrived {
		f.empty = 0
		f.last = max(f.last, tally.Last)
		f.size = tally.Counts.Bytes
		f.deadline = f.silentAt()
	}
	m := &rules.Moment{
		At: w.End, Closed: true, Window: w, Counts: tally.Counts, First: tally.First,
		Last: f.last, Forecast: f.expect(w), Facts: &f.facts,
	}
	held := f.judge(m, e)
	f.learn(w, float64(tally.Counts.Events), held)
	e.closed(&feedgauge.Closed{Feed: f.facts.Feed, Window: w, Counts: tally.Counts, Forecast: m.Forecast, Status: f.status})
}

// silentAt is the first instant at which nothing has arrived for longer than
// the period.
func (f *feed) silentAt() feedgauge.Instant {
	if f.facts.Period <= 0 {
		return feedgauge.After
	}
	return f.last.Add(f.facts.Period + time.Millisecond)
}

func (f *feed) expect(w feedgauge.Window) feedgauge.Forecast {
	if f.model == nil {
		return feedgauge.Forecast{}
	}
	return f.model.Expect(w)
}

func (f *feed) judge(m *rules.Moment, e *emit) (held bool) {
	out := f.book.Judge(f.class.Rules, m, e.step)
	if out.Failed > 0 {
		e.failed(out.Failed)
	}
	f.status = out.Status
	f.dirty = f.dirty || out.Changed
	return out.Held
}

// learn trains the forecast on a window, unless something is wrong: an outage
// must not be learnt as normal, but a level that stays is one.
func (f *feed) learn(w feedgauge.Window, v float64, held bool) {
	if f.model == nil {
		return
	}
	if !held {
		f.frozen = 0
		f.model.Learn(w, v)
		return
	}
	f.frozen++
	if f.frozen > maxFrozen {
		f.frozen = 0
		f.model.Accept(w, v)
	}
}
