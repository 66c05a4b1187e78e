package adaptive

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

// shapeOf is that of a wave, at another size.
func shapeOf(size float64) []float64 {
	out := make([]float64, bins)
	for b := range out {
		for week := range 8 {
			out[b] += size * wave(week*bins+b, time.Hour)
		}
	}
	return out
}

// TestShape: a feed that begins with the shape of its class is judged after two
// days, and expected is what comes, whatever its size; without one nothing is.
func TestShape(t *testing.T) {
	t.Parallel()
	for _, compact := range []bool{false, true} {
		for _, size := range []float64{0.02, 1, 3000} {
			c := Config{Budget: DefaultBudget, Compact: compact, Shape: shapeOf(7)}
			m := built(t, c, feedgauge.Env{Every: time.Hour}).New().(*model[float32])
			w := feedgauge.WindowOf(4*24*3_600_000, time.Hour)
			off, n := 0.0, 0.0
			for i := range 24 * 21 {
				v := math.Round(size * wave(i, time.Hour))
				f := m.Judge(w, v)
				if f.Ready != (i >= 47) {
					t.Fatalf("size %v, hour %d: ready %v", size, i, f.Ready)
				}
				if f.Anomaly.Kind != "" {
					t.Errorf("size %v, hour %d: %+v", size, i, f)
				}
				if f.Ready {
					off, n = off+math.Abs(f.Expected-v), n+v
				}
				w = w.Next()
			}
			if most := 0.1 + 0.3*math.Min(1, 0.02/size); off/n > most {
				t.Errorf("compact %v, size %v: off by %.2f, which is above %.2f", compact, size, off/n, most)
			}
			if f := m.Judge(w, 0); size > 1 && f.Anomaly.Kind != feedgauge.Silent {
				t.Errorf("size %v: an empty hour is %+v", size, f)
			}
		}
	}
}

// TestShapeNotFit: a feed of another shape than its class learns its own.
func TestShapeNotFit(t *testing.T) {
	t.Parallel()
	flat := make([]float64, bins)
	for b := range flat {
		flat[b] = 1
	}
	m := built(t, Config{Budget: DefaultBudget, Shape: flat}, feedgauge.Env{Every: time.Hour}).New().(*model[float32])
	w := feedgauge.WindowOf(4*24*3_600_000, time.Hour)
	found, off, n := 0, 0.0, 0.0
	for i := range 24 * 60 {
		v := wave(i, time.Hour)
		f := m.Judge(w, v)
		if f.Anomaly.Reason != "" && i > 24*28 {
			found++
		}
		if i > 24*50 {
			off, n = off+math.Abs(f.Expected-v), n+v
		}
		w = w.Next()
	}
	if found > 2 || off/n > 0.2 {
		t.Errorf("after four weeks found %d times, and off by %.2f after seven weeks", found, off/n)
	}
}

func TestShapeRefused(t *testing.T) {
	t.Parallel()
	bad := shapeOf(1)
	bad[3] = math.NaN()
	for name, shape := range map[string][]float64{"short": {1, 2, 3}, "nothing": make([]float64, bins), "no number": bad} {
		_, err := (&Config{Budget: 1, Shape: shape}).Build(feedgauge.Env{Every: time.Hour})
		var f *feedgauge.FieldError
		if !errors.As(err, &f) || f.Field != "shape" || f.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
