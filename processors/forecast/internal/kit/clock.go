package kit

import (
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/internal/wall"
)

// Clock counts windows of one length by the clock on the wall, so that a season
// keeps its place over gaps, and where clocks are put forward or back.
type Clock struct {
	Every time.Duration
	Zone  *time.Location // nil for UTC
}

// Number returns how many windows lie between the start of 1970 and the start of
// w, as the clock on the wall shows them.
func (c Clock) Number(w feedgauge.Window) int64 {
	t := int64(w.Start) + int64(wall.At(c.Zone, w.Start).Offset)
	return floorDiv(t, c.Every.Milliseconds())
}

// Place returns the place of w in a season of so many windows, from 0.
func (c Clock) Place(w feedgauge.Window, period int) int {
	return int(mod(c.Number(w), int64(period)))
}

// Weekday returns the day of the week on which w begins, Sunday 0, the hour of
// that day, and the number of the day.
func (c Clock) Weekday(w feedgauge.Window) (weekday, hour int, day int64) {
	t := wall.Time(int64(w.Start) + int64(wall.At(c.Zone, w.Start).Offset))
	n := t.DayNumber()
	return int(wall.Weekday(n)), int((t - wall.Midnight(n)) / wall.Hour), int64(n)
}

// PerDay returns how many windows a day has, at least one.
func (c Clock) PerDay() int { return max(1, int(24*time.Hour/c.Every)) }

// Ahead returns how many windows w is ahead of the last one that was learnt,
// which ended at last: 1 for the next, and at least 1.
func (c Clock) Ahead(last float64, w feedgauge.Window, limit int) int {
	n := (float64(w.Start)-last)/float64(c.Every.Milliseconds()) + 1.5 // rounded
	return int(max(1, min(n, float64(limit))))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func mod(a, b int64) int64 { return (a%b + b) % b }
