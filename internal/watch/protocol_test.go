package watch_test

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// named folds a tally of one feed.
func (b *bench) named(name string, at feedgauge.Instant, n int64) {
	b.fold(at, feedgauge.Entry{Tally: &feedgauge.Tally{
		Source: cmp.Or(b.source, "raw"), Window: feedgauge.WindowOf(at, time.Minute),
		Feeds: []feedgauge.FeedTally{{
			Feed: feedgauge.FeedID{Tenant: "main", Name: name}, First: at, Last: at, Counts: feedgauge.Counts{Events: n},
		}},
	}})
}

// until moves the watermark, with the arrivals on which an outage is judged.
func (b *bench) until(at feedgauge.Instant, runs ...feedgauge.Run) {
	b.fold(at, feedgauge.Entry{Trailer: &feedgauge.Trailer{
		Topics: []feedgauge.TopicMark{{Source: cmp.Or(b.source, "raw"), Topic: "a", Partitions: 1, Last: feedgauge.Before, Runs: runs}},
		Lanes:  []feedgauge.LaneMark{{Lane: feedgauge.Lane{Topic: "a"}, Watermark: at, First: epoch, Proof: feedgauge.ProofIdle}},
	}})
}

func with(t *testing.T, change func(*pipeline.Pipeline)) *bench {
	t.Helper()
	b := newBench(t)
	b.pipe.Feeds = make(map[feedgauge.FeedID]*pipeline.Feed)
	change(b.pipe)
	b.Partition = watch.New(b.pipe, 0)
	return b
}

func inventory(p *pipeline.Pipeline, names ...string) {
	for _, n := range names {
		id := feedgauge.FeedID{Tenant: "main", Name: n}
		p.Feeds[id] = &pipeline.Feed{ID: id, Class: "c"}
	}
}

// A feed of the inventory that no record ever named is missed all the same.
func TestNeverSeen(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) { inventory(p, "ghost") })
	b.named("other", epoch, 5)
	b.until(epoch + 2*minute + 1)
	b.want(t, "open never_seen at 2m0.001s since 2m0s end -", "open silent at 2m0.001s since 0s end -")
	b.named("ghost", epoch+5*minute, 5)
	b.until(epoch + 6*minute)
	b.want(t, "close never_seen at 6m0s since 2m0s end 5m0s")
}

// Lost records make windows incomplete: nothing is judged or learnt from them,
// and the time does not count as silence.
func TestGap(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) { p.Classes[0].Settle = 2 * time.Minute })
	for i := range feedgauge.Instant(6) {
		b.named("f", epoch+i*minute, 100)
	}
	b.until(epoch + 6*minute)
	b.fold(epoch+6*minute, feedgauge.Entry{Gap: &feedgauge.Gap{Source: "raw", From: epoch + 6*minute, To: epoch + 20*minute}})
	b.named("f", epoch+20*minute+1, 10)
	for i := feedgauge.Instant(21); i < 25; i++ {
		b.named("f", epoch+i*minute, 100)
	}
	b.until(epoch + 25*minute)
	b.want(t)
	for i, c := range b.history {
		reason := c.Reason
		switch {
		case i < 6 && reason != "", i >= 6 && i < 20 && reason != "records were lost",
			(i == 20 || i == 21) && !strings.HasPrefix(reason, "settling"), i > 21 && reason != "":
			t.Errorf("window %d: reason %q", i, reason)
		}
	}
	if last := b.history[len(b.history)-1].Forecast.Expected; last != 100 {
		t.Errorf("the hole was learnt: %v expected", last)
	}
	b.until(epoch + 26*minute + 1)
	b.want(t, "open silent at 26m0.001s since 24m0s end -")
}

// A feed that does not come back after records were lost is silent when its
// period has passed without the time that was lost, no sooner.
func TestGapThenSilence(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.arrive(epoch, 100)
	b.until(epoch + minute)
	b.fold(epoch+minute, feedgauge.Entry{Gap: &feedgauge.Gap{Source: "raw", From: epoch + minute, To: epoch + 20*minute}})
	b.until(epoch + 20*minute + minute/2)
	b.want(t)
	b.until(epoch + 22*minute)
	b.want(t, "open silent at 21m0.001s since 0s end -")
}

