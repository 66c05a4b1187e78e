package config

import (
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // a static binary on a bare machine knows time zones too

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/calendar"
)

// holidays is what an entry of a list of holidays stands for. It is worked out
// once, however many classes name it.
type holidays struct {
	has  calendar.Holidays
	err  error // of the entry itself
	file string
}

// maxICS bounds a file of holidays; calendar takes no more either.
const maxICS = 1 << 20

// hours reads in which hours silence counts. Without any word on it, in all. It
// returns what tells a holiday where those are all that is said, else nil.
func (l *loader) hours(b *block, zone *time.Location, cfg *classBlock, c *pipeline.Class) (holiday func(feedgauge.Instant) bool) {
	free := l.holidays(b, cfg.Holidays)
	active := cfg.Active
	switch {
	case b.Body.Attributes["active"] != nil:
	case len(cfg.Holidays) > 0:
		active = "24x7"
	default:
		l.idleZone(b)
		return nil
	}
	if b.bad["active"] {
		return nil
	}
	cal, err := calendar.New(active, zone, free)
	if err != nil {
		l.mistakes(b, err, "active")
		return nil
	}
	c.Calendar = cal
	if b.Body.Attributes["active"] != nil {
		return nil
	}
	return func(at feedgauge.Instant) bool { return !cal.Active(at) }
}

// zone reads the option time_zone, UTC if it is not given. The zone of the
// machine is refused: members of one pipeline must agree.
func (l *loader) zone(b *block, name string) *time.Location {
	if b.Body.Attributes["time_zone"] == nil || b.bad["time_zone"] {
		return time.UTC
	}
	zone, err := time.LoadLocation(name)
	var detail string
	switch {
	case name == "Local":
		detail = "Machines differ in what is local to them."
	case err != nil || name == "":
		detail = fmt.Sprintf("There is no time zone %s.", quote(name))
	default:
		return zone
	}
	l.invalid(b, "time_zone", detail, `write a name of the IANA database, a region and a city as in "Europe/Berlin", or "UTC"`)
	return time.UTC
}

// idleZone reports a time zone by which nothing is told.
func (l *loader) idleZone(b *block) {
	if b.Body.Attributes["time_zone"] == nil || b.bad["time_zone"] {
		return
	}
	for _, in := range b.Body.Blocks {
		if in.Type == "delivery" && in.Body.Attributes["every"] == nil || in.Type == "forecast" && l.forecastByClock(in) {
			return
		}
	}
	l.invalid(b, "time_zone", "Nothing in this class goes by the clock, so a time zone has no effect.",
		"remove it, or add active, holidays, a delivery block with a schedule, or a forecast that knows hours, such as \"adaptive\"")
}

// forecastByClock reports whether a forecast block is of a kind that knows hours
// and weekdays; one that is not known at all is reported elsewhere.
func (l *loader) forecastByClock(b *hclsyntax.Block) bool {
	if len(b.Labels) != 1 {
		return true
	}
	plugin := l.plugins.Processors.Forecasts[b.Labels[0]]
	return plugin == nil || byClock(plugin())
}

// holidays reads the option holidays, nil if there are none.
func (l *loader) holidays(b *block, entries []string) calendar.Holidays {
	var all []calendar.Holidays
	for i, entry := range entries {
		h := l.holiday(b.text.name, entry)
		var fe *feedgauge.FieldError
		switch {
		case errors.As(h.err, &fe):
			at := *fe
			at.Index = i
			l.mistakes(b, &at)
		case h.err != nil:
			l.mistakes(b, &feedgauge.FieldError{Field: "holidays", Index: i, Msg: fmt.Sprintf("%s: %s", quote(h.file), h.err)})
		default:
			all = append(all, h.has)
		}
	}
	return calendar.Union(all...)
}

// holiday works out one entry of the holidays in a file of the configuration.
func (l *loader) holiday(file, entry string) holidays {
	name, isFile := strings.CutPrefix(entry, "ics:")
	key := entry
	if isFile {
		key = "ics:" + relative(file, name)
	}
	h, known := l.days[key]
	if known {
		return h
	}
	if isFile {
		h = l.ics(name, relative(file, name))
	} else {
		h.has, h.err = calendar.Country(entry)
	}
	l.days[key] = h
	return h
}

// ics reads a file of holidays by its name as written and its path.
func (l *loader) ics(name, path string) holidays {
	h := holidays{file: path}
	src, err := readFile(path, maxICS)
	if err != nil {
		h.err = &feedgauge.FieldError{
			Field: "holidays", Msg: fmt.Sprintf("%s cannot be read: %s", quote(path), err), Hint: "the path is relative to the file it stands in",
		}
		return h
	}
	l.attach(name, src)
	h.has, h.err = calendar.ICS(src)
	return h
}

// longestWait is how long a period may take to pass at most, in a week without
// holidays: it begins to count in each hour of one. What takes more than a year
// is not looked at further.
func longestWait(c *pipeline.Class) time.Duration {
	wait := c.Period
	if c.Calendar == nil || c.Period == 0 {
		return wait
	}
	monday := feedgauge.InstantOf(time.Date(2025, time.November, 3, 0, 0, 0, 0, time.UTC))
	for at := monday; at < monday.Add(7*day) && wait < 366*day; at = at.Add(time.Hour) {
		if end := c.Calendar.Add(at, c.Period); end != feedgauge.After {
			wait = max(wait, end.Sub(at))
		} else {
			return longestPeriod
		}
	}
	return wait
}
