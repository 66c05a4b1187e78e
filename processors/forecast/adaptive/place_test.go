package adaptive

import (
	"math"
	"testing"
	"time"
	_ "time/tzdata" // the tests know their zones wherever they run

	"github.com/feedgauge/feedgauge"
)

func at(t *testing.T, text string) feedgauge.Instant {
	t.Helper()
	x, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return feedgauge.InstantOf(x)
}

// TestPlace: the hour of the week is what clocks on the wall show, over changes of
// the clock too.
func TestPlace(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		zone    *time.Location
		every   time.Duration
		start   string
		bin     int
		next    int
		toNext  float64
		workday bool
	}{
		{nil, time.Hour, "2024-01-01T00:00:00Z", 0, 0, 0, true}, // a Monday
		{nil, time.Hour, "2024-01-07T23:00:00Z", 167, 167, 0, false},
		{berlin, time.Hour, "2024-03-29T11:00:00Z", 4*24 + 12, 4*24 + 12, 0, true},
		{berlin, time.Hour, "2024-04-05T10:00:00Z", 4*24 + 12, 4*24 + 12, 0, true}, // the same on the wall, an hour earlier
		{berlin, time.Hour, "2024-10-28T11:00:00Z", 12, 12, 0, true},
		{nil, 15 * time.Minute, "2024-01-01T06:00:00Z", 6, 5, 0.375, true},
		{nil, 15 * time.Minute, "2024-01-01T06:45:00Z", 6, 7, 0.375, true},
		{nil, 15 * time.Minute, "2024-01-01T00:00:00Z", 0, 167, 0.375, true},
		{nil, 24 * time.Hour, "2024-01-06T00:00:00Z", 5*24 + 23, 5*24 + 23, 0, false},
	} {
		c := newClock(feedgauge.Env{Every: tt.every, Zone: tt.zone})
		start := at(t, tt.start)
		got := c.at(feedgauge.Window{Start: start, End: start.Add(tt.every)})
		if got.bin != tt.bin || got.next != tt.next || math.Abs(got.toNext-tt.toNext) > 1e-12 || got.workday != tt.workday {
			t.Errorf("%s: %+v", tt.start, got)
		}
	}
}

// office is a feed that delivers by the clocks of a zone, on workdays only a lot.
func office(w feedgauge.Window, zone *time.Location) float64 {
	local := w.Start.Time().In(zone)
	v := 5.0
	if h := local.Hour(); h >= 8 && h < 18 {
		v = 400
	}
	if d := local.Weekday(); d == time.Saturday || d == time.Sunday {
		v = math.Min(v, 40)
	}
	return v + float64(w.Start/3_600_000%11)
}

// TestClockChange: when the clocks are put forward the feed goes with them, and
// nothing is found; by clocks that are not put forward it is.
func TestClockChange(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	change := at(t, "2024-03-31T01:00:00Z")
	for _, zone := range []*time.Location{berlin, nil} {
		m := built(t, *New(), feedgauge.Env{Every: time.Hour, Zone: zone}).New().(feedgauge.Judge)
		w := feedgauge.WindowOf(at(t, "2024-01-15T00:00:00Z"), time.Hour)
		found := 0
		for w.Start < at(t, "2024-05-15T00:00:00Z") {
			f := m.Judge(w, office(w, berlin))
			if days := w.Start.Sub(change).Hours() / 24; f.Anomaly.Reason != "" && days >= 0 && days < 7 {
				found++
			}
			w = w.Next()
		}
		if (found == 0) != (zone != nil) {
			t.Errorf("by the clocks of %v: %d findings", zone, found)
		}
	}
}

// TestHoliday: on a holiday a Sunday is expected; one the calendar does not know is
// recognised, or told.
func TestHoliday(t *testing.T) {
	t.Parallel()
	holiday := feedgauge.Window{Start: at(t, "2024-03-06T00:00:00Z"), End: at(t, "2024-03-07T00:00:00Z")}
	for _, known := range []bool{true, false} {
		env := feedgauge.Env{Every: time.Hour}
		if known {
			env.Holiday = holiday.Holds
		}
		m := built(t, *New(), env).New().(feedgauge.Judge)
		w := feedgauge.WindowOf(at(t, "2024-01-15T00:00:00Z"), time.Hour)
		for w.Start < holiday.End {
			v := office(w, time.UTC)
			if holiday.Holds(w.Start) {
				v = math.Min(v, 40) // as on a Sunday
			}
			f := m.Judge(w, v)
			if known && holiday.Holds(w.Start) && (f.Expected > 100 || f.Anomaly.Kind != "") {
				t.Fatalf("%s, a holiday: %+v", w.Start, f)
			}
			if !known && w.Start == holiday.Start.Add(12*time.Hour) && f.Expected > 100 && f.Anomaly.Kind == "" {
				t.Errorf("on an unknown holiday nothing is noticed: %+v", f)
			}
			w = w.Next()
		}
	}
}
