package clocks

import (
	"time"

	"github.com/feedgauge/feedgauge"
)

// run is a row of windows that are off by the same.
//
//	         off                     off by the same, for long enough
//	nothing ─────► suspected ──────────────────────────────► told
//	   ▲               │ not so any more                       │ twice in a row
//	   └───────────────┴───────────────────────────────────────┘
type run struct {
	trait
	since     feedgauge.Instant
	windows   int
	missed    int   // windows in a row that were not so
	low, high int64 // range of the middle delays, in ms
	told      bool
}

const (
	// few windows tell of events of the future, which no delay makes; what could
	// be a delay takes some more, and at least so much time.
	fewWindows = 3
	someMore   = 5
	longEnough = time.Hour
	// slack is how far the windows of a run may lie from one another, in ms.
	slack = 2 * minute
)

func (r *run) start(t trait, l level, win feedgauge.Window) {
	*r = run{trait: t, since: win.Start, windows: 1, low: l.middle, high: l.middle}
}

// follows takes in a window that is off like those before, and reports whether it
// is. Events of the future need not stand still.
func (r *run) follows(t trait, l level, win feedgauge.Window) bool {
	if r.kind == "" || t.kind != r.kind || t.kind != Ahead && t.off != r.off {
		return false
	}
	low, high := min(r.low, l.middle), max(r.high, l.middle)
	if r.kind != Ahead && !r.told && high-low > max(slack, l.spread()) {
		return false
	}
	r.low, r.high, r.missed, r.trait = low, high, 0, t
	r.windows++
	enough := r.windows >= fewWindows
	if t.slow {
		long := win.End.Sub(r.since)
		enough = enough && long >= longEnough && (r.windows >= someMore || win.End.Sub(win.Start) >= longEnough)
	}
	r.told = r.told || enough
	return true
}

// gap lets one window pass that is not so, once the run is told.
func (r *run) gap() bool {
	if !r.told {
		return false
	}
	r.missed++
	return r.missed < 2
}
