// Package kit holds what the classic models share: their place in a season, the
// spread of what they missed by, and the form in which they are saved.
package kit

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// Most is above every number of events there can be.
const Most = 1 << 63

// Count returns v as a model may learn it: not above [Most]; ok is false for what
// counts nothing, negative numbers and NaN.
func Count(v float64) (_ float64, ok bool) { return math.Min(v, Most), v >= 0 }

// bound is above every number a model keeps. Residuals are squared.
const bound = 1e60

// Append writes numbers behind b, with a version before and a checksum (CRC-32,
// IEEE) behind them.
func Append(b []byte, version byte, parts ...[]float64) []byte {
	start := len(b)
	b = append(b, version)
	for _, p := range parts {
		for _, x := range p {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
		}
	}
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b[start:]))
}

// Load reads what [Append] wrote into parts of the same lengths. On an error
// parts hold anything.
func Load(b []byte, version byte, parts ...[]float64) error {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	if want := 1 + 8*n + 4; len(b) != want {
		return fmt.Errorf("a memory of %d bytes, and not of %d: of another model, or for other windows", len(b), want)
	}
	if b[0] != version {
		return fmt.Errorf("a memory of version %d, and not of %d", b[0], version)
	}
	body, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if crc32.ChecksumIEEE(body) != sum {
		return errors.New("a memory whose checksum does not fit")
	}
	return read(body[1:], parts)
}

func read(b []byte, parts [][]float64) error {
	for _, p := range parts {
		for i := range p {
			x := math.Float64frombits(binary.LittleEndian.Uint64(b))
			if !(math.Abs(x) <= bound) { // not a number fails it
				return fmt.Errorf("a memory with %v in it", x)
			}
			p[i], b = x, b[8:]
		}
	}
	return nil
}
