package wall

import (
	"testing"
	"time"
	_ "time/tzdata" // the tests know their zones wherever they run

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

func zone(t interface{ Fatal(...any) }, name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func shows(text string) Time {
	at, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return Time(at.UnixMilli())
}

func TestReach(t *testing.T) {
	for _, c := range []struct{ zone, wall, want string }{
		{"Europe/Berlin", "2026-06-01 12:00", "2026-06-01T10:00:00Z"},
		{"Europe/Berlin", "2026-03-29 01:59", "2026-03-29T00:59:00Z"},
		{"Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:00:00Z"}, // jumped over
		{"Europe/Berlin", "2026-03-29 03:00", "2026-03-29T01:00:00Z"},
		{"Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00Z"}, // the first of two
		{"Europe/Berlin", "2026-10-25 03:00", "2026-10-25T02:00:00Z"},
		{"America/New_York", "2026-11-01 01:30", "2026-11-01T05:30:00Z"},
		{"Australia/Lord_Howe", "2026-10-04 02:10", "2026-10-03T15:30:00Z"}, // half an hour is jumped over
		{"Pacific/Apia", "2011-12-30 12:00", "2011-12-30T10:00:00Z"},        // a whole day is
		{"UTC", "2026-03-29 02:30", "2026-03-29T02:30:00Z"},
	} {
		if got := Reach(zone(t, c.zone), shows(c.wall)).String(); got != c.want {
			t.Errorf("%s reaches %s at %s, want %s", c.zone, c.wall, got, c.want)
		}
	}
}

var places = []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo", "Asia/Kathmandu", "UTC"}

// Reach is the first instant at which the clock shows t or later, by definition.
func TestReachIsFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := zone(t, rapid.SampledFrom(places).Draw(t, "zone"))
		w := Time(rapid.Int64Range(0, 4_000_000_000).Draw(t, "second")) * 1000
		at := Reach(z, w)
		if s := At(z, at); s.Wall(at) < w {
			t.Fatalf("at %s the clock shows less than asked", at)
		}
		for back := feedgauge.Instant(1); back < 30*3_600_000; back = back*2 + 1 {
			if s := At(z, at-back); s.Wall(at-back) >= w {
				t.Fatalf("the clock had come there %d ms before %s", back, at)
			}
		}
	})
}

// Stretches join without a gap and agree with package time.
func TestStretches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := zone(t, rapid.SampledFrom(places).Draw(t, "zone"))
		at := feedgauge.Instant(rapid.Int64Range(-3e12, 9e12).Draw(t, "at"))
		s := At(z, at)
		if at < s.Start || at >= s.End {
			t.Fatalf("%s is not in [%s, %s)", at, s.Start, s.End)
		}
		if s.End != feedgauge.After && At(z, s.End).Start > s.End {
			t.Fatalf("after %s there is a gap", s.End)
		}
		local := at.Time().In(z)
		day := s.Wall(at).DayNumber()
		y, m, d := local.Date()
		gy, gm, gd := Date(day)
		if gy != y || gm != m || gd != d || Weekday(day) != local.Weekday() {
			t.Fatalf("%s: day %d is %d-%d-%d, %s", local, day, gy, gm, gd, Weekday(day))
		}
		if s.Instant(s.Wall(at)) != at {
			t.Fatalf("%s does not come back from the wall", at)
		}
	})
}

// The last day of a leap year beyond a zone's table is in a stretch like any
// other.
func TestLeapYears(t *testing.T) {
	for _, name := range places {
		z := zone(t, name)
		for year := 1972; year < 2400; year += 4 {
			at := feedgauge.InstantOf(time.Date(year, 12, 31, 15, 0, 0, 0, time.UTC))
			s := At(z, at)
			if s.Start > at || s.End <= at {
				t.Fatalf("%s: %s is not in [%s, %s)", name, at, s.Start, s.End)
			}
			_, last := (s.End - 1).Time().In(z).Zone()
			if s.End != feedgauge.After && Time(last)*1000 != s.Offset {
				t.Fatalf("%s: the clock changes before %s", name, s.End)
			}
		}
	}
}

func TestBounds(t *testing.T) {
	if got := feedgauge.InstantOf(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)); got != First {
		t.Errorf("the year 1 begins at %d", got)
	}
	if got := feedgauge.InstantOf(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)); got != Last {
		t.Errorf("the year 9999 ends at %d", got)
	}
}