// While all of a source is quiet, that is told once, and no feed is called
// silent; when it resumes, feeds get their period anew.
func TestOutage(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) { p.Sources[0].OutageAfter = time.Minute })
	for _, f := range []string{"f", "g", "h"} {
		b.named(f, epoch, 5)
	}
	b.until(epoch+30*minute, feedgauge.Run{First: epoch, Last: epoch})
	b.want(t)
	if len(b.self) != 1 || b.self[0] != "open outage at 1m0.001s" {
		t.Errorf("told of the monitor: %v", b.self)
	}
	b.named("f", epoch+31*minute, 5)
	b.named("g", epoch+31*minute, 5)
	b.until(epoch+33*minute, feedgauge.Run{First: epoch + 31*minute, Last: epoch + 33*minute})
	b.want(t)
	b.named("f", epoch+33*minute, 5)
	b.named("g", epoch+33*minute, 5)
	b.until(epoch + 34*minute)
	if len(b.self) != 2 || b.self[1] != "close outage at 31m0s" {
		t.Errorf("told of the monitor: %v", b.self)
	}
	b.want(t, "open silent at 33m0.001s since 0s end -") // h does not come back
}

// A feed whose period ends when its source has just fallen quiet is not called
// silent before it is known whether that is an outage; if it is none, then at
// once, and once only.
func TestSilenceWaitsForTheOutage(t *testing.T) {
	t.Parallel()
	const outageAfter = 3 * minute // longer than the period
	for _, c := range []struct {
		back feedgauge.Instant // when g delivers again
		want []string
	}{
		{30 * minute, nil},
		{2*minute + minute/2, []string{"open silent at 3m0s since 0s end -"}},
	} {
		b := with(t, func(p *pipeline.Pipeline) { p.Sources[0].OutageAfter = time.Duration(outageAfter) * time.Millisecond })
		b.named("f", epoch, 5)
		b.named("g", epoch, 5)
		b.until(epoch+2*minute+minute/4, feedgauge.Run{First: epoch, Last: epoch})
		b.want(t)
		b.named("g", epoch+c.back, 5)
		b.until(epoch+c.back+minute, feedgauge.Run{First: epoch + c.back, Last: epoch + c.back + minute})
		b.want(t, c.want...)
	}
}

// Of a pair one member is enough; the group is told of when both are silent.
func TestGroup(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) {
		inventory(p, "left", "right")
		p.Groups = []*pipeline.Group{{Name: "pair", Tenant: "main", Need: 1, Members: []feedgauge.FeedID{
			{Tenant: "main", Name: "left"}, {Tenant: "main", Name: "right"},
		}}}
	})
	for i := range feedgauge.Instant(20) {
		b.named("left", epoch+i*minute, 5)
	}
	b.named("right", epoch, 5)
	b.until(epoch + 20*minute)
	b.want(t)
	b.until(epoch + 22*minute)
	b.want(t, "open silent at 21m0.001s since 19m0s end -")
	b.named("right", epoch+23*minute, 5)
	b.until(epoch + 24*minute)
	b.want(t, "close silent at 23m0.001s since 19m0s end 23m0s")
}

func TestRetireAfter(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) { p.Classes[0].RetireAfter = 10 * time.Minute })
	b.named("pod", epoch, 5)
	b.until(epoch + 11*minute)
	b.want(t, "open silent at 2m0.001s since 0s end -", "close silent at 10m0s since 0s end 10m0s")
	if b.Feeds() != 0 {
		t.Error("the feed is still watched")
	}
	state := func() *watch.State {
		for _, s := range b.Save() {
			if s.Key == "main\x00pod" && s.Value != nil {
				state, err := watch.DecodeState(s.Value)
				if err != nil {
					t.Fatal(err)
				}
				return state
			} else if s.Key == "main\x00pod" {
				return nil
			}
		}
		t.Fatal("nothing is said of its state")
		return nil
	}
	if s := state(); s == nil || !s.Gone() {
		t.Errorf("a restore that begins before that would take it for a new feed: %+v", s)
	}
	if s := state(); s != nil {
		t.Error("its state is not deleted when no restore begins before that any more")
	}
}

