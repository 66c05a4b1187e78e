package adaptive

import (
	"math"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/internal/wall"
)

// place is where in the week a window lies, on the clocks of the feed.
type place struct {
	bin     int     // hour of the week, from Monday 00:00
	day     int     // days since 1970
	next    int     // the neighbouring hour that the middle of the window leans to
	toNext  float64 // how far it leans, in shares of an hour; 0 for windows of an hour or more
	workday bool
	holiday bool
	index   int     // which window of its hour it is, from 0
	perHour float64 // windows in an hour, at least one
}

// clock tells the place of windows. It remembers the stretch of its zone.
type clock struct {
	zone    *time.Location
	holiday func(feedgauge.Instant) bool
	every   wall.Time
	due     feedgauge.Instant // how long before its end a window has its place
	stretch wall.Stretch
}

func newClock(env feedgauge.Env) clock {
	due := max(1, feedgauge.Instant(env.Deadline.Milliseconds()))
	return clock{zone: env.Zone, holiday: env.Holiday, every: wall.Time(env.Every.Milliseconds()), due: due}
}

// at returns the place of a window: that of its last moment, or of the time at which
// its delivery is due, since that belongs to that day and slot, however long after
// it may come.
func (c *clock) at(w feedgauge.Window) place {
	end := w.End - c.due
	if end < c.stretch.Start || end >= c.stretch.End {
		c.stretch = wall.At(c.zone, end)
	}
	t := c.stretch.Wall(end)
	pl := place{day: t.DayNumber(), perHour: math.Max(math.Floor(float64(wall.Hour)/float64(c.every)), 1)}
	within := t - wall.Midnight(pl.day)
	weekday := (int(wall.Weekday(pl.day)) + 6) % week // from Monday
	pl.bin = weekday*hours + int(within/wall.Hour)
	pl.workday = weekday < 5
	pl.next = pl.bin
	if c.every < wall.Hour {
		c.lean(&pl, within%wall.Hour+1)
	}
	if c.holiday != nil && pl.workday {
		pl.holiday = c.holiday(end)
	}
	return pl
}

// lean finds the neighbouring hour for a window that ends so long after the hour
// has begun.
func (c *clock) lean(pl *place, end wall.Time) {
	middle := (float64(end) - float64(c.every)/2) / float64(wall.Hour)
	if middle > 0.5 {
		pl.next = (pl.bin + 1) % bins
	} else {
		pl.next = (pl.bin + bins - 1) % bins
	}
	pl.toNext = math.Abs(middle - 0.5)
	pl.index = int((end - 1) / c.every)
}
