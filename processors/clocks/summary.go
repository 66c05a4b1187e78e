// Package clocks compares the times that events carry with their arrival, and
// tells when a sender's clock, or the way from there to here, is wrong: events of
// the future, a shift by a time zone, another year, a delay that grows.
package clocks

import (
	"slices"
	"time"

	"github.com/feedgauge/feedgauge"
)

// Summary is how long after they happened, by the sender's clock, the events of
// a feed and window arrived. It is a histogram with fixed bounds that keeps the
// sum of each bin, so that a narrow cluster is known to the millisecond. It
// implements [feedgauge.Sketch].
type Summary struct {
	bins     []bin // those that hold something, by index
	timeless int64 // events without a time that can be read
	local    int64 // of the others, events whose time tells no zone
}

// bin holds events whose delays lie between two bounds.
type bin struct {
	index int
	n     int64
	sum   int64 // of their delays in ms, in s where the bin is far from zero
}

// Tolerance is how far ahead of its arrival an event may be stamped before it
// counts as one of the future: as far as clocks differ that nobody sets.
const Tolerance = 5 * time.Minute

const (
	second = int64(1000)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
	// quarter is the width of bins up to far, whose middles are the quarters of
	// hours: what is off by a time zone lies in the middle of one.
	quarter = 15 * minute
	far     = 27 * hour
	// longest is where delays are cut off, in ms: no clock is off by more.
	longest = 200 * 366 * day
)

// bounds are the bounds of the bins of delays that are not negative; the others
// are their mirror. Bin i, from 0, ends before bounds[i].
var bounds = edges() //nolint:gochecknoglobals // a table that nothing writes to

func edges() []int64 {
	out := []int64{second, 2 * second, 5 * second, 10 * second, 20 * second, 30 * second, minute, 2 * minute, 5 * minute}
	for at := quarter / 2; at < far; at += quarter {
		out = append(out, at)
	}
	for at := 2 * day; at <= 256*day; at *= 2 {
		out = append(out, at)
	}
	for year := range int64(5) { // a bin for each of the last years, whatever leap days lie between
		whole := 365*(year+1)*day + year/4*day
		out = append(out, whole-day, whole+3*day)
	}
	return append(out, 3660*day, 2*3660*day, 5*3660*day)
}

// indexOf returns the bin of a delay in ms: 0 and up for those that are not
// negative, -1 and down for the others.
func indexOf(d int64) int {
	if d < 0 {
		return -1 - indexOf(-d-1)
	}
	at, _ := slices.BinarySearchFunc(bounds, d, func(bound, d int64) int {
		if bound <= d {
			return -1
		}
		return 1
	})
	return at
}

// unit is what the sum of a bin counts, in ms. In ms, a sum of many far delays
// would not fit.
func unit(index int) int64 {
	if index < 0 {
		index = -1 - index
	}
	if index > 0 && bounds[index-1] >= far-quarter {
		return second
	}
	return 1
}

// mean returns the mean delay in b, in ms.
func (b *bin) mean() int64 { return b.sum / b.n * unit(b.index) }

// Note counts an event that arrived at a time, as its format has read it. Times
// without zone are those of clocks in zone, nil for UTC; those without year or
// date are of the year or day nearest to the arrival.
func (s *Summary) Note(at, event feedgauge.Instant, clock feedgauge.Clock, zone *time.Location) {
	switch clock {
	case feedgauge.NoClock:
		s.timeless++
		return
	case feedgauge.LocalClock, feedgauge.YearlessClock, feedgauge.DatelessClock:
		s.local++
		event = whole(at, event, clock, zone)
	case feedgauge.ZonedClock: // says itself where it is
	}
	s.add(min(max(int64(at)-int64(event), -longest), longest), 1)
}

func (s *Summary) add(delay, n int64) {
	index := indexOf(delay)
	b := s.bin(index)
	b.n += n
	b.sum += delay / unit(index) * n
}

func (s *Summary) bin(index int) *bin {
	for i := range s.bins { // there are few
		if s.bins[i].index == index {
			return &s.bins[i]
		}
	}
	at, _ := slices.BinarySearchFunc(s.bins, index, func(b bin, index int) int { return b.index - index })
	s.bins = slices.Insert(s.bins, at, bin{index: index})
	return &s.bins[at]
}

// Reset forgets all, and keeps the room it took.
func (s *Summary) Reset() { *s = Summary{bins: s.bins[:0]} }

