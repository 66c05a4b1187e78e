// Package ordeal puts models through what no sane feed does.
package ordeal

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/feedgauge/feedgauge"
)

// Walk reads data as the life of a feed, eleven bytes a window: what is done, how
// far on the next window is, and any number at all as its count, NaN among them.
// It returns an error if a forecast of the next window, or of one further ahead,
// has a number that is not finite, or bounds on the wrong side.
func Walk(m feedgauge.Model, every int64, data []byte) error {
	w := feedgauge.Window{Start: 1_700_000_000_000 / feedgauge.Instant(every) * feedgauge.Instant(every)}
	w.End = w.Start + feedgauge.Instant(every)
	for ; len(data) >= 11; data = data[11:] {
		v := math.Float64frombits(binary.LittleEndian.Uint64(data[3:]))
		for _, ahead := range []feedgauge.Instant{0, 1, 200, 1 << 20} {
			at := feedgauge.Window{Start: w.Start + ahead*(w.End-w.Start), End: w.End + ahead*(w.End-w.Start)}
			if err := sane(m.Expect(at)); err != nil {
				return fmt.Errorf("%d windows ahead of %v: %w", ahead, w.Start, err)
			}
		}
		if data[0]%8 == 0 {
			m.Accept(w, v)
		} else {
			m.Learn(w, v)
		}
		skip := feedgauge.Instant(binary.LittleEndian.Uint16(data[1:]))
		if skip >= 1<<14 {
			skip = 1 // most windows follow each other
		}
		step := skip * (w.End - w.Start)
		w.Start, w.End = w.Start+step, w.End+step
	}
	return nil
}

// Seed returns data for [Walk] that learns values window by window.
func Seed(values ...float64) []byte {
	var b []byte
	for _, v := range values {
		b = append(b, 1, 1, 0)
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

func sane(f feedgauge.Forecast) error {
	for _, x := range []float64{f.Expected, f.Lower, f.Upper, f.Score} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("not all numbers are finite: %+v", f)
		}
	}
	if f.Lower > f.Expected || f.Expected > f.Upper {
		return fmt.Errorf("not lower <= expected <= upper: %+v", f)
	}
	return nil
}
