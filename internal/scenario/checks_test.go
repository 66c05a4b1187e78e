package scenario_test

import (
	"math"
	"slices"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

// calm fails the test if anything has been told of a feed.
func (w *world) calm() {
	w.t.Helper()
	for _, f := range w.findings() {
		w.t.Errorf("told: %s", f)
	}
	w.forget()
}

// forget drops what has been told of feeds so far.
func (w *world) forget() {
	w.alerts = slices.DeleteFunc(w.alerts, func(a ocsf.Summary) bool { return a.Tenant != pipeline.Self })
}

// learnt fails the test if a feed's windows do not follow each other without
// gap or overlap, if one that was judged is not whole, or if the forecast
// expects anything but what the feed delivers. It returns how many windows
// could not be judged, of all feeds.
func (w *world) learnt(feeds ...string) (unknown int) {
	w.t.Helper()
	w.look()
	for _, feed := range feeds {
		windows := w.history[feed]
		if len(windows) < 10 {
			w.t.Fatalf("feed %s has only %d closed windows", feed, len(windows))
		}
		for i, c := range windows {
			if i > 0 && c.Window.Start != windows[i-1].Window.End {
				w.t.Errorf("feed %s: window of %v follows that of %v", feed, c.Window.Start, windows[i-1].Window.Start)
			}
			switch {
			case c.Status == feedgauge.Unknown:
				unknown++
			case c.Window.Start < w.hole.Last && w.hole.First < c.Window.End:
				// so short a pause of the source is no outage yet
			case c.Counts.Events != perWindow:
				w.t.Errorf("feed %s: the window of %v was judged with %d events, %d were delivered", feed, c.Window.Start, c.Counts.Events, perWindow)
			}
		}
		if f := windows[len(windows)-1].Forecast; !f.Ready || math.Abs(f.Expected-float64(perWindow)) > 0.001 {
			w.t.Errorf("feed %s delivers %d a window, but %+v is forecast", feed, perWindow, f)
		}
	}
	return unknown
}

// misses stops a feed and fails the test unless its silence is found, and no
// other: period and lateness after its last record, and not later than the
// watermark, a commit and the polls in between take.
func (w *world) misses(feed string) {
	w.t.Helper()
	last := w.stop(feed)
	due := feedgauge.InstantOf(last.Add(period + time.Millisecond))
	w.pass(period + lateness)
	w.calm() // the watermark cannot be there yet
	w.pass(slack + 3*interval)
	w.look()
	found := w.findings()
	if want := feed + " silent open at " + due.String(); len(found) != 1 || found[0] != want {
		w.t.Errorf("told %q, want %q", found, want)
	}
	w.forget()
}

// judged returns the end of the last window closed of a feed, Before if there is
// none.
func (w *world) judged(feed string) feedgauge.Instant {
	w.t.Helper()
	w.look()
	if all := w.history[feed]; len(all) > 0 {
		return all[len(all)-1].Window.End
	}
	return feedgauge.Before
}

// whole is learnt where every window could be judged.
func (w *world) whole(feeds ...string) {
	w.t.Helper()
	if n := w.learnt(feeds...); n != 0 {
		w.t.Errorf("%d windows could not be judged", n)
	}
}
