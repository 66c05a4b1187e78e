package adaptive

import (
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

// TestFeedback: on feeds with faults, alarms that are said to be false each time
// become fewer, and those said to be real more.
func TestFeedback(t *testing.T) {
	t.Parallel()
	all := feeds(t, longer...)
	told := func(word feedgauge.Word) (n int, raise float64) {
		for _, s := range all {
			m := built(t, *New(), feedgauge.Env{Every: every(s)}).New().(*model[float32])
			for i, r := range s.Rows {
				if f := m.Judge(window(s, i), r.Count); f.Anomaly.Reason != "" {
					n++
					m.Note(word)
				}
			}
			raise += m.core.m.Feed.Raise[0] + m.core.m.Feed.Raise[1]
		}
		return n, raise
	}
	silent, raise := told("")
	real, raiseReal := told(feedgauge.WordReal)
	unreal, raiseFalse := told(feedgauge.WordFalse)
	t.Logf("told %d times without a word, %d as real, %d as false", silent, real, unreal)
	if !(unreal < silent && silent < real) {
		t.Errorf("told %d times without a word, %d as real, %d as false", silent, real, unreal)
	}
	if !(raiseReal < raise && raise < raiseFalse) {
		t.Errorf("raised by %v without a word, %v as real, %v as false", raise, raiseReal, raiseFalse)
	}
}

// TestRealIsNotAccepted: the level of a real fault is not the new normal after
// three days.
func TestRealIsNotAccepted(t *testing.T) {
	t.Parallel()
	for _, word := range []feedgauge.Word{"", feedgauge.WordReal} {
		m := built(t, *New(), feedgauge.Env{Every: time.Hour}).New().(*model[float32])
		w := feedgauge.WindowOf(0, time.Hour)
		open := false
		for i := range 24 * 36 {
			v := wave(i, time.Hour)
			if i >= 24*30 {
				v *= 0.2
			}
			f := m.Judge(w, v)
			if f.Anomaly.Reason != "" {
				m.Note(word)
			}
			open = f.Anomaly.Kind != ""
			w = w.Next()
		}
		if open != (word == feedgauge.WordReal) {
			t.Errorf("after six days, with the word %q, the episode is open: %v", word, open)
		}
	}
}

// TestFalseIsAcceptedSooner: a level that is said to be usual is the new one after
// a day, and a spike that was is not.
func TestFalseIsAcceptedSooner(t *testing.T) {
	t.Parallel()
	after := func(word feedgauge.Word, days float64) (open bool, share float64) {
		m := built(t, *New(), feedgauge.Env{Every: time.Hour}).New().(*model[float32])
		w := feedgauge.WindowOf(0, time.Hour)
		var f feedgauge.Forecast
		for i := range 24 * 32 {
			v := wave(i, time.Hour)
			if i >= 24*30 && float64(i) < 24*(30+days) {
				v *= 2
			}
			if f = m.Judge(w, v); f.Anomaly.Reason != "" {
				m.Note(word)
			}
			w = w.Next()
		}
		return f.Anomaly.Kind != "", f.Expected / wave(24*32-1, time.Hour)
	}
	if open, _ := after("", 9); !open {
		t.Error("without a word the level is accepted within two days")
	}
	if open, share := after(feedgauge.WordFalse, 9); open || share < 1.7 {
		t.Errorf("said to be usual, the episode is open: %v, and %.2f of what was is expected", open, share)
	}
	if open, share := after(feedgauge.WordFalse, 0.25); open || share > 1.3 {
		t.Errorf("behind a spike, the episode is open: %v, and %.2f of what was is expected", open, share)
	}
}

// TestNoteBeforeAnything: a word on nothing changes nothing.
func TestNoteBeforeAnything(t *testing.T) {
	t.Parallel()
	m := built(t, *New(), feedgauge.Env{Every: time.Hour}).New().(*model[float32])
	before := string(m.Append(nil))
	for _, word := range []feedgauge.Word{feedgauge.WordReal, feedgauge.WordFalse, feedgauge.WordExpected, "what"} {
		m.Note(word)
	}
	if string(m.Append(nil)) != before {
		t.Error("the memory has changed")
	}
}
