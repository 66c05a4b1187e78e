package schedule

import (
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/internal/wall"
)

// Cron returns the schedule of a line of cron with five fields on the clocks of
// zone (nil is UTC):
//
//	minute 0-59, hour 0-23, day of month 1-31, month 1-12 or jan-dec,
//	day of week 0-6 or sun-sat
//
// A field is a list of values, ranges (1-5), steps (*/15, 8-18/2, and 3/4 for
// from 3 on) and * for all. Where neither field of days is *, a day that fits
// one of them is enough. In place of the fields may stand @hourly, @daily,
// @midnight, @weekly, @monthly, @yearly or @annually. Errors are
// [feedgauge.FieldError] of field "schedule".
//
// Where clocks change, a line that names hours is due once for each time it
// names: a time of day that is jumped over is due when the clocks have been put
// forward (02:30 at 03:00, and only once if that is due anyway), one that comes
// twice the first time. A line for every hour goes with the hours that pass: no
// due time is moved, and those in the hour that comes twice are due twice.
func Cron(expr string, zone *time.Location) (Schedule, error) {
	c, err := parse(expr)
	if err != nil {
		return nil, err
	}
	c.zone = zone
	return c, nil
}

// cron is a line of cron. A field has bit n for value n, and star if it is *.
type cron struct {
	zone                          *time.Location
	minute, hour, dom, month, dow uint64
}

const (
	star      = 1 << 63 // as the parser sets it
	allHours  = 1<<24 - 1
	longestIn = 9 * 366 // days; from a 29th of February to the next there may be eight years
)

// Next implements [Schedule].
func (c *cron) Next(after feedgauge.Instant) feedgauge.Instant {
	if after >= wall.Last {
		return feedgauge.After
	}
	after = max(after, wall.First)
	find := c.named
	if c.hour&allHours == allHours {
		find = c.passing
	}
	if next := find(after); next < wall.Last {
		return next
	}
	return feedgauge.After
}

// named returns the next due time of a line that names hours. Times on the wall
// that the clock has come to before are passed over; where clocks were put back
// those are some more than the clock shows.
func (c *cron) named(after feedgauge.Instant) feedgauge.Instant {
	t := wall.At(c.zone, after).Wall(after) + 1
	for {
		t = c.match(t)
		if at := wall.Reach(c.zone, t); at > after {
			return at
		}
		t++
	}
}

// passing returns the next due time of a line for every hour: the next time the
// clock shows a time that fits.
func (c *cron) passing(after feedgauge.Instant) feedgauge.Instant {
	for from := after + 1; from < wall.Last; {
		s := wall.At(c.zone, from)
		if at := s.Instant(c.match(s.Wall(from))); at < s.End {
			return at
		}
		from = s.End
	}
	return feedgauge.After
}

// match returns the first time on the wall, not before t, that fits. There is
// one: parse has seen to that.
func (c *cron) match(t wall.Time) wall.Time {
	n := t.DayNumber()
	if c.fits(n) {
		if of, ok := c.matchTime(t - wall.Midnight(n)); ok {
			return wall.Midnight(n) + of
		}
	}
	for n++; !c.fits(n); n++ {
	}
	first, _ := c.matchTime(0)
	return wall.Midnight(n) + first
}

// matchTime returns the first time of day, not before t, that fits.
func (c *cron) matchTime(t wall.Time) (wall.Time, bool) {
	t = (t + wall.Minute - 1) / wall.Minute // in minutes from here on
	hour, minute := t/60, t%60
	for ; hour < 24; hour, minute = hour+1, 0 {
		if c.hour>>hour&1 == 0 {
			continue
		}
		for ; minute < 60; minute++ {
			if c.minute>>minute&1 != 0 {
				return hour*wall.Hour + minute*wall.Minute, true
			}
		}
	}
	return 0, false
}

// fits reports whether a day, by its number, fits.
func (c *cron) fits(day int) bool {
	_, month, dom := wall.Date(day)
	if c.month>>month&1 == 0 {
		return false
	}
	byMonth := c.dom>>dom&1 != 0
	byWeek := c.dow>>wall.Weekday(day)&1 != 0
	if c.dom&star != 0 || c.dow&star != 0 {
		return byMonth && byWeek
	}
	return byMonth || byWeek
}

// ever reports whether any day fits; 30 February does not.
func (c *cron) ever() bool {
	for n := range longestIn {
		if c.fits(n) {
			return true
		}
	}
	return false
}

// Slot implements [Schedule]. It looks for the last instant whose Next is not
// beyond at, first in steps that double, then between the last two.
func (c *cron) Slot(at feedgauge.Instant) feedgauge.Instant {
	at = min(at, wall.Last-1)
	after, before := at, at // nothing is due in (after, at], something in (before, after]
	for step := feedgauge.Instant(wall.Hour); c.Next(before) > at; step *= 2 {
		if before <= wall.First {
			return feedgauge.Before
		}
		after, before = before, max(before-step, wall.First)
	}
	for after-before > 1 {
		if mid := before + (after-before)/2; c.Next(mid) <= at {
			before = mid
		} else {
			after = mid
		}
	}
	return after
}
