package tune

import (
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
)

func at(hour int) feedgauge.Instant { return feedgauge.Instant(hour) * 3_600_000 }

// hours are windows of an hour with these counts; a negative one is missing.
func hours(counts ...float64) []backtest.Cut {
	var out []backtest.Cut
	for i, v := range counts {
		if v >= 0 {
			out = append(out, backtest.Cut{Window: feedgauge.WindowOf(at(i), time.Hour), Count: v})
		}
	}
	return out
}

// asked notes from where what is asked, and always answers the same.
type asked struct {
	pairs  [][2]feedgauge.Instant
	answer float64
	not    feedgauge.Instant
}

func (a *asked) Sees(w []backtest.Cut, origin, at int) (float64, bool) {
	a.pairs = append(a.pairs, [2]feedgauge.Instant{w[origin].Start, w[at].Start})
	return a.answer, w[at].Start != a.not
}

// TestRolling: origins are a step apart, or as much later as windows are missing;
// forecasts reach as far as the horizon; and what is left out is so for all.
func TestRolling(t *testing.T) {
	t.Parallel()
	w := hours(0, 10, 20, 30, -1, 50, 60)
	p := Plan{From: at(1), To: at(6), Step: 3 * time.Hour, Horizon: 2 * time.Hour, Skip: func(w feedgauge.Window) bool { return w.Start == at(2) }}
	a, b := &asked{answer: 10, not: -1}, &asked{answer: 30, not: at(6)}
	got := p.Rolling(w, a, b)
	want := [][2]feedgauge.Instant{{at(1), at(1)}, {at(5), at(5)}, {at(5), at(6)}}
	if len(a.pairs) != len(want) || a.pairs[0] != want[0] || a.pairs[1] != want[1] || a.pairs[2] != want[2] {
		t.Errorf("asked for %v, want %v", a.pairs, want)
	}
	// Of 10 and 50 the first is off by nothing and 40/60, the other by 20/40 and 20/80.
	if one, two := got[0].SMAPE(), got[1].SMAPE(); got[0].N != 2 || !near(one, 100*40.0/60) || !near(two, 100*(0.5+0.25)) {
		t.Errorf("%v: %v and %v", got, one, two)
	}
}

func near(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }

// TestErrorOfNothing: that nothing came of nothing expected is no error, and
// nothing of something, or something of nothing, the greatest.
func TestErrorOfNothing(t *testing.T) {
	t.Parallel()
	var e Error
	e.add(0, 0)
	e.add(0, 7)
	e.add(7, 0)
	if got := e.SMAPE(); !near(got, 400.0/3) {
		t.Errorf("%v, want two thirds of 200", got)
	}
	if got := e.RMSE(); !near(got*got, 98.0/3) {
		t.Errorf("%v, want the root of (49+49)/3", got)
	}
}

func TestNaive(t *testing.T) {
	t.Parallel()
	w := hours(5, -1, 20, 30, 40)
	n := Naive{2 * time.Hour}
	if v, ok := n.Sees(w, 0, 1); v != 5 || !ok { // that of hour 2
		t.Errorf("%v, %v", v, ok)
	}
	if v, ok := n.Sees(w, 0, 2); ok { // that of hour 3, two hours after the missing one
		t.Errorf("%v from a window that is missing", v)
	}
}

// learner knows what it learnt last.
type learner struct {
	feedgauge.Model
	last feedgauge.Window
	v    float64
}

func (l *learner) Learn(w feedgauge.Window, v float64) { l.last, l.v = w, v }

func (l *learner) Expect(feedgauge.Window) feedgauge.Forecast {
	return feedgauge.Forecast{Expected: l.v, Ready: l.last.End > 0}
}

// TestByModel: what lies at or behind the origin has not been learnt.
func TestByModel(t *testing.T) {
	t.Parallel()
	w := hours(1, 2, 3, 4)
	m := &ByModel{Model: &learner{}}
	if _, ok := m.Sees(w, 0, 1); ok {
		t.Error("something was forecast from nothing")
	}
	if v, ok := m.Sees(w, 2, 3); v != 2 || !ok {
		t.Errorf("%v, %v, want the window before the origin", v, ok)
	}
}
