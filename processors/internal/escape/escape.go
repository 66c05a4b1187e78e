// Package escape reads values in the notations of formats.
package escape

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/internal/jsonscan"
)

// Append appends the text of a field to dst, with escapes resolved. Escapes that
// the notation does not know stay as they are.
func Append(dst []byte, f *feedgauge.Field) []byte {
	switch f.Escape {
	case feedgauge.JSON:
		return jsonscan.Unescape(dst, f.Value)
	case feedgauge.Backslash:
		return backslash(dst, f.Value)
	case feedgauge.Doubled:
		return doubled(dst, f.Value)
	case feedgauge.XML:
		return entities(dst, f.Value)
	default:
		return append(dst, f.Value...)
	}
}

func backslash(dst, b []byte) []byte {
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c == '\\' && i+1 < len(b) {
			i++
			switch c = b[i]; c {
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			}
		}
		dst = append(dst, c)
	}
	return dst
}

func doubled(dst, b []byte) []byte {
	for {
		i := bytes.Index(b, []byte(`""`))
		if i < 0 {
			return append(dst, b...)
		}
		dst = append(dst, b[:i+1]...)
		b = b[i+2:]
	}
}

// entities resolves the five entities of XML 1.0, 4.6, and character references.
func entities(dst, b []byte) []byte {
	for {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			return append(dst, b...)
		}
		dst = append(dst, b[:i]...)
		b = b[i:]
		end := bytes.IndexByte(b, ';')
		if end < 0 {
			return append(dst, b...)
		}
		if r := entity(b[1:end]); r >= 0 {
			dst = utf8.AppendRune(dst, r)
		} else {
			dst = append(dst, b[:end+1]...)
		}
		b = b[end+1:]
	}
}

func entity(name []byte) rune {
	switch string(name) {
	case "amp":
		return '&'
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "quot":
		return '"'
	case "apos":
		return '\''
	}
	if len(name) < 2 || len(name) > 8 || name[0] != '#' {
		return -1
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseInt(string(digits), base, 32) // does not escape: no allocation for short ones
	if err != nil || n <= 0 || n > utf8.MaxRune {
		return -1
	}
	return rune(n)
}
