package clocks

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

// start is a Wednesday, at midnight.
const start = feedgauge.Instant(1_764_115_200_000)

// stream makes windows of a feed and keeps what is told of it.
type stream struct {
	every time.Duration
	zone  *time.Location
	clock feedgauge.Clock
	w     *Watcher
	at    feedgauge.Instant // start of the next window
	told  []string          // what was told, and at the end of which window
	open  [2]string
	rand  *rand.Rand
}

func newStream(every time.Duration, clock feedgauge.Clock) *stream {
	return &stream{
		every: every, clock: clock, w: &Watcher{}, at: start, open: [2]string{"nothing", "nothing"}, rand: rand.New(rand.NewPCG(1, 2)),
	}
}

// run makes the windows of d, each of so many events whose delay is delay's, which
// gets the time of arrival. A negative delay is a clock that is ahead; none makes
// no event.
func (s *stream) run(d time.Duration, events int, delay func(at feedgauge.Instant) (time.Duration, bool)) {
	for end := s.at.Add(d); s.at < end; s.at = s.at.Add(s.every) {
		sum := &Summary{}
		for i := range events {
			at := s.at.Add(s.every * time.Duration(i) / time.Duration(events))
			if by, ok := delay(at); ok {
				sum.Note(at, at.Add(-by), s.clock, s.zone)
			}
		}
		if sum.events() == 0 {
			continue
		}
		win := feedgauge.Window{Start: s.at, End: s.at.Add(s.every)}
		s.w.Observe(sum, win, s.zone != nil)
		s.tell(win)
		saved := s.w.Append(nil)
		again, err := Load(saved) // as after a restore
		if err != nil || !slices.Equal(again.Append(nil), saved) {
			panic(fmt.Sprint("what is saved cannot be read: ", err))
		}
		s.w = again
	}
}

// tell notes what has begun, or is over.
func (s *stream) tell(win feedgauge.Window) {
	wrong, _ := s.w.Wrong()
	growing, _ := s.w.Growing()
	for i, f := range []Finding{wrong, growing} {
		if text := kindOf(f, i); text != s.open[i] {
			s.open[i] = text
			s.told = append(s.told, fmt.Sprintf("%s at %v", text, win.End.Sub(start)))
		}
	}
}

func kindOf(f Finding, i int) string {
	switch {
	case f.Text == "":
		return "nothing"
	case i == 1:
		return fmt.Sprintf("growing since %v", f.Since.Sub(start))
	case f.Kind == Ahead:
		return fmt.Sprintf("ahead since %v", f.Since.Sub(start))
	}
	return fmt.Sprintf("%s %v since %v", f.Kind, f.Off, f.Since.Sub(start))
}

// some is a delay of up to d above least.
func (s *stream) some(least, d time.Duration) func(feedgauge.Instant) (time.Duration, bool) {
	return func(feedgauge.Instant) (time.Duration, bool) {
		return least + time.Duration(s.rand.Int64N(int64(d))), true
	}
}

// caughtUp is the delay of what a relay sends that was cut off until now and sends
// so many times as fast as it gets new events.
func (s *stream) caughtUp(behind time.Duration, speed float64) func(feedgauge.Instant) (time.Duration, bool) {
	from := s.at
	return func(at feedgauge.Instant) (time.Duration, bool) {
		return max(time.Second, behind-time.Duration(float64(at.Sub(from))*(speed-1))), true
	}
}

const (
	zoned    = feedgauge.ZonedClock
	local    = feedgauge.LocalClock
	yearless = feedgauge.YearlessClock
)

