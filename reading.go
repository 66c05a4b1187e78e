package feedgauge

import "slices"

// Reading is what a measure of a feed came to in a window, and what had been
// forecast of it.
type Reading struct {
	Measure  string
	Value    float64
	Forecast Forecast // not ready where none is made
}

// Readings are those of the measures that a class has of its own, and of others
// that are forecast, but for the events, sorted by name.
type Readings []Reading

// Get returns the reading of a measure, the zero Reading if there is none.
func (r Readings) Get(measure string) Reading {
	if i := slices.IndexFunc(r, func(o Reading) bool { return o.Measure == measure }); i >= 0 {
		return r[i]
	}
	return Reading{}
}
