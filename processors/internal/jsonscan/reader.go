package jsonscan

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// Fault is what is wrong with an object, in the order in which it is told.
type Fault uint8

// The faults. Sound is the zero value.
const (
	Sound     Fault = iota
	Cut             // ends inside the object
	Malformed       // not in the grammar of RFC 8259
	TooDeep         // nested deeper than MaxDepth
	Duplicate       // a key stands twice in one object
	Overflow        // a number that no float64 holds, of more than 128 characters, or NaN
)

// maxNumber is the length of a number. What programs write has 25 characters.
const maxNumber = 128

// maxFields bounds the fields kept of an object; further ones are checked only.
const maxFields = 4096

// Reader reads all fields of an object in one pass, nested ones by the path with
// its parts joined by dots. Arrays are one field each. It walks without recursion
// and allocates nothing in steady state. It is used by one goroutine.
type Reader struct {
	// Fields are what the last Read found, in order. They point into its input.
	Fields []feedgauge.Field

	levels []level // objects and arrays that are open, bounded by the input
	names  []byte  // scratch for paths and keys with escapes
	keys   keyset
	fault  Fault

	shallow bool

	deepest int // objects and arrays that were open at once

	quick  quick
	forms  forms
	form   uint64
	missed bool // the object that is read next has no known form
}

// level is an object or array that is open.
type level struct {
	array  bool
	field  int32  // index of its own field, -1 if neither it nor its members are kept
	start  int32  // where it begins
	prefix []byte // path of its members with a dot at the end
}

// Again reads one object that begins at b[i] if it is like those that Read has found
// to be sound: if the same stands between its values, and they are sound, valid UTF-8,
// and free of control characters. It returns the position behind it. In all other cases
// it reports false, and Fields mean nothing.
//
// What Read and Again were called with before makes a difference to which objects Again
// takes, and to nothing else.
func (r *Reader) Again(b []byte, i int) (end int, ok bool) {
	r.Fields, end = r.forms.again(r.Fields[:0], b, i)
	r.form, r.missed = r.forms.last, end < 0
	return end, end >= 0
}

// Form returns a number that is the same for objects that have fields of the same names
// in the same order: of the object that Again took last. It is 0 if there was none, or if
// Read was called since.
func (r *Reader) Form() uint64 { return r.form }

// Read reads one object that begins at b[i] and returns the position behind it.
// With a fault of Cut or Malformed that is where reading stopped.
func (r *Reader) Read(b []byte, i int) (int, Fault) {
	r.form = 0
	end, fault := r.read(b, i)
	if r.missed && fault == Sound && !r.shallow {
		r.forms.learn(b[i:end], r.Fields)
	}
	r.missed = false
	return end, fault
}

// read reads one object.
func (r *Reader) read(b []byte, i int) (int, Fault) {
	r.Fields, r.levels, r.names, r.fault, r.deepest = r.Fields[:0], r.levels[:0], r.names[:0], Sound, 0
	r.keys.reset()
	switch {
	case i >= len(b):
		return i, Cut
	case b[i] != '{':
		return i, Malformed
	}
	end, fault := r.walk(b, i)
	if fault == Sound {
		fault = r.fault
	}
	return end, fault
}

// ReadShallow is Read for input that may not belong to the object: it gives up with
// [Malformed] where nesting gets too deep, which bounds how often the same bytes
// are read if reading begins again behind each line.
func (r *Reader) ReadShallow(b []byte, i int) (int, Fault) {
	r.shallow = true
	end, fault := r.Read(b, i)
	r.shallow = false
	return end, fault
}

// note keeps the first fault in the order of faults.
func (r *Reader) note(f Fault) {
	if r.fault == Sound || f < r.fault {
		r.fault = f
	}
}

// walk reads values until the first one is complete.
func (r *Reader) walk(b []byte, i int) (int, Fault) {
	var name []byte
	for {
		var fault Fault
		var open bool
		if i, open, fault = r.value(b, i, name); fault != Sound {
			return i, fault
		}
		if r.shallow && len(r.levels) > MaxDepth {
			return i, Malformed
		}
		if i, fault = r.next(b, i, open); fault != Sound || len(r.levels) == 0 {
			return i, fault
		}
		name = nil
		if top := &r.levels[len(r.levels)-1]; !top.array {
			if i, name, fault = r.key(b, i, top); fault != Sound {
				return i, fault
			}
		}
		if i < len(b) && b[i] <= ' ' {
			i = Space(b, i)
		}
	}
}

// next reads on behind a value, or behind an opening bracket, up to the next
// value or key; it closes what ends before.
func (r *Reader) next(b []byte, i int, open bool) (int, Fault) {
	for {
		if i < len(b) && b[i] <= ' ' {
			i = Space(b, i)
		}
		if len(r.levels) == 0 {
			return i, Sound
		}
		if i >= len(b) {
			return i, Cut
		}
		top := &r.levels[len(r.levels)-1]
		switch c := b[i]; {
		case c == '}' && !top.array, c == ']' && top.array:
			i++
			r.shut(b, i)
			open = false
			if len(r.levels) == 0 {
				return i, Sound
			}
		case open:
			return i, Sound
		case c == ',':
			if i = Space(b, i+1); i >= len(b) {
				return i, Cut
			}
			if b[i] == '}' || b[i] == ']' {
				return i, Malformed
			}
			return i, Sound
		default:
			return i, Malformed
		}
	}
}

