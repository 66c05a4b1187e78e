package jsonscan

import (
	"encoding/binary"
	"math/bits"
)

// Eight bytes at a time: x-0x01 borrows into the high bit of a byte that was zero,
// and of one above it perhaps, so the lowest bit that is set is at a true hit (Henry
// S. Warren, Hacker's Delight, 6-1).
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// simple returns the position of the first quote, backslash, control character or
// byte above ASCII from i on, which is at most len(b).
func simple(b []byte, i int) int {
	for i <= len(b)-8 {
		if hit := unlike(binary.LittleEndian.Uint64(b[i:])); hit != 0 {
			return i + bits.TrailingZeros64(hit)>>3
		}
		i += 8
	}
	for i < len(b) && b[i] >= ' ' && b[i] < 0x80 && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}

// unlike returns a word whose lowest bit that is set is in the first byte of w that is
// a quote, a backslash, a control character or above ASCII. The quote is 2 above the
// space, so that with this bit turned it comes behind the control characters, which
// only change places.
func unlike(w uint64) uint64 {
	return (w | (w ^ ('"'-' ')*ones - (' '+1)*ones) | (w ^ '\\'*ones - ones)) & highs
}
