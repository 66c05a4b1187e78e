package backtest

import (
	"fmt"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/schedule"
)

// sampled is from how many of a feed's first rows its step is told, so that what
// comes later changes nothing.
const sampled = 400

// step returns the commonest distance between the first rows of a feed, the
// shortest of several that are as common, and an hour for a single row.
func step(rows []Row) time.Duration {
	seen := map[feedgauge.Instant]int{}
	for i := 1; i < min(len(rows), sampled); i++ {
		seen[rows[i].Start-rows[i-1].Start]++
	}
	best, most := feedgauge.Instant(0), 0
	for d, n := range seen {
		if n > most || n == most && d < best {
			best, most = d, n
		}
	}
	if best == 0 {
		return time.Hour
	}
	return time.Duration(best) * time.Millisecond
}

// grid is how the time of a feed is cut into windows.
type grid struct {
	every time.Duration
	shift feedgauge.Instant // from the windows that are aligned to the epoch
	class window            // cuts time instead, where it goes by a schedule
}

type window interface {
	Window(feedgauge.Instant) feedgauge.Window
}

// gridOf returns windows of length every that begin where most of the first rows
// do: not each collector begins its hours at full ones.
func gridOf(rows []Row, every time.Duration) grid {
	shift, _ := commonest(rows, func(at feedgauge.Instant) feedgauge.Instant { return at - feedgauge.WindowOf(at, every).Start })
	return grid{every: every, shift: shift}
}

// commonest returns the value that most of the first rows have, the first of
// several, and how many have it.
func commonest[V comparable](rows []Row, of func(feedgauge.Instant) V) (best V, most int) {
	seen := map[V]int{}
	for _, r := range rows[:min(len(rows), sampled)] {
		v := of(r.Start)
		if seen[v]++; seen[v] > most {
			best, most = v, seen[v]
		}
	}
	return best, most
}

// onClocks returns windows of a day or a week on the clocks of a zone, which are
// an hour shorter or longer where those change, if more of the first rows begin
// one than do in g; else it returns g.
func (g grid) onClocks(rows []Row, zone *time.Location) (grid, error) {
	const day = 24 * time.Hour
	if zone == nil || zone == time.UTC || g.every != day && g.every != 7*day {
		return g, nil
	}
	line, n := commonest(rows, func(at feedgauge.Instant) string {
		t := at.Time().In(zone)
		if g.every == day {
			return fmt.Sprintf("%d %d * * *", t.Minute(), t.Hour())
		}
		return fmt.Sprintf("%d %d * * %d", t.Minute(), t.Hour(), t.Weekday())
	})
	if _, most := commonest(rows, func(at feedgauge.Instant) bool { _, ok := g.window(at); return ok }); n <= most {
		return g, nil
	}
	s, err := schedule.Cron(line, zone)
	return grid{every: g.every, class: slots{s}}, err
}

// slots cuts time where something is due.
type slots struct{ schedule.Schedule }

func (s slots) Window(at feedgauge.Instant) feedgauge.Window {
	return feedgauge.Window{Start: s.Slot(at), End: s.Next(at)}
}

// window returns the window that begins at start; ok is false if none does.
func (g grid) window(start feedgauge.Instant) (w feedgauge.Window, ok bool) {
	if g.class != nil {
		w = g.class.Window(start)
	} else {
		w = feedgauge.WindowOf(start-g.shift, g.every)
		w.Start, w.End = w.Start+g.shift, w.End+g.shift
	}
	return w, w.Start == start
}

// next returns the window after w.
func (g grid) next(w feedgauge.Window) feedgauge.Window {
	if g.class != nil {
		return g.class.Window(w.End)
	}
	return w.Next()
}

// mostEmpty is how many windows without a row in a row are taken for empty.
const mostEmpty = 1e6

// cut calls do with each window of which there is a row, in order, and returns how
// many rows begin none. With zero it also calls do with those in between, as empty,
// but for gaps of more than mostEmpty: nobody watches so long for nothing, and a
// single time of year 1 or 9999 would never come to an end.
func (g grid) cut(rows []Row, zero bool, do func(w feedgauge.Window, count float64)) (offGrid int) {
	next := feedgauge.Window{Start: feedgauge.After}
	for _, r := range rows {
		win, ok := g.window(r.Start)
		if !ok {
			offGrid++
			continue
		}
		fill := zero && float64(win.Start-next.Start) <= mostEmpty*float64(g.every.Milliseconds())
		for ; fill && next.Start < win.Start; next = g.next(next) {
			do(next, 0)
		}
		do(win, r.Count)
		next = g.next(win)
	}
	return offGrid
}