// key reads a key and its colon and returns the path.
func (r *Reader) key(b []byte, i int, top *level) (int, []byte, Fault) {
	if b[i] != '"' {
		return i, nil, Malformed
	}
	start := i + 1
	end, escaped := plain(b, start), false
	if end >= len(b) || b[end] != '"' {
		if end, escaped = quoted(b, end); end < 0 {
			return i, nil, faultOf(end)
		}
	}
	if i = end + 1; i < len(b) && b[i] <= ' ' {
		i = Space(b, i)
	}
	if i >= len(b) {
		return i, nil, Cut
	}
	if b[i] != ':' {
		return i, nil, Malformed
	}
	key := b[start:end]
	if escaped {
		from := len(r.names)
		r.names = Unescape(r.names, key)
		key = r.names[from:len(r.names):len(r.names)]
	}
	if len(r.levels) <= MaxDepth && !r.keys.add(key) {
		r.note(Duplicate)
	}
	if top.field < 0 {
		return i + 1, nil, Sound
	}
	if len(r.levels) > 1 {
		from := len(r.names)
		r.names = append(append(r.names, top.prefix...), key...)
		key = r.names[from:len(r.names):len(r.names)]
	}
	return i + 1, key, Sound
}

// value reads a value at b[i]. Of an object or array it reads the opening bracket
// only. Values in arrays have no name and are not kept.
func (r *Reader) value(b []byte, i int, name []byte) (end int, open bool, fault Fault) {
	if i >= len(b) {
		return i, false, Cut
	}
	f := feedgauge.Field{Name: name}
	start := i
	switch c := b[i]; {
	case c == '"':
		f.Kind, start = feedgauge.String, i+1
		if end = plain(b, start); end >= len(b) || b[end] != '"' {
			var escaped bool
			if end, escaped = quoted(b, end); end < 0 {
				return i, false, faultOf(end)
			}
			if escaped {
				f.Escape = feedgauge.JSON
			}
		}
		f.Value = b[start:end]
		r.keep(f)
		return end + 1, false, Sound
	case c == '{', c == '[':
		r.open(b, i, name)
		return i + 1, true, Sound
	case c == '-' || c-'0' <= 9:
		end, f.Kind = r.number(b, i)
	case c == 't':
		end, f.Kind = literal(b, i, "true"), feedgauge.Bool
	case c == 'f':
		end, f.Kind = literal(b, i, "false"), feedgauge.Bool
	case c == 'n':
		end, f.Kind = literal(b, i, "null"), feedgauge.Null
	default:
		end, f.Kind = r.notNumber(b, i), feedgauge.Decimal
	}
	if end < 0 {
		return i, false, faultOf(end)
	}
	f.Value = b[start:end]
	r.keep(f)
	return end, false, Sound
}

func (r *Reader) keep(f feedgauge.Field) {
	if f.Name != nil && len(r.Fields) < maxFields {
		r.Fields = append(r.Fields, f)
	}
}

// number reads a number and notes one that is too large.
func (r *Reader) number(b []byte, i int) (int, feedgauge.ValueKind) {
	if b[i] == '-' && i+1 < len(b) && b[i+1] == 'I' {
		return r.notNumber(b, i+1), feedgauge.Decimal
	}
	end, kind := number(b, i)
	if kind == Decimal {
		if end > 0 && hugeExponent(b[i:end]) {
			r.note(Overflow)
		}
		if end-i > maxNumber {
			r.note(Overflow)
		}
		return end, feedgauge.Decimal
	}
	if end-i > maxNumber {
		r.note(Overflow)
	}
	return end, feedgauge.Integer
}

// notNumber reads what some programs write for numbers that are none.
func (r *Reader) notNumber(b []byte, i int) int {
	for _, word := range [...]string{"NaN", "Infinity"} {
		if bytes.HasPrefix(b[i:], []byte(word)) {
			r.note(Overflow)
			return i + len(word)
		}
	}
	return Invalid
}

// hugeExponent reports a number that no float64 holds. Numbers without exponent
// are bounded by their length.
func hugeExponent(b []byte) bool {
	e := bytes.IndexAny(b, "eE")
	if e < 0 || b[e+1] == '-' {
		return false
	}
	exp := 0
	for _, c := range bytes.TrimPrefix(b[e+1:], []byte{'+'}) {
		if exp = exp*10 + int(c-'0'); exp > 308 {
			return true
		}
	}
	// The number is whole·10^exp; whole has at most 128 digits.
	whole := bytes.IndexAny(b[:e], ".eE")
	if whole < 0 {
		whole = e
	}
	return exp+whole > 309
}

func (r *Reader) open(b []byte, i int, name []byte) {
	l := level{array: b[i] == '[', field: -1, start: int32(i)}
	if len(r.levels) >= MaxDepth {
		r.note(TooDeep)
		r.levels = append(r.levels, l)
		return
	}
	if len(r.levels) == 0 {
		l.field = 0 // of the object itself; none is kept, but its members are
	} else if name != nil && len(r.Fields) < maxFields {
		l.field = int32(len(r.Fields))
		kind := feedgauge.Object
		if l.array {
			kind = feedgauge.Array
		} else {
			from := len(r.names)
			r.names = append(append(r.names, name...), '.')
			l.prefix = r.names[from:len(r.names):len(r.names)]
		}
		r.Fields = append(r.Fields, feedgauge.Field{Name: name, Kind: kind})
	}
	if !l.array {
		r.keys.open()
	}
	r.levels = append(r.levels, l)
	r.deepest = max(r.deepest, len(r.levels))
}

// shut closes the innermost level; end is the position behind it.
func (r *Reader) shut(b []byte, end int) {
	top := len(r.levels) - 1
	l := r.levels[top]
	r.levels = r.levels[:top]
	if top >= MaxDepth {
		return
	}
	if !l.array {
		r.keys.shut()
	}
	if l.field >= 0 && top > 0 {
		r.Fields[l.field].Value = b[l.start:end]
	}
}

func faultOf(end int) Fault {
	if end == Truncated {
		return Cut
	}
	return Malformed
}
