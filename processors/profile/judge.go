package profile

import (
	"maps"
	"slices"
	"strings"
)

// leastShare is the part of a field's events that must differ before anything is
// told; smaller changes are for checks that are declared.
const leastShare = 0.1

// table looks at the events of one kind.
func (o *observation) table(key tableKey, t *table) {
	l := o.lores[key]
	if l == nil {
		if l = o.meet(key); l == nil {
			return
		}
	}
	names := make(map[string]bool, len(l.fields)+4)
	for name := range l.fields {
		names[name] = true
	}
	for name := range t.fields {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !o.view.before(key, name) {
			continue // not told of
		}
		c := t.fields[name]
		if c == nil {
			c = &count{}
		}
		o.field(key, l, name, t.n, c)
	}
	l.n += t.n
	if l.n > 2*forgetAt {
		l.n /= 2
	}
}

// meet begins to learn of a kind, unless there are too many.
func (o *observation) meet(key tableKey) *lore {
	if len(o.lores) > MaxKinds+8 {
		return nil
	}
	l := &lore{began: o.at, fields: make(map[string]*memo)}
	if key.kind == "" && key.structure != Unknown {
		o.inherit(key.structure, l)
	}
	o.lores[key] = l
	return l
}

// inherit fills what is known of events without a kind from those with one: the
// fields that all of them have. So it is seen when the field that tells the kind
// is lost.
func (o *observation) inherit(s Structure, l *lore) {
	var known []*lore
	for _, key := range slices.SortedFunc(maps.Keys(o.lores), compareKeys) {
		if k := o.lores[key]; key.structure == s && key.kind != "" && key.kind != allKinds && k.n >= needEvents {
			known = append(known, k)
		}
	}
	if len(known) == 0 {
		return
	}
	for name, m := range known[0].fields {
		if name[0] == 0 {
			continue
		}
		pool := &memo{}
		for _, k := range known {
			f := k.fields[name]
			if f == nil || float64(f.filled) < 0.99*float64(f.n) {
				pool = nil
				break
			}
			pool.n += f.n
			pool.windows = max(pool.windows, f.windows)
			pool.worst, pool.spread = max(pool.worst, f.worst), max(pool.spread, f.spread)
			pool.merge(&f.count)
		}
		if pool != nil && o.room() {
			l.fields[name] = pool
			l.n = max(l.n, m.n)
		}
	}
}

// room reports whether one memo more fits, and counts it.
func (l *Learner) room() bool {
	if l.memos >= maxMemos {
		return false
	}
	l.memos++
	return true
}

// field compares what one field of a kind is like with what it was.
func (o *observation) field(key tableKey, l *lore, name string, n uint32, c *count) {
	m := l.fields[name]
	if m == nil {
		if !o.room() {
			return
		}
		m = &memo{n: l.n}
		l.fields[name] = m
		o.news(key, l, name, n, c)
	}
	base := o.base(key, name, m)
	if base == nil {
		m.learn(n, c)
		return
	}
	now, all := held{n: n, count: *c}, m.with(n, c, o.at)
	odd := false
	for _, t := range testsOf(name) {
		if !t(base, &now, o.day > 0).odd {
			continue
		}
		if r := t(base, &all, o.day > 0); r.odd {
			odd = true
			r.h = &all
			all.calm, all.part = 0, r.part
			if !o.ripe(l, m, &r) {
				r.evidence = 0
			}
			o.report(key, name, r)
		}
	}
	o.settle(l, m, n, c, odd, &all)
}

// base is what a field is compared with: its memo, or, while little is known of
// its kind, that of all kinds of the structure, if what is known agrees with it.
func (o *observation) base(key tableKey, name string, m *memo) *memo {
	if m.ready() {
		return m
	}
	if name[0] == 0 || m.n < 5 || m.filled < m.n {
		return nil
	}
	pool := o.pool(key.structure, name)
	if !pool.ready() || !pool.steady() {
		return nil
	}
	own, _ := m.main()
	if main, _ := pool.main(); Shape(own).family() != Shape(main).family() {
		return nil
	}
	return pool
}

