package backtest

import (
	"math"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// Finding is one opened finding.
type Finding struct {
	Feed     string
	At       feedgauge.Instant // start of the window whose close opened it
	Kind     feedgauge.Status  // silent, short, drifting or high
	Side     feedgauge.Side
	Score    float64
	Actual   float64
	Forecast feedgauge.Forecast
	FirstBad feedgauge.Instant
	Reason   string
}

// Window is one window that was run.
type Window struct {
	Start    feedgauge.Instant
	Actual   float64
	Forecast feedgauge.Forecast
	Score    float64
	Status   feedgauge.Status
}

// Feed is what came of one feed.
type Feed struct {
	Name     string
	Class    string
	Every    int64 // ms
	Rows     int   // run, windows filled in among them
	OffGrid  int   // rows that begin no window
	Refused  error // why it was not run, having windows that its forecast does not take
	Judged   int   // windows with a forecast
	Findings []Finding
	Windows  []Window // empty unless asked for
	// Noticed is how soon losses would be noticed after the last window, where the
	// model can tell; nil unless asked for.
	Noticed []Noticed
}

// maxFrozen is how many windows in a row may go unlearnt while something is
// wrong, as the monitor has it.
const maxFrozen = 24

// walker runs one feed.
type walker struct {
	*plan
	opt    *Options
	model  feedgauge.Model
	book   rules.Book
	frozen int
	at     feedgauge.Window  // the last window
	last   feedgauge.Instant // last arrival, at the latest time it can have come
	out    *Feed
}

// walk runs a feed through its class.
func (o *Options) walk(s *Series) (*Feed, error) {
	p, err := o.plan(s)
	if err != nil {
		return nil, err
	}
	w := &walker{plan: p, opt: o, last: feedgauge.Before, out: &Feed{Name: s.Feed, Class: p.class.Name, Every: p.grid.every.Milliseconds()}}
	if p.class.Forecaster != nil {
		w.model = p.class.Forecaster.New()
	}
	if o.Windows {
		w.out.Windows = make([]Window, 0, len(s.Rows)) // more only where empty ones are filled in
	}
	w.out.OffGrid = p.grid.cut(s.Rows, o.Zero, w.close)
	if sensor, ok := w.model.(feedgauge.Sensor); ok && o.Sensitivity && w.out.Rows > 0 {
		w.out.Noticed = sensitivity(sensor, p.grid.next(w.at))
	}
	return w.out, nil
}

// Noticed says that a loss of a share of all events is noticed within a time, in
// four of five cases.
type Noticed struct {
	Loss   float64
	Within time.Duration
}

func sensitivity(s feedgauge.Sensor, w feedgauge.Window) []Noticed {
	out := []Noticed{}
	for _, loss := range []float64{1, 0.75, 0.5, 0.3} {
		if within, ok := s.Noticed(w, loss); ok {
			out = append(out, Noticed{loss, within})
		}
	}
	return out
}

// close judges one window and learns from it, as the monitor does at its end.
func (w *walker) close(win feedgauge.Window, v float64) {
	w.out.Rows++
	w.at = win
	m := w.moment(win, v)
	if !w.class.Active(win.Start) {
		return
	}
	if judge, ok := w.model.(feedgauge.Judge); ok {
		m.Forecast, m.Judged = judge.Judge(win, v), true
	} else if w.model != nil {
		m.Forecast = w.model.Expect(win)
	}
	if m.Forecast.Ready {
		w.out.Judged++
	}
	res := w.book.Judge(w.class.Rules, m, func(s *feedgauge.Step) { w.tell(s, m, v) })
	if w.model != nil && !m.Judged && !m.Quiet {
		w.learn(win, v, res.Held)
	}
	if w.opt.Windows {
		w.out.Windows = append(w.out.Windows, Window{Start: win.Start, Actual: v, Forecast: m.Forecast, Score: score(m.Forecast, v), Status: res.Status})
	}
}

// moment is the end of a window with what a CSV file tells of it. When in it
// anything arrived is not known: silence is counted from its end.
func (w *walker) moment(win feedgauge.Window, v float64) *rules.Moment {
	m := &rules.Moment{At: win.End, Closed: true, Window: win, First: feedgauge.After, Facts: &w.facts}
	m.Counts.Events = int64(math.Round(v))
	if v > 0 {
		m.First, w.last = win.Start, win.End-1
	} else if w.facts.Period > 0 {
		m.Closed, m.Quiet = false, true
	}
	m.Last = w.last
	if m.Last != feedgauge.Before {
		m.Age = w.class.Elapsed(m.Last, m.At)
	}
	return m
}

func (w *walker) learn(win feedgauge.Window, v float64, held bool) {
	if !held {
		w.frozen = 0
		w.model.Learn(win, v)
		return
	}
	if w.frozen++; w.frozen > maxFrozen {
		w.frozen = 0
		w.model.Accept(win, v)
	}
}

// tell notes a finding that opens.
func (w *walker) tell(s *feedgauge.Step, m *rules.Moment, v float64) {
	if s.Activity != feedgauge.Open {
		return
	}
	f := Finding{
		Feed: s.Feed.Name, At: m.Window.Start, Actual: v, Forecast: m.Forecast, Score: score(m.Forecast, v),
		FirstBad: s.Since, Reason: s.Message,
	}
	f.Kind, f.Side = kindOf(s.Status, v, m)
	if a := m.Forecast.Anomaly; a.Kind == f.Kind && a.Kind != "" {
		f.Side, f.FirstBad = a.Side, a.FirstBad
		if a.Reason != "" {
			f.Reason = a.Reason
		}
	}
	if f.FirstBad == feedgauge.Before || f.FirstBad > f.At {
		f.FirstBad = f.At
	}
	w.out.Findings = append(w.out.Findings, f)
}

// kindOf sorts what a rule finds into the four kinds of findings on volume: by
// the status it gives, or else by the side on which the window lies.
func kindOf(s feedgauge.Status, v float64, m *rules.Moment) (feedgauge.Status, feedgauge.Side) {
	side := feedgauge.SideLow
	if m.Forecast.Ready && v > m.Forecast.Expected {
		side = feedgauge.SideHigh
	}
	switch s {
	case feedgauge.Silent, feedgauge.Short:
		return s, feedgauge.SideLow
	case feedgauge.StatusHigh:
		return s, feedgauge.SideHigh
	case feedgauge.Drifting:
		return s, side
	}
	if side == feedgauge.SideHigh {
		return feedgauge.StatusHigh, side
	}
	return feedgauge.Short, side
}

// score is the model's, where it grades windows, and else how far the window is
// from what was expected, in distances of the bound on its side; of the upper one
// where the lower is none, being zero. Counts scatter like those of chance at
// least, so no distance is less than the root of the expected.
func score(f feedgauge.Forecast, v float64) float64 {
	if !f.Ready || f.Score != 0 {
		return f.Score
	}
	width := f.Upper - f.Expected
	if v < f.Expected && f.Lower > 0 {
		width = f.Expected - f.Lower
	}
	return math.Abs(v-f.Expected) / math.Max(width, math.Sqrt(math.Max(f.Expected, 1)))
}