// A restore folds sums again of a feed that was forgotten since: it does not meet
// it anew. What comes after that it does.
func TestGoneIsNotMetAgain(t *testing.T) {
	t.Parallel()
	build := func(p *pipeline.Pipeline) { p.Classes[0].RetireAfter = 10 * time.Minute }
	b := with(t, build)
	b.named("other", epoch, 5)
	state := make(map[string][]byte)
	keep := func() {
		for _, s := range b.Save() {
			if state[s.Key] = s.Value; s.Value == nil {
				delete(state, s.Key)
			}
		}
	}
	keep() // the other's state is saved, and a restore begins here
	for i := range feedgauge.Instant(12) {
		b.named("other", epoch+i*minute, 5)
	}
	b.named("pod", epoch, 5)
	b.until(epoch + 11*minute)
	keep()
	from := b.offset
	r, err := watch.Restore(b.pipe, 0, state, 0)
	if err != nil {
		t.Fatal(err)
	}
	tally := func(offset int64) {
		r.Fold(&feedgauge.Entry{Offset: offset, Time: epoch + 12*minute, Tally: &feedgauge.Tally{
			Source: "raw", Window: feedgauge.WindowOf(epoch+11*minute, time.Minute),
			Feeds: []feedgauge.FeedTally{{Feed: feedgauge.FeedID{Tenant: "main", Name: "pod"}, First: epoch + 11*minute, Last: epoch + 11*minute}},
		}}, watch.Out{})
	}
	known := r.Feeds()
	if tally(from - 1); r.Feeds() != known {
		t.Error("a feed that was forgotten is met again")
	}
	if tally(from); r.Feeds() != known+1 {
		t.Error("a feed that delivers again is not met")
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) { p.Classes[0].Labels = map[string]string{"site": "lon"} })
	var steps []feedgauge.Step
	out := watch.Out{Step: func(s *feedgauge.Step, _ bool) {
		if s.Feed.Tenant != pipeline.Self {
			steps = append(steps, *s)
		}
	}}
	fold := func(at feedgauge.Instant, c feedgauge.Command) {
		e := feedgauge.Entry{Offset: b.offset, Time: at, Command: &c}
		b.offset++
		b.Fold(&e, out)
	}
	id := feedgauge.FeedID{Tenant: "main", Name: "f"}
	b.named("f", epoch, 5)
	b.until(epoch + 3*minute)
	ack := feedgauge.Command{ID: "1", Verb: feedgauge.Ack, Feed: id, Who: "kim", Why: "on it"}
	fold(epoch+3*minute, ack)
	fold(epoch+3*minute, ack) // written twice, folded once
	if len(steps) != 1 || steps[0].Activity != feedgauge.Update || steps[0].Sequence != 2 || steps[0].Who != "kim" {
		t.Fatalf("ack: %+v", steps)
	}
	fold(epoch+4*minute, feedgauge.Command{ID: "2", Verb: feedgauge.Mute, Labels: map[string]string{"site": "lon"}, Who: "kim", Until: epoch + 30*minute})
	b.named("f", epoch+5*minute, 5)
	muted := feedgauge.Entry{Offset: b.offset, Time: epoch + 6*minute, Trailer: &feedgauge.Trailer{
		Topics: []feedgauge.TopicMark{{Source: "raw", Topic: "a", Partitions: 1}},
		Lanes:  []feedgauge.LaneMark{{Lane: feedgauge.Lane{Topic: "a"}, Watermark: epoch + 6*minute, First: epoch}},
	}}
	b.offset++
	b.Fold(&muted, out)
	if len(steps) != 2 || steps[1].Activity != feedgauge.Close || !steps[1].Muted || steps[1].Sequence != 3 {
		t.Fatalf("close while muted: %+v", steps[1:])
	}
	fold(epoch+7*minute, feedgauge.Command{ID: "3", Verb: feedgauge.Retire, Feed: id, Who: "kim"})
	if b.Feeds() != 0 {
		t.Error("retired, but still watched")
	}
}

