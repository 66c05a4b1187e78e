package kit

import (
	"encoding/hex"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

// TestMemory: what lies in the state topic today must be readable tomorrow, and
// nothing else may be read.
func TestMemory(t *testing.T) {
	t.Parallel()
	saved := Append([]byte("x"), 1, []float64{80}, []float64{10, -1})[1:]
	const want = "01" + "0000000000005440" + "0000000000002440" + "000000000000f0bf" + "06efc259" // that of zlib
	if got := hex.EncodeToString(saved); got != want {
		t.Errorf("saved as %s, want %s", got, want)
	}
	a, b := make([]float64, 1), make([]float64, 2)
	if err := Load(saved, 1, a, b); err != nil || a[0] != 80 || !slices.Equal(b, []float64{10, -1}) {
		t.Errorf("loaded as %v and %v, %v", a, b, err)
	}
	if Load(saved, 2, a, b) == nil || Load(saved, 1, a) == nil || Load(Append(nil, 1, []float64{math.NaN()}), 1, a) == nil {
		t.Error("another version, length or not a number was loaded")
	}
	saved[3]++
	if Load(saved, 1, a, b) == nil {
		t.Error("loaded although a bit was wrong")
	}
}

// TestClock: seasons keep their place by the clock on the wall, when it is put
// forward too.
func TestClock(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := Clock{Every: time.Hour, Zone: zone}
	for _, tt := range []struct {
		utc                  string
		place, weekday, hour int
	}{
		{"2024-03-31T00:00:00Z", 1, 0, 1},
		{"2024-03-31T01:00:00Z", 3, 0, 3}, // 02:00 is left out
		{"2024-10-27T00:00:00Z", 2, 0, 2},
		{"2024-10-27T01:00:00Z", 2, 0, 2}, // and here comes twice
		{"1969-12-31T22:00:00Z", 23, 3, 23},
	} {
		at, err := time.Parse(time.RFC3339, tt.utc)
		if err != nil {
			t.Fatal(err)
		}
		w := feedgauge.WindowOf(feedgauge.InstantOf(at), time.Hour)
		if got := c.Place(w, 24); got != tt.place {
			t.Errorf("%s: place %d, want %d", tt.utc, got, tt.place)
		}
		if weekday, hour, _ := c.Weekday(w); weekday != tt.weekday || hour != tt.hour {
			t.Errorf("%s: weekday %d, hour %d", tt.utc, weekday, hour)
		}
	}
}

func TestAhead(t *testing.T) {
	t.Parallel()
	c := Clock{Every: time.Hour}
	w := feedgauge.Window{Start: 36_000_000}
	for last, want := range map[float64]int{36_000_000: 1, 32_400_000: 2, 0: 5, 40_000_000: 1, 36_000_000 - 59*60_000: 2} {
		if got := c.Ahead(last, w, 5); got != want {
			t.Errorf("after %v: %d ahead, want %d", last, got, want)
		}
	}
}

// TestSpread: the mean of squares at first, and then one weighted by age.
func TestSpread(t *testing.T) {
	t.Parallel()
	var s Spread
	for _, tt := range []struct{ e, want float64 }{{2, 4}, {4, 10}, {0, 5}, {3, 7}} {
		if s.Add(tt.e, 2); s.Var != tt.want {
			t.Errorf("after %v: %v, want %v", tt.e, s.Var, tt.want)
		}
	}
}