// What happens to feeds whose clocks are right tells nothing.
func TestClocksThatAreRight(t *testing.T) {
	t.Parallel()
	const h = time.Hour
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, play := range map[string]func() *stream{
		"a few seconds late": func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(24*h, 60, s.some(0, 5*time.Second))
			return s
		},
		"clocks apart by less than the tolerance": func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(24*h, 60, s.some(-4*time.Minute, 3*time.Minute))
			return s
		},
		"one event of the future now and then": func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(24*h, 300, func(feedgauge.Instant) (time.Duration, bool) {
				if s.rand.IntN(1000) == 0 {
					return -h, true
				}
				return time.Second, true
			})
			return s
		},
		"a batch every ten minutes": func() *stream { return batches(zoned, 10*time.Minute, 0) },
		"a batch every hour":        func() *stream { return batches(zoned, h, 0) },
		"batches that come when they like": func() *stream {
			return batches(zoned, h, 25*time.Minute)
		},
		"local, batches that come when they like": func() *stream { return batches(local, h, 25*time.Minute) },
		"one late batch": func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(12*h, 60, s.some(time.Second, 5*time.Second))
			s.run(time.Minute, 60, s.some(h, time.Second))
			s.run(12*h, 60, s.some(time.Second, 5*time.Second))
			return s
		},
		"a late batch each night, by an hour": func() *stream {
			s := newStream(time.Minute, zoned)
			for range 10 {
				s.run(24*h-time.Minute, 10, s.some(time.Second, 5*time.Second))
				s.run(time.Minute, 60, s.some(h, time.Second))
			}
			return s
		},
		"late in the day and early at night": func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(96*h, 20, func(at feedgauge.Instant) (time.Duration, bool) {
				peak := at.Sub(start) % (24 * h)
				return time.Second + max(0, 10*time.Minute-max(peak-12*h, 12*h-peak)/30), true
			})
			return s
		},
		"replay of last month": func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(12*h, 60, s.some(time.Second, 5*time.Second))
			s.run(6*h, 60, s.caughtUp(30*24*h, 30))
			s.run(12*h, 60, s.some(time.Second, 5*time.Second))
			return s
		},
		"replay of the same day last year, in an hour": func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(12*h, 60, s.some(time.Second, 5*time.Second))
			s.run(h, 60, s.caughtUp(365*24*h, 24))
			s.run(12*h, 60, s.some(time.Second, 5*time.Second))
			return s
		},
		"an archive": func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(24*h, 60, s.some(900*24*h, time.Minute))
			return s
		},
		"the same old lines again and again": func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(24*h, 60, func(at feedgauge.Instant) (time.Duration, bool) { return at.Sub(start) + 800*24*h, true })
			return s
		},
		"local, without a zone told, summer time": func() *stream {
			s := newStream(time.Minute, local)
			s.run(24*h, 60, s.some(-2*h, 5*time.Second))
			s.run(24*h, 60, s.some(-h, 5*time.Second))
			s.run(24*h, 60, s.some(-2*h, 5*time.Second))
			return s
		},
		"UTC, though another zone is told, summer time": func() *stream {
			s := newStream(time.Minute, local)
			s.zone = berlin
			s.at = feedgauge.InstantOf(time.Date(2026, time.October, 24, 12, 0, 0, 0, time.UTC))
			s.run(36*h, 60, s.some(0, 5*time.Second)) // read as of Berlin by Note, so two hours behind, then one
			return s
		},
		"without years, from one to the next": func() *stream {
			s := newStream(time.Minute, yearless)
			s.at = feedgauge.InstantOf(time.Date(2027, time.December, 31, 12, 0, 0, 0, time.UTC))
			s.run(24*h, 60, s.some(time.Second, 5*time.Second))
			return s
		},
		"first seen while it catches up": func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(3*h, 60, s.caughtUp(5*h, 3))
			s.run(12*h, 60, s.some(time.Second, 5*time.Second))
			return s
		},
		"local, first seen while it catches up": func() *stream {
			s := newStream(time.Minute, local)
			s.run(12*h, 60, s.caughtUp(7*h, 2))
			s.run(12*h, 60, s.some(time.Second, 5*time.Second))
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s := play(); len(s.told) > 0 {
				t.Errorf("told %q", s.told)
			}
		})
	}
}

// Caught up at any speed, after outages of any length, nothing is told.
func TestCatchingUp(t *testing.T) {
	t.Parallel()
	for _, clock := range []feedgauge.Clock{zoned, local} {
		for outage := 30 * time.Minute; outage <= 30*time.Hour; outage += 30 * time.Minute {
			for _, speed := range []float64{1, 1.01, 1.1, 1.5, 2, 5, 20, 1000} {
				s := newStream(5*time.Minute, clock)
				s.run(12*time.Hour, 20, s.some(time.Second, 5*time.Second))
				s.at = s.at.Add(outage)
				s.run(12*time.Hour, 20, s.caughtUp(outage, speed))
				if s.run(12*time.Hour, 20, s.some(time.Second, 5*time.Second)); len(s.told) > 0 {
					t.Errorf("clock %d, out for %v, %v times as fast: told %q", clock, outage, speed, s.told)
				}
			}
		}
	}
}

