package feedgauge

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestInstantOfRoundsDown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		t    time.Time
		want Instant
	}{
		{time.Unix(0, 0), 0},
		{time.Unix(0, 999_999), 0},
		{time.Unix(0, 1_000_000), 1},
		{time.Unix(0, -1), -1},
		{time.Unix(-1, 999_000_000), -1},
		{time.Unix(-1, 998_999_999), -2},
		{time.Date(2026, 11, 25, 8, 0, 0, 0, time.FixedZone("", 3600)), 1_795_590_000_000},
	} {
		if got := InstantOf(tt.t); got != tt.want {
			t.Errorf("InstantOf(%v) = %d, want %d", tt.t, int64(got), int64(tt.want))
		}
	}
}

func TestInstantArithmetic(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		i    Instant
		d    time.Duration
		want Instant
	}{
		{5, 0, 5},
		{5, time.Second, 1005},
		{5, 999 * time.Microsecond, 5},
		{5, -999 * time.Microsecond, 5},
		{5, -1001 * time.Microsecond, 4},
		{-5, time.Minute, 59_995},
		{Before, time.Hour, Before},
		{After, -time.Hour, After},
	} {
		if got := tt.i.Add(tt.d); got != tt.want {
			t.Errorf("%d + %v = %d, want %d", int64(tt.i), tt.d, int64(got), int64(tt.want))
		}
	}
	if got := Instant(-500).Sub(1500); got != -2*time.Second {
		t.Errorf("-500 - 1500 = %v, want -2s", got)
	}
}

func TestInstantString(t *testing.T) {
	t.Parallel()
	for i, want := range map[Instant]string{
		0:                 "1970-01-01T00:00:00Z",
		1:                 "1970-01-01T00:00:00.001Z",
		-1:                "1969-12-31T23:59:59.999Z",
		1_795_590_000_120: "2026-11-25T07:00:00.12Z",
		Before:            "before",
		After:             "never",
	} {
		if got := i.String(); got != want {
			t.Errorf("%d is %q, want %q", int64(i), got, want)
		}
	}
}

func TestInstantSurvivesTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		i := Instant(rapid.Int64Range(-1<<45, 1<<45).Draw(t, "instant"))
		if got := InstantOf(i.Time()); got != i || i.Time().Location() != time.UTC {
			t.Fatalf("%d became %d", int64(i), int64(got))
		}
	})
}

func TestWindowOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		t     Instant
		every time.Duration
		want  Window
	}{
		{0, time.Minute, Window{0, 60_000}},
		{59_999, time.Minute, Window{0, 60_000}},
		{60_000, time.Minute, Window{60_000, 120_000}},
		{-1, time.Minute, Window{-60_000, 0}},
		{-60_000, time.Minute, Window{-60_000, 0}},
		{-60_001, time.Minute, Window{-120_000, -60_000}},
		{7, time.Millisecond, Window{7, 8}},
		{-7, time.Millisecond, Window{-7, -6}},
		{1_795_590_000_000, 24 * time.Hour, Window{1_795_564_800_000, 1_795_651_200_000}},
	} {
		if got := WindowOf(tt.t, tt.every); got != tt.want {
			t.Errorf("WindowOf(%d, %v) = %v, want %v", int64(tt.t), tt.every, got, tt.want)
		}
	}
}

// TestWindowsTileTime: each instant lies in exactly one window, whose start is a
// multiple of its length, before the epoch as after it.
func TestWindowsTileTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := Instant(rapid.Int64Range(-1<<45, 1<<45).Draw(t, "t"))
		every := time.Duration(rapid.Int64Range(1, 86_400_000).Draw(t, "every")) * time.Millisecond
		w := WindowOf(at, every)
		if !w.Holds(at) || w.Len() != every || int64(w.Start)%every.Milliseconds() != 0 {
			t.Fatalf("window %v of %d", w, int64(at))
		}
		if WindowOf(w.Start, every) != w || WindowOf(w.End-1, every) != w {
			t.Fatalf("window %v differs at its edges", w)
		}
		if next := w.Next(); WindowOf(w.End, every) != next || next.Holds(at) || w.Holds(w.End) {
			t.Fatalf("window %v and the next, %v, overlap", w, next)
		}
	})
}
