package jsonscan

import (
	"bytes"
	"hash/maphash"
)

// keyset finds keys that stand twice in one object. The keys of a small object
// are compared with each other; those of a large one are hashed, with a seed,
// since whoever can make hashes equal could make it slow.
type keyset struct {
	keys   [][]byte // of the objects that are open, one behind the other
	starts []int32  // where those of each object begin
	ids    []int32  // of the objects that are open, in the order of opening
	last   int32    // id given out last

	seed  maphash.Seed
	table []slot // the keys of all large objects, open or not
	used  int
	round uint32 // slots of other rounds are empty
}

type slot struct {
	round  uint32
	object int32
	text   []byte
}

// few is how many keys are compared one by one.
const few = 16

// reset forgets everything.
func (s *keyset) reset() {
	s.keys, s.starts, s.ids = s.keys[:0], s.starts[:0], s.ids[:0]
	s.last, s.used = 0, 0
	if s.round++; s.round == 0 {
		clear(s.table)
		s.round = 1
	}
}

func (s *keyset) open() {
	s.last++
	s.ids = append(s.ids, s.last)
	s.starts = append(s.starts, int32(len(s.keys)))
}

func (s *keyset) shut() {
	top := len(s.starts) - 1
	s.keys = s.keys[:s.starts[top]]
	s.starts, s.ids = s.starts[:top], s.ids[:top]
}

// add reports whether key is new in the innermost object.
func (s *keyset) add(key []byte) bool {
	mine := s.keys[s.starts[len(s.starts)-1]:]
	if len(mine) > few {
		return s.insert(key)
	}
	for _, k := range mine {
		if bytes.Equal(k, key) {
			return false
		}
	}
	s.keys = append(s.keys, key)
	if len(mine) == few { // it has become large: the list stays as it is from now on
		for _, k := range mine {
			s.insert(k)
		}
		s.insert(key)
	}
	return true
}

// insert puts a key of the innermost object into the table, and reports whether
// it was not there.
func (s *keyset) insert(key []byte) bool {
	if 4*(s.used+1) > 3*len(s.table) {
		s.grow()
	}
	at := s.find(key, s.ids[len(s.ids)-1])
	if at.round == s.round {
		return false
	}
	*at = slot{s.round, s.ids[len(s.ids)-1], key}
	s.used++
	return true
}

// find returns the slot of a key, an empty one if there is none.
func (s *keyset) find(key []byte, object int32) *slot {
	h := maphash.Bytes(s.seed, key) + uint64(object)*0x9e3779b97f4a7c15
	for mask := uint64(len(s.table) - 1); ; h++ {
		at := &s.table[h&mask]
		if at.round != s.round || at.object == object && bytes.Equal(at.text, key) {
			return at
		}
	}
}

func (s *keyset) grow() {
	old := s.table
	if old == nil {
		s.seed = maphash.MakeSeed()
	}
	s.table = make([]slot, max(256, 2*len(old)))
	for i := range old {
		if old[i].round == s.round {
			*s.find(old[i].text, old[i].object) = old[i]
		}
	}
}