// pool is what is known of a field in all kinds of a structure that have it.
func (o *observation) pool(s Structure, name string) *memo {
	at := poolKey{s, name}
	if p := o.pools[at]; p != nil {
		return p
	}
	p := &memo{}
	for _, key := range slices.SortedFunc(maps.Keys(o.lores), compareKeys) {
		m := o.lores[key].fields[name]
		if key.structure != s || key.kind == allKinds || m == nil {
			continue
		}
		p.n += m.n
		p.windows = max(p.windows, min(m.windows, o.windows))
		p.worst, p.spread, p.novel = max(p.worst, m.worst), max(p.spread, m.spread), max(p.novel, m.novel)
		p.merge(&m.count)
	}
	p.windows = min(o.windows, p.n)
	o.pools[at] = p
	return p
}

type poolKey struct {
	structure Structure
	name      string
}

const (
	// enough is how many events of a kind it takes to end a drift of it.
	enough = 8
	// calmed is how many events in a row have to be as before to say that what
	// only some of them had is over.
	calmed = 30
)

// settle learns a window, or keeps it apart.
func (o *observation) settle(l *lore, m *memo, n uint32, c *count, odd bool, all *held) {
	switch {
	case odd && o.early(l, all):
		m.release()
		m.learn(n, c)
	case odd && !o.usual(all):
		m.held = all
	case odd:
		*m = memo{n: all.n, windows: needWindows, count: all.count, varied: m.varied, long: m.long}
	case m.held != nil && m.held.told && n < enough: // too few to say that it is over
	case m.held != nil && m.held.part && all.calm+n < calmed:
		all.calm += n
		m.held = all
	case m.held != nil && m.held.told:
		m.long = max(m.long, m.held.windows)
		m.held = nil
		m.learn(n, c)
	default:
		m.release()
		m.learn(n, c)
	}
}

// news tells of a field that events of a kind did not have before.
func (o *observation) news(key tableKey, l *lore, name string, n uint32, c *count) {
	if l.n < 4*needEvents || name[0] == 0 || c.filled < 5 || 2*c.filled < n {
		return
	}
	o.fresh = append(o.fresh, Drift{
		Kind: FieldNew, Field: name, EventKind: key.kind, After: float64(c.filled) / float64(n), Events: int(n), Since: o.at, Found: o.at,
	})
}

// report adds the evidence of a test to the findings.
func (o *observation) report(key tableKey, name string, r result) {
	field := name
	switch {
	case name == kindField:
		field = o.kindName()
		if kind, lost := o.lost(field); lost || r.is == NoShape.String() {
			r.kind = kind
		}
	case name[0] == 0:
		field = ""
	}
	f := finding{kind: r.kind, field: field, what: r.what}
	evidence := r.evidence
	if r.h.windows < 2 && evidence >= certain {
		evidence = certain - 1 // a burst, perhaps
	}
	o.add(f, key.kind, r.h, evidence, r.before, r.after, r.was, r.is)
	o.weights[f].normal = o.others(key, name)
}

// kindName is the field that told the kind of events, and does not now.
func (o *observation) kindName() string {
	for _, name := range slices.Concat(kindFields, []string{"app", "signature"}) {
		if o.told(name) {
			continue
		}
		for _, l := range o.lores {
			if m := l.fields[name]; m != nil && m.n >= needEvents && float64(m.filled) >= 0.99*float64(m.n) {
				return name
			}
		}
	}
	return ""
}

// lost reports whether hardly an event of the window has a field filled, and whether it
// is there.
func (o *observation) lost(name string) (DriftKind, bool) {
	seen, filled, n := uint32(0), uint32(0), uint32(0)
	for key, t := range o.view.tables {
		if key == (tableKey{}) || key.structure.broken() {
			continue
		}
		n += t.n
		if c := t.fields[name]; c != nil {
			seen, filled = seen+c.seen, filled+c.filled
		}
	}
	lost := name != "" && 50*filled <= n
	if lost && 2*seen > n {
		return FieldEmpty, true
	}
	return FieldMissing, lost
}

// told reports whether events without a kind have a field filled all the same.
func (o *observation) told(name string) bool {
	for key, t := range o.view.tables {
		if c := t.fields[name]; key.kind == "" && c != nil && 2*c.filled > t.n {
			return true
		}
	}
	return false
}

