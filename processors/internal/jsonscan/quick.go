package jsonscan

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/feedgauge/feedgauge"
)

// quick reads objects as programs write them: with at most one space behind a colon or
// comma and none elsewhere, keys of plain ASCII, few members, little nesting. It is
// strict, and remembers nothing of objects before. It saves time only: what is not
// simple is left to the strict reader.
type quick struct {
	open []within // objects that are open
	keys []uint64 // signatures of the keys of the objects that are open
	over int      // objects that are left to the strict reader from now on
}

// within is an object that is open.
type within struct {
	field  int    // its index, -1 for the outermost one
	from   int    // where it begins
	prefix []byte // path of its members with a dot at the end
	keys   int    // where those of its members begin
	seen   uint64 // one bit for each key of its members, by their signature
}

// Bounds of what is simple.
const (
	quickMembers = 256 // in all objects that are open
	quickRest    = 16  // objects that are not tried when one was not simple
)

// Quick reads one object that begins at b[i], if it is simple, sound, valid UTF-8 and
// free of control characters, and returns the position behind it. In all other cases
// it reports false, and Fields mean nothing.
func (r *Reader) Quick(b []byte, i int) (end int, ok bool) {
	r.form = 0
	if r.quick.over > 0 {
		r.quick.over--
		return -1, false
	}
	if end = r.simply(b, i); end < 0 {
		r.quick.over = quickRest
		return -1, false
	}
	if r.missed {
		r.forms.learn(b[i:end], r.Fields)
		r.missed = false
	}
	return end, true
}

// simply reads an object. Like [forms.read] it is one function, and writes fields in
// place, since that takes half the time.
func (r *Reader) simply(b []byte, i int) int {
	q := &r.quick
	if i >= len(b) || b[i] != '{' {
		return -1
	}
	fields, names := r.Fields[:0], r.names[:0]
	q.keys = q.keys[:0]
	q.open = append(q.open[:0], within{field: -1})
	top := &q.open[0]
	i++
	for {
		if i >= len(b) || b[i] != '"' {
			return -1
		}
		start := i + 1
		if i = word(b, start); i+2 >= len(b) || b[i] != '"' || b[i+1] != ':' {
			return -1
		}
		key := b[start:i]
		if !q.fresh(top, key) {
			return -1
		}
		if top.prefix != nil {
			from := len(names)
			names = append(append(names, top.prefix...), key...)
			key = names[from:len(names):len(names)]
		}
		if i += 2; b[i] == ' ' {
			if i++; i >= len(b) {
				return -1
			}
		}
		n := len(fields)
		if n == cap(fields) {
			fields = slices.Grow(fields, 16)
		}
		fields = fields[:n+1]
		f := &fields[n]
		f.Name, f.Escape = key, feedgauge.Plain
		switch start = i; b[i] {
		case '"':
			start++
			if i = word(b, start); i >= len(b) || b[i] != '"' {
				if i, f.Escape = clean(b, start, i); i < 0 {
					return -1
				}
			}
			f.Kind, f.Value = feedgauge.String, b[start:i]
			i++
		case '{':
			if len(q.open) == maxNested {
				return -1
			}
			from := len(names)
			names = append(append(names, key...), '.')
			f.Kind, f.Value = feedgauge.Object, nil
			q.open = append(q.open, within{n, i, names[from:len(names):len(names)], len(q.keys), 0})
			top = &q.open[len(q.open)-1]
			if i++; i < len(b) && b[i] != '}' {
				continue
			}
		default:
			if i, f.Kind = r.forms.other(b, i); i < 0 {
				return -1
			}
			f.Value = b[start:i]
		}
		for i < len(b) && b[i] == '}' {
			i++
			if top.field < 0 {
				r.Fields, r.names = fields, names
				return i
			}
			fields[top.field].Value = b[top.from:i]
			q.keys = q.keys[:top.keys]
			q.open = q.open[:len(q.open)-1]
			top = &q.open[len(q.open)-1]
		}
		if i >= len(b) || b[i] != ',' {
			return -1
		}
		if i++; i < len(b) && b[i] == ' ' {
			i++
		}
	}
}

// word is [simple], in a form that is put in where it is called from.
func word(b []byte, i int) int {
	for i <= len(b)-8 {
		if hit := unlike(binary.LittleEndian.Uint64(b[i:])); hit != 0 {
			return i + bits.TrailingZeros64(hit)>>3
		}
		i += 8
	}
	return simple(b, i)
}

// fresh notes a key, and reports whether it is surely new in the object.
func (q *quick) fresh(top *within, key []byte) bool {
	s := signature(key)
	if bit := uint64(1) << (s >> 58); top.seen&bit == 0 {
		top.seen |= bit
	} else if slices.Contains(q.keys[top.keys:], s) {
		return false
	}
	q.keys = append(q.keys, s)
	return len(q.keys) <= quickMembers
}

// signature is the same for keys that are the same, and for few others.
func signature(key []byte) uint64 {
	n := len(key)
	var first, last uint64
	switch {
	case n >= 8:
		first, last = binary.LittleEndian.Uint64(key), binary.LittleEndian.Uint64(key[n-8:])
	case n >= 4:
		first, last = uint64(binary.LittleEndian.Uint32(key)), uint64(binary.LittleEndian.Uint32(key[n-4:]))
	default:
		for _, c := range key {
			first = first<<8 | uint64(c)
		}
	}
	return (first ^ bits.RotateLeft64(last, 31) ^ uint64(n)<<56) * 0x9e3779b97f4a7c15
}
