package scenario_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// A silence is told when the watermark has passed period and lateness by no more
// than a commit takes it on, and that is soon.
func TestSilenceIsFoundInTime(t *testing.T) {
	inWorld(t, func(w *world) {
		m := w.start("a", options{})
		w.pass(20 * time.Minute)
		for _, feed := range []string{"web-0", "web-3", "web-5"} {
			last := w.stop(feed)
			due := feedgauge.InstantOf(last).Add(period + time.Millisecond)
			if !w.until(2*period, func() bool { return len(w.findings()) > 0 }) {
				t.Fatalf("the silence of %s was not found", feed)
			}
			if got, want := w.findings(), feed+" silent open at "+due.String(); len(got) != 1 || got[0] != want {
				t.Errorf("told %q, want %q", got, want)
			}
			if over := m.Watermark().Sub(due.Add(lateness)); over < 0 || over > interval {
				t.Errorf("%s was found with the watermark %v behind period and lateness", feed, over)
			}
			if took := time.Since(due.Time()); took > lateness+slack+2*interval+time.Second { // a second, since that is how often we look
				t.Errorf("the silence of %s was found after %v", feed, took)
			}
			w.forget()
			w.pass(time.Minute)
		}
		w.calm()
	})
}

// The inventory names a feed that no record ever did.
func TestNeverSeenIsFound(t *testing.T) {
	inWorld(t, func(w *world) {
		w.change = func(p *pipeline.Pipeline) {
			id := feedgauge.FeedID{Tenant: "main", Name: "ghost"}
			p.Feeds[id] = &pipeline.Feed{ID: id, Class: "web"}
		}
		w.pass(beat)
		begin := feedgauge.InstantOf(time.Now().Truncate(beat)) // of the first record of the source
		w.start("a", options{})
		w.pass(2 * period)
		want := []string{"ghost never_seen open at " + begin.Add(period+time.Millisecond).String()}
		if got := w.findings(); !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
		w.forget()
		w.send("logs", "ghost", 0, time.Now())
		w.pass(2 * time.Minute)
		if got := w.findings(); len(got) != 1 || got[0][:len("ghost never_seen close")] != "ghost never_seen close" {
			t.Errorf("told %q, want that ghost delivers at last", got)
		}
	})
}

// A member's network is cut, at once or just before a silence is due, and the
// other one finds what falls silent in every partition of the journal.
func TestSilenceIsFoundByTheNewOwner(t *testing.T) {
	for name, before := range map[string]time.Duration{"as feeds stop": period, "as it is due": 10 * time.Second} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) { newOwner(w, before) })
		})
	}
}

// newOwner cuts a member off that long before the silence is due.
func newOwner(w *world, before time.Duration) {
	const takeover = 40 * time.Second // a session and what the dead one's transaction may take
	w.start("a", options{})
	dead := w.start("b", options{})
	w.pass(20 * time.Minute)
	var want []string
	last := time.Now().Truncate(beat)
	due := feedgauge.InstantOf(last.Add(period + time.Millisecond))
	for _, feed := range w.oneEach() {
		w.stop(feed)
		want = append(want, fmt.Sprint(feed, " silent open at ", due))
	}
	w.pass(period - before)
	w.calm()
	dead.link.cut()
	w.pass(before + lateness + takeover)
	got := w.findings()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("told %q, want %q", got, want)
	}
}

// oneEach returns a feed of each partition of the journal.
func (w *world) oneEach() []string {
	w.t.Helper()
	p := w.pipeline("x")
	of := make(map[int32]string)
	for _, feed := range w.feeds {
		of[p.PartitionOf(feedgauge.FeedID{Tenant: "main", Name: feed})] = feed
	}
	var out []string
	for k := range p.Kafka.Partitions {
		if of[k] == "" {
			w.t.Fatalf("no feed is watched in partition %d", k)
		}
		out = append(out, of[k])
	}
	return out
}