// others reports whether it is worth telling which kind of events lost a field:
// others have it still, or never had.
func (o *observation) others(key tableKey, name string) bool {
	never, some := true, false
	for k, l := range o.lores {
		if k == key || k.structure != key.structure || k.kind == allKinds || l.n < needEvents {
			continue
		}
		some = true
		if f := l.fields[name]; f != nil && 2*f.filled > f.n {
			never = false
			if f.ready() && f.held == nil {
				return true
			}
		}
	}
	return some && never
}

// overall looks at how lines are built, at whether they tell their kind, and at
// levels.
func (o *observation) overall() {
	t := o.view.tables[tableKey{}]
	if t == nil {
		return
	}
	l := o.lores[tableKey{}]
	if l == nil {
		l = &lore{began: o.at, fields: make(map[string]*memo)}
		o.lores[tableKey{}] = l
	}
	for _, name := range []string{bareField, structureField, kindField} {
		if o.strange {
			break
		}
		if c := t.fields[name]; c != nil && c.filled > 0 {
			o.field(tableKey{}, l, name, c.filled, c)
		}
		if m := l.fields[name]; m != nil && m.held != nil {
			o.strange = true
		}
	}
	if c := t.fields[levelField]; c != nil {
		o.parts(l, levelField, c.filled, c.codes)
	}
	l.n += t.n
}

// parts looks at codes of which each is something by itself: if one no longer
// comes, that is told.
func (o *observation) parts(l *lore, prefix string, n uint32, codes []codeCount) {
	names := map[string]uint32{}
	for name := range l.fields {
		if strings.HasPrefix(name, prefix+"=") {
			names[name] = 0
		}
	}
	for _, x := range codes {
		names[prefix+"="+string(rune(x.code))] = x.n
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		o.part(l, name, n, names[name])
	}
}

// part looks at one of them.
func (o *observation) part(l *lore, name string, n, filled uint32) {
	c := &count{seen: min(filled, 1), filled: filled} // seen counts windows
	m := l.fields[name]
	if m == nil {
		if !o.room() {
			return
		}
		m = &memo{n: l.n}
		if o.day > 0 { // there were windows without it
			m.windows = min(o.windows, 2*partWindows)
		}
		l.fields[name] = m
	}
	all, need := m.with(n, c, o.at), uint32(needLong)
	if o.day == 0 && strings.HasPrefix(name, levelField) { // kinds stand in files in their order
		need = needSteady
	}
	if r := gone(m, &all, need, o.day > 0); filled == 0 && r.odd && !o.strange {
		r.h = &all
		r.kind, r.what = LevelGone, Level(name[len(levelField)+1]).String()
		if strings.HasPrefix(name, kindField) {
			r.kind, r.what = Mix, name[len(kindField)+1:]
		}
		r.was = r.what
		if !o.ripe(l, m, &r) {
			r.evidence = 0
		}
		o.report(tableKey{kind: eventKind(r)}, name, r)
	}
	if filled == 0 && m.ready() {
		m.held = &all
		return
	}
	if h := m.held; h != nil { // as long a gap as there ever was
		m.held, m.long = nil, max(m.long, h.windows)
		m.learnPart(h.n, h.windows, &h.count)
	}
	m.learnPart(n, 1, c)
}

func eventKind(r result) string {
	if r.kind == Mix {
		return r.what
	}
	return ""
}

// absent looks at kinds of events as parts of all.
func (o *observation) absent() {
	l := o.lores[tableKey{}]
	if l == nil {
		return
	}
	names := map[string]uint32{}
	for name := range l.fields {
		if strings.HasPrefix(name, kindField+"=") {
			names[name] = 0
		}
	}
	total := uint32(0)
	for key, t := range o.view.tables {
		if key != (tableKey{}) {
			total += t.n
			if key.kind != "" {
				names[kindField+"="+key.kind] += t.n
			}
		}
	}
	if total == 0 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if o.view.before(tableKey{kind: name[len(kindField)+1:]}, "") {
			o.part(l, name, total, names[name])
		}
	}
}
