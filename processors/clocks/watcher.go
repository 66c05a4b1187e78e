package clocks

import (
	"slices"
	"time"

	"github.com/feedgauge/feedgauge"
)

// Watcher remembers how the clocks of one feed's events stood, window by window,
// and tells when they are wrong. Its zero value knows nothing yet.
//
// What is usual is learnt of windows alike; one that is off is held apart. It is
// told when it stays where it is: a batch that comes late is off once, what is
// caught up after an outage, and what is replayed, is off by another amount in
// each window.
type Watcher struct {
	levels []level           // of the last windows that were as usual
	odd    int               // windows in a row that were not
	oddAt  feedgauge.Instant // start of the first of those
	end    feedgauge.Instant // of the last window
	behind bool              // it was cut off for as long as its events are late
	run    run
	growth growth
}

// level is where the delays of a window lie, in ms.
type level struct {
	middle, low, high int64
}

func (l level) spread() int64 { return l.high - l.low }

const (
	// keptLevels is how many windows say what is usual, and fewLevels how many
	// are enough.
	keptLevels = 16
	fewLevels  = 4
	// relearn is how long windows may be unlike what was usual before they are.
	relearn = 24 * time.Hour
	// accept is after how long what may be a delay, or is only unlike before, is what
	// is usual. A clock that is ahead never is.
	accept = 7 * 24 * time.Hour
	// least is how many of a window's events, one in so many, must be of the
	// future to be told.
	least = 100
	// widest is above which delay, in ms, events are those of an archive, of which
	// it is not said that they come later and later.
	widest = 36 * hour
)

// Observe takes in a window in which events arrived, in order of time; zoned tells
// that class and feed go by the same zone where times tell none.
func (w *Watcher) Observe(s *Summary, win feedgauge.Window, zoned bool) {
	if s.events() == 0 {
		return
	}
	l := level{s.quantile(1, 2), s.quantile(1, 20), s.quantile(19, 20)}
	w.growth.observe(l.low, win)
	local := 2*s.local > s.events()
	w.resume(l, win)
	t := w.trait(s, l, local, zoned)
	switch {
	case w.run.follows(t, l, win):
		if w.run.slow && w.run.told && win.End.Sub(w.run.since) > accept {
			*w = Watcher{levels: []level{l, l, l, l}, growth: w.growth}
		}
	case w.run.gap():
	default:
		w.run = run{}
		if t.kind != "" {
			w.run.start(t, l, win)
		}
	}
	if w.run.kind == "" || t.kind == "" {
		w.learn(l, win, local)
	}
}

// resume notes whether a feed comes back from being cut off: its events are late
// by about as long as none came.
func (w *Watcher) resume(l level, win feedgauge.Window) {
	usual, known := w.usual()
	off, gap := l.middle-usual.middle, int64(win.Start-w.end)
	if w.end == 0 || !known {
		gap = 0
	}
	switch w.end = win.End; {
	case gap > 0 && off > 5*minute && off <= 2*gap:
		w.behind = true
	case off <= 5*minute:
		w.behind = false
	}
}

// learn takes in a window that is not held apart. A level that is not the usual
// one becomes so when it has been for long, or soon if events only come faster
// than they did: then what seemed usual was caught up.
func (w *Watcher) learn(l level, win feedgauge.Window, local bool) {
	usual, known := w.usual()
	if known && abs(l.middle-usual.middle) > max(5*minute, 3*usual.spread()) {
		if w.odd++; w.odd == 1 {
			w.oddAt = win.Start
		}
		long := w.odd >= keptLevels && win.End.Sub(w.oddAt) >= relearn
		faster := !local && l.middle >= 0 && l.middle < usual.middle && w.odd >= fewLevels
		if !long && !faster {
			return
		}
		w.levels = nil
	}
	w.odd = 0
	if len(w.levels) == keptLevels {
		w.levels = append(w.levels[:0], w.levels[1:]...)
	}
	w.levels = append(w.levels, l)
}

// usual returns the middle of the levels remembered, and whether they are enough
// and alike.
func (w *Watcher) usual() (level, bool) {
	if len(w.levels) < fewLevels {
		return level{}, false
	}
	mid := func(get func(level) int64) int64 { return median(w.levels, get) }
	u := level{
		middle: mid(func(l level) int64 { return l.middle }),
		low:    mid(func(l level) int64 { return l.low }), high: mid(func(l level) int64 { return l.high }),
	}
	return u, true
}

