package format

import (
	"bytes"
	"encoding/binary"
)

func countLines(b []byte) int {
	n := bytes.Count(b, []byte{'\n'})
	if len(b) > 0 && b[len(b)-1] != '\n' {
		n++
	}
	return n
}

const byteOrderMark = "\ufeff"

// trimMark drops a byte order mark.
func trimMark(b []byte) []byte { return bytes.TrimPrefix(b, []byte(byteOrderMark)) }

// trimEnd drops line ends.
func trimEnd(b []byte) []byte {
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	return b
}

// blank reports whether b is ASCII white space only.
func blank(b []byte) bool {
	for _, c := range b {
		if c != ' ' && (c < '\t' || c > '\r') {
			return false
		}
	}
	return true
}

// cutLine returns the first line of b, without its end, and the rest.
func cutLine(b []byte) (line, rest []byte) {
	line = b
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		line, rest = b[:i], b[i+1:]
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line, rest
}

// unusual reports whether b has bytes below the space, and above ASCII. It looks
// at eight bytes at a time: subtracting the space borrows into the high bit of a
// byte below it (Henry S. Warren, Hacker's Delight, 6-1); a byte behind a lower
// one may be taken for one too, so low means "perhaps".
func unusual(b []byte) (low, high bool) {
	const (
		spaces = 0x2020202020202020
		highs  = 0x8080808080808080
	)
	var below, above uint64
	for ; len(b) >= 32; b = b[32:] {
		v, w := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:16])
		x, y := binary.LittleEndian.Uint64(b[16:24]), binary.LittleEndian.Uint64(b[24:32])
		below |= (v-spaces)&^v | (w-spaces)&^w | (x-spaces)&^x | (y-spaces)&^y
		above |= v | w | x | y
	}
	for ; len(b) >= 8; b = b[8:] {
		w := binary.LittleEndian.Uint64(b)
		below |= (w - spaces) &^ w
		above |= w
	}
	for _, c := range b {
		if c < ' ' {
			below = highs
		}
		above |= uint64(c)
	}
	return below&highs != 0, above&highs != 0
}
