package profile

import (
	"maps"
	"slices"
)

// allKinds is the kind under which is learnt what events of all kinds have. No event
// is of it: names of kinds have no control characters.
const allKinds = "\x00"

// leastKinds is of how many kinds events have to be before something is said of all:
// one or two may be a job of the night that knows nothing of a field.
const leastKinds = 3

// universal looks at the fields that events of all kinds of a structure have. Where
// kinds are many, each of them comes too seldom to be missed a field; all together
// are not.
func (o *observation) universal() {
	structures := map[Structure][]*table{}
	for _, key := range slices.SortedFunc(maps.Keys(o.view.tables), compareKeys) {
		if key.kind != "" && !key.structure.broken() {
			structures[key.structure] = append(structures[key.structure], o.view.tables[key])
		}
	}
	for _, s := range slices.Sorted(maps.Keys(structures)) {
		o.together(tableKey{s, allKinds}, structures[s])
	}
}

// together looks at the tables of a structure as if they were one.
func (o *observation) together(key tableKey, tables []*table) {
	all := &table{fields: make(map[string]*count)}
	for _, t := range tables {
		all.merge(t)
	}
	l := o.lores[key]
	if l == nil {
		if len(tables) < leastKinds || all.n < leastEvents {
			return
		}
		if l = o.beginAll(key, all); l == nil {
			return
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.fields)) {
		c := all.fields[name]
		if c == nil {
			c = &count{}
		}
		o.shared(l, name, all.n, c, len(tables))
	}
	l.n += all.n
	if l.n > 2*forgetAt {
		l.n /= 2
	}
}

// beginAll begins to learn of the fields that all events of a window have.
func (o *observation) beginAll(key tableKey, all *table) *lore {
	l := o.meet(key)
	if l == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(all.fields)) {
		if name[0] != 0 && all.fields[name].filled == all.n && o.room() {
			l.fields[name] = &memo{}
		}
	}
	return l
}

// shared looks at a field that all events had. Once some had it not, it is no such field.
func (o *observation) shared(l *lore, name string, n uint32, c *count, kinds int) {
	m, now := l.fields[name], held{n: n, count: *c}
	all := m.with(n, c, o.at)
	r, odd := absence(m, &all, o.day > 0), false
	if (kinds >= leastKinds || m.held != nil) && m.ready() && m.steady() && absence(m, &now, o.day > 0).odd && r.odd && !r.part {
		r.h, odd = &all, true
		all.calm, all.part = 0, r.part
		if !o.ripe(l, m, &r) {
			r.evidence = 0
		}
		o.reportShared(name, r)
	}
	o.settle(l, m, n, c, odd, &all)
	if m = l.fields[name]; m.held == nil && 50*(m.n-m.filled) > m.n {
		delete(l.fields, name)
		o.memos--
	}
}

// reportShared adds evidence that is, in part, that of the kinds one by one: the larger
// of both counts.
func (o *observation) reportShared(name string, r result) {
	f := finding{kind: r.kind, field: name, what: r.what}
	if r.h.windows < 2 {
		r.evidence = min(r.evidence, certain-1)
	}
	w := o.weights[f]
	if w == nil {
		o.add(f, "", r.h, r.evidence, r.before, r.after, r.was, r.is)
		return
	}
	w.held = append(w.held, r.h)
	w.since = min(w.since, r.h.since)
	if r.evidence > w.evidence {
		w.evidence, w.before, w.after, w.events, w.normal = r.evidence, r.before, r.after, r.h.n, false
	}
}
