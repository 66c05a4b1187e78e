package adaptive

import (
	"math"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

// batches judges hours of a feed from a Monday on, and returns in which of them
// something was told, the model after them, and the last forecast.
func batches(t *testing.T, hours int, count func(day, hour int) float64) (told []int, m *model[float32], f feedgauge.Forecast) {
	t.Helper()
	m = built(t, *New(), feedgauge.Env{Every: time.Hour}).New().(*model[float32])
	w := feedgauge.WindowOf(4*24*3_600_000, time.Hour)
	for i := range hours {
		if f = m.Judge(w, count(i/24, i%24)); f.Anomaly.Reason != "" {
			told = append(told, i)
		}
		w = w.Next()
	}
	return told, m, f
}

// size is that of a batch, a little different each day.
func size(day int) float64 { return 5000 + 100*math.Sin(float64(7*day)) }

// TestStoppedBatch: a batch that comes no more is told once, and not every day
// since nothing is due, and nothing comes, between two of them.
func TestStoppedBatch(t *testing.T) {
	t.Parallel()
	told, _, f := batches(t, 24*70, func(day, hour int) float64 {
		if hour != 5 || day >= 60 {
			return 0
		}
		return size(day)
	})
	if len(told) != 1 || told[0] != 60*24+5 {
		t.Errorf("told in the hours %v, want %d", told, 60*24+5)
	}
	if f.Anomaly.Kind != feedgauge.Silent {
		t.Errorf("after ten days it is %q", f.Anomaly.Kind)
	}
}

// TestBatchComesBack: the first whole batch ends the episode within hours.
func TestBatchComesBack(t *testing.T) {
	t.Parallel()
	told, _, f := batches(t, 24*63+12, func(day, hour int) float64 {
		if hour != 5 || day == 60 || day == 61 {
			return 0
		}
		return size(day)
	})
	if len(told) != 1 || f.Anomaly.Kind != "" {
		t.Errorf("told in the hours %v, and then it is %q", told, f.Anomaly.Kind)
	}
}

// TestWeeklyBatch: what comes once a week is not missed on the other days, once
// that is known.
func TestWeeklyBatch(t *testing.T) {
	t.Parallel()
	told, _, _ := batches(t, 24*200, func(day, hour int) float64 {
		if hour != 5 || day%7 != 2 {
			return 0
		}
		return size(day)
	})
	early, late := 0, 0
	for _, i := range told {
		if i < 24*35 {
			early++
		} else {
			late++
		}
	}
	if early > 4 || late > 0 {
		t.Errorf("told %d times in five weeks, and %d times later", early, late)
	}
}

// TestCameLate: a batch that comes an hour late ends its episode, and the next
// that does is told of less readily than after one that does not come at all.
func TestCameLate(t *testing.T) {
	t.Parallel()
	raised := func(lateBy int) (float64, feedgauge.Status) {
		_, m, f := batches(t, 24*60+10, func(day, hour int) float64 {
			due := 5
			if day == 60 {
				due += lateBy
			}
			if hour != due {
				return 0
			}
			return size(day)
		})
		return m.core.m.Feed.Raise[0], f.Anomaly.Kind
	}
	soon, calm := raised(1)
	never, open := raised(100)
	if calm != "" || open != feedgauge.Silent {
		t.Errorf("an hour late it is %q, without a batch %q", calm, open)
	}
	if soon < never+0.9*raiseBy {
		t.Errorf("the bar is at %.2f after a late batch, at %.2f after none", soon, never)
	}
}
