package calendar

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	ical "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"
)

// Bounds on a file of holidays, so that one in error cannot stop the monitor
// from starting. The size bounds how deep components can be nested as well.
const (
	maxFile     = 1 << 20 // bytes
	maxLength   = 366     // days of one event
	maxDays     = 200_000 // days of all events, repeated ones each time
	maxInterval = 10_000  // of a rule
)

// ICS returns the holidays of an iCalendar file (RFC 5545): the dates of its
// all-day events, with their RRULE, RDATE, EXDATE and moved or cancelled
// occurrences, from [FirstYear] to [LastYear]. Events with a time of day are
// left out; a file without any all-day event is an error, since it was hardly
// meant. All mistakes are told at once.
func ICS(data []byte) (Holidays, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("the calendar has %d bytes, at most %d are read", len(data), maxFile)
	}
	if !bytes.HasSuffix(bytes.TrimSpace(data), []byte("END:VCALENDAR")) {
		return nil, errors.New("this is no iCalendar file, or it was cut short: it does not end with END:VCALENDAR")
	}
	file, err := ical.ParseCalendarWithOptions(bytes.NewReader(data),
		ical.WithUnknownPropertyHandler(ical.AcceptUnknownPropertyHandler))
	if err != nil {
		return nil, fmt.Errorf("this is no valid iCalendar file: %w", err)
	}
	events, err := allDay(file.Events())
	if err != nil {
		return nil, err
	}
	set, err := expand(events)
	if err != nil {
		return nil, err
	}
	if len(set) == 0 {
		return nil, fmt.Errorf("the calendar has no all-day event between %d and %d among its %d events",
			FirstYear, LastYear, len(file.Events()))
	}
	return set.has, nil
}

// event is an all-day event; its dates are midnights in UTC.
type event struct {
	*ical.VEvent
	start    time.Time
	days     int
	replaces time.Time // the occurrence of the same uid that this one stands for
}

// allDay picks the all-day events.
func allDay(list []*ical.VEvent) (events []event, err error) {
	var errs []error
	for _, v := range list {
		start := v.GetProperty(ical.ComponentPropertyDtStart)
		if start == nil {
			errs = append(errs, wrong(v, errors.New("it has no DTSTART")))
			continue
		}
		if strings.Contains(start.Value, "T") {
			continue
		}
		e, err := newEvent(v, start.Value)
		if err != nil {
			errs = append(errs, wrong(v, err))
			continue
		}
		events = append(events, e)
	}
	return events, errors.Join(errs...)
}

func newEvent(v *ical.VEvent, start string) (e event, err error) {
	e = event{VEvent: v, days: 1}
	if e.start, err = date("DTSTART", start); err != nil {
		return e, err
	}
	if p := v.GetProperty(ical.ComponentPropertyRecurrenceId); p != nil {
		if e.replaces, err = date("RECURRENCE-ID", p.Value); err != nil {
			return e, err
		}
	}
	if p := v.GetProperty(ical.ComponentPropertyDtEnd); p != nil {
		end, err := date("DTEND", p.Value) // the day after the last
		if err != nil {
			return e, err
		}
		e.days = int(end.Sub(e.start) / (24 * time.Hour))
	} else if p := v.GetProperty(ical.ComponentPropertyDuration); p != nil {
		if e.days, err = length(p.Value); err != nil {
			return e, err
		}
	}
	if e.days == 0 { // some programs end a single day on itself
		e.days = 1
	}
	if e.days < 1 || e.days > maxLength {
		return e, fmt.Errorf("it lasts %d days, 1 to %d are possible", e.days, maxLength)
	}
	return e, nil
}

// date reads the date of a property's value, of one with a time of day as well.
func date(property, value string) (time.Time, error) {
	day, _, _ := strings.Cut(value, "T")
	t, err := time.Parse("20060102", day)
	if err != nil || t.Year() < 1 {
		return t, fmt.Errorf("%s %q is no date such as 20261225", property, value)
	}
	return t, nil
}

// dateList reads all dates of a property that may come several times, each with
// a list.
func (e *event) dateList(property ical.ComponentProperty) ([]time.Time, error) {
	var list []time.Time
	for _, p := range e.GetProperties(property) {
		for value := range strings.SplitSeq(p.Value, ",") {
			t, err := date(string(property), value)
			if err != nil {
				return nil, err
			}
			list = append(list, t)
		}
	}
	return list, nil
}

