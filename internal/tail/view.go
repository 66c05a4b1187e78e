package tail

import (
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/watch"
	"github.com/feedgauge/feedgauge/processors/measure"
)

// The types below are the JSON forms of what our topics hold.

type windowView struct {
	Start stamp `json:"start"`
	End   stamp `json:"end"`
}

type countsView struct {
	Events  int64            `json:"events"`
	Bytes   int64            `json:"bytes"`
	Lines   int64            `json:"lines"`
	Delayed int64            `json:"delayed"`
	Future  int64            `json:"future"`
	Blank   int64            `json:"blank"`
	Errors  map[string]int64 `json:"errors"` // by reason

	Deliveries    int64 `json:"deliveries,omitempty"`
	DeclaredBytes int64 `json:"declared_bytes,omitempty"`
	DeclaredLines int64 `json:"declared_lines,omitempty"`

	Custom map[string]number `json:"custom,omitempty"` // measures of the class's own
}

func viewCounts(c *feedgauge.Counts) countsView {
	errors := make(map[string]int64, len(c.Errors))
	for _, e := range c.Errors {
		errors[string(e.Reason)] += e.N
	}
	return countsView{c.Events, c.Bytes, c.Lines, c.Delayed, c.Future, c.Blank, errors, c.Deliveries, c.DeclaredBytes, c.DeclaredLines, nil}
}

// custom adds a measure of the class's own.
func (v *countsView) custom(name string, x float64) {
	if v.Custom == nil {
		v.Custom = make(map[string]number)
	}
	v.Custom[name] = number(x)
}

type tallyView struct {
	Source string          `json:"source"`
	Window windowView      `json:"window"`
	Feeds  []feedTallyView `json:"feeds"`
}

type feedTallyView struct {
	Tenant string `json:"tenant"`
	Name   string `json:"name"`
	First  stamp  `json:"first"`
	Last   stamp  `json:"last"`
	countsView
}

func viewTally(t *feedgauge.Tally) tallyView {
	v := tallyView{Source: t.Source, Window: viewWindow(t.Window), Feeds: make([]feedTallyView, len(t.Feeds))}
	for i := range t.Feeds {
		f := &t.Feeds[i]
		v.Feeds[i] = feedTallyView{f.Feed.Tenant, f.Feed.Name, stamp(f.First), stamp(f.Last), viewCounts(&f.Counts)}
		for name, x := range measure.All(f.Sketches) {
			v.Feeds[i].custom(name, x)
		}
	}
	return v
}

func viewWindow(w feedgauge.Window) windowView { return windowView{stamp(w.Start), stamp(w.End)} }

type trailerView struct {
	Worker string      `json:"worker"`
	Topics []topicView `json:"topics"`
	Lanes  []laneView  `json:"lanes"`
}

type topicView struct {
	Source     string `json:"source"`
	Topic      string `json:"topic"`
	Partitions int32  `json:"partitions"`
	Last       stamp  `json:"last"`
}

type laneView struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Position  int64  `json:"position"`
	Watermark stamp  `json:"watermark"`
	Proof     string `json:"proof"`
}

func viewTrailer(t *feedgauge.Trailer) trailerView {
	v := trailerView{Worker: t.Worker, Topics: make([]topicView, len(t.Topics)), Lanes: make([]laneView, len(t.Lanes))}
	for i, m := range t.Topics {
		v.Topics[i] = topicView{m.Source, m.Topic, m.Partitions, stamp(m.Last)}
	}
	for i, l := range t.Lanes {
		v.Lanes[i] = laneView{l.Topic, l.Partition, l.Position, stamp(l.Watermark), string(l.Proof)}
	}
	return v
}

type closedView struct {
	Tenant   string                 `json:"tenant"`
	Name     string                 `json:"name"`
	Start    stamp                  `json:"start"`
	End      stamp                  `json:"end"`
	Measures countsView             `json:"measures"`
	Forecast map[string]measureView `json:"forecast"`         // by measure; null while all models are learning
	Clocks   *clocksView            `json:"clocks,omitempty"` // where events carry times
	Status   string                 `json:"status"`
	Late     bool                   `json:"late"` // measures came after the window was closed, and add to what was told then, but for distinct counts
}

type measureView struct {
	Expected number `json:"expected"`
	Lower    number `json:"lower"`
	Upper    number `json:"upper"`
	Score    number `json:"score"`
}

// clocksView tells how long after their own time events arrived: the middle, and
// what one in twenty is below or above. It is negative where the sender's clock is
// ahead.
type clocksView struct {
	Events   int64 `json:"events"`
	Timeless int64 `json:"timeless"`
	Future   int64 `json:"future"`
	Delay    int64 `json:"delay_ms"`
	Least    int64 `json:"least_ms"`
	Most     int64 `json:"most_ms"`
}