// batches is a week of a feed whose events come together each time a stretch is
// over, or up to some time later.
func batches(clock feedgauge.Clock, each, later time.Duration) *stream {
	s := newStream(time.Minute, clock)
	from, due := s.at, s.at.Add(each)
	s.run(7*24*time.Hour, 1, func(at feedgauge.Instant) (time.Duration, bool) { return 0, false })
	s.at = start
	for s.at < start.Add(7*24*time.Hour) {
		s.at = due
		if later > 0 {
			s.at = due.Add(time.Duration(s.rand.Int64N(int64(later)))) // in the middle of a minute, then
		}
		s.at -= s.at % feedgauge.Instant(minute)
		stretch := s.at.Sub(from)
		s.run(time.Minute, 200, func(feedgauge.Instant) (time.Duration, bool) {
			return time.Second + time.Duration(s.rand.Int64N(int64(stretch))), true
		})
		from, due = s.at, due.Add(each)
	}
	return s
}

// What is wrong is told as what it is, by how much and since when, and that it is
// over.
func TestClocksThatAreWrong(t *testing.T) {
	t.Parallel()
	const h = time.Hour
	for name, tt := range map[string]struct {
		play func() *stream
		want []string
	}{
		"a clock that is fast": {func() *stream { return changes(zoned, -12*time.Minute) },
			[]string{"ahead since 12h0m0s at 12h3m0s", "nothing at 24h2m0s"}},
		"some events of the future": {func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(h, 100, s.some(time.Second, 5*time.Second))
			n := 0
			s.run(h, 100, func(feedgauge.Instant) (time.Duration, bool) {
				if n++; n%50 == 0 {
					return -20 * time.Minute, true
				}
				return time.Second, true
			})
			return s
		}, []string{"ahead since 1h0m0s at 1h3m0s"}},
		"two hours ahead":          {func() *stream { return changes(zoned, -2*h) }, []string{"zone -2h0m0s since 12h0m0s at 12h3m0s", "nothing at 24h2m0s"}},
		"half an hour ahead":       {func() *stream { return changes(zoned, -30*time.Minute) }, []string{"zone -30m0s since 12h0m0s at 12h3m0s", "nothing at 24h2m0s"}},
		"one hour behind":          {func() *stream { return changes(zoned, h) }, []string{"zone 1h0m0s since 12h0m0s at 13h0m0s", "nothing at 24h2m0s"}},
		"five and a half behind":   {func() *stream { return changes(zoned, 5*h+30*time.Minute) }, []string{"zone 5h30m0s since 12h0m0s at 13h0m0s", "nothing at 24h2m0s"}},
		"last year":                {func() *stream { return changes(zoned, 365*24*h) }, []string{"year 8760h0m0s since 12h0m0s at 13h0m0s", "nothing at 24h2m0s"}},
		"a year with a leap day":   {func() *stream { return changes(zoned, 366*24*h) }, []string{"year 8784h0m0s since 12h0m0s at 13h0m0s", "nothing at 24h2m0s"}},
		"next year":                {func() *stream { return changes(zoned, -365*24*h) }, []string{"year -8760h0m0s since 12h0m0s at 12h3m0s", "nothing at 24h2m0s"}},
		"local, two hours ahead":   {func() *stream { return changes(local, -2*h) }, []string{"zone -2h0m0s since 12h0m0s at 13h0m0s", "nothing at 24h2m0s"}},
		"local, twelve min. ahead": {func() *stream { return changes(local, -12*time.Minute) }, []string{"ahead since 12h0m0s at 13h0m0s", "nothing at 24h2m0s"}},
		"local, last year":         {func() *stream { return changes(local, 365*24*h) }, []string{"year 8760h0m0s since 12h0m0s at 13h0m0s", "nothing at 24h2m0s"}},
		"wrong from the first": {func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(3*h, 10, s.some(5*h, 5*time.Second))
			return s
		}, []string{"zone 5h0m0s since 0s at 1h0m0s"}},
		"last year, from the first": {func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(3*h, 10, s.some(365*24*h, 5*time.Second))
			return s
		}, []string{"year 8760h0m0s since 0s at 1h0m0s"}},
		"of a zone that is told, but not into winter time": {func() *stream {
			s := newStream(time.Minute, local)
			s.zone = mustZone(t, "Europe/Berlin")
			s.at = feedgauge.InstantOf(time.Date(2026, time.October, 24, 12, 0, 0, 0, time.UTC))
			s.run(36*h, 60, func(feedgauge.Instant) (time.Duration, bool) { return time.Second - 2*h, true })
			return s
		}, []string{"zone -1h0m0s since 7993h0m0s at 7994h0m0s"}},
		"an hour behind, batches of ten minutes": {func() *stream {
			s := newStream(10*time.Minute, zoned)
			s.run(12*h, 100, s.some(0, 10*time.Minute))
			s.run(12*h, 100, s.some(h, 10*time.Minute))
			return s
		}, []string{"zone 1h0m0s since 12h0m0s at 13h0m0s"}},
		"a delay that grows": {func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(12*h, 60, s.some(time.Second, 5*time.Second))
			from := s.at
			s.run(8*h, 60, func(at feedgauge.Instant) (time.Duration, bool) { return at.Sub(from)/6 + time.Second, true })
			s.run(2*h, 60, s.some(time.Second, 5*time.Second))
			return s
		}, []string{"growing since 13h0m0s at 16h1m0s", "nothing at 20h1m0s"}},
		"a clock that has stopped": {func() *stream {
			s := newStream(time.Minute, zoned)
			s.run(12*h, 60, s.some(time.Second, 5*time.Second))
			from := s.at
			s.run(8*h, 60, func(at feedgauge.Instant) (time.Duration, bool) { return at.Sub(from) + time.Second, true })
			return s
		}, []string{"growing since 13h0m0s at 16h1m0s"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if s := tt.play(); !slices.Equal(s.told, tt.want) {
				t.Errorf("told %q, want %q", s.told, tt.want)
			}
		})
	}
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// changes is a feed whose clock is off for half a day.
func changes(clock feedgauge.Clock, off time.Duration) *stream {
	s := newStream(time.Minute, clock)
	s.run(12*time.Hour, 60, s.some(time.Second, 5*time.Second))
	s.run(12*time.Hour, 60, s.some(off, 5*time.Second))
	s.run(12*time.Hour, 60, s.some(time.Second, 5*time.Second))
	return s
}

