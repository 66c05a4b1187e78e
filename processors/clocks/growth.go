package clocks

import (
	"slices"
	"time"

	"github.com/feedgauge/feedgauge"
)

// growth watches whether even the freshest events arrive later and later. Of each
// hour of arrival it keeps the shortest delay: a late batch, or what is caught up
// after an outage, raises one hour and not each over the one before.
type growth struct {
	hours   []int64 // shortest delays of the last hours before it began to grow, in ms
	hour    feedgauge.Window
	low     int64 // shortest delay of the hour, in ms
	last    int64 // of the hour before
	rises   int   // hours in a row that were above the one before
	rest    int   // hours in a row that were not, once it is told
	since   feedgauge.Instant
	base    int64 // the longest of the shortest delays before it began
	told    bool
	stopped bool // it grows as fast as time passes
}

const (
	keptHours = 24
	fewHours  = 8
	// fewRises is how many hours the delay must have grown, each by riseBy.
	fewRises = 3
	riseBy   = 30 * second
	// grown is by how much it must be above all of the hours before, in ms, or by
	// an eighth of an hour that is longer, since a window is.
	grown = 15 * minute
	// longRest is after how many hours without growth a delay is usual.
	longRest = 24
)

func (g *growth) observe(low int64, win feedgauge.Window) {
	if g.told && low < g.base+grown/2 {
		*g = growth{hours: g.hours}
	}
	if g.hour.End > win.Start {
		g.low = min(g.low, low)
		return
	}
	if g.hour.End > 0 {
		g.close()
	}
	g.hour = feedgauge.WindowOf(win.Start, time.Hour)
	g.hour.End = max(g.hour.End, win.End)
	g.low = low
}

// close judges the hour that has ended.
func (g *growth) close() {
	rise, length := g.low-g.last, int64(g.hour.End-g.hour.Start)
	g.last = g.low
	switch {
	case g.told:
		if g.rest++; rise >= riseBy {
			g.rest = 0
		}
		if g.rest > longRest {
			*g = growth{hours: []int64{g.low}, last: g.low}
		}
	case len(g.hours) >= fewHours && rise >= riseBy && g.low < widest:
		if g.rises++; g.rises == 1 {
			g.since = g.hour.Start
		}
		low, high := slices.Min(g.hours), slices.Max(g.hours)
		if g.rises >= fewRises && g.low-high >= max(grown, length/8, 2*(high-low)) {
			g.told, g.base = true, high
		}
	default:
		g.keep()
	}
	g.stopped = g.told && rise*10 >= length*9
}

// keep takes the hour in among those with which others are compared.
func (g *growth) keep() {
	if len(g.hours) == keptHours {
		g.hours = append(g.hours[:0], g.hours[1:]...)
	}
	g.hours, g.rises = append(g.hours, g.low), 0
}
