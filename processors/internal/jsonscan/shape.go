package jsonscan

import "bytes"

// shape is what stands between the values of an object: its keys, in order, each
// with the place where it stood. Objects of one shape have the same fields, and no
// key twice if one of them has none. It saves time only: what is read is the same
// without.
type shape struct {
	keys   []place
	text   []byte // memory of keys
	at     int    // the next key
	opened int    // objects and arrays opened so far
	valid  bool
	rest   int // objects that are read without it, after misses
	misses int
}

// place is one key of a shape.
type place struct {
	text   []byte // from quote to colon
	name   []byte // of the field, nil where it is none
	opened int    // objects and arrays opened before it
	depth  int
}

// Bounds of what is remembered, and how long is waited after misses in a row.
const (
	maxShape  = 256     // keys
	maxText   = 8 << 10 // bytes
	maxMisses = 8
	pause     = 64
)

// worth reports whether the next object is tried by the shape.
func (s *shape) worth() bool {
	if s.rest > 0 {
		s.rest--
		return false
	}
	return s.valid
}

func (s *shape) reset() { s.at, s.opened = 0, 0 }

// next returns the next key if b begins with it and it stands in its place.
func (s *shape) next(b []byte, depth int) *place {
	if s.at == len(s.keys) {
		return nil
	}
	k := &s.keys[s.at]
	if k.opened != s.opened || k.depth != depth || len(b) < len(k.text) || string(b[:len(k.text)]) != string(k.text) {
		return nil
	}
	s.at++
	return k
}

// complete reports whether all keys were there.
func (s *shape) complete() bool {
	if s.at == len(s.keys) {
		s.misses = 0
		return true
	}
	return false
}

// missed notes an object of another shape. Where they keep coming, trying would
// cost more than it saves.
func (s *shape) missed() {
	if s.misses++; s.misses >= maxMisses {
		s.misses, s.rest = 0, pause
	}
}

// begin forgets the shape, to learn another.
func (s *shape) begin() { s.keys, s.text, s.valid = s.keys[:0], s.text[:0], false }

// learn notes a key; text is from quote to colon.
func (s *shape) learn(text, name []byte, depth int) {
	s.at++
	if len(s.keys) >= maxShape || len(s.text)+len(text)+len(name) > maxText {
		return
	}
	k := place{text: s.copied(text), opened: s.opened, depth: depth}
	switch {
	case name == nil:
	case bytes.Equal(name, text[1:max(1, len(text)-2)]):
		k.name = k.text[1 : len(k.text)-2 : len(k.text)-2]
	default:
		k.name = s.copied(name)
	}
	s.keys = append(s.keys, k)
}

// copied returns a copy of b in the memory of the shape.
func (s *shape) copied(b []byte) []byte {
	from := len(s.text)
	s.text = append(s.text, b...)
	return s.text[from:len(s.text):len(s.text)]
}

// keep says whether what was learnt since begin is a shape, all keys of which are
// known, and none of which stands twice.
func (s *shape) keep(sound bool) { s.valid = sound && s.at == len(s.keys) && len(s.keys) > 0 }
