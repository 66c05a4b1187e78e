package watch

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/measure"
)

// read returns what the measures of a feed other than its events came to in a
// window.
func (f *feed) read(t *feedgauge.FeedTally) feedgauge.Readings {
	if len(f.class.Measures) == 0 {
		return nil
	}
	out := make(feedgauge.Readings, 0, len(f.class.Measures))
	for i := range f.class.Measures {
		name := f.class.Measures[i].Name
		out = append(out, feedgauge.Reading{Measure: name, Value: measure.Value(t.Sketches, name)})
	}
	return out
}