// Kind is in what way a clock is wrong.
type Kind string

// The ways, besides a delay that grows.
const (
	Zone  Kind = "zone"  // off by whole hours, or half ones
	Year  Kind = "year"  // off by whole years
	Ahead Kind = "ahead" // events of the future
)

// trait is how a window's clocks are off.
type trait struct {
	kind  Kind
	off   int64 // of arrivals less stamps, in ms: negative where the clock is ahead
	share int64 // of a hundred events that are so
	slow  bool  // it might be a delay, too: it takes longer to tell
}

// trait returns how a window is off, if in a way that would be told if it stayed.
func (w *Watcher) trait(s *Summary, l level, local, zoned bool) trait {
	usual, known := w.usual()
	switch {
	case local && !known:
		return trait{}
	case local && spreadOf(w.levels) > 5*minute+2*usual.spread():
		return trait{} // what is usual is not known well enough to tell a clock by it
	}
	t := offBy(l, usual, known)
	follows := zoned && abs(usual.middle) < quarter/2
	switch {
	case t.kind == "", !local && t.off < 0 && l.middle > -minute: // less late than usual is no clock that is ahead
		return future(s, l, usual, local)
	case w.behind && t.kind == Zone && t.off > 0:
		return trait{}
	case local && !follows && t.kind == Zone && abs(t.off) == hour:
		return trait{} // summer time of a zone that nobody has told us
	}
	t.slow = t.off > 0 || local
	return t
}

// offBy tells whether a level lies whole hours or years from the usual one. As
// long as that is not known, none is taken for it, and half hours are not told.
func offBy(l, usual level, known bool) trait {
	room := max(minute, min(usual.spread()/2, quarter/2))
	if l.spread() > max(2*minute, 2*usual.spread()) {
		return trait{}
	}
	off, step := l.middle-usual.middle, hour/2
	if !known {
		step = hour
	}
	if shift := nearestMultiple(off, step); shift != 0 && abs(shift) <= 14*hour && abs(off-shift) <= room {
		return trait{kind: Zone, off: shift, share: 100}
	}
	for years := int64(1); years <= 5; years++ {
		for leap := years / 4; leap <= years/4+1; leap++ {
			if whole := (365*years + leap) * day; abs(abs(off)-whole) <= hour {
				return trait{kind: Year, off: sign(off) * whole, share: 100}
			}
		}
	}
	return trait{}
}

// future tells whether events are of the future. Where times tell no zone, those
// are that are ahead of the half hour that their clocks stand at.
func future(s *Summary, l, usual level, local bool) trait {
	if !local {
		n, all := s.future(), s.events()
		if n == 0 || n*least < all {
			return trait{}
		}
		return trait{kind: Ahead, off: -s.furthest(), share: max(1, 100*n/all)}
	}
	stands := nearestMultiple(usual.middle, hour/2)
	rest := usual.middle - stands
	if rest < -10*second || rest > 2*minute || l.spread() > 2*minute || l.middle >= stands-Tolerance.Milliseconds() || stands-l.middle > 14*hour {
		return trait{}
	}
	return trait{kind: Ahead, off: l.middle - stands, share: 100, slow: true}
}

// furthest is how far ahead the events of the future are, in the mean of those
// that are furthest, in ms.
func (s *Summary) furthest() int64 { return -s.bins[0].mean() }

func spreadOf(levels []level) int64 {
	low, high := levels[0].middle, levels[0].middle
	for _, l := range levels {
		low, high = min(low, l.middle), max(high, l.middle)
	}
	return high - low
}

// median returns the middle of a number of the levels, the lower of two.
func median(levels []level, get func(level) int64) int64 {
	all := make([]int64, len(levels))
	for i, l := range levels {
		all[i] = get(l)
	}
	slices.Sort(all)
	return all[(len(all)-1)/2]
}

// nearestMultiple returns the multiple of step that is nearest to v.
func nearestMultiple(v, step int64) int64 { return sign(v) * ((abs(v) + step/2) / step) * step }

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

func sign(v int64) int64 {
	if v < 0 {
		return -1
	}
	return 1
}