// A revision saves everything and moves the place to fold again from behind it.
func TestRevisionSavesAll(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, f := range []string{"f", "g", "h"} {
		b.named(f, epoch, 5)
	}
	b.until(epoch + minute)
	b.Save()
	b.fold(epoch+minute, feedgauge.Entry{Revision: &feedgauge.Revision{Number: 9, Fingerprint: "x"}})
	saved := b.Save()
	if len(saved) != 4 {
		t.Errorf("%d records saved, want three feeds and meta", len(saved))
	}
	m, err := watch.DecodeMeta(saved[len(saved)-1].Value)
	if err != nil || m.ReplayFrom != m.Next {
		t.Errorf("meta %+v, %v", m, err)
	}
	if r := b.Revision(); r.Number != 9 || r.Fingerprint != "x" {
		t.Errorf("revision %+v", r)
	}
}

// That intake says nothing is told when watch has been there to hear it, not when
// the broker was away for all.
func TestBlind(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.until(epoch)
	b.fold(epoch+10*minute, feedgauge.Entry{Tick: true})
	if len(b.self) > 0 {
		t.Errorf("told %q", b.self)
	}
	b.until(epoch + 10*minute + 1)
	for at := epoch + 10*minute + 1; at <= epoch+12*minute; at += 10_000 {
		b.fold(at, feedgauge.Entry{Tick: true})
	}
	b.until(epoch + 13*minute)
	if got := strings.Join(b.self, "; "); got != "open blind at 11m10.001s; close blind at 13m0s" {
		t.Errorf("told %q", got)
	}
}

// A topic that is gone holds nothing back.
func TestRetiredTopic(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.arrive(epoch, 5)
	mark := func(gone bool) {
		b.fold(epoch+10*minute, feedgauge.Entry{Trailer: &feedgauge.Trailer{
			Topics: []feedgauge.TopicMark{
				{Source: "raw", Topic: "a", Partitions: 1}, {Source: "raw", Topic: "old", Partitions: 2, Retired: gone},
			},
			Lanes: []feedgauge.LaneMark{{Lane: feedgauge.Lane{Topic: "a"}, Watermark: epoch + 5*minute, First: epoch}},
		}})
	}
	mark(false)
	b.want(t)
	mark(true)
	b.want(t, "open silent at 2m0.001s since 0s end -")
}

// Late tallies, of a lane not known in time, show that a silence never was.
func TestRetraction(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.arrive(epoch, 5)
	b.until(epoch + 3*minute)
	b.want(t, "open silent at 2m0.001s since 0s end -")
	b.arrive(epoch+90_000, 5)
	b.want(t, "close silent at 1m30s since 0s end 1m30s")
	b.until(epoch + 4*minute)
	b.want(t, "open silent at 3m30.001s since 1m30s end -")
}

// Office hours: nothing is due at night.
func TestCalendarHoldsSilence(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) { p.Classes[0].Calendar = closedFor{epoch + minute, epoch + 60*minute} })
	b.arrive(epoch, 5)
	b.until(epoch + 61*minute)
	b.want(t)
	b.until(epoch + 62*minute)
	b.want(t, "open silent at 1h1m0.001s since 0s end -")
}

// closedFor is a calendar that is closed from one instant to another.
type closedFor [2]feedgauge.Instant

func (c closedFor) Active(at feedgauge.Instant) bool { return at < c[0] || at >= c[1] }
func (c closedFor) Elapsed(from, to feedgauge.Instant) time.Duration {
	closed := min(to, c[1]).Sub(max(from, c[0]))
	return to.Sub(from) - max(0, closed)
}
func (c closedFor) Add(from feedgauge.Instant, d time.Duration) feedgauge.Instant {
	if at := from.Add(d); at <= c[0] || from >= c[1] {
		return at
	}
	return from.Add(d + c[1].Sub(c[0]))
}

