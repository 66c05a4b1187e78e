package jsonscan

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"github.com/feedgauge/feedgauge"
)

// learn remembers the form of b, an object that is sound. fields are those that the
// strict reader found in it.
func (t *forms) learn(b []byte, fields []feedgauge.Field) {
	if t.pause > 0 || len(fields) == 0 || len(fields) > maxMembers {
		return
	}
	size := length(b, fields)
	if size > maxText/4 {
		return
	}
	if len(t.steps)+len(fields) >= maxSteps || len(t.text)+size > maxText {
		t.steps, t.text, t.braces = t.steps[:0], t.text[:0], t.braces[:0] // what of it still comes is soon learnt again
	}
	if len(t.steps) == 0 {
		t.steps, t.text = append(t.steps, step{}), slices.Grow(t.text, 1)
	}
	l := &t.lesson
	*l = lesson{forms: t, b: b, braces: l.braces[:0], open: l.open[:0]}
	l.all(fields)
	l.b = nil
}

// length returns how many bytes have to be remembered of b.
func length(b []byte, fields []feedgauge.Field) int {
	n := len(b)
	for i := range fields {
		f := &fields[i]
		if n += len(f.Name); f.Kind != feedgauge.Object {
			n -= len(f.Value)
		}
	}
	return n
}

// lesson is an object while its form is learnt.
type lesson struct {
	*forms
	b      []byte
	at     int32   // the step before
	count  int     // fields so far
	from   int     // the position behind the value before
	braces []brace // from there on
	open   []open  // objects
}

func (l *lesson) all(fields []feedgauge.Field) {
	for i := range fields {
		if !l.field(&fields[i]) {
			return
		}
	}
	l.shut(len(l.b))
	l.step(len(l.b), nil)
}

// open is an object that is open.
type open struct{ field, end int }

// field learns the text before a field's value. It reports false where the object
// is not remembered further.
func (l *lesson) field(f *feedgauge.Field) bool {
	// Values are parts of b, so what they may grow to tells where they begin.
	start := cap(l.b) - cap(f.Value)
	end := start + len(f.Value)
	l.count++
	l.shut(start)
	if f.Kind == feedgauge.Object {
		l.braces = append(l.braces, brace{at: start - l.from, name: f.Name})
		l.open = append(l.open, open{l.count - 1, end})
		return len(l.open) < maxNested
	}
	if f.Kind == feedgauge.String {
		start, end = start-1, end+1
	}
	ok := l.step(start, f.Name)
	l.from = end
	return ok
}

// shut closes the objects that end before a position.
func (l *lesson) shut(at int) {
	for n := len(l.open) - 1; n >= 0 && l.open[n].end <= at; n-- {
		l.braces = append(l.braces, brace{at: l.open[n].end - l.from, field: l.open[n].field})
		l.open = l.open[:n]
	}
}

// step learns the text up to a position, where a value with that name begins, or the
// object ends.
func (l *lesson) step(to int, name []byte) bool {
	text, braces := l.b[l.from:to], l.braces
	l.braces = l.braces[:0]
	for at, n := l.steps[l.at].child, 1; at != 0; n++ {
		s := &l.steps[at]
		if bytes.Equal(s.text, text) {
			l.at = at
			return true
		}
		if s.other != 0 && n == maxBeside { // the one that was not seen for longest gives way
			s.other = 0
		}
		at = s.other
	}
	if !spotless(text) {
		return false
	}
	s := step{text: l.copied(text), other: l.steps[l.at].child}
	if name != nil {
		s.name = l.copied(name)
	} else {
		l.ids++
		s.id = l.ids
	}
	if len(braces) > 0 {
		s.braces = l.nested(braces)
	}
	s.words()
	l.steps = append(l.steps, s)
	at := int32(len(l.steps) - 1)
	l.steps[l.at].child, l.at = at, at
	return true
}

// words fills in the first bytes of the text as words.
func (s *step) words() {
	var text, mask [16]byte
	for i := range copy(text[:], s.text) {
		mask[i] = 0xff
	}
	for i := range s.head {
		s.head[i] = binary.LittleEndian.Uint64(text[8*i:])
		s.mask[i] = binary.LittleEndian.Uint64(mask[8*i:])
	}
}

// nested returns a copy of list in the memory of the forms.
func (t *forms) nested(list []brace) []brace {
	from := len(t.braces)
	for _, b := range list {
		if b.name != nil {
			b.name = t.copied(b.name)
		}
		t.braces = append(t.braces, b)
	}
	return t.braces[from:len(t.braces):len(t.braces)]
}

// copied returns a copy of b in the memory of the forms.
func (t *forms) copied(b []byte) []byte {
	from := len(t.text)
	t.text = append(t.text, b...)
	return t.text[from:len(t.text):len(t.text)]
}

// spotless reports whether b is valid UTF-8 and has no control character but tabs
// and line feeds. What is sound may have carriage returns besides, which events may
// have in some places only.
func spotless(b []byte) bool { return bytes.IndexByte(b, '\r') < 0 && utf8.Valid(b) }
