package adaptive

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

// FuzzJudge: whatever a feed delivers, with whatever gaps and repeated times, all
// numbers are finite and the bounds lie around the expected; and what is saved is
// loaded again.
func FuzzJudge(f *testing.F) {
	f.Add(uint8(0), []byte{0, 1, 2, 3, 255, 254, 0, 0, 0, 9})
	f.Add(uint8(130), []byte{40, 1, 2, 3, 255, 254, 0, 0, 0, 9})
	f.Add(uint8(3), []byte{255, 255, 255, 255, 255, 255, 255, 255, 0, 0})
	f.Fuzz(func(t *testing.T, kind uint8, data []byte) {
		every := []time.Duration{time.Second, 5 * time.Minute, time.Hour, 24 * time.Hour, maxEvery}[kind%5]
		fc := built(t, Config{Budget: DefaultBudget, Compact: kind >= 128}, feedgauge.Env{Every: every})
		m := fc.New().(feedgauge.Judge)
		w := feedgauge.WindowOf(0, every)
		for i := range 1500 { // the data over and over, or nothing would be learnt
			if len(data) == 0 {
				return
			}
			b := data[i%len(data)]
			v := float64(b)
			switch {
			case b > 250:
				v = math.Float64frombits(binary.LittleEndian.Uint64(append(data[i%len(data):len(data):len(data)], 1, 2, 3, 4, 5, 6, 7, 8)))
			case b > 240:
				w = feedgauge.WindowOf(w.Start.Add(time.Duration(b)*24*time.Hour), every)
			case b == 240:
				w = feedgauge.WindowOf(w.Start-1, every)
			}
			x := m.Judge(w, v)
			for _, n := range []float64{x.Expected, x.Lower, x.Upper, x.Score} {
				if math.IsNaN(n) || math.IsInf(n, 0) {
					t.Fatalf("window %d, %v: %+v", i, v, x)
				}
			}
			if x.Lower > x.Expected || x.Expected > x.Upper {
				t.Fatalf("window %d, %v: %+v", i, v, x)
			}
			w = w.Next()
		}
		if err := fc.New().Load(m.Append(nil)); err != nil {
			t.Fatal(err)
		}
	})
}