// Empty reports whether no event has been noted.
func (s *Summary) Empty() bool { return len(s.bins) == 0 && s.timeless == 0 }

// Kind implements [feedgauge.Sketch].
func (s *Summary) Kind() feedgauge.SketchKind { return feedgauge.ClockSketch }

// Merge implements [feedgauge.Sketch].
func (s *Summary) Merge(other feedgauge.Sketch) {
	o, ok := other.(*Summary)
	if !ok {
		return
	}
	s.timeless += o.timeless
	s.local += o.local
	for _, b := range o.bins {
		own := s.bin(b.index)
		own.n += b.n
		own.sum += b.sum
	}
}

// Clone implements [feedgauge.Sketch].
func (s *Summary) Clone() feedgauge.Sketch {
	out := *s
	out.bins = slices.Clone(s.bins)
	return &out
}

// Clocks returns what is told of a window.
func (s *Summary) Clocks() feedgauge.Clocks {
	return feedgauge.Clocks{
		Events: s.events(), Timeless: s.timeless, Future: s.future(),
		Delay: ms(s.quantile(1, 2)), Least: ms(s.quantile(1, 20)), Most: ms(s.quantile(19, 20)),
	}
}

func ms(d int64) time.Duration { return time.Duration(d) * time.Millisecond }

// events is how many events had a time.
func (s *Summary) events() (n int64) {
	for i := range s.bins {
		n += s.bins[i].n
	}
	return n
}

// future is how many events were stamped ahead of their arrival by more than
// Tolerance.
func (s *Summary) future() (n int64) {
	first := indexOf(-Tolerance.Milliseconds() - 1)
	for i := range s.bins {
		if s.bins[i].index <= first {
			n += s.bins[i].n
		}
	}
	return n
}

// quantile returns about the delay, in ms, below which num of den of all lie: the
// mean of the bin that holds it. Without events it is 0.
func (s *Summary) quantile(num, den int64) int64 {
	rank, below := (s.events()*num+den-1)/den, int64(0)
	for i := range s.bins {
		if below += s.bins[i].n; below >= rank && below > 0 {
			return s.bins[i].mean()
		}
	}
	return 0
}

// whole completes a time that tells no zone, and perhaps no year or date.
func whole(at, local feedgauge.Instant, clock feedgauge.Clock, zone *time.Location) feedgauge.Instant {
	here := feedgauge.Instant(0) // how far the zone is ahead
	if zone != nil && zone != time.UTC {
		here = east(zone, at)
	}
	switch clock {
	case feedgauge.YearlessClock:
		local = nearestYear(at+here, local)
	case feedgauge.DatelessClock:
		local = nearestDay(at+here, local)
	case feedgauge.NoClock, feedgauge.LocalClock, feedgauge.ZonedClock: // whole already
	}
	if here == 0 && (zone == nil || zone == time.UTC) {
		return local
	}
	return local - east(zone, local-here)
}

// nearestDay moves a time of a day to the day on which it is nearest to at.
func nearestDay(at, clock feedgauge.Instant) feedgauge.Instant {
	off := (clock - at) % feedgauge.Instant(day)
	switch {
	case off > feedgauge.Instant(day/2):
		off -= feedgauge.Instant(day)
	case off <= -feedgauge.Instant(day/2):
		off += feedgauge.Instant(day)
	}
	return at + off
}

// east is how far zone's clocks are ahead of UTC at a time.
func east(zone *time.Location, at feedgauge.Instant) feedgauge.Instant {
	_, offset := at.Time().In(zone).Zone()
	return feedgauge.Instant(offset) * 1000
}

// nearestYear moves a time of the year 1970 to the year in which it is nearest to at.
// In leap years, a day after February may be meant by its date or by its number,
// since February 29 is read as the first of March.
func nearestYear(at, stamp feedgauge.Instant) feedgauge.Instant {
	t := stamp.Time()
	best := feedgauge.Before
	try := func(candidate time.Time) {
		c := feedgauge.InstantOf(candidate)
		if best == feedgauge.Before || distance(c, at) < distance(best, at) {
			best = c
		}
	}
	for year := at.Time().Year() - 1; year <= at.Time().Year()+1; year++ {
		first := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC)
		try(time.Date(year, t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC))
		if t.Month() == time.March && t.Day() == 1 {
			try(first.Add(time.Duration(stamp) * time.Millisecond))
		}
	}
	return best
}

func distance(a, b feedgauge.Instant) feedgauge.Instant {
	if a < b {
		return b - a
	}
	return a - b
}