// A batch feed's window ends when its delivery is overdue.
func TestSchedule(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) {
		c := p.Classes[0]
		c.Schedule, c.Deadline, c.Period = hourly{}, 10*time.Minute, 0
		r := pipelinetest.Rules(t)
		c.Rules = r
	})
	hour := 60 * minute
	start := epoch - epoch%hour
	for i := range feedgauge.Instant(3) {
		w := b.pipe.Classes[0].Window(start + i*hour + minute)
		if w.Start != start+(i-1)*hour+10*minute || w.End != start+i*hour+10*minute {
			t.Fatalf("window %v", w)
		}
		b.fold(start+i*hour, feedgauge.Entry{Tally: &feedgauge.Tally{Source: "raw", Window: w, Feeds: []feedgauge.FeedTally{{
			Feed: feedgauge.FeedID{Tenant: "main", Name: "nightly"}, First: start + i*hour, Last: start + i*hour, Counts: feedgauge.Counts{Events: 5},
		}}}})
	}
	b.until(start + 5*hour)
	if n := len(b.history); n != 5 || b.history[3].Counts.Arrivals() != 0 || b.history[3].Window.End != start+3*hour+10*minute {
		t.Errorf("%d windows: %+v", n, b.history)
	}
}

type hourly struct{}

func (hourly) Slot(t feedgauge.Instant) feedgauge.Instant { return t - t%(60*minute) }
func (hourly) Next(t feedgauge.Instant) feedgauge.Instant { return t - t%(60*minute) + 60*minute }

// A word on a group reaches its finding; a mute of it holds for its members.
func TestCommandsOnGroups(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) {
		inventory(p, "left", "right")
		p.Groups = []*pipeline.Group{{Name: "pair", Tenant: "main", Need: 1, Members: []feedgauge.FeedID{
			{Tenant: "main", Name: "left"}, {Tenant: "main", Name: "right"},
		}}}
	})
	b.named("left", epoch, 5)
	b.named("right", epoch, 5)
	b.until(epoch + 3*minute)
	b.want(t, "open silent at 2m0.001s since 0s end -")
	pair := feedgauge.FeedID{Tenant: "main", Name: "pair"}
	b.fold(epoch+3*minute, feedgauge.Entry{Command: &feedgauge.Command{ID: "1", Verb: feedgauge.Ack, Feed: pair, Who: "kim"}})
	b.want(t, "update silent at 3m0s since 0s end -")
	b.fold(epoch+3*minute, feedgauge.Entry{Command: &feedgauge.Command{ID: "2", Verb: feedgauge.Mute, Feed: pair, Who: "kim", Until: feedgauge.After}})
	for _, s := range b.Save() {
		if st, err := watch.DecodeState(s.Value); err == nil && s.Key != watch.MetaKey && !strings.HasSuffix(s.Key, "pair") {
			if until, who, _ := st.Mute(); until != feedgauge.After || who != "kim" {
				t.Errorf("%s is muted until %v by %q", s.Key, until, who)
			}
		}
	}
}

// A window without arrivals is the business of silence: it is not learnt as
// normal, and does not end what is wrong with windows.
func TestQuietWindowsAreNotLearnt(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for i := range feedgauge.Instant(10) {
		b.arrive(epoch+i*minute, 100)
	}
	b.arrive(epoch+10*minute, 40)
	b.arrive(epoch+11*minute, 40)
	b.until(epoch + 13*minute) // the window from 12 on is empty
	b.want(t, "open short at 12m0s since 10m0s end -")
	b.until(epoch + 16*minute)
	b.want(t, "open silent at 13m0.001s since 11m0s end -")
	for i := feedgauge.Instant(16); i < 19; i++ {
		b.arrive(epoch+i*minute, 50)
	}
	b.until(epoch + 19*minute)
	b.want(t, "close silent at 17m0s since 11m0s end 16m0s")
	if last := b.history[len(b.history)-1].Forecast.Expected; last != 100 {
		t.Errorf("%v expected after the silence, want 100 as before", last)
	}
}

// What arrived of the window in which a feed was cut off, and of the one in which
// it came back, are not two short windows in a row.
func TestQuietWindowsEndARow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for i := range feedgauge.Instant(10) {
		b.arrive(epoch+i*minute, 100)
	}
	b.arrive(epoch+10*minute, 40)
	b.until(epoch + 14*minute)
	b.want(t, "open silent at 12m0.001s since 10m0s end -")
	b.arrive(epoch+14*minute, 40)
	for i := feedgauge.Instant(15); i < 18; i++ {
		b.arrive(epoch+i*minute, 100)
	}
	b.until(epoch + 18*minute)
	b.want(t, "close silent at 15m0s since 10m0s end 14m0s")
}
