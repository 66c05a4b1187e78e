package calendar

import (
	"math"
	"testing"
	"time"
	_ "time/tzdata" // the tests know their zones wherever they run

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

type fataler interface {
	Helper()
	Fatal(...any)
}

func zone(t fataler, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func build(t fataler, active, place string, h Holidays) *Calendar {
	t.Helper()
	c, err := New(active, zone(t, place), h)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// moment reads "2026-03-29 02:30" on the clocks of a zone.
func moment(t fataler, place, text string) feedgauge.Instant {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", text, zone(t, place))
	if err != nil {
		t.Fatal(err)
	}
	return feedgauge.InstantOf(when)
}

const office = "Mon-Fri 08:00-18:00"

func TestActive(t *testing.T) {
	for _, c := range []struct {
		active string
		at     string
		want   bool
	}{
		{office, "2026-06-05 07:59", false}, // a Friday
		{office, "2026-06-05 08:00", true},
		{office, "2026-06-05 17:59", true},
		{office, "2026-06-05 18:00", false},
		{office, "2026-06-06 12:00", false},
		{"sat 22:00 - 02:00", "2026-06-06 22:00", true},
		{"sat 22:00 - 02:00", "2026-06-07 01:59", true},
		{"sat 22:00 - 02:00", "2026-06-07 02:00", false},
		{"sat 22:00 - 02:00", "2026-06-06 01:00", false},
		{"Mon,Wed 08:00-12:00,13:00-17:00", "2026-06-03 12:30", false},
		{"Mon,Wed 08:00-12:00,13:00-17:00", "2026-06-03 13:00", true},
		{"Mon,Wed 08:00-12:00,13:00-17:00", "2026-06-02 13:00", false},
		{"Fri-Mon 00:00-24:00", "2026-06-07 23:59", true},
		{"Fri-Mon 00:00-24:00", "2026-06-03 12:00", false},
		{"Mon-Thu 8:00-18:00; Friday 8:00-15:00", "2026-06-05 16:00", false},
		{"24X7", "2026-06-07 03:00", true},
		{"Mon-Sun 06:00-06:30; Mon-Sun 06:15-07:00", "2026-06-07 06:45", true},
	} {
		got := build(t, c.active, "Europe/Berlin", nil).Active(moment(t, "Europe/Berlin", c.at))
		if got != c.want {
			t.Errorf("%q at %s is %t", c.active, c.at, got)
		}
	}
}

func TestElapsedWhereClocksChange(t *testing.T) {
	for _, c := range []struct {
		zone, active, from, to string
		want                   time.Duration
	}{
		{"Europe/Berlin", "24x7", "2026-03-29 00:00", "2026-03-30 00:00", 23 * time.Hour},
		{"Europe/Berlin", "24x7", "2026-10-25 00:00", "2026-10-26 00:00", 25 * time.Hour},
		{"Europe/Berlin", "Sun 01:00-04:00", "2026-03-29 00:00", "2026-03-30 00:00", 2 * time.Hour},
		{"Europe/Berlin", "Sun 02:00-03:00", "2026-03-29 00:00", "2026-03-30 00:00", 0}, // the hour that is not
		{"Europe/Berlin", "Sun 02:00-03:00", "2026-10-25 00:00", "2026-10-26 00:00", 2 * time.Hour},
		{"Europe/Berlin", "Sun 02:00-02:30", "2026-10-25 00:00", "2026-10-26 00:00", time.Hour}, // twice half an hour
		{"Europe/Berlin", "Sat 22:00-02:30", "2026-03-28 12:00", "2026-03-29 12:00", 4 * time.Hour},
		{"Europe/Berlin", office, "2026-03-27 17:00", "2026-03-30 09:00", 2 * time.Hour},
		{"America/New_York", "Sun 00:00-24:00", "2026-03-08 00:00", "2026-03-09 00:00", 23 * time.Hour},
		{"America/New_York", "Sun 01:00-02:00", "2026-11-01 00:00", "2026-11-02 00:00", 2 * time.Hour},
		{"America/New_York", office, "2026-10-30 17:00", "2026-11-02 09:00", 2 * time.Hour},
		{"Europe/Berlin", office, "2026-06-01 00:00", "2026-06-08 00:00", 50 * time.Hour},
		{"Europe/Berlin", office, "2026-06-06 00:00", "2026-06-05 00:00", 0}, // backwards
	} {
		got := build(t, c.active, c.zone, nil).Elapsed(moment(t, c.zone, c.from), moment(t, c.zone, c.to))
		if got != c.want {
			t.Errorf("%s, %q: %s from %s to %s, want %s", c.zone, c.active, got, c.from, c.to, c.want)
		}
	}
}

func TestAdd(t *testing.T) {
	germany, err := Country("de")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		zone, active string
		holidays     Holidays
		from         string
		d            time.Duration
		want         string
	}{
		{"Europe/Berlin", office, nil, "2026-06-05 17:00", time.Hour, "2026-06-05 18:00"},
		{"Europe/Berlin", office, nil, "2026-06-05 17:00", time.Hour + time.Minute, "2026-06-08 08:01"},
		{"Europe/Berlin", office, nil, "2026-06-06 12:00", time.Hour, "2026-06-08 09:00"},
		{"Europe/Berlin", office, nil, "2026-06-06 12:00", 0, "2026-06-06 12:00"},
		{"Europe/Berlin", office, germany, "2026-04-02 17:30", time.Hour, "2026-04-07 08:30"}, // Easter
		{"Europe/Berlin", office, nil, "2026-01-01 00:00", 5200 * 50 * time.Hour, "2125-08-29 18:00"},
		{"Europe/Berlin", "Sun 02:00-03:00", nil, "2026-03-28 00:00", time.Hour, "2026-04-05 03:00"},
		{"Europe/Berlin", "Sun 02:30-03:30", nil, "2026-03-29 00:00", 15 * time.Minute, "2026-03-29 03:15"},
		{"America/New_York", "24x7", nil, "2026-03-08 00:00", 23 * time.Hour, "2026-03-09 00:00"},
		{"America/New_York", "24x7", nil, "2026-11-01 00:00", 25 * time.Hour, "2026-11-02 00:00"},
	} {
		got := build(t, c.active, c.zone, c.holidays).Add(moment(t, c.zone, c.from), c.d)
		if want := moment(t, c.zone, c.want); got != want {
			t.Errorf("%s, %q: %s after %s is %s, want %s", c.zone, c.active, c.d, c.from, got, want)
		}
	}
}

// A holiday takes the hours that begin on its date, those past its midnight too.
func TestHolidayHours(t *testing.T) {
	holiday := func(d Date) bool { return d == Date{2026, time.June, 6} } // a Saturday
	c := build(t, "Fri-Sun 22:00-02:00", "Europe/Berlin", holiday)
	for text, want := range map[string]bool{
		"2026-06-06 01:00": true,  // Friday's
		"2026-06-06 23:00": false, // the holiday's
		"2026-06-07 01:00": false, // still the holiday's
		"2026-06-07 23:00": true,
	} {
		if got := c.Active(moment(t, "Europe/Berlin", text)); got != want {
			t.Errorf("at %s active is %t", text, got)
		}
	}
}

func TestNil(t *testing.T) {
	var c *Calendar
	if !c.Active(feedgauge.Before) || !c.Active(0) {
		t.Error("the nil calendar is not always active")
	}
	if got := c.Elapsed(5, 1005); got != time.Second {
		t.Errorf("elapsed %s", got)
	}
	if got := c.Add(5, time.Second); got != 1005 {
		t.Errorf("added to %d", got)
	}
	if got := c.Add(5, 1); got != 6 {
		t.Errorf("a nanosecond has not passed at %d", got)
	}
	if got := c.Add(feedgauge.After-10, time.Second); got != feedgauge.After {
		t.Errorf("past the end of time is %s", got)
	}
}

func TestBounds(t *testing.T) {
	always := func(Date) bool { return true }
	work := build(t, office, "Europe/Berlin", nil)
	for name, c := range map[string]*Calendar{"none": nil, "office": work} {
		if got := c.Elapsed(feedgauge.Before, 0); got != math.MaxInt64 {
			t.Errorf("%s: since ever is %s", name, got)
		}
		if got := c.Elapsed(0, feedgauge.After); got != math.MaxInt64 {
			t.Errorf("%s: for ever is %s", name, got)
		}
		if got := c.Elapsed(feedgauge.Before+1, feedgauge.After-1); got != math.MaxInt64 {
			t.Errorf("%s: the longest time is %s", name, got)
		}
		if got := c.Add(feedgauge.Before, time.Hour); got != feedgauge.Before {
			t.Errorf("%s: from before is %s", name, got)
		}
	}
	if got := build(t, office, "Europe/Berlin", always).Add(0, time.Millisecond); got != feedgauge.After {
		t.Errorf("holidays only end at %s", got)
	}
	if work.Active(feedgauge.Before) || work.Active(feedgauge.After) {
		t.Error("active outside of time")
	}
	late := feedgauge.InstantOf(time.Date(9999, 12, 31, 12, 0, 0, 0, time.UTC)) // a Friday
	if got := work.Add(late, 24*time.Hour); got != feedgauge.After {
		t.Errorf("after the last year is %s", got)
	}
}

var (
	zones   = []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"}
	actives = []string{
		office, "24x7", "Mon-Thu 08:00-18:00; Fri 08:00-15:00; Sat 22:00-02:00", "Sun 02:15-02:45",
		"Mon,Wed 08:00-12:00,13:00-17:00", "Sat-Sun 01:30-01:00", "Fri 23:00-22:59; Sat 00:00-00:01",
	}
)

func drawCalendar(t *rapid.T) *Calendar {
	var h Holidays
	if rapid.Bool().Draw(t, "holidays") {
		h = func(d Date) bool { return (d.Day*7+int(d.Month))%5 == 0 }
	}
	return build(t, rapid.SampledFrom(actives).Draw(t, "active"), rapid.SampledFrom(zones).Draw(t, "zone"), h)
}

// drawInstant favours the days around changes of clocks.
func drawInstant(t *rapid.T, label string) feedgauge.Instant {
	changes := []feedgauge.Instant{
		1774746000000, // Berlin, 29 March 2026
		1792890000000, // Berlin, 25 October 2026
		1772953200000, // New York, 8 March 2026
		1793512800000, // New York, 1 November 2026
		1325239200000, // Apia, 30 December 2011
	}
	base := rapid.SampledFrom(changes).Draw(t, label+" near")
	return base + feedgauge.Instant(rapid.Int64Range(-40*86_400_000, 40*86_400_000).Draw(t, label))
}

func TestElapsedAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		a := drawInstant(t, "a")
		b := a + feedgauge.Instant(rapid.Int64Range(0, 60*86_400_000).Draw(t, "b"))
		d := b + feedgauge.Instant(rapid.Int64Range(0, 60*86_400_000).Draw(t, "c"))
		if first, second, all := c.Elapsed(a, b), c.Elapsed(b, d), c.Elapsed(a, d); first+second != all {
			t.Fatalf("%s and %s are not %s", first, second, all)
		}
	})
}