// The sentences say what is off, and by how much.
func TestText(t *testing.T) {
	t.Parallel()
	for off, want := range map[time.Duration]string{
		-2 * time.Hour:        "times in events are 2h ahead: the sender's time zone is wrong",
		90 * time.Minute:      "times in events are 1h30m behind: the sender's time zone is wrong, or something holds events back for just as long",
		365 * 24 * time.Hour:  "times in events are a year behind: the sender's clock stands in the wrong year",
		-730 * 24 * time.Hour: "times in events are 2 years ahead: the sender's clock stands in the wrong year",
		-12 * time.Minute:     "100% of events are stamped in the future, by up to 12m: the sender's clock is fast",
	} {
		s := newStream(time.Minute, zoned)
		s.run(4*time.Hour, 60, func(feedgauge.Instant) (time.Duration, bool) { return 0, true })
		s.run(4*time.Hour, 60, func(feedgauge.Instant) (time.Duration, bool) { return off, true })
		if f, _ := s.w.Wrong(); f.Text != want {
			t.Errorf("%v: %q, want %q", off, f.Text, want)
		}
	}
	s := newStream(time.Minute, zoned)
	s.run(12*time.Hour, 60, func(feedgauge.Instant) (time.Duration, bool) { return time.Second, true })
	from := s.at
	s.run(4*time.Hour+time.Minute, 60, func(at feedgauge.Instant) (time.Duration, bool) { return at.Sub(from)/4 + time.Second, true })
	if f, _ := s.w.Growing(); f.Text != "events arrive later and later: by now even the freshest are 45m later than before" {
		t.Error(f.Text)
	}
}
