// Package measure counts what a user asks for of the events of a feed: how many
// fulfil a condition, what a field sums up to, how many different values it has.
//
// What is counted of one event is put into a sketch of bounded size; sketches of
// the same measure merge in any order to the same bytes.
package measure

import (
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/feedgauge/feedgauge"
)

// version is that of the form in which sketches are written.
const version = 1

// ErrNewer is of a sketch that a newer version of the program wrote.
var ErrNewer = errors.New("a measure of a version that is not known here")

var errDamaged = errors.New("a measure that is not well formed")

// Decode reads what a sketch of that kind has written.
func Decode(kind feedgauge.SketchKind, b []byte) (feedgauge.Sketch, error) {
	switch {
	case len(b) == 0 || b[0] == 0:
		return nil, errDamaged
	case b[0] > version:
		return nil, fmt.Errorf("%w: %d", ErrNewer, b[0])
	}
	switch kind {
	case feedgauge.TotalSketch:
		return some(decodeTotal(b[1:]))
	case feedgauge.DistinctSketch:
		return some(decodeDistinct(b[1:]))
	default:
		return nil, errDamaged
	}
}

// some keeps a nil pointer from becoming a sketch.
func some[S feedgauge.Sketch](s S, err error) (feedgauge.Sketch, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Valued is a sketch that comes to a number.
type Valued interface {
	feedgauge.Sketch
	Value() float64
}

// prefix parts the names of measures from those of other sketches.
const prefix = "measure:"

// SketchName is the name under which the sketch of a measure is kept.
func SketchName(measure string) string { return prefix + measure }

// All returns the names of the measures of which something was counted, and what
// they came to, in order of name.
func All(s feedgauge.Sketches) iter.Seq2[string, float64] {
	return func(yield func(string, float64) bool) {
		for i := range s {
			name, own := strings.CutPrefix(s[i].Name, prefix)
			if v, ok := s[i].Sketch.(Valued); own && ok && !yield(name, v.Value()) {
				return
			}
		}
	}
}

// Value returns what a measure came to, 0 where nothing was counted.
func Value(s feedgauge.Sketches, measure string) float64 {
	if v, ok := s.Get(SketchName(measure)).(Valued); ok {
		return v.Value()
	}
	return 0
}
