package main

import (
	"math"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
)

func TestGrade(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name                    string
		actual, expected, upper float64
		want                    float64
	}{
		{"smooth", 100, 60, 80, 2},
		{"smooth", 0, 60, 160, 0.6}, // whatever the lower bound, which is cut off
		{"double_seasonal", 0, math.Expm1(6), math.Expm1(8), 3},
		{"trend", 25, 100, 100, 0.75},
		{"trend", 125, 100, 100, 0},
		{"smooth", 5, 5, 5, 0},
	} {
		w := backtest.Window{Actual: tt.actual, Forecast: feedgauge.Forecast{Expected: tt.expected, Upper: tt.upper, Ready: true}}
		if got := grade(tt.name, &w); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}
