package watch_test

import (
	"slices"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/clocks"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// clocked is a bench whose class compares the times of events with their arrival,
// and finds nothing else.
func clocked(t *testing.T) *bench {
	t.Helper()
	return with(t, func(p *pipeline.Pipeline) {
		c := p.Classes[0]
		c.Clocks, c.Rules = true, nil
		for _, cfg := range rules.Timed() {
			r, err := cfg.Build([]string{"events", rules.Clocks}, true)
			if err != nil {
				t.Fatal(err)
			}
			c.Rules = append(c.Rules, r)
		}
	})
}

// stamped folds windows from one minute to another, each of ten events with that
// delay, as the tallies of two workers.
func (b *bench) stamped(from, to int, delay time.Duration) {
	for m := from; m < to; m++ {
		at := epoch + feedgauge.Instant(m)*minute
		for range 2 {
			s := &clocks.Summary{}
			for i := range 5 {
				arrival := at.Add(time.Duration(i) * time.Second)
				s.Note(arrival, arrival.Add(-delay), feedgauge.ZonedClock, nil)
			}
			var sketches feedgauge.Sketches
			sketches.Put(journal.ClockName, s)
			b.fold(at, feedgauge.Entry{Tally: &feedgauge.Tally{
				Source: "raw", Window: feedgauge.WindowOf(at, time.Minute),
				Feeds: []feedgauge.FeedTally{{
					Feed: feedgauge.FeedID{Tenant: "main", Name: "f"}, First: at, Last: at.Add(4 * time.Second), Counts: feedgauge.Counts{Events: 5}, Sketches: sketches,
				}},
			}})
		}
		b.until(at + minute)
	}
}

// A clock that is two hours ahead is told once, as what it is and since when, and
// told again when it is right.
func TestWrongClock(t *testing.T) {
	t.Parallel()
	b := clocked(t)
	b.stamped(0, 30, time.Second)
	b.stamped(30, 40, -2*time.Hour)
	b.stamped(40, 45, time.Second)
	b.want(t, "open wrong_clock at 33m0s since 30m0s end -", "close wrong_clock at 42m0s since 30m0s end 41m0s")
	open := b.steps[0]
	since := epoch + 30*minute
	if want := "f: times in events are 2h ahead: the sender's time zone is wrong, since " + since.String(); open.Message != want {
		t.Errorf("message %q, want %q", open.Message, want)
	}
	want := feedgauge.Skew{Kind: "zone", Off: -2 * time.Hour, Since: since, Text: "times in events are 2h ahead: the sender's time zone is wrong"}
	if len(open.Skews) != 1 || open.Skews[0] != want {
		t.Errorf("skews %+v, want %+v", open.Skews, want)
	}
	if got, want := b.steps[1].Message, "f stamps its events by a clock that is right again after 11m0s, 10 records arrived in the last window"; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
	for _, c := range b.history {
		want := feedgauge.Clocks{Events: 10, Delay: time.Second, Least: time.Second, Most: time.Second}
		if at := c.Window.Start - epoch; at >= 30*minute && at < 40*minute {
			want = feedgauge.Clocks{Events: 10, Future: 10, Delay: -2 * time.Hour, Least: -2 * time.Hour, Most: -2 * time.Hour}
		}
		if c.Clocks != want {
			t.Errorf("history of %v: %+v, want %+v", relative(c.Window.Start), c.Clocks, want)
		}
	}
}

// Counts are learnt while a clock is wrong: how many events there are is not in
// doubt.
func TestWrongClockLetsLearn(t *testing.T) {
	t.Parallel()
	b := clocked(t)
	b.stamped(0, 30, -2*time.Hour)
	last := b.history[len(b.history)-1]
	if !last.Forecast.Ready || last.Forecast.Expected != 10 || last.Status != feedgauge.WrongClock {
		t.Errorf("the last window is %+v", last)
	}
}

// What the watcher of clocks remembers is saved: a restore tells the same.
func TestClocksAreSaved(t *testing.T) {
	t.Parallel()
	for _, restart := range []int{2, 59, 61, 90, 119, 120} {
		b := clocked(t)
		var told []string
		for i := range 140 {
			delay := time.Second
			if i >= 60 {
				delay = time.Hour
			}
			if b.stamped(i, i+1, delay); i == restart {
				told = b.told
				b = b.again(t, func(*pipeline.Pipeline) {})
			}
		}
		if told = append(told, b.told...); !slices.Equal(told, []string{"open wrong_clock at 2h0m0s since 1h0m0s end -"}) {
			t.Errorf("restored at minute %d: told %q", restart, told)
		}
	}
}
