package backtest

import (
	"slices"
	"testing"
	"time"
)

func TestSum(t *testing.T) {
	t.Parallel()
	s := &Series{Feed: "a"}
	for _, minute := range []int{15, 30, 45, 60, 75, 90, 105, 120, 135, 165, 180, 195, 210, 225} {
		s.Rows = append(s.Rows, Row{rowsAt(minute)[0].Start, float64(minute)})
	}
	got, err := s.Sum(time.Hour)
	want := []Row{{3_600_000, 60 + 75 + 90 + 105}, {3 * 3_600_000, 180 + 195 + 210 + 225}}
	if err != nil || !slices.Equal(got.Rows, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if same, err := s.Sum(15 * time.Minute); same != s || err != nil {
		t.Errorf("%v, %v", same, err)
	}
	for _, every := range []time.Duration{20 * time.Minute, 5 * time.Minute} {
		if _, err := s.Sum(every); err == nil {
			t.Errorf("%s was put together", every)
		}
	}
}
