package profile

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
)

// learnerVersion is the version of a learner's written form.
const learnerVersion = 2

// Append writes what has been learnt behind b. Load at any time changes nothing
// in what is told later.
func (l *Learner) Append(b []byte) []byte {
	set := map[string]bool{}
	for _, o := range l.lores {
		for name := range o.fields {
			set[name] = true
		}
	}
	names := slices.Sorted(maps.Keys(set))
	index := make(map[string]int, len(names))
	b = append(b, learnerVersion)
	b = binary.AppendUvarint(b, uint64(l.windows))
	b = binary.AppendVarint(b, l.today)
	b = binary.AppendUvarint(b, uint64(len(names)))
	for i, name := range names {
		index[name] = i
		b = appendString(b, name)
	}
	b = binary.AppendUvarint(b, uint64(len(l.lores)))
	for _, key := range slices.SortedFunc(maps.Keys(l.lores), compareKeys) {
		o := l.lores[key]
		b = append(b, byte(key.structure))
		b = appendString(b, key.kind)
		b = binary.AppendVarint(b, o.began)
		b = appendNumbers(b, o.n, uint32(len(o.fields)))
		for _, name := range slices.Sorted(maps.Keys(o.fields)) {
			b = binary.AppendUvarint(b, uint64(index[name]))
			b = o.fields[name].append(b)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(l.drifts)))
	for i := range l.drifts {
		b = l.drifts[i].append(b)
	}
	return b
}

func (m *memo) append(b []byte) []byte {
	b = append(b, m.worst, m.spread, m.novel, m.varied)
	b = appendNumbers(b, m.n, m.windows, m.gap, m.widest, m.long, m.some, m.without)
	b = m.count.append(b)
	h := m.held
	if h == nil {
		return append(b, 0)
	}
	b = append(b, 1+flag(h.told)+2*flag(h.part))
	b = appendNumbers(b, h.n, h.windows, h.calm)
	b = binary.AppendVarint(b, h.since)
	return h.count.append(b)
}

func (c *count) append(b []byte) []byte {
	b = append(b, c.mask)
	b = appendNumbers(b, c.seen, c.filled, uint32(len(c.codes)))
	for _, x := range c.codes {
		b = append(b, x.code)
		b = appendNumbers(b, x.n)
	}
	return b
}

func appendNumbers(b []byte, ns ...uint32) []byte {
	for _, n := range ns {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return b
}

func (d *Drift) append(b []byte) []byte {
	for _, s := range []string{string(d.Kind), d.Field, d.EventKind, d.Was, d.Is, d.Sample} {
		b = appendString(b, s)
	}
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(d.Before))
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(d.After))
	b = appendNumbers(b, uint32(d.Events))
	b = binary.AppendVarint(b, d.Since)
	return binary.AppendVarint(b, d.Found)
}

// LoadLearner reads what [Learner.Append] wrote. The length of a day is that of
// [NewLearner].
func LoadLearner(b []byte, day int64) (*Learner, error) {
	switch {
	case len(b) == 0 || b[0] == 0:
		return nil, fmt.Errorf("what was learnt: %w", ErrMalformed)
	case b[0] > learnerVersion:
		return nil, fmt.Errorf("what was learnt, of version %d: %w", b[0], ErrNewer)
	}
	r := &reader{b: b[1:], version: b[0]}
	l := NewLearner(day)
	l.windows = r.uint32()
	if r.version > 1 {
		l.today = r.varint()
	}
	names := make([]string, r.count())
	for i := range names {
		names[i] = r.text()
	}
	for range r.count() {
		key := tableKey{structure: Structure(r.byte()), kind: r.text()}
		l.lores[key] = r.lore(names)
		l.memos += len(l.lores[key].fields)
	}
	for range r.count() {
		l.drifts = append(l.drifts, r.drift())
	}
	if r.bad || len(r.b) > 0 {
		return nil, fmt.Errorf("what was learnt: %w", ErrMalformed)
	}
	return l, nil
}

func (r *reader) uint32() uint32 { return uint32(r.number(math.MaxUint32)) }

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) lore(names []string) *lore {
	l := &lore{fields: make(map[string]*memo)}
	if r.version > 1 {
		l.began = r.varint()
	}
	l.n = r.uint32()
	for range r.count() {
		at := int(r.number(uint64(max(len(names)-1, 0))))
		if r.bad || at >= len(names) {
			r.fail()
			return l
		}
		l.fields[names[at]] = r.memo()
	}
	return l
}

func (r *reader) memo() *memo {
	m := &memo{worst: r.byte(), spread: r.byte(), novel: r.byte()}
	m.varied = r.mask()
	m.n, m.windows, m.gap, m.widest = r.uint32(), r.uint32(), r.uint32(), r.uint32()
	if r.version > 1 {
		m.long, m.some, m.without = r.uint32(), r.uint32(), r.uint32()
	}
	m.count = r.codes()
	if told := r.byte(); told > 0 {
		m.held = &held{told: (told-1)&1 > 0, part: (told-1)&2 > 0, n: r.uint32(), windows: r.uint32()}
		if r.version > 1 {
			m.held.calm = r.uint32()
		}
		m.held.since = r.varint()
		m.held.count = r.codes()
	}
	return m
}

func (r *reader) codes() count {
	c := count{mask: r.mask(), seen: r.uint32(), filled: r.uint32()}
	for range r.count() {
		c.codes = append(c.codes, codeCount{r.byte(), r.uint32()})
	}
	return c
}

func (r *reader) drift() Drift {
	d := Drift{Kind: DriftKind(r.text()), Field: r.text(), EventKind: r.text(), Was: r.text(), Is: r.text(), Sample: r.text()}
	d.Before, d.After = math.Float64frombits(r.fixed()), math.Float64frombits(r.fixed())
	d.Events = int(r.uint32())
	d.Since, d.Found = r.varint(), r.varint()
	return d
}
