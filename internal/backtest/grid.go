package backtest

import (
	"time"

	"github.com/feedgauge/feedgauge"
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
	seen := map[feedgauge.Instant]int{}
	g := grid{every: every}
	most := 0
	for _, r := range rows[:min(len(rows), sampled)] {
		shift := r.Start - feedgauge.WindowOf(r.Start, every).Start
		if seen[shift]++; seen[shift] > most {
			g.shift, most = shift, seen[shift]
		}
	}
	return g
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

// cut calls do with each window of which there is a row, in order, and returns how
// many rows begin none. With zero it also calls do with those in between, as empty.
func (g grid) cut(rows []Row, zero bool, do func(w feedgauge.Window, count float64)) (offGrid int) {
	next := feedgauge.Window{Start: feedgauge.After}
	for _, r := range rows {
		win, ok := g.window(r.Start)
		if !ok {
			offGrid++
			continue
		}
		for ; zero && next.Start < win.Start; next = g.next(next) {
			do(next, 0)
		}
		do(win, r.Count)
		next = g.next(win)
	}
	return offGrid
}
