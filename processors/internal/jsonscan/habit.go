package jsonscan

import "encoding/binary"

// habits is how many members of a record a Scanner learns.
const habits = 64

// habit is a member as the records before had it at the same place: what a
// source writes, it mostly writes in the same order. Where the bytes of a key are
// those of a key known to be valid, they need not be read one by one, nor looked
// up. A habit saves time only: it is exact, and broken ones are learned anew.
type habit struct {
	under *node // where it was met
	next  *node // where it leads
	size  int   // of the key with its quotes and colon, 0 if nothing is known
	// Those bytes as little-endian words, and which of their bits count.
	text, mask [2]uint64
}

// fits reports whether b[i:] begins with the habit's bytes.
func (h *habit) fits(b []byte, i int) bool {
	if i > len(b)-16 || h.size == 0 {
		return false
	}
	w := b[i : i+16]
	return (binary.LittleEndian.Uint64(w)^h.text[0])&h.mask[0]|(binary.LittleEndian.Uint64(w[8:])^h.text[1])&h.mask[1] == 0
}

// learn notes that key, valid from quote to colon, leads from under to next.
// Longer keys are not learned.
func (h *habit) learn(key []byte, under, next *node) {
	*h = habit{}
	if len(key) > 16 {
		return
	}
	var text, ones [16]byte
	for i := range copy(text[:], key) {
		ones[i] = 0xff
	}
	*h = habit{under: under, next: next, size: len(key)}
	for i := range h.text {
		h.text[i] = binary.LittleEndian.Uint64(text[8*i:])
		h.mask[i] = binary.LittleEndian.Uint64(ones[8*i:])
	}
}
