package rules

import (
	"reflect"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// play judges windows with the given numbers of events and returns the steps.
func play(t *testing.T, b *Book, r *Rule, from int, events ...int64) []feedgauge.Step {
	t.Helper()
	var steps []feedgauge.Step
	for i, n := range events {
		b.Judge([]*Rule{r}, closedWindow(from+i, feedgauge.Counts{Events: n}), func(s *feedgauge.Step) { steps = append(steps, *s) })
	}
	return steps
}

func activities(steps []feedgauge.Step) (as []feedgauge.Activity) {
	for _, s := range steps {
		as = append(as, s.Activity)
	}
	return as
}

func TestForAndClear(t *testing.T) {
	t.Parallel()
	r := rule(t, Config{Name: "short", When: "window.events < 75", For: 2, Clear: 2})
	for _, tt := range []struct {
		name   string
		events []int64
		want   []feedgauge.Activity
	}{
		{"one low window is not enough", []int64{100, 50, 100, 50, 100}, nil},
		{"two are", []int64{100, 50, 50, 50}, []feedgauge.Activity{feedgauge.Open}},
		{"one good window does not close", []int64{50, 50, 100, 50, 100}, []feedgauge.Activity{feedgauge.Open}},
		{"two do", []int64{50, 50, 100, 100}, []feedgauge.Activity{feedgauge.Open, feedgauge.Close}},
		{"and it can open again", []int64{50, 50, 100, 100, 50, 50}, []feedgauge.Activity{feedgauge.Open, feedgauge.Close, feedgauge.Open}},
	} {
		if got := activities(play(t, &Book{}, r, 1000, tt.events...)); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestStepTimes(t *testing.T) {
	t.Parallel()
	r := rule(t, Config{Name: "short", When: "window.events < 75", For: 2})
	steps := play(t, &Book{}, r, 1000, 50, 50, 100)
	if len(steps) != 2 {
		t.Fatalf("%d steps, want 2", len(steps))
	}
	open, end := steps[0], steps[1]
	first := feedgauge.Instant(1000 * 60_000)
	if open.Since != first || open.At != first+120_000 || open.Opened != open.At || open.End != feedgauge.Before {
		t.Errorf("open: since %v at %v opened %v end %v", open.Since, open.At, open.Opened, open.End)
	}
	if end.End != first+120_000 || end.At != first+180_000 || end.Opened != open.Opened || end.UID != open.UID || end.Sequence != 2 {
		t.Errorf("close: %+v", end)
	}
	if open.Status != feedgauge.Short || open.Previous != feedgauge.OK || end.Status != feedgauge.OK || end.Previous != feedgauge.Short {
		t.Errorf("statuses: %v from %v, then %v from %v", open.Status, open.Previous, end.Status, end.Previous)
	}
	if want := "main/web-01/short/" + (first + 60_000).String(); open.UID != want {
		t.Errorf("uid %q, want %q", open.UID, want)
	}
}

func TestNotJudgeable(t *testing.T) {
	t.Parallel()
	r := rule(t, Config{Name: "short", When: "window.events < 0.75 * forecast.events.expected"})
	m := closedWindow(1000, feedgauge.Counts{Events: 1})
	m.Forecast.Ready = false
	out := (&Book{}).Judge([]*Rule{r}, m, func(*feedgauge.Step) { t.Error("a finding without a forecast") })
	if out.Status != feedgauge.Learning || out.Held {
		t.Errorf("outcome %+v, want learning", out)
	}
	deadline := closedWindow(1000, feedgauge.Counts{})
	deadline.Closed = false
	(&Book{}).Judge([]*Rule{r}, deadline, func(*feedgauge.Step) { t.Error("a window rule judged at a deadline") })
}

func TestConditionThatFailsKeepsThePage(t *testing.T) {
	t.Parallel()
	r := rule(t, Config{Name: "r", When: `feed.labels["absent"] == "x"`})
	b := &Book{Pages: []Page{{Rule: "r", Open: true, UID: "u", Sequence: 1}}}
	out := b.Judge([]*Rule{r}, closedWindow(1, feedgauge.Counts{}), func(*feedgauge.Step) { t.Error("a step from an error") })
	if out.Failed != 1 || !b.Pages[0].Open {
		t.Errorf("outcome %+v, page %+v", out, b.Pages[0])
	}
}

func TestAlignDropsAndKeeps(t *testing.T) {
	t.Parallel()
	x, y := rule(t, Config{Name: "x", When: "true"}), rule(t, Config{Name: "y", When: "true"})
	b := &Book{Pages: []Page{{Rule: "gone", Open: true}, {Rule: "y", Open: true, UID: "u"}}}
	b.Align([]*Rule{x, y})
	want := []Page{{Rule: "x"}, {Rule: "y", Open: true, UID: "u"}}
	if !reflect.DeepEqual(b.Pages, want) {
		t.Errorf("pages %+v, want %+v", b.Pages, want)
	}
}
