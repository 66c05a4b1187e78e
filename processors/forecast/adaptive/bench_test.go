package adaptive

import (
	"math"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

// wave is a feed with days and a weekend, and some scatter that needs no source
// of randomness.
func wave(i int, every time.Duration) float64 {
	hour := float64(i) * every.Hours()
	day := 1 + 0.6*math.Sin(2*math.Pi*hour/24)
	if int(hour/24)%7 >= 5 {
		day *= 0.5
	}
	return math.Round(200 * day * (1 + 0.1*math.Sin(float64(i)*12.9898)))
}

func BenchmarkJudge(b *testing.B) {
	for _, every := range []time.Duration{time.Minute, time.Hour} {
		b.Run(every.String(), func(b *testing.B) {
			f, err := New().Build(feedgauge.Env{Every: every})
			if err != nil {
				b.Fatal(err)
			}
			m := f.New().(feedgauge.Judge)
			w := feedgauge.WindowOf(0, every)
			month := int(30 * 24 * time.Hour / every)
			for i := range month {
				m.Judge(w, wave(i, every))
				w = w.Next()
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				m.Judge(w, wave(i, every))
				w = w.Next()
			}
		})
	}
}

// TestMemoryIsSmall: a feed costs no more than 350 numbers of four bytes, or 200.
func TestMemoryIsSmall(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		compact bool
		most    int
	}{{false, 350 * 4}, {true, 200 * 4}} {
		f := built(t, Config{Budget: DefaultBudget, Compact: tt.compact}, feedgauge.Env{Every: time.Hour})
		if n := len(f.New().Append(nil)); n > tt.most {
			t.Errorf("compact %v: a feed costs %d bytes", tt.compact, n)
		}
	}
}

// TestJudgeAllocates: to judge and to learn takes no memory from the heap, as long
// as nothing is found.
func TestJudgeAllocates(t *testing.T) {
	f, err := New().Build(feedgauge.Env{Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	m := f.New().(feedgauge.Judge)
	w, i := feedgauge.WindowOf(0, time.Hour), 0
	if n := testing.AllocsPerRun(2000, func() {
		m.Judge(w, wave(i, time.Hour))
		w = w.Next()
		i++
	}); n != 0 {
		t.Errorf("%v allocations a window", n)
	}
}
