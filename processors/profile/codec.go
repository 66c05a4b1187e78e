package profile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// version is the version of the written form.
const version = 2

// ErrMalformed means that bytes are no profile, ErrNewer that a newer program
// wrote them.
var (
	ErrMalformed = errors.New("malformed")
	ErrNewer     = errors.New("written in a newer format")
)

// Append writes p behind b: at most [MaxSize] bytes, the same for equal profiles.
//
// The form is a version byte, the level, the names of all fields, the sheets and
// the samples. Numbers are unsigned varints, strings follow their length. A count
// of a field that all events have, filled with one shape, is a zero, the mask of
// its values and the shape; else it is a one, the mask, how many have it, how many
// have it filled, and the shapes with their numbers. Version 1 has no masks.
func (p *Profile) Append(b []byte) []byte {
	p.bound()
	names := p.names()
	index := make(map[string]int, len(names))
	b = append(b, version)
	b = binary.AppendUvarint(b, uint64(p.level))
	b = binary.AppendUvarint(b, uint64(len(names)))
	for i, name := range names {
		index[name] = i
		b = appendString(b, name)
	}
	sheets := 0
	for _, sh := range p.sheets {
		if sh != nil {
			sheets++
		}
	}
	b = binary.AppendUvarint(b, uint64(sheets))
	for l, sh := range p.sheets {
		if sh != nil {
			b = binary.AppendUvarint(b, uint64(l))
			b = sh.append(b, index)
		}
	}
	return p.appendSamples(b)
}

// names returns the names of all fields in order.
func (p *Profile) names() []string {
	set := map[string]bool{}
	for _, sh := range p.sheets {
		if sh == nil {
			continue
		}
		for _, t := range sh.tables {
			for name := range t.fields {
				set[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func (sh *sheet) append(b []byte, index map[string]int) []byte {
	b = binary.AppendUvarint(b, uint64(sh.n))
	if sh.limit.set {
		b = append(b, 1, byte(sh.limit.key.structure))
		b = appendString(b, sh.limit.key.kind)
		b = appendString(b, sh.limit.name)
	} else {
		b = append(b, 0)
	}
	b = binary.AppendUvarint(b, uint64(len(sh.tables)))
	for _, key := range slices.SortedFunc(maps.Keys(sh.tables), func(a, b tableKey) int { return placeOf(a, "").compare(placeOf(b, "")) }) {
		b = append(b, byte(key.structure))
		b = appendString(b, key.kind)
		b = sh.tables[key].append(b, index)
	}
	return b
}

func (t *table) append(b []byte, index map[string]int) []byte {
	b = binary.AppendUvarint(b, uint64(t.n))
	b = binary.AppendUvarint(b, uint64(len(t.fields)))
	for _, name := range slices.Sorted(maps.Keys(t.fields)) {
		c := t.fields[name]
		b = binary.AppendUvarint(b, uint64(index[name]))
		if c.full(t.n) {
			b = append(b, 0, c.mask, c.codes[0].code)
			continue
		}
		b = append(b, 1, c.mask)
		b = binary.AppendUvarint(b, uint64(c.seen))
		b = binary.AppendUvarint(b, uint64(c.filled))
		b = binary.AppendUvarint(b, uint64(len(c.codes)))
		for _, x := range c.codes {
			b = append(b, x.code)
			b = binary.AppendUvarint(b, uint64(x.n))
		}
	}
	return b
}

func (p *Profile) appendSamples(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(p.samples)))
	for _, s := range p.samples {
		b = binary.BigEndian.AppendUint64(b, s.Hash)
		b = append(b, byte(s.Structure))
		b = appendString(b, s.Kind)
		b = appendString(b, s.Text)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// Decode reads what [Profile.Append] wrote.
func Decode(b []byte) (*Profile, error) {
	switch {
	case len(b) == 0 || b[0] == 0:
		return nil, fmt.Errorf("profile: %w", ErrMalformed)
	case b[0] > version:
		return nil, fmt.Errorf("profile of version %d: %w", b[0], ErrNewer)
	}
	r := &reader{b: b[1:], version: b[0]}
	p := New()
	p.level = uint8(r.number(maxLevel))
	names := make([]string, r.count())
	for i := range names {
		names[i] = r.text()
	}
	for range r.count() {
		l := r.number(maxLevel)
		p.sheets[l] = r.sheet(names)
	}
	for range r.count() {
		p.samples = append(p.samples, Sample{Hash: r.fixed(), Structure: Structure(r.byte()), Kind: r.text(), Text: r.text()})
	}
	if r.bad || len(r.b) > 0 || len(p.samples) > maxSamples {
		return nil, fmt.Errorf("profile: %w", ErrMalformed)
	}
	return p, nil
}

// reader reads numbers and strings. What cannot be read is zero, and bad is set.
type reader struct {
	b       []byte
	version byte
	bad     bool
}

func (r *reader) fail() { r.b, r.bad = nil, true }

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.fail()
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

// number reads a number up to most.
func (r *reader) number(most uint64) uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > most {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads how many things follow, each of at least a byte.
func (r *reader) count() int { return int(r.number(uint64(len(r.b)))) }

func (r *reader) text() string {
	n := r.count()
	if n > len(r.b) {
		r.fail()
		return ""
	}
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *reader) fixed() uint64 {
	if len(r.b) < 8 {
		r.fail()
		return 0
	}
	v := binary.BigEndian.Uint64(r.b)
	r.b = r.b[8:]
	return v
}

func (r *reader) sheet(names []string) *sheet {
	sh := &sheet{n: uint32(r.number(maxCount)), tables: make(map[tableKey]*table)}
	if r.byte() == 1 {
		key := tableKey{structure: Structure(r.byte()), kind: r.text()}
		sh.limit = placeOf(key, r.text())
	}
	for range r.count() {
		key := tableKey{structure: Structure(r.byte()), kind: r.text()}
		sh.tables[key] = r.table(names)
	}
	return sh
}

func (r *reader) table(names []string) *table {
	t := &table{n: uint32(r.number(maxCount)), fields: make(map[string]*count)}
	for range r.count() {
		at := int(r.number(uint64(max(len(names)-1, 0))))
		if r.bad || at >= len(names) {
			r.fail()
			return t
		}
		t.fields[names[at]] = r.field(t.n)
	}
	return t
}

func (r *reader) field(n uint32) *count {
	full, mask := r.byte() == 0, r.mask()
	if full {
		return &count{seen: n, filled: n, mask: mask, codes: []codeCount{{r.byte(), n}}}
	}
	c := &count{mask: mask, seen: uint32(r.number(maxCount)), filled: uint32(r.number(maxCount))}
	c.codes = make([]codeCount, r.count())
	for i := range c.codes {
		c.codes[i] = codeCount{r.byte(), uint32(r.number(maxCount))}
		if i > 0 && c.codes[i].code <= c.codes[i-1].code {
			r.fail()
		}
	}
	return c
}

// mask reads which values there were; version 1 did not tell, so there may be any.
func (r *reader) mask() uint8 {
	if r.version < 2 {
		return 0xff
	}
	return r.byte()
}
