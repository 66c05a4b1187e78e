package jsonscan

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf8"

	"github.com/feedgauge/feedgauge"
)

// forms remembers what stood between the values of objects that were sound: keys,
// colons, commas, braces. An object that has the same between its values has the
// same fields, no key twice, and is nested no deeper; so its values are all that has
// to be read. Objects that begin alike share the steps they have in common: the forms
// are a tree.
//
// It saves time only. Whatever is unlike, or not simple, is left to the strict reader.
type forms struct {
	steps  []step  // the first is the root, which stands for nothing
	text   []byte  // memory of the steps
	braces []brace // the same
	ids    uint64  // given out so far
	last   uint64  // form that was read last
	inner  *Reader // of objects in arrays
	lesson lesson  // scratch
	within int     // readers that this one is inside of

	score int // of objects that had no known form
	pause int // objects that are left to the strict reader from now on
}

// step is the text from the end of a value, or from the beginning of the object,
// to the next value, or to the end.
type step struct {
	head, mask   [2]uint64 // the first 16 bytes of text as little-endian words, and which bits count
	text         []byte
	child, other int32  // the first step that may follow, and the next beside this one; 0 is none
	name         []byte // of the field whose value follows, nil at the end
	braces       []brace
	id           uint64 // of the form that ends here
	_            uint64 // so that a step takes two cache lines
}

// brace opens or closes an object inside of a step's text.
type brace struct {
	at    int    // where the object begins, or the position behind it
	name  []byte // of the field, nil where an object ends
	field int    // index of the object that ends
}

// Bounds of what is remembered.
const (
	maxSteps   = 1024
	maxText    = 64 << 10
	maxBeside  = 16  // steps that may follow one
	maxMembers = 256 // of an object
	maxNested  = 16  // objects that are open
	maxInner   = 4   // readers inside of each other, each for objects in arrays
)

// A missed object costs more than it would without forms. Where more than a third
// are, they are left alone for a while.
const (
	miss          = 2
	tooMuch       = 64
	rest          = 512
	maxInnerDepth = 32 // depth of objects in arrays that have no known form
)

// again reads the object that begins at b[i], if it has a known form and its values
// are sound, and returns the position behind it, else -1.
func (t *forms) again(fields []feedgauge.Field, b []byte, i int) ([]feedgauge.Field, int) {
	switch {
	case t.pause > 0:
		t.pause--
		return fields, -1
	case len(t.steps) == 0:
		return fields, -1
	}
	fields, end := t.read(fields, b, i)
	if end >= 0 {
		t.score = max(t.score-1, 0)
		return fields, end
	}
	if t.score += miss; t.score >= tooMuch {
		t.score, t.pause = 0, rest
	}
	return fields, end
}

// read is one function, and writes fields in place, since that takes half the time.
func (t *forms) read(fields []feedgauge.Field, b []byte, i int) ([]feedgauge.Field, int) {
	steps := t.steps
	for at := int32(0); ; {
		after, s := at, &steps[at]
		if at = s.child; at == 0 {
			return fields, -1
		}
		s = &steps[at]
		var like bool
		if i <= len(b)-16 {
			like = s.begins(b[i:i+16]) && (len(s.text) <= 16 || bytes.HasPrefix(b[i+16:], s.text[16:]))
		} else {
			like = bytes.HasPrefix(b[i:], s.text)
		}
		if !like {
			if at = t.beside(after, b[i:]); at == 0 {
				return fields, -1
			}
			s = &steps[at]
		}
		if s.braces != nil {
			fields = nest(fields, s.braces, b, i)
		}
		if i += len(s.text); s.name == nil {
			t.last = s.id
			return fields, i
		}
		if i >= len(b) {
			return fields, -1
		}
		n := len(fields)
		if n == cap(fields) {
			fields = slices.Grow(fields, 16)
		}
		fields = fields[:n+1]
		f := &fields[n]
		f.Name, f.Escape = s.name, feedgauge.Plain
		if b[i] != '"' {
			start := i
			if i, f.Kind = t.other(b, i); i < 0 {
				return fields, -1
			}
			f.Value = b[start:i]
			continue
		}
		i++
		start := i
		hit := uint64(0)
		for ; i <= len(b)-8; i += 8 {
			if hit = unlike(binary.LittleEndian.Uint64(b[i : i+8])); hit != 0 {
				i += bits.TrailingZeros64(hit) >> 3
				break
			}
		}
		if hit == 0 || b[i] != '"' {
			if i, f.Escape = clean(b, start, i); i < 0 {
				return fields, -1
			}
		}
		f.Kind, f.Value = feedgauge.String, b[start:i]
		i++
	}
}

