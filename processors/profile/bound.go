package profile

import (
	"cmp"
	"hash/fnv"
	"math/bits"
	"slices"
	"strings"
)

// maxSheet is how large a sheet may be, and maxSheets all of them together, by
// an upper bound of the bytes they take when written.
const (
	maxSheet  = 1800
	maxSheets = 3200
)

// place orders what a profile counts, by names alone. The zero place lies before
// everything.
type place struct {
	set    bool
	table  uint32 // hash of the kind
	key    tableKey
	depth  uint8
	field  uint32 // hash of the name
	name   string
	pseudo bool
}

// placeOf is the place of a field in a table; that of the table itself has no
// name.
func placeOf(key tableKey, name string) place {
	p := place{set: true, key: key, name: name, pseudo: name == "" || name[0] == 0}
	if key.kind != "" {
		p.table = max(hashOf(key.kind), 1)
	}
	if !p.pseudo {
		p.depth, p.field = uint8(min(strings.Count(name, "."), 255)), hashOf(name)
	}
	return p
}

func hashOf(s string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s))
	return h.Sum32()
}

func (p place) compare(q place) int {
	return cmp.Or(
		cmp.Compare(p.table, q.table), cmp.Compare(p.key.structure, q.key.structure), strings.Compare(p.key.kind, q.key.kind),
		-boolCompare(p.pseudo, q.pseudo), cmp.Compare(p.depth, q.depth), cmp.Compare(p.field, q.field), strings.Compare(p.name, q.name),
	)
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// earlier is the earlier of two limits, of which each may be not set.
func earlier(p, q place) place {
	switch {
	case !p.set:
		return q
	case !q.set || p.compare(q) <= 0:
		return p
	}
	return q
}

// before reports whether a field lies before the limit.
func (sh *sheet) before(key tableKey, name string) bool {
	return !sh.limit.set || placeOf(key, name).compare(sh.limit) < 0
}

// bound moves limits and level to where the bounds are kept.
func (p *Profile) bound() {
	p.thin()
	total := 0
	var sizes [maxLevel + 1]int
	for l, sh := range p.sheets {
		if sh != nil {
			sizes[l] = sh.bound()
			total += sizes[l]
		}
	}
	for p.level < maxLevel && total > maxSheets {
		total -= sizes[p.level]
		p.Raise(p.level + 1)
	}
}

// bound moves the limit and returns the size, which never falls by merging:
// that of a sheet with a limit is the largest.
func (sh *sheet) bound() int {
	if !sh.limit.set {
		if size := sh.size(); size <= maxSheet {
			return size
		}
	}
	sh.setLimit()
	if sh.limit.set {
		return maxSheet
	}
	return sh.size()
}

// size is an upper bound of the bytes of a sheet without a limit, more than
// maxSheet if it holds too much in another way.
func (sh *sheet) size() int {
	size, names := 0, map[string]bool{}
	if len(sh.tables) > MaxKinds+1 {
		return maxSheet + 1
	}
	for key, t := range sh.tables {
		if len(t.fields) > MaxFields {
			return maxSheet + 1
		}
		size += tableCost(key)
		for name, c := range t.fields {
			if !names[name] {
				names[name] = true
				size += nameCost(name)
			}
			size += c.cost(t.n)
		}
	}
	return size
}

// setLimit walks through the places in order, and sets the limit at the first
// that is too much.
func (sh *sheet) setLimit() {
	size, fields, kinds := 0, 0, 0
	names := map[string]bool{}
	for _, at := range sh.places() {
		if at.name == "" {
			size += tableCost(at.key)
			kinds, fields = kinds+1, 0
		} else {
			if !names[at.name] {
				names[at.name] = true
				size += nameCost(at.name)
			}
			t := sh.tables[at.key]
			size += t.fields[at.name].cost(t.n)
			fields++
		}
		if sh.limit.set && at.compare(sh.limit) >= 0 || size > maxSheet || fields > MaxFields || kinds > MaxKinds+1 {
			sh.limit = earlier(sh.limit, at)
			sh.cut()
			return
		}
	}
}

// places returns the places of a sheet in order.
func (sh *sheet) places() []place {
	var out []place
	for key, t := range sh.tables {
		out = append(out, placeOf(key, ""))
		for name := range t.fields {
			out = append(out, placeOf(key, name))
		}
	}
	slices.SortFunc(out, place.compare)
	return out
}

// tableCost is the structure, the kind with its length, the number of events and
// of fields.
func tableCost(key tableKey) int { return 1 + 1 + len(key.kind) + 3 + 2 }

func nameCost(name string) int { return 1 + len(name) }

// cost is what a count takes: two bytes for the name and one of flags, the mask,
// the code, and what else has to be told.
func (c *count) cost(n uint32) int {
	if c.full(n) {
		return 5
	}
	size := 4 + size7(c.seen) + size7(c.filled) + 2
	for _, x := range c.codes {
		size += 1 + size7(x.n)
	}
	return size
}

// full reports whether all of n events have the field, filled, with one code.
func (c *count) full(n uint32) bool { return c.seen == n && c.filled == n && len(c.codes) == 1 }

// size7 is the length of a count as it is written.
func size7(n uint32) int { return max(1, (bits.Len32(n)+6)/7) }

// cut drops what lies at or behind the limit.
func (sh *sheet) cut() {
	for key, t := range sh.tables {
		if !sh.before(key, "") {
			delete(sh.tables, key)
			continue
		}
		for name := range t.fields {
			if !sh.before(key, name) {
				delete(t.fields, name)
			}
		}
	}
}
