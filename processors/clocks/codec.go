package clocks

import (
	"encoding/binary"
	"errors"
)

// version is the version of the written form.
const version = 1

// ErrMalformed means that bytes are no summary, ErrNewer that a newer program
// wrote them.
var (
	ErrMalformed = errors.New("malformed")
	ErrNewer     = errors.New("written in a newer format")
)

// Append writes s behind b: a version byte, the events without time and without
// zone, and each bin with its index, number and sum, as varints.
func (s *Summary) Append(b []byte) []byte {
	b = append(b, version)
	b = binary.AppendUvarint(b, uint64(s.timeless))
	b = binary.AppendUvarint(b, uint64(s.local))
	for i := range s.bins {
		b = binary.AppendVarint(b, int64(s.bins[i].index))
		b = binary.AppendUvarint(b, uint64(s.bins[i].n))
		b = binary.AppendVarint(b, s.bins[i].sum)
	}
	return b
}

// Decode reads what Append wrote.
func Decode(b []byte) (*Summary, error) {
	switch {
	case len(b) == 0 || b[0] == 0:
		return nil, ErrMalformed
	case b[0] > version:
		return nil, ErrNewer
	}
	r := reader{b: b[1:]}
	s := &Summary{timeless: r.count(), local: r.count()}
	for len(r.b) > 0 && !r.bad {
		one := bin{index: int(r.int()), n: r.count(), sum: r.int()}
		if one.n == 0 || one.index < -1-len(bounds) || one.index > len(bounds) || len(s.bins) > 0 && s.bins[len(s.bins)-1].index >= one.index {
			return nil, ErrMalformed
		}
		s.bins = append(s.bins, one)
	}
	if r.bad {
		return nil, ErrMalformed
	}
	return s, nil
}

// reader reads varints; what is missing or too large makes it bad.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads a number that is not negative.
func (r *reader) count() int64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > 1<<62 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[n:]
	return int64(v)
}
