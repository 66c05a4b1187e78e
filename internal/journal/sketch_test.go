package journal

import (
	"bytes"
	"errors"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/clocks"
)

// foreign is a sketch of a kind and form that is drawn up for a test.
type foreign struct {
	feedgauge.Sketch
	kind feedgauge.SketchKind
	body []byte
}

func (f foreign) Kind() feedgauge.SketchKind { return f.kind }

func (f foreign) Append(b []byte) []byte { return append(b, f.body...) }

// Sketches are read as they were written; kinds of the future are left out, and
// what is broken or of a newer form is refused.
func TestSketches(t *testing.T) {
	t.Parallel()
	known := &clocks.Summary{}
	known.Note(1000, 2000, feedgauge.ZonedClock, nil)
	for name, tt := range map[string]struct {
		sketch feedgauge.Sketch
		read   bool
		err    error
	}{
		"clocks":            {known, true, nil},
		"of a future kind":  {foreign{kind: 200, body: []byte("x")}, false, nil},
		"broken":            {foreign{kind: feedgauge.ClockSketch, body: []byte{1, 0xff}}, false, ErrMalformed},
		"empty":             {foreign{kind: feedgauge.ClockSketch}, false, ErrMalformed},
		"of a newer form":   {foreign{kind: feedgauge.ClockSketch, body: []byte{9}}, false, ErrNewer},
		"newer profile":     {foreign{kind: feedgauge.ProfileSketch, body: []byte{9}}, false, ErrNewer},
		"malformed profile": {foreign{kind: feedgauge.ProfileSketch, body: []byte{0}}, false, ErrMalformed},
	} {
		f := feedgauge.FeedTally{Sketches: feedgauge.Sketches{{Name: ClockName, Sketch: tt.sketch}}}
		var got feedgauge.FeedTally
		err := DecodeFeed(AppendFeed(nil, 0, &f), 0, &got)
		if !errors.Is(err, tt.err) {
			t.Errorf("%s: error %v, want %v", name, err, tt.err)
		}
		s := got.Sketches.Get(ClockName)
		if (s != nil) != tt.read || tt.read && !bytes.Equal(s.Append(nil), tt.sketch.Append(nil)) {
			t.Errorf("%s: read %v", name, s)
		}
	}
}
