package schedule

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

func TestEvery(t *testing.T) {
	const anchor = 1_000_000
	s, err := Every(time.Minute, anchor)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ at, next, slot feedgauge.Instant }{
		{feedgauge.Before, anchor, feedgauge.Before},
		{anchor - 1, anchor, feedgauge.Before},
		{anchor, anchor + 60_000, anchor},
		{anchor + 1, anchor + 60_000, anchor},
		{anchor + 59_999, anchor + 60_000, anchor},
		{anchor + 60_000, anchor + 120_000, anchor + 60_000},
	} {
		if got := s.Next(c.at); got != c.next {
			t.Errorf("after %d comes %d, want %d", c.at, got, c.next)
		}
		if got := s.Slot(c.at); got != c.slot {
			t.Errorf("the slot of %d is %d, want %d", c.at, got, c.slot)
		}
	}
	if got := s.Next(feedgauge.After); got != feedgauge.After {
		t.Errorf("after the end of time comes %s", got)
	}
}

func TestEveryLong(t *testing.T) {
	s, err := Every(292*365*24*time.Hour, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for at := s.Next(feedgauge.Before); at != feedgauge.After; at = s.Next(at) {
		n++
	}
	if want := 28; n != want { // 1970 to 9999
		t.Errorf("due %d times, want %d", n, want)
	}
}

func TestBadEvery(t *testing.T) {
	for _, c := range []struct {
		interval time.Duration
		anchor   feedgauge.Instant
		want     string
	}{
		{0, 0, "the interval must be at least a second"},
		{-time.Hour, 0, "the interval must be at least a second"},
		{time.Second + 1, 0, "the interval must be whole milliseconds"},
		{time.Hour, feedgauge.Before, "the first delivery must be in the years 1 to 9999"},
		{time.Hour, feedgauge.After, "the first delivery must be in the years 1 to 9999"},
	} {
		_, err := Every(c.interval, c.anchor)
		if f := fieldError(t, err); f.Msg != c.want || f.Field != "schedule" {
			t.Errorf("%s from %s: %+v", c.interval, c.anchor, f)
		}
	}
}

// schedules draws one of any kind.
func drawSchedule(t *rapid.T) Schedule {
	if rapid.Bool().Draw(t, "interval") {
		ms := rapid.Int64Range(1000, 40*86_400_000).Draw(t, "ms")
		s, err := Every(time.Duration(ms)*time.Millisecond, drawInstant(t, "anchor"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	return drawCron(t)
}

// Due times rise, each is its own slot, and between two is that of the first.
func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSchedule(t)
		at := drawInstant(t, "at")
		due := s.Next(at)
		if due <= at {
			t.Fatalf("%s is not after %s", due, at)
		}
		if due == feedgauge.After {
			t.Fatal("nothing is due")
		}
		if got := s.Slot(due); got != due {
			t.Fatalf("the slot of %s is %s", due, got)
		}
		before := s.Slot(at)
		if before > at || before != feedgauge.Before && s.Next(before) != due {
			t.Fatalf("%s is the slot of %s, but then comes %s, not %s", before, at, s.Next(before), due)
		}
		if got := s.Slot(due - 1); got != before {
			t.Fatalf("just before %s the slot is %s, not %s", due, got, before)
		}
		if before != feedgauge.Before && s.Slot(before) != before {
			t.Fatalf("%s is not its own slot", before)
		}
	})
}