// length reads a DURATION of whole days or weeks, P3D or P1W.
func length(value string) (days int, err error) {
	number, weeks := strings.CutSuffix(strings.TrimPrefix(value, "P"), "W")
	n, err := strconv.Atoi(strings.TrimSuffix(number, "D"))
	if err != nil || value != fmt.Sprintf("P%dD", n) && value != fmt.Sprintf("P%dW", n) {
		return 0, fmt.Errorf("DURATION %q is not a number of days such as P3D", value)
	}
	if weeks {
		n = min(n, maxLength) * 7
	}
	return n, nil
}

// expand works out all dates of all events.
func expand(events []event) (dates, error) {
	replaced := make(map[string][]time.Time)
	for _, e := range events {
		if !e.replaces.IsZero() {
			replaced[e.Id()] = append(replaced[e.Id()], e.replaces)
		}
	}
	set := make(dates)
	var errs []error
	left := maxDays
	for _, e := range events {
		var moved []time.Time
		if e.replaces.IsZero() {
			moved = replaced[e.Id()]
		}
		starts, err := e.starts(moved, left/e.days)
		if err != nil {
			errs = append(errs, wrong(e.VEvent, err))
		}
		for _, start := range starts {
			for i := range e.days {
				set.add(start.AddDate(0, 0, i))
			}
		}
		left -= len(starts) * e.days
	}
	return set, errors.Join(errs...)
}

// starts returns the first days of an event, without those moved elsewhere.
func (e *event) starts(moved []time.Time, most int) ([]time.Time, error) {
	if p := e.GetProperty(ical.ComponentPropertyStatus); p != nil && strings.EqualFold(p.Value, "CANCELLED") {
		return nil, nil
	}
	starts, err := e.dateList(ical.ComponentPropertyRdate)
	if err != nil {
		return nil, err
	}
	except, err := e.dateList(ical.ComponentPropertyExdate)
	if err != nil {
		return nil, err
	}
	starts = append(starts, e.start)
	for _, p := range e.GetProperties(ical.ComponentPropertyRrule) {
		more, err := repeat(p.Value, e.start, most)
		if err != nil {
			return nil, fmt.Errorf("RRULE %q: %w", p.Value, err)
		}
		starts = append(starts, more...)
	}
	if len(starts) > most {
		return nil, fmt.Errorf("it and those before it have more than %d days", maxDays)
	}
	return without(starts, except, moved), nil
}

func without(list []time.Time, drop ...[]time.Time) []time.Time {
	gone := make(map[time.Time]bool)
	for _, times := range drop {
		for _, t := range times {
			gone[t] = true
		}
	}
	var kept []time.Time
	for _, t := range list {
		if !gone[t] {
			kept = append(kept, t)
		}
	}
	return kept
}

// repeat follows a rule to the last year, or to one date more than most. The
// library panics on some rules it should refuse, such as the 53rd Monday of a
// month.
func repeat(rule string, start time.Time, most int) (list []time.Time, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("it makes no sense")
		}
	}()
	option, err := rrule.StrToROption(rule)
	if err != nil {
		return nil, err
	}
	switch {
	case option.Freq > rrule.DAILY || len(option.Byhour)+len(option.Byminute)+len(option.Bysecond) > 0:
		return nil, errors.New("an all-day event cannot repeat within a day")
	case option.Interval > maxInterval:
		return nil, fmt.Errorf("the interval must be at most %d", maxInterval)
	}
	option.Dtstart = start
	if option.Until.IsZero() { // else the library stops after 292 years
		option.Until = time.Date(LastYear, time.December, 31, 0, 0, 0, 0, time.UTC)
	}
	r, err := rrule.NewRRule(*option)
	if err != nil {
		return nil, err
	}
	next := r.Iterator()
	for t, ok := next(); ok && t.Year() <= LastYear && len(list) <= most; t, ok = next() {
		if t.Year() >= FirstYear-1 { // an event may run on into the first year
			list = append(list, t)
		}
	}
	return list, nil
}

// wrong names the event that an error is about.
func wrong(v *ical.VEvent, err error) error {
	name := v.Id()
	if p := v.GetProperty(ical.ComponentPropertySummary); p != nil {
		name = p.Value
	}
	return fmt.Errorf("event %q: %w", name, err)
}
