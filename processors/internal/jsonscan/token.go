package jsonscan

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// Space returns the position of the first byte from i on that is no JSON white
// space, which may be the end.
func Space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// Start returns where the first value of b begins: behind a byte order mark and
// white space.
func Start(b []byte) int {
	if len(b) >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf {
		return Space(b, 3)
	}
	return Space(b, 0)
}

// quoted reads on behind an opening quote and returns the position of the
// closing one.
func quoted(b []byte, i int) (end int, escaped bool) {
	for {
		if i = plain(b, i); i >= len(b) {
			return Truncated, escaped
		}
		if b[i] == '"' {
			return i, escaped
		}
		if b[i] != '\\' {
			return Invalid, escaped
		}
		escaped = true
		if i = escape(b, i+1); i < 0 {
			return i, escaped
		}
	}
}

// plain returns the position of the first quote, backslash or control character
// from i on. It looks at eight bytes at a time: x-0x01 borrows into the high bit
// of a byte that was zero, so each of the three masks has its lowest bit at a
// true hit (Henry S. Warren, Hacker's Delight, 6-1).
func plain(b []byte, i int) int {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	for i >= 0 && i <= len(b)-8 {
		w := binary.LittleEndian.Uint64(b[i : i+8])
		quote, slash := w^'"'*ones, w^'\\'*ones
		hit := ((w-' '*ones)&^w | (quote-ones)&^quote | (slash-ones)&^slash) & highs
		if hit != 0 {
			return i + bits.TrailingZeros64(hit)>>3
		}
		i += 8
	}
	for i < len(b) && b[i] >= ' ' && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}

// escape reads on behind a backslash.
func escape(b []byte, i int) int {
	if i >= len(b) {
		return Truncated
	}
	switch b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		for end := i + 5; i+1 < end; i++ {
			if i+1 >= len(b) {
				return Truncated
			}
			if hex(b[i+1]) < 0 {
				return Invalid
			}
		}
		return i + 1
	}
	return Invalid
}

func hex(c byte) rune {
	switch {
	case c-'0' <= 9:
		return rune(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return rune(c|0x20-'a') + 10
	}
	return -1
}

// number reads a number. It is called with a digit or '-' at b[i].
func number(b []byte, i int) (int, Kind) {
	if b[i] == '-' {
		i++
	}
	first := i
	if i = digits(b, i); i == first {
		return missing(b, i), Integer
	}
	if b[first] == '0' && i-first > 1 {
		return Invalid, Integer
	}
	kind := Integer
	if i < len(b) && b[i] == '.' {
		kind = Decimal
		first = i + 1
		if i = digits(b, first); i == first {
			return missing(b, i), kind
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		kind = Decimal
		first = i + 1
		if first < len(b) && (b[first] == '+' || b[first] == '-') {
			first++
		}
		if i = digits(b, first); i == first {
			return missing(b, i), kind
		}
	}
	return i, kind
}

func digits(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}

// missing tells the end of the input from a wrong byte.
func missing(b []byte, i int) int {
	if i >= len(b) {
		return Truncated
	}
	return Invalid
}

// literal reads word, whose first byte is known to be at b[i].
func literal(b []byte, i int, word string) int {
	if len(b)-i >= len(word) {
		if string(b[i:i+len(word)]) == word {
			return i + len(word)
		}
		return Invalid
	}
	if string(b[i:]) == word[:len(b)-i] {
		return Truncated
	}
	return Invalid
}

// Unescape appends to dst the text of a string that a scan has found valid. A
// half of a surrogate pair becomes U+FFFD, as in encoding/json.
func Unescape(dst, s []byte) []byte {
	for i := 0; i < len(s); {
		if s[i] != '\\' {
			dst = append(dst, s[i])
			i++
			continue
		}
		if s[i+1] == 'u' {
			var r rune
			r, i = unicode(s, i)
			dst = utf8.AppendRune(dst, r)
			continue
		}
		dst = append(dst, short(s[i+1]))
		i += 2
	}
	return dst
}

func short(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// unicode decodes \uXXXX at s[i], with the second half of a surrogate pair if
// there is one, and returns the position behind it.
func unicode(s []byte, i int) (rune, int) {
	r := unit(s, i)
	i += 6
	if !utf16.IsSurrogate(r) {
		return r, i
	}
	if i+6 <= len(s) && s[i] == '\\' && s[i+1] == 'u' {
		if pair := utf16.DecodeRune(r, unit(s, i)); pair != utf8.RuneError {
			return pair, i + 6
		}
	}
	return utf8.RuneError, i
}

func unit(s []byte, i int) rune {
	var r rune
	for _, c := range s[i+2 : i+6] {
		r = r<<4 | hex(c)
	}
	return r
}