func viewClosed(c *feedgauge.Closed) closedView {
	v := closedView{
		Tenant: c.Feed.Tenant, Name: c.Feed.Name, Start: stamp(c.Window.Start), End: stamp(c.Window.End),
		Measures: viewCounts(&c.Counts), Status: string(c.Status), Late: c.Late,
	}
	if k := c.Clocks; k != (feedgauge.Clocks{}) {
		v.Clocks = &clocksView{k.Events, k.Timeless, k.Future, k.Delay.Milliseconds(), k.Least.Milliseconds(), k.Most.Milliseconds()}
	}
	v.forecast("events", &c.Forecast)
	for i := range c.Readings {
		r := &c.Readings[i]
		if own(r.Measure) {
			v.Measures.custom(r.Measure, r.Value)
		}
		v.forecast(r.Measure, &r.Forecast)
	}
	return v
}

// own reports whether a measure is one of the class's own, not one of all classes.
func own(measure string) bool { return measure != "bytes" && measure != "lines" }

func (v *closedView) forecast(measure string, f *feedgauge.Forecast) {
	if !f.Ready {
		return
	}
	if v.Forecast == nil {
		v.Forecast = make(map[string]measureView)
	}
	v.Forecast[measure] = measureView{number(f.Expected), number(f.Lower), number(f.Upper), number(f.Score)}
}

type stateView struct {
	Tenant      string   `json:"tenant"`
	Name        string   `json:"name"`
	Class       string   `json:"class"`
	Source      string   `json:"source"`
	Format      string   `json:"format"`
	Unit        string   `json:"unit"`
	Period      *string  `json:"period"` // null where silence is not judged
	FirstSeen   stamp    `json:"first_seen"`
	LastArrival stamp    `json:"last_arrival"`
	LastSize    int64    `json:"last_size"`
	Status      string   `json:"status"`
	Reason      string   `json:"reason"`      // why the status is "unknown"
	MutedUntil  *string  `json:"muted_until"` // null if not muted, "forever" without an end, which may be past
	MutedBy     string   `json:"muted_by"`
	MutedWhy    string   `json:"muted_why"`
	Group       bool     `json:"group"` // of a group: only findings mean something
	Late        int64    `json:"late"`
	Findings    []string `json:"findings"` // uids of the open ones
	FoldedTo    int64    `json:"folded_to"`

	Custom map[string]number `json:"custom,omitempty"` // measures of the class's own, in the last window
}

func viewState(s *watch.State) stateView {
	v := stateView{
		Tenant: s.Feed.Tenant, Name: s.Feed.Name, Class: s.Class, Source: s.Source, Format: s.Format, Unit: s.Unit,
		FirstSeen: stamp(s.First), LastArrival: stamp(s.Last), LastSize: s.Size, Status: string(s.Status),
		Reason: s.Reason, Group: s.OfGroup(),
		Late: s.Late, Findings: append([]string{}, s.Findings...), FoldedTo: s.FoldedTo,
	}
	for i := range s.Readings {
		if r := &s.Readings[i]; own(r.Measure) {
			if v.Custom == nil {
				v.Custom = make(map[string]number)
			}
			v.Custom[r.Measure] = number(r.Value)
		}
	}
	if s.OfGroup() {
		v.FirstSeen, v.LastArrival = stamp(feedgauge.After), stamp(feedgauge.Before)
	}
	var until feedgauge.Instant
	if until, v.MutedBy, v.MutedWhy = s.Mute(); until != feedgauge.Before {
		text := until.String()
		if until == feedgauge.After {
			text = forever
		}
		v.MutedUntil = &text
	}
	if s.Period > 0 {
		text := Duration(time.Duration(s.Period) * time.Millisecond)
		v.Period = &text
	}
	return v
}

// forever is the end of a mute without one.
const forever = "forever"

type metaView struct {
	Next       int64 `json:"next"`
	ReplayFrom int64 `json:"replay_from"`
	Partitions int32 `json:"partitions"`
	BrokerTime stamp `json:"broker_time"`
}

type commandView struct {
	ID     string            `json:"id"`
	Verb   string            `json:"verb"`
	Tenant string            `json:"tenant"`
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels,omitempty"`
	Who    string            `json:"who"`
	Why    string            `json:"why"`
	Until  stamp             `json:"until"`
}

type revisionView struct {
	Number      int64  `json:"number"`
	Fingerprint string `json:"fingerprint"`
	Text        string `json:"text"`
}

type gapView struct {
	Source    string `json:"source"`
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	From      stamp  `json:"from"`
	To        stamp  `json:"to"`
	Records   int64  `json:"records"`
}
