// Package wall relates instants to what a clock on the wall shows. Local time
// is taken as a line of its own, on which every day has 24 hours and nothing is
// skipped or repeated; a zone maps stretches of real time onto it, each by a
// constant distance. Where clocks are put forward a piece of the line is jumped
// over, where they are put back a piece is walked twice.
package wall

import (
	"time"

	"github.com/feedgauge/feedgauge"
)

// Units of [Time].
const (
	Minute Time = 60_000
	Hour        = 60 * Minute
	Day         = 24 * Hour
)

// The years for which local time is worked out are 1 to 9999: First is the start
// of the first, Last the end of the last, both in UTC.
const (
	First feedgauge.Instant = -62_135_596_800_000
	Last  feedgauge.Instant = 253_402_300_800_000
)

// Time is what a clock on the wall shows, date included, in milliseconds since
// it showed the start of 1970.
type Time int64

// DayNumber returns the days from 1 January 1970 to the date shown.
func (t Time) DayNumber() int {
	n := t / Day
	if t%Day < 0 {
		n--
	}
	return int(n)
}

// Midnight returns the start of a day by its number.
func Midnight(day int) Time { return Time(day) * Day }

// Weekday returns the day of the week of a day by its number.
func Weekday(day int) time.Weekday {
	const first = int(time.Thursday) // 1 January 1970
	return time.Weekday(((day+first)%7 + 7) % 7)
}

// Date returns the date of a day by its number.
func Date(day int) (year int, month time.Month, dayOfMonth int) {
	return time.Unix(int64(day)*86_400, 0).UTC().Date()
}

// Stretch is a stretch of real time, [Start, End), in which a zone's clock keeps
// one distance from UTC. It need not be the longest there is.
type Stretch struct {
	Start, End feedgauge.Instant // Before and After where there is no bound
	Offset     Time              // wall less UTC
}

// At returns the stretch that holds an instant; a zone of nil is UTC.
func At(zone *time.Location, at feedgauge.Instant) Stretch {
	s := Stretch{Start: feedgauge.Before, End: feedgauge.After}
	if zone == nil || zone == time.UTC {
		return s
	}
	local := at.Time().In(zone)
	start, end := local.ZoneBounds()
	if !start.IsZero() {
		s.Start = feedgauge.InstantOf(start)
	}
	if !end.IsZero() {
		s.End = feedgauge.InstantOf(end)
	}
	if s.End <= at {
		// In years that follow a rule, beyond a zone's table, package time lets
		// the last stretch end after 365 days, a day early in a leap year. The
		// year in UTC is what it takes for its bound.
		s.End = feedgauge.InstantOf(time.Date(at.Time().Year()+1, time.January, 1, 0, 0, 0, 0, time.UTC))
	}
	_, seconds := local.Zone()
	s.Offset = Time(seconds) * 1000
	return s
}

// Wall returns what the clock shows at an instant of the stretch.
func (s Stretch) Wall(at feedgauge.Instant) Time { return Time(at) + s.Offset }

// Instant returns when the clock would show t, were there only this stretch.
func (s Stretch) Instant(t Time) feedgauge.Instant { return feedgauge.Instant(t - s.Offset) }

// Reach returns the first instant at which a zone's clock has come to t: shows
// it, or something later because t was jumped over. If it shows t twice, that is
// the first time. For t not after u, Reach of t is not after Reach of u.
func Reach(zone *time.Location, t Time) feedgauge.Instant {
	// No clock is more than 16 hours from UTC, so two days earlier it had not
	// come to t.
	s := At(zone, feedgauge.Instant(t-2*Day))
	for s.Instant(t) >= s.End {
		s = At(zone, s.End)
	}
	return max(s.Instant(t), s.Start)
}
