// Package calendar tells in which hours time counts. An office feed that may be
// silent for an hour is not silent all weekend: its silence is measured in the
// hours of its calendar alone.
//
// Hours are what a clock on the wall of the zone shows. Where clocks are put
// forward, the hour that is jumped over does not pass, and where they are put
// back, an active hour that is walked twice counts twice.
//
// A holiday takes away all hours of its date, and those that run on past its
// midnight; it leaves alone those that have run on from the day before. Nothing
// is active outside the years 1 to 9999.
package calendar

import (
	"math"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/internal/wall"
)

// Calendar says when time counts. It never changes, so it may be shared. The nil
// Calendar is always active.
type Calendar struct {
	zone     *time.Location
	holidays Holidays
	days     [7]weekday
	week     wall.Time // active time of a week without holidays, more than none
}

// New returns the calendar of the hours that active names, for example
// "Mon-Fri 08:00-18:00", on the clocks of zone (nil is UTC), less holidays (nil
// is none). Parts are separated by ";" and add up:
//
//	Mon-Thu 08:00-18:00; Fri 08:00-15:00    different hours on different days
//	Mon,Wed 08:00-12:00,13:00-17:00         lists of days and of hours
//	Sat 22:00-02:00                         past midnight, counted to Saturday
//	24x7                                    all hours that are not holidays
//
// Errors are [feedgauge.FieldError] of field "active", joined.
func New(active string, zone *time.Location, holidays Holidays) (*Calendar, error) {
	week, err := parse(active)
	if err != nil {
		return nil, err
	}
	c := &Calendar{zone: zone, holidays: holidays}
	for d := range week {
		c.days[d] = newWeekday(week[d], week[(d+6)%7])
		c.week += c.days[d].of(true, true).total
	}
	return c, nil
}

// Active reports whether at is in the hours of the calendar.
func (c *Calendar) Active(at feedgauge.Instant) bool {
	if c == nil {
		return true
	}
	if at < wall.First || at >= wall.Last {
		return false
	}
	t := wall.At(c.zone, at).Wall(at)
	n := t.DayNumber()
	return c.day(n).holds(t - wall.Midnight(n))
}

// Elapsed returns the active time in [from, to), none if to is not after from.
// It stops at the longest Duration, and is that where a bound is
// [feedgauge.Before] or [feedgauge.After].
func (c *Calendar) Elapsed(from, to feedgauge.Instant) time.Duration {
	switch {
	case to <= from:
		return 0
	case from == feedgauge.Before || to == feedgauge.After:
		return math.MaxInt64
	case c == nil:
		return duration(wall.Time(to) - wall.Time(from))
	}
	from, to = max(from, wall.First), min(to, wall.Last)
	var sum wall.Time
	for from < to {
		s := wall.At(c.zone, from)
		end := min(s.End, to)
		sum += c.measure(s.Wall(from), s.Wall(end))
		from = end
	}
	return duration(sum)
}

// Add returns the first instant by which d of active time has passed since from,
// or [feedgauge.After] if there is not so much. It may be the end of an active
// hour: an hour after Friday 17:00 is 18:00, and a millisecond more is Monday.
// For d of zero or less it is from itself.
func (c *Calendar) Add(from feedgauge.Instant, d time.Duration) feedgauge.Instant {
	if d <= 0 || from == feedgauge.Before || from == feedgauge.After {
		return from
	}
	need := wall.Time((d-1)/time.Millisecond + 1) // rounded up: d must have passed
	if c == nil {
		if need >= wall.Time(feedgauge.After)-max(0, wall.Time(from)) {
			return feedgauge.After
		}
		return from + feedgauge.Instant(need)
	}
	for from = max(from, wall.First); from < wall.Last; {
		s := wall.At(c.zone, from)
		end := min(s.End, wall.Last)
		t, left := c.walk(s.Wall(from), s.Wall(end), need)
		if left == 0 {
			return s.Instant(t)
		}
		from, need = end, left
	}
	return feedgauge.After
}

// measure returns the active time between two times on the wall.
func (c *Calendar) measure(from, to wall.Time) wall.Time {
	_, left := c.walk(from, to, math.MaxInt64)
	return math.MaxInt64 - left
}

// walk goes from one time on the wall until need of active time has passed, but
// not beyond to. It returns where it stopped and what was still needed. It goes
// day by day, and by whole weeks where no holiday can interfere.
func (c *Calendar) walk(from, to, need wall.Time) (at, left wall.Time) {
	for from < to {
		n := from.DayNumber()
		midnight := wall.Midnight(n)
		if from == midnight && c.holidays == nil {
			weeks := min((to-from)/(7*wall.Day), (need-1)/c.week)
			from, need = from+weeks*7*wall.Day, need-weeks*c.week
			if weeks > 0 {
				continue
			}
		}
		day := c.day(n)
		had := day.before(from - midnight)
		has := day.before(min(to-midnight, wall.Day)) - had
		if has >= need {
			return midnight + day.reach(had+need), 0
		}
		need -= has
		from = midnight + wall.Day
	}
	return to, need
}

// day returns the hours of a day by its number, less what holidays take.
func (c *Calendar) day(n int) *hours {
	w := &c.days[wall.Weekday(n)]
	own := w.own && !c.holiday(n)
	spill := w.spill && !c.holiday(n-1)
	return w.of(own, spill)
}

func (c *Calendar) holiday(n int) bool {
	if c.holidays == nil {
		return false
	}
	y, m, d := wall.Date(n)
	return c.holidays(Date{y, m, d})
}

// duration converts milliseconds, which may be more than a Duration can hold.
func duration(ms wall.Time) time.Duration {
	const most = wall.Time(math.MaxInt64 / time.Millisecond)
	if ms < 0 || ms > most { // negative: the difference of far instants overflowed
		return math.MaxInt64
	}
	return time.Duration(ms) * time.Millisecond
}
