package calendar

import (
	"cmp"
	"slices"

	"github.com/feedgauge/feedgauge/processors/internal/wall"
)

// span is a piece of a day, [start, end) from its midnight. As written, one that
// runs past midnight ends beyond 24 hours.
type span struct{ start, end wall.Time }

// hours are the active pieces of one day, in order and apart, with their sum.
type hours struct {
	spans []span
	total wall.Time
}

// weekday is one day of the week: its own hours and what the day before spills
// over midnight, each of which a holiday may take away.
type weekday struct {
	own, spill bool     // whether there is any of it
	sets       [4]hours // see of
}

// newWeekday cuts the hours of a day, and of the day before it, at the midnights.
func newWeekday(today, yesterday []span) weekday {
	var own, spill []span
	for _, s := range today {
		own = append(own, span{s.start, min(s.end, wall.Day)})
	}
	for _, s := range yesterday {
		if s.end > wall.Day {
			spill = append(spill, span{0, s.end - wall.Day})
		}
	}
	return weekday{
		own: len(own) > 0, spill: len(spill) > 0,
		sets: [4]hours{{}, join(own), join(spill), join(slices.Concat(own, spill))},
	}
}

// of returns the hours with or without the day's own and the spill.
func (w *weekday) of(own, spill bool) *hours {
	i := 0
	if own {
		i = 1
	}
	if spill {
		i += 2
	}
	return &w.sets[i]
}

// join sorts spans and melts those that touch.
func join(spans []span) hours {
	var h hours
	spans = slices.SortedFunc(slices.Values(spans), func(a, b span) int { return cmp.Compare(a.start, b.start) })
	for _, s := range spans {
		if last := len(h.spans) - 1; last >= 0 && s.start <= h.spans[last].end {
			h.spans[last].end = max(h.spans[last].end, s.end)
			continue
		}
		h.spans = append(h.spans, s)
	}
	for _, s := range h.spans {
		h.total += s.end - s.start
	}
	return h
}

// holds reports whether a time of day is active.
func (h *hours) holds(t wall.Time) bool {
	for _, s := range h.spans {
		if s.start <= t && t < s.end {
			return true
		}
	}
	return false
}

// before returns how much of the day's active time lies before t.
func (h *hours) before(t wall.Time) wall.Time {
	if t == wall.Day {
		return h.total
	}
	var sum wall.Time
	for _, s := range h.spans {
		sum += max(0, min(t, s.end)-s.start)
	}
	return sum
}

// reach returns the first time of day before which lies so much active time;
// sum is more than none and not more than the total.
func (h *hours) reach(sum wall.Time) wall.Time {
	for _, s := range h.spans {
		if has := s.end - s.start; sum > has {
			sum -= has
			continue
		}
		return s.start + sum
	}
	return wall.Day
}
