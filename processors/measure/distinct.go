package measure

import (
	"encoding/binary"
	"slices"

	"github.com/axiomhq/hyperloglog"
	"github.com/cespare/xxhash/v2"

	"github.com/feedgauge/feedgauge"
)

const (
	// maxExact is up to how many different values are counted one by one.
	maxExact = 256
	// precision is that of the HyperLogLog above it: 2048 registers, a standard
	// error of 1.04/sqrt(2048) = 2.3 %.
	precision = 11
	// MaxSize bounds a sketch as it is written, in bytes.
	MaxSize = 2080
)

// Distinct counts different values: up to 256 exactly, by the 64-bit hashes of all
// of them (xxHash64), and beyond that by a dense HyperLogLog (Flajolet and others
// 2007, with the estimator LogLog-Beta of Qin and others 2016), within some 2 %.
// What it holds depends on the set of values alone, so the sum of several is the
// same in any order, byte for byte.
type Distinct struct {
	exact []uint64            // sorted; of no use once there is dense
	dense *hyperloglog.Sketch // nil while there are few
}

// Add takes in a value.
func (d *Distinct) Add(value []byte) { d.hash(xxhash.Sum64(value)) }

// hash takes in the hash of a value, and reports how many bytes more are to be
// written for it.
func (d *Distinct) hash(h uint64) (grown int) {
	if d.dense != nil {
		d.dense.InsertHash(h)
		return 0
	}
	at, found := slices.BinarySearch(d.exact, h)
	if found {
		return 0
	}
	if d.exact = slices.Insert(d.exact, at, h); len(d.exact) > maxExact {
		d.thicken()
		return 0 // it takes as much as so many hashes do
	}
	return 8
}

// thicken goes over from single values to a HyperLogLog.
func (d *Distinct) thicken() {
	d.dense = dense()
	for _, h := range d.exact {
		d.dense.InsertHash(h)
	}
	d.exact = nil
}

func dense() *hyperloglog.Sketch {
	s, err := hyperloglog.NewSketch(precision, false)
	if err != nil {
		panic(err) // the precision is a constant
	}
	return s
}

// Value returns how many different values there were.
func (d *Distinct) Value() float64 {
	if d.dense != nil {
		return max(float64(d.dense.Estimate()), maxExact+1)
	}
	return float64(len(d.exact))
}

// Merge implements [feedgauge.Sketch].
func (d *Distinct) Merge(s feedgauge.Sketch) {
	o, ok := s.(*Distinct)
	if !ok {
		return
	}
	if o.dense != nil {
		if d.dense == nil {
			d.thicken()
		}
		_ = d.dense.Merge(o.dense) // only of another precision it fails, and there is one
		return
	}
	for _, h := range o.exact {
		d.hash(h)
	}
}

// Clone implements [feedgauge.Sketch].
func (d *Distinct) Clone() feedgauge.Sketch {
	own := &Distinct{exact: slices.Clone(d.exact)}
	if d.dense != nil {
		own.dense = d.dense.Clone()
	}
	return own
}

// Kind implements [feedgauge.Sketch].
func (d *Distinct) Kind() feedgauge.SketchKind { return feedgauge.DistinctSketch }

const (
	formExact byte = iota
	formDense
)

// Append implements [feedgauge.Sketch]: the hashes in order, big endian, or the
// registers as the library writes them.
func (d *Distinct) Append(b []byte) []byte {
	b = append(b, version)
	if d.dense == nil {
		b = append(b, formExact)
		for _, h := range d.exact {
			b = binary.BigEndian.AppendUint64(b, h)
		}
		return b
	}
	out, err := d.dense.AppendBinary(append(b, formDense))
	if err != nil {
		panic(err) // it fails for a sketch without precision only
	}
	return out
}

func decodeDistinct(b []byte) (*Distinct, error) {
	if len(b) == 0 {
		return nil, errDamaged
	}
	switch form, body := b[0], b[1:]; form {
	case formExact:
		return decodeExact(body)
	case formDense:
		s := dense()
		empty, err := s.AppendBinary(nil)
		// Of another precision, or not dense, it would not merge.
		if err != nil || len(body) != len(empty) || string(body[:headSize]) != string(empty[:headSize]) || s.UnmarshalBinary(body) != nil {
			return nil, errDamaged
		}
		return &Distinct{dense: s}, nil
	}
	return nil, errDamaged
}

// headSize is what the library writes before the registers: its version, the
// precision, what kind of sketch it is, and how many registers.
const headSize = 8

func decodeExact(b []byte) (*Distinct, error) {
	if len(b)%8 != 0 || len(b) > 8*maxExact {
		return nil, errDamaged
	}
	d := &Distinct{}
	for ; len(b) > 0; b = b[8:] {
		h := binary.BigEndian.Uint64(b)
		if n := len(d.exact); n > 0 && d.exact[n-1] >= h {
			return nil, errDamaged
		}
		d.exact = append(d.exact, h)
	}
	return d, nil
}
