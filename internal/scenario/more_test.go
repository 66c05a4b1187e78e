package scenario_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// The monitor begins on a topic that already holds four weeks. All of them are
// judged and learnt, and nothing is wrong with them.
func TestBackfillBeforeTheStart(t *testing.T) {
	inWorld(t, func(w *world) {
		w.change = func(p *pipeline.Pipeline) { p.Classes[0].Every, p.Classes[0].Period = 30*time.Minute, 2*time.Hour }
		w.feeds = nil
		const pace, weeks = 10 * time.Minute, 4 * 7 * 24 * time.Hour
		begin := time.Now().Add(-weeks).Truncate(time.Hour)
		for at := begin; at.Before(time.Now()); at = at.Add(pace) {
			for i := range lanes {
				w.send("logs", fmt.Sprint("web-", i), int32(i), at)
			}
		}
		w.start("a", options{})
		w.pass(2 * time.Minute)
		w.calm()
		for i := range lanes {
			feed := fmt.Sprint("web-", i)
			if n := len(w.history[feed]); n < int(weeks/(30*time.Minute))-1 {
				t.Errorf("feed %s has %d closed windows", feed, n)
			}
			for _, c := range w.history[feed] {
				if c.Counts.Events != 3 || c.Status == feedgauge.Unknown {
					t.Fatalf("feed %s: the window of %v was judged %s with %d events, 3 were delivered", feed, c.Window.Start, c.Status, c.Counts.Events)
				}
			}
		}
	})
}

// A topic is created that the source's expression matches, and another that
// stays empty. Neither makes a feed silent, nor keeps it from being found so.
func TestNewTopic(t *testing.T) {
	inWorld(t, func(w *world) {
		w.start("a", options{})
		w.pass(20 * time.Minute)
		w.create("logs-new", 2)
		w.create("logs-empty", 2)
		w.more = func() {
			w.send("logs-new", "web-new-0", 0, time.Now())
			w.send("logs-new", "web-new-1", 1, time.Now())
		}
		w.pass(20 * time.Minute)
		w.calm()
		w.whole("web-1", "web-7", "web-new-0", "web-new-1")
		w.misses("web-0")
	})
}

// A feed delivers only lines of an hour ago, in a lane with others, another has
// a lane to itself. They are delayed, not silent.
func TestOldLinesOnly(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("logs-old", 1)
		w.start("a", options{})
		w.pass(20 * time.Minute)
		w.more = func() {
			w.send("logs", "web-old-0", 0, time.Now().Add(-time.Hour))
			w.send("logs-old", "web-old-1", 0, time.Now().Add(-time.Hour))
		}
		w.pass(time.Hour)
		w.calm()
		w.whole("web-1", "web-7")
		for _, feed := range []string{"web-old-0", "web-old-1"} {
			var delayed int64
			for _, c := range w.history[feed] {
				delayed += c.Counts.Delayed
			}
			if delayed < w.sent[feed]*9/10 {
				t.Errorf("feed %s: %d of %d records are delayed", feed, delayed, w.sent[feed])
			}
		}
	})
}

// Four members are restarted one after the other.
func TestRollingRestart(t *testing.T) {
	inWorld(t, func(w *world) {
		members := make(map[string]*member)
		for _, name := range []string{"a", "b", "c", "d"} {
			members[name] = w.start(name, options{})
		}
		w.pass(20 * time.Minute)
		for name, m := range members {
			m.end()
			w.pass(30 * time.Second)
			w.start(name, options{})
			w.pass(2 * time.Minute)
		}
		w.pass(5 * time.Minute)
		w.calm()
		w.misses("web-0")
		w.whole("web-1", "web-7")
	})
}

// Windows become longer, or shorter, by a new configuration. Feeds that deliver
// no more or less than before are neither silent nor short, and a slow one is
// not forgotten to have delivered in a window that was open then.
func TestEveryChanges(t *testing.T) {
	for _, to := range []time.Duration{2 * every, every / 2, 90 * time.Second} {
		t.Run(to.String(), func(t *testing.T) {
			inWorld(t, func(w *world) { everyChanges(w, to) })
		})
	}
}

func everyChanges(w *world, to time.Duration) {
	beats := 0
	w.more = func() { // every four minutes, of five that are allowed
		if beats++; beats%24 == 18 {
			w.send("logs", "web-slow", 1, time.Now())
		}
	}
	m := w.start("a", options{})
	w.pass(23*time.Minute + 10*time.Second)
	m.end()
	w.calm()
	w.change = func(p *pipeline.Pipeline) { p.Classes[0].Every, p.Fingerprint = to, "two" }
	w.start("a", options{})
	w.pass(30 * time.Minute)
	w.calm()
	for _, feed := range []string{"web-1", "web-7"} {
		all := w.history[feed]
		last := all[len(all)-1]
		want := int64(to / beat)
		if last.Window.End.Sub(last.Window.Start) != to || last.Counts.Events != want || math.Abs(last.Forecast.Expected-float64(want)) > 0.01 {
			w.t.Errorf("feed %s: the last window is %+v, want one of %v with %d events", feed, last, to, want)
		}
	}
}
