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
