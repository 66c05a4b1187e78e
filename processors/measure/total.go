package measure

import (
	"encoding/binary"
	"math"

	"github.com/feedgauge/feedgauge"
)

// scale is how many parts of one a total counts in. Sums of whole parts come out
// the same in whatever order they are added, which those of floating-point numbers
// do not.
const scale = 1000

// Total is a sum of numbers that are not negative, to a thousandth each. What would
// exceed the largest sum, some 9.2e15, is taken for that.
type Total struct{ parts uint64 }

const mostParts = math.MaxInt64

// Add adds x, which must be finite and not negative; it reports whether it is.
func (t *Total) Add(x float64) bool {
	if !(x >= 0 && !math.IsInf(x, 1)) {
		return false
	}
	t.add(uint64(math.Min(math.Round(x*scale), mostParts)))
	return true
}

// Count adds one.
func (t *Total) Count() { t.add(scale) }

// add sums two numbers of which neither exceeds [mostParts], so nothing wraps.
func (t *Total) add(parts uint64) { t.parts = min(t.parts+min(parts, mostParts), mostParts) }

// Value returns the sum.
func (t *Total) Value() float64 { return float64(t.parts) / scale }

// Merge implements [feedgauge.Sketch].
func (t *Total) Merge(s feedgauge.Sketch) {
	if o, ok := s.(*Total); ok {
		t.add(o.parts)
	}
}

// Clone implements [feedgauge.Sketch].
func (t *Total) Clone() feedgauge.Sketch { own := *t; return &own }

// Kind implements [feedgauge.Sketch].
func (t *Total) Kind() feedgauge.SketchKind { return feedgauge.TotalSketch }

// Append implements [feedgauge.Sketch].
func (t *Total) Append(b []byte) []byte {
	return binary.AppendUvarint(append(b, version), t.parts)
}

func decodeTotal(b []byte) (*Total, error) {
	parts, n := binary.Uvarint(b)
	if n <= 0 || n != len(b) || parts > mostParts {
		return nil, errDamaged
	}
	return &Total{parts}, nil
}
