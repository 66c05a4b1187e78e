package pipeline

import (
	"fmt"
	"path"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/processors/measure"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// Class is a set of feeds that are watched alike.
type Class struct {
	Name       string
	Source     string
	Match      []string      // globs over feed names, as of path.Match but "*" matches "/" too
	Every      time.Duration // length of a window; of one with a Schedule the longest
	Lateness   time.Duration
	Period     time.Duration // longest silence allowed; zero: silence is not judged
	Format     string
	Unit       string // what one event is: "message", or "line" or "record" by the format
	Checker    func() (feedgauge.Checker, error)
	Forecaster feedgauge.Forecaster // of events; nil: no forecast of them
	// Others are the forecasts of other measures than the events, sorted by measure.
	Others   []MeasureForecast
	Forecast string // name of the forecast, part of what its memory is filed under
	// Options are what Forecaster was built of, and Env with what, so that others
	// may be tried.
	Options  feedgauge.ForecastConfig
	Env      feedgauge.Env
	Rules    []*rules.Rule
	Measures []measure.Config // that the class has of its own, sorted by name
	Learn    bool             // what the lines of each feed are like is learnt
	Clocks   bool             // the times of events are compared with their arrival
	Labels   map[string]string

	// Schedule cuts time by the deliveries of a batch feed instead of every:
	// a window ends Deadline after a delivery is due. Nil for real-time feeds.
	Schedule Schedule
	Deadline time.Duration
	Gap      time.Duration // mean time between two deliveries
	Delivery *Delivery     // what deliveries say of themselves, nil for nothing
	Whole    bool          // whether deliveries are whole is looked at
	// Calendar holds the hours in which a period counts; nil for always.
	Calendar Calendar
	// KnowsHolidays tells that Calendar is all hours but holidays, and that the
	// forecast expects those to be different, so they are judged.
	KnowsHolidays bool
	Late          time.Duration // silence after which a feed is late, before its period is over; zero for never
	RetireAfter   time.Duration // silence after which a feed not in the inventory is forgotten; zero for never
	Settle        time.Duration // how long after lost data or an outage nothing is judged
}

// MeasureForecast is a forecast of a measure other than the events.
type MeasureForecast struct {
	Measure    string
	Forecaster feedgauge.Forecaster
}

// Forecasted returns what is forecast, nothing if that is the events alone or nothing.
func (c *Class) Forecasted() (measures []string) {
	if len(c.Others) == 0 {
		return nil
	}
	if c.Forecaster != nil {
		measures = append(measures, "events")
	}
	for _, o := range c.Others {
		measures = append(measures, o.Measure)
	}
	return measures
}

// Forecasts reports whether anything of the class is forecast.
func (c *Class) Forecasts() bool { return c.Forecaster != nil || len(c.Others) > 0 }

// Schedule says when deliveries are due.
type Schedule interface {
	// Slot returns the latest due time at or before t.
	Slot(t feedgauge.Instant) feedgauge.Instant
	// Next returns the first due time after t.
	Next(t feedgauge.Instant) feedgauge.Instant
}

// Calendar says which hours count.
type Calendar interface {
	Active(at feedgauge.Instant) bool
	Elapsed(from, to feedgauge.Instant) time.Duration
	Add(from feedgauge.Instant, d time.Duration) feedgauge.Instant
}

// Delivery says in which headers a record announces a delivery.
type Delivery struct {
	Name, Bytes, Lines string // names of headers, empty for none
	Manifest           string // header by which a record is known as a manifest, empty for none
}

// Unclassified is the class of feeds that no class takes: counted, never
// alarmed.
const Unclassified = "unclassified"

func unclassified(source string) *Class {
	return &Class{
		Name: Unclassified, Source: source, Match: []string{"*"},
		Every: time.Minute, Lateness: 30 * time.Second, Format: "any", Unit: "message",
	}
}

// Window returns the window of the class that holds t.
func (c *Class) Window(t feedgauge.Instant) feedgauge.Window {
	if c.Schedule == nil {
		return feedgauge.WindowOf(t, c.Every)
	}
	slot := c.Schedule.Slot(t.Add(-c.Deadline))
	return feedgauge.Window{Start: slot.Add(c.Deadline), End: c.Schedule.Next(slot).Add(c.Deadline)}
}

// NextWindow returns the window after w.
func (c *Class) NextWindow(w feedgauge.Window) feedgauge.Window {
	if c.Schedule == nil {
		return w.Next()
	}
	return c.Window(w.End)
}

// Elapsed returns the time between two instants that counts.
func (c *Class) Elapsed(from, to feedgauge.Instant) time.Duration {
	if c.Calendar == nil {
		return to.Sub(from)
	}
	return c.Calendar.Elapsed(from, to)
}

// After returns the instant at which d of the time that counts has passed.
func (c *Class) After(from feedgauge.Instant, d time.Duration) feedgauge.Instant {
	if c.Calendar == nil {
		return from.Add(d)
	}
	return c.Calendar.Add(from, d)
}

// Active reports whether a window that begins at at is judged: it is in the hours
// that count, or the forecast knows those that do not.
func (c *Class) Active(at feedgauge.Instant) bool {
	return c.Calendar == nil || c.KnowsHolidays || c.Calendar.Active(at)
}

// NewChecker returns the class's format check for one worker. A class without a
// format, as of feeds nobody classified, accepts everything.
func (c *Class) NewChecker() (feedgauge.Checker, error) {
	if c.Checker == nil {
		return format.NewAny().Build(feedgauge.Env{Class: c.Name, Every: c.Every, Period: c.Period})
	}
	return c.Checker()
}

// Meters returns what counts the measures of the class for one worker.
func (c *Class) Meters() ([]*measure.Meter, error) {
	var out []*measure.Meter
	for _, m := range c.Measures {
		meter, err := m.Build()
		if err != nil {
			return nil, fmt.Errorf("measure %q: %w", m.Name, err)
		}
		out = append(out, meter)
	}
	return out, nil
}

// Matches reports whether one of the class's globs fits name.
func (c *Class) Matches(name string) bool {
	for _, glob := range c.Match {
		if Glob(glob, name) {
			return true
		}
	}
	return false
}

// Group is a set of feeds of which only some need to deliver: the members of a
// pair or a pool. They are watched in one place, and told as one.
type Group struct {
	Name    string
	Tenant  string
	Members []feedgauge.FeedID
	Need    int // how many must not be silent
}

// ID names the group as a feed.
func (g *Group) ID() feedgauge.FeedID { return feedgauge.FeedID{Tenant: g.Tenant, Name: g.Name} }

// GroupOf returns the group a feed is a member of, nil if none.
func (p *Pipeline) GroupOf(feed feedgauge.FeedID) *Group {
	for _, g := range p.Groups {
		for _, m := range g.Members {
			if m == feed {
				return g
			}
		}
	}
	return nil
}

// Glob matches name against a glob of '*', '?' and character sets. Unlike in
// file names, '*' matches '/' too, since a slash means nothing in a feed's name.
func Glob(glob, name string) bool {
	ok, err := path.Match(slashless(glob), slashless(name))
	return ok && err == nil
}

// slashless replaces the one byte that path.Match treats specially by one that
// no name can hold.
func slashless(s string) string {
	b := []byte(s)
	for i := range b {
		if b[i] == '/' {
			b[i] = 0x01
		}
	}
	return string(b)
}