// beside returns the step that b begins with, of those that may follow one, and 0 if
// there is none. It will be the first to be tried the next time.
func (t *forms) beside(after int32, b []byte) int32 {
	first := t.steps[after].child
	for at, before := first, int32(0); at != 0; {
		s := &t.steps[at]
		if bytes.HasPrefix(b, s.text) {
			if before != 0 {
				t.steps[before].other = s.other
				s.other, t.steps[after].child = first, at
			}
			return at
		}
		at, before = s.other, at
	}
	return 0
}

// begins reports whether the step's text, or the first 16 bytes of it, are in b, of
// which there are 16.
func (s *step) begins(b []byte) bool {
	return (binary.LittleEndian.Uint64(b)^s.head[0])&s.mask[0]|(binary.LittleEndian.Uint64(b[8:16])^s.head[1])&s.mask[1] == 0
}

// nest opens and closes objects in the text of a step, which begins at b[i].
func nest(fields []feedgauge.Field, braces []brace, b []byte, i int) []feedgauge.Field {
	for k := range braces {
		br := &braces[k]
		at := i + br.at
		if br.name != nil {
			fields = append(fields, feedgauge.Field{Name: br.name, Kind: feedgauge.Object, Value: b[at:]})
			continue
		}
		f := &fields[br.field]
		f.Value = f.Value[:at-(len(b)-len(f.Value))]
	}
	return fields
}

// other reads a value that is neither a string nor an object, and returns the
// position behind it, -1 if it is not simple.
func (t *forms) other(b []byte, i int) (int, feedgauge.ValueKind) {
	switch c := b[i]; {
	case c == '-' || c-'0' <= 9:
		return numeral(b, i)
	case c == 't':
		return literal(b, i, "true"), feedgauge.Bool
	case c == 'f':
		return literal(b, i, "false"), feedgauge.Bool
	case c == 'n':
		return literal(b, i, "null"), feedgauge.Null
	case c == '[':
		return t.list(b, i+1, 1), feedgauge.Array
	}
	return -1, 0
}

// numeral reads a number of which it is clear that a float64 holds it.
func numeral(b []byte, i int) (int, feedgauge.ValueKind) {
	start, kind := i, feedgauge.Integer
	if b[i] == '-' {
		i++
	}
	first := i
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	if i == first || b[first] == '0' && i-first > 1 {
		return -1, 0
	}
	if i < len(b) && b[i] == '.' {
		i++
		first, kind = i, feedgauge.Decimal
		for i < len(b) && b[i]-'0' <= 9 {
			i++
		}
		if i == first {
			return -1, 0
		}
	}
	if i-start > maxNumber || i < len(b) && b[i]|0x20 == 'e' {
		return -1, 0
	}
	return i, kind
}

// list reads on behind '[' and returns the position behind the array, -1 if it is
// not simple.
func (t *forms) list(b []byte, i, depth int) int {
	if depth > maxNested {
		return -1
	}
	if i < len(b) && b[i] == ']' {
		return i + 1
	}
	for {
		if i = t.element(b, i, depth); i < 0 || i >= len(b) {
			return -1
		}
		switch b[i] {
		case ']':
			return i + 1
		case ',':
			if i++; i < len(b) && b[i] == ' ' {
				i++
			}
		default:
			return -1
		}
	}
}

func (t *forms) element(b []byte, i, depth int) (end int) {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		if end, _ = clean(b, i+1, simple(b, i+1)); end >= 0 {
			end++
		}
	case '[':
		end = t.list(b, i+1, depth+1)
	case '{':
		end = t.object(b, i)
	default:
		end, _ = t.other(b, i)
	}
	return end
}

// object reads an object in an array.
func (t *forms) object(b []byte, i int) int {
	if t.inner == nil {
		if t.within == maxInner {
			return -1
		}
		t.inner = &Reader{forms: forms{within: t.within + 1}}
	}
	if end, ok := t.inner.Again(b, i); ok {
		return end
	}
	if end, ok := t.inner.Quick(b, i); ok {
		return end
	}
	end, fault := t.inner.Read(b, i)
	if fault != Sound || t.inner.deepest > maxInnerDepth || !spotless(b[i:end]) {
		return -1
	}
	return end
}

// clean reads on in a string that begins at start and is simple up to i. It returns
// the position of the closing quote, or -1 if the string is not sound, or not valid UTF-8.
func clean(b []byte, start, i int) (end int, escape feedgauge.Escape) {
	end, escaped := quoted(b, i)
	if end < 0 || !utf8.Valid(b[start:end]) {
		return -1, 0
	}
	if escaped {
		escape = feedgauge.JSON
	}
	return end, escape
}
