package profile

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// maxDepth is how deep nested objects are looked into; what lies deeper counts
// as one value.
const maxDepth = 6

// maxNesting bounds nesting, and with it the stack.
const maxNesting = 256

// json takes an object of JSON apart, and reports whether b is one and nothing
// else. Nested values are named by their path.
func (g *Guesser) json(b []byte) bool {
	end := g.object(b, 1, nil, 0)
	if end < 0 || len(bytes.TrimSpace(b[end:])) > 0 {
		return false
	}
	g.ev.Kind = kindOf(g.ev.Fields)
	return true
}

// object reads on behind '{' and returns the place after the object, -1 if it is
// broken. A nil prefix with depth beyond maxDepth names nothing.
func (g *Guesser) object(b []byte, i int, prefix []byte, depth int) int {
	if depth > maxNesting {
		return -1
	}
	if i = skip(b, i); i < len(b) && b[i] == '}' {
		return i + 1
	}
	for {
		if i = skip(b, i); i >= len(b) || b[i] != '"' {
			return -1
		}
		start := i + 1
		if i = quotedEnd(b, start); i < 0 {
			return -1
		}
		key := b[start:i]
		if i = skip(b, i+1); i >= len(b) || b[i] != ':' {
			return -1
		}
		if i = g.value(b, skip(b, i+1), prefix, key, depth); i < 0 {
			return -1
		}
		if i = skip(b, i); i >= len(b) {
			return -1
		}
		switch b[i] {
		case ',':
			i++
		case '}':
			return i + 1
		default:
			return -1
		}
	}
}

// value reads the value of a key and notes it.
func (g *Guesser) value(b []byte, i int, prefix, key []byte, depth int) int {
	if i >= len(b) {
		return -1
	}
	if b[i] == '{' && depth < maxDepth {
		at := len(g.ev.Fields)
		end := g.object(b, i+1, g.path(prefix, key), depth+1)
		if end > 0 && len(g.ev.Fields) == at { // an empty object
			g.field(g.path(prefix, key), nil, feedgauge.Object)
		}
		return end
	}
	end, kind := anyValue(b, i, depth+1)
	if end < 0 {
		return end
	}
	text := b[i:end]
	switch {
	case kind == feedgauge.String:
		text = text[1 : len(text)-1]
	case kind == feedgauge.Array && len(bytes.Trim(text, "[] \t\r\n")) == 0:
		text = nil
	}
	if name := g.path(prefix, key); name != nil {
		g.field(name, text, kind)
	}
	return end
}

// path is the name of key under prefix.
func (g *Guesser) path(prefix, key []byte) []byte {
	if prefix == nil {
		return key
	}
	return g.name(prefix, []byte{'.'}, key)
}

// anyValue reads a value and returns the place after it, -1 if it is broken.
func anyValue(b []byte, i, depth int) (int, feedgauge.ValueKind) {
	switch c := b[i]; {
	case c == '"':
		end := quotedEnd(b, i+1)
		if end < 0 {
			return -1, 0
		}
		return end + 1, feedgauge.String
	case c == '{':
		return composite(b, i+1, '}', depth), feedgauge.Object
	case c == '[':
		return composite(b, i+1, ']', depth), feedgauge.Array
	case c == '-' || c-'0' <= 9:
		return numberEnd(b, i)
	}
	for _, l := range [...]string{"true", "false", "null"} {
		if bytes.HasPrefix(b[i:], []byte(l)) {
			if l == "null" {
				return i + 4, feedgauge.Null
			}
			return i + len(l), feedgauge.Bool
		}
	}
	return -1, 0
}

// numberEnd reads a number.
func numberEnd(b []byte, i int) (int, feedgauge.ValueKind) {
	start := i
	for i < len(b) && (b[i]-'0' <= 9 || bytes.IndexByte([]byte("+-.eE"), b[i]) >= 0) {
		i++
	}
	text := b[start:i]
	switch {
	case text[len(text)-1]-'0' > 9:
		return -1, 0
	case bytes.ContainsAny(text, ".eE"):
		return i, feedgauge.Decimal
	}
	return i, feedgauge.Integer
}

// composite reads an array, or an object that is not looked into, up to its end.
func composite(b []byte, i int, closing byte, depth int) int {
	if depth > maxNesting {
		return -1
	}
	if i = skip(b, i); i < len(b) && b[i] == closing {
		return i + 1
	}
	for {
		if i = skip(b, i); i >= len(b) {
			return -1
		}
		if closing == '}' {
			if b[i] != '"' {
				return -1
			}
			if i = quotedEnd(b, i+1); i < 0 {
				return -1
			}
			if i = skip(b, i+1); i >= len(b) || b[i] != ':' {
				return -1
			}
			if i = skip(b, i+1); i >= len(b) {
				return -1
			}
		}
		if i, _ = anyValue(b, i, depth+1); i < 0 {
			return -1
		}
		if i = skip(b, i); i >= len(b) {
			return -1
		}
		if b[i] == closing {
			return i + 1
		}
		if b[i] != ',' {
			return -1
		}
		i++
	}
}

// skip returns the place of the next byte that is no white space.
func skip(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// quotedEnd returns the place of the quote that ends a string which goes on at
// b[i], -1 if none does.
func quotedEnd(b []byte, i int) int {
	for i < len(b) {
		at := bytes.IndexAny(b[i:], `"\`)
		if at < 0 {
			return -1
		}
		if i += at; b[i] == '"' {
			return i
		}
		i += 2
	}
	return -1
}
