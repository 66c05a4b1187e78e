package backtest

import (
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

func rowsAt(minutes ...int) []Row {
	var out []Row
	for _, m := range minutes {
		out = append(out, Row{Start: feedgauge.Instant(m) * 60_000})
	}
	return out
}

func TestStep(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rows []Row
		want time.Duration
	}{
		{rowsAt(7), time.Hour},
		{rowsAt(0, 5), 5 * time.Minute},
		{rowsAt(0, 60, 120, 125, 300), time.Hour},
		{rowsAt(0, 15, 75), 15 * time.Minute}, // as common: the shorter
	} {
		if got := step(tt.rows); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.rows, got, tt.want)
		}
	}
}

// TestGrid: windows begin where most of the first rows do.
func TestGrid(t *testing.T) {
	t.Parallel()
	g := gridOf(rowsAt(0, 67, 127, 187), time.Hour)
	for _, tt := range []struct {
		minute int
		ok     bool
	}{{0, false}, {7, true}, {67, true}, {-53, true}, {60, false}} {
		w, ok := g.window(feedgauge.Instant(tt.minute) * 60_000)
		if ok != tt.ok || w.Len() != time.Hour {
			t.Errorf("minute %d: %v, %v", tt.minute, w, ok)
		}
	}
	w, _ := g.window(7 * 60_000)
	if next := g.next(w); next.Start != 67*60_000 || next.End != 127*60_000 {
		t.Errorf("after %v comes %v", w, next)
	}
}

// TestLocalDays: rows at midnight on the clocks of the zone begin days of 23 and 25
// hours too; rows at midnight in UTC begin days that nothing changes.
func TestLocalDays(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, every := range []time.Duration{24 * time.Hour, 7 * 24 * time.Hour} {
		for _, rows := range []*time.Location{zone, time.UTC} {
			var r []Row
			for i := range 120 {
				at := time.Date(2024, 1, 1, 0, 0, 0, 0, rows).AddDate(0, 0, i*int(every/(24*time.Hour)))
				r = append(r, Row{Start: feedgauge.InstantOf(at)})
			}
			g, err := gridOf(r, every).onClocks(r, zone)
			if err != nil {
				t.Fatal(err)
			}
			var last feedgauge.Instant
			hours := map[time.Duration]int{}
			off := g.cut(r, true, func(w feedgauge.Window, _ float64) {
				if last != 0 && w.Start != last {
					t.Errorf("windows of %s in %s: %s follows %s", every, rows, w.Start, last)
				}
				last = w.End
				hours[w.Len()-every]++
			})
			if off > 0 {
				t.Errorf("windows of %s in %s: %d rows off the grid", every, rows, off)
			}
			if changes := rows == zone; changes != (len(hours) > 1) {
				t.Errorf("windows of %s in %s: lengths %v", every, rows, hours)
			}
		}
	}
}

// TestLongGaps: what nobody watches for, nobody fills.
func TestLongGaps(t *testing.T) {
	t.Parallel()
	for days, want := range map[int]int{2: 49, 400_000: 2} {
		n := 0
		r := []Row{{}, {Start: feedgauge.Instant(days) * 24 * 3_600_000}}
		gridOf(r, time.Hour).cut(r, true, func(feedgauge.Window, float64) { n++ })
		if n != want {
			t.Errorf("%d windows in %d days, want %d", n, days, want)
		}
	}
}
