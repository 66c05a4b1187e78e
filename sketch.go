package feedgauge

import (
	"slices"
	"strings"
)

// Sketch is a summary of bounded size of what arrived for a feed in a window.
// Sketches of one kind merge: the result depends on what they summarise, not on
// how that was dealt out, nor on the order of merging.
type Sketch interface {
	// Merge adds what s summarises; s is of the same kind and is left as it is.
	Merge(s Sketch)
	// Clone returns a copy that shares nothing that changes.
	Clone() Sketch
	// Kind says what sort of sketch it is; it is written with it.
	Kind() SketchKind
	// Append writes the sketch behind b: the same bytes for equal ones.
	Append(b []byte) []byte
}

// SketchKind is a sort of sketch. The numbers are written to the journal and
// never change their meaning.
type SketchKind uint8

// The sorts of sketch.
const (
	ProfileSketch  SketchKind = 1 // what lines are like
	TotalSketch    SketchKind = 2 // a sum
	DistinctSketch SketchKind = 3 // how many different values there were
	ClockSketch    SketchKind = 4 // how long after their own time events arrived
	DeliverySketch SketchKind = 5 // what deliveries are
)

// NamedSketch is a sketch and what it is of.
type NamedSketch struct {
	Name   string
	Sketch Sketch
}

// Sketches are the sketches of a feed and window, sorted by name.
type Sketches []NamedSketch

// Get returns the sketch of that name, nil if there is none.
func (s Sketches) Get(name string) Sketch {
	if i, found := s.find(name); found {
		return s[i].Sketch
	}
	return nil
}

func (s Sketches) find(name string) (int, bool) {
	return slices.BinarySearchFunc(s, name, func(n NamedSketch, name string) int { return strings.Compare(n.Name, name) })
}

// Put sets the sketch of that name.
func (s *Sketches) Put(name string, sketch Sketch) {
	i, found := s.find(name)
	if !found {
		*s = slices.Insert(*s, i, NamedSketch{Name: name})
	}
	(*s)[i].Sketch = sketch
}

// Merge adds the sketches of t. Where two of one name are of different kinds,
// since the configuration has changed, that with the higher kind stays.
func (s *Sketches) Merge(t Sketches) {
	for _, n := range t {
		own := s.Get(n.Name)
		switch {
		case own == nil || own.Kind() < n.Sketch.Kind():
			s.Put(n.Name, n.Sketch.Clone())
		case own.Kind() == n.Sketch.Kind():
			own.Merge(n.Sketch)
		}
	}
}

// Clone returns a copy that shares nothing that changes.
func (s Sketches) Clone() Sketches {
	if s == nil {
		return nil
	}
	out := make(Sketches, len(s))
	for i, n := range s {
		out[i] = NamedSketch{n.Name, n.Sketch.Clone()}
	}
	return out
}
