package jsonscan

import "bytes"

// Skip reads one value of any kind at b[i] and returns the position behind it, or
// [Truncated] or [Invalid]. A number ends where the input does.
func (s *Scanner) Skip(b []byte, i int) int {
	s.members = 0
	return s.value(b, i, nil, 0)
}

// Quoted reads on behind an opening quote and returns the position of the closing
// one, or [Truncated] or [Invalid].
func Quoted(b []byte, i int) (end int, escaped bool) { return quoted(b, i) }

// Extent returns how long the value at the start of b is, whatever is in it: up to
// the bracket or quote that closes it, for other values up to what cannot belong to
// one. It is [Truncated] if b ends before that.
func Extent(b []byte) int {
	switch {
	case len(b) == 0:
		return Truncated
	case b[0] == '"':
		return stringLen(b)
	case b[0] != '{' && b[0] != '[':
		if end := bytes.IndexAny(b, ",]}\" \t\r\n"); end >= 0 {
			return end
		}
		return Truncated
	}
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			n := stringLen(b[i:])
			if n < 0 {
				return n
			}
			i += n - 1
		}
	}
	return Truncated
}

// stringLen is Extent of a string.
func stringLen(b []byte) int {
	for i := 1; ; {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return Truncated
		}
		i += n
		slashes := 0
		for b[i-1-slashes] == '\\' {
			slashes++
		}
		if i++; slashes%2 == 0 {
			return i
		}
	}
}