// Elapsed is what Active says, minute by minute.
func TestElapsedCountsActive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		from := feedgauge.WindowOf(drawInstant(t, "from"), time.Minute).Start
		to := from + feedgauge.Instant(rapid.Int64Range(0, 4*1440).Draw(t, "minutes"))*60_000
		var sum time.Duration
		for m := from; m < to; m += 60_000 {
			if c.Active(m) {
				sum += time.Minute
			}
		}
		if got := c.Elapsed(from, to); got != sum {
			t.Fatalf("elapsed %s, active for %s", got, sum)
		}
	})
}

func TestAddInvertsElapsed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		from := drawInstant(t, "from")
		d := time.Duration(rapid.Int64Range(1, 200*3_600_000).Draw(t, "ms")) * time.Millisecond
		end := c.Add(from, d)
		if got := c.Elapsed(from, end); got != d {
			t.Fatalf("%s until %s, want %s", got, end, d)
		}
		if got := c.Elapsed(from, end-1); got >= d {
			t.Fatalf("%s had passed before %s already", d, end)
		}
		if more := c.Add(from, d+time.Millisecond); more <= end {
			t.Fatalf("a millisecond more ends at %s, not after %s", more, end)
		}
		if later := c.Add(from+1, d); later < end {
			t.Fatalf("from a millisecond later it ends before %s", end)
		}
	})
}

func TestAddAfterElapsed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		from, to := drawInstant(t, "from"), drawInstant(t, "to")
		got := c.Add(from, c.Elapsed(from, to))
		if to < from {
			to = from
		}
		if got > to || c.Elapsed(got, to) != 0 {
			t.Fatalf("came to %s instead of %s", got, to)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	holidays, err := Country("de")
	if err != nil {
		b.Fatal(err)
	}
	c := build(b, office, "Europe/Berlin", holidays)
	from := moment(b, "Europe/Berlin", "2026-04-02 17:30")
	for _, d := range []time.Duration{time.Hour, 2000 * time.Hour} {
		b.Run(d.String(), func(b *testing.B) {
			for b.Loop() {
				c.Add(from, d)
			}
		})
	}
}

func BenchmarkNever(b *testing.B) {
	c := build(b, office, "Europe/Berlin", func(Date) bool { return true })
	for b.Loop() {
		c.Add(0, time.Hour)
	}
}
