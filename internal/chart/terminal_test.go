package chart

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestFit(t *testing.T) {
	t.Parallel()
	none := math.NaN()
	for _, tt := range []struct {
		values []float64
		width  int
		want   []float64
	}{
		{nil, 3, nil},
		{[]float64{1, 2, 3}, 3, []float64{1, 2, 3}},
		{[]float64{1, 2, 3}, 8, []float64{1, 1, 2, 2, 3, 3}},
		{[]float64{1, 3, 5, 7}, 2, []float64{2, 6}},
		{[]float64{1, none, none, none, 5}, 2, []float64{1, 5}},
		{[]float64{1, 1, none, none}, 2, []float64{1, none}},
	} {
		got := Fit(tt.values, tt.width)
		if !slices.EqualFunc(got, tt.want, func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }) {
			t.Errorf("%v in %d: %v, want %v", tt.values, tt.width, got, tt.want)
		}
	}
}

// TestDraw: each line has its mark, nothing is drawn where there is none, and times
// stand below.
func TestDraw(t *testing.T) {
	t.Parallel()
	none := math.NaN()
	got := Terminal{Width: 8, Height: 4, From: 0, To: 7 * 3_600_000, Caption: "web"}.Draw(
		Line{Name: "actual", Values: []float64{0, 4, 4, 4, none, none, none, none}},
		Line{Name: "expected", Mark: "*", Values: []float64{none, none, none, none, 2, 2, 2, 2}},
	)
	lines := strings.Split(got, "\n")
	if len(lines) < 7 || !strings.Contains(lines[0], "4┤╭──") || !strings.Contains(lines[2], "2┤") || strings.Count(lines[2], "*") != 4 {
		t.Errorf("\n%s", got)
	}
	if !strings.Contains(got, "01-01 00:00") || !strings.Contains(got, "web") || strings.Contains(got, "NaN") {
		t.Errorf("\n%s", got)
	}
	if strings.Contains(got, "\x1b") {
		t.Error("there are colours, and nobody asked")
	}
}
