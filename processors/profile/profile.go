// Package profile learns what the lines of a feed are like, without being told
// their format, and says when they are no longer like that: a field that empties
// or vanishes, another type, another layout, another mix of events.
//
// A [Profile] is what some lines of one window are like: how often each field is
// there and filled, and what its values look like, for each kind of event. It
// holds at most [MaxRecords] records, [MaxFields] fields in each of [MaxKinds]
// kinds, and [MaxSize] bytes when written. Profiles merge: the result does not
// depend on how the records were dealt out, nor on the order of merging.
//
// # How bounds and order get along
//
// Each record has a hash of its place (topic, partition and offset), and from it
// a level: of four records three are of level 0, of the rest three in four are of
// level 1, and so on. A profile holds all records of its level and above, each
// level on a sheet of its own. The level of a profile is the lowest at which its
// records are at most [MaxRecords] and its sheets not too large, and merging only
// raises it. So which records are in a merged profile depends on the records
// alone: whoever leaves one out early knows that the level will never fall again.
//
// What a sheet counts has an order that depends on the names of kinds and fields
// alone. A sheet holds all before its limit, which is the first place at which it
// would be too large. What lies before a place only grows by merging, so the
// limit only moves forward, and one that is set early would be set in the whole
// too.
//
// A [Learner] compares the profile of a window with what it has learnt from those
// before.
package profile

import (
	"math/bits"
	"slices"

	"github.com/feedgauge/feedgauge"
)

// The bounds of a profile.
const (
	MaxRecords = 200
	MaxKinds   = 32
	MaxFields  = 128
	MaxSize    = 4096 // bytes when written
)

const (
	// maxName is the longest name of a field that is looked at, in bytes.
	maxName = 64
	// maxLevel is the level of all records whose hash has still more zeros.
	maxLevel = 15
	// maxCount is where counts stop, so that they take three bytes at most.
	maxCount = 1<<21 - 1
)

// Names of what is counted like a field and is none. Their shapes are codes of
// their own: a [Structure], a [Level], a number of columns, a length, the [Shape] of a kind's name, whether a
// line holds an event.
const (
	structureField = "\x00s"
	levelField     = "\x00l"
	columnsField   = "\x00c"
	lengthField    = "\x00n"
	kindField      = "\x00k"
	bareField      = "\x00b"
)

// Profile is what the sampled records of one feed and window are like.
type Profile struct {
	level   uint8
	sheets  [maxLevel + 1]*sheet
	samples []Sample // by hash
}

// sheet holds the records of one level.
type sheet struct {
	n      uint32
	tables map[tableKey]*table
	limit  place // the first that is left out, if set
}

// tableKey names a kind of event; the kind is empty where none is told. The zero
// key stands for all records.
type tableKey struct {
	structure Structure
	kind      string
}

// table is what the events of one kind are like.
type table struct {
	n      uint32
	fields map[string]*count
}

// count is what the values of one field are like.
type count struct {
	seen, filled uint32
	mask         uint8       // a bit for each value, by its hash
	codes        []codeCount // of what is filled, sorted by code
}

type codeCount struct {
	code uint8
	n    uint32
}

// New returns an empty profile.
func New() *Profile { return &Profile{} }

// Records returns how many records the profile holds.
func (p *Profile) Records() int {
	n := 0
	for _, s := range p.sheets {
		if s != nil {
			n += int(s.n)
		}
	}
	return n
}

// LevelOf is the level of a record with that hash.
func LevelOf(hash uint64) uint8 { return uint8(min(bits.LeadingZeros64(hash)/2, maxLevel)) }

// Wants reports whether a record with that hash would be in the profile. One that
// is not wanted now never will be.
func (p *Profile) Wants(hash uint64) bool { return LevelOf(hash) >= p.level }

// Level is a lower bound for the level of every profile that this one is merged
// into. A new profile that is begun with it holds fewer records in vain.
func (p *Profile) Level() uint8 { return p.level }

// Raise leaves records below a level out.
func (p *Profile) Raise(level uint8) {
	for p.level < min(level, maxLevel) {
		p.sheets[p.level] = nil
		p.level++
	}
}

// Add notes an event, if it is wanted. The hash is that of its place.
func (p *Profile) Add(ev *feedgauge.Event, s Structure, hash uint64) {
	l := LevelOf(hash)
	if l < p.level {
		return
	}
	sh := p.sheets[l]
	if sh == nil {
		sh = &sheet{tables: make(map[tableKey]*table)}
		p.sheets[l] = sh
	}
	sh.n = min(sh.n+1, maxCount)
	if top := sh.table(0, nil); top != nil {
		sh.note(top, tableKey{}, bareField, flag(s.bare()))
		if !s.bare() {
			sh.note(top, tableKey{}, structureField, uint8(s))
		}
		if lev := levelOfEvent(ev); lev != NoLevel {
			sh.note(top, tableKey{}, levelField, uint8(lev))
		}
		if !s.bare() && !s.broken() {
			sh.note(top, tableKey{}, kindField, uint8(kindShape(kindOfEvent(ev, s))))
		}
	}
	if !s.bare() && !s.broken() {
		sh.event(ev, s)
	}
	p.sample(ev, s, hash)
	p.thin()
}

// event notes an event in the table of its kind.
func (sh *sheet) event(ev *feedgauge.Event, s Structure) {
	kind := kindOfEvent(ev, s)
	t := sh.table(s, kind)
	if t == nil {
		return
	}
	key := tableKey{s, string(kind)}
	if s.Delimiter() != 0 {
		sh.note(t, key, columnsField, uint8(min(len(ev.Fields), 255)))
	}
	sh.note(t, key, lengthField, lengthCode(len(ev.Text)))
	for i := range ev.Fields {
		f := &ev.Fields[i]
		if len(f.Name) == 0 || len(f.Name) > maxName || i > 0 && repeated(ev.Fields[:i], f.Name) {
			continue
		}
		if c := sh.count(t, key, f.Name); c != nil {
			c.seen = min(c.seen+1, maxCount)
			if shape := ShapeOfField(f); shape != NoShape {
				c.fill(uint8(shape), 1)
				c.mask |= 1 << (hash32(f.Value) & 7)
			}
		}
	}
}

func flag(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

// repeated reports whether one of the last fields has the name too: of a field
// that stands twice the first counts.
func repeated(fields []feedgauge.Field, name []byte) bool {
	for i := len(fields) - 1; i >= max(0, len(fields)-4); i-- {
		if string(fields[i].Name) == string(name) {
			return true
		}
	}
	return false
}

// ShapeOfField is the shape of a field's value, NoShape for one that is blank.
func ShapeOfField(f *feedgauge.Field) Shape {
	if blankField(f) {
		return NoShape
	}
	switch f.Kind {
	case feedgauge.Object:
		return NestedObject
	case feedgauge.Array:
		return NestedArray
	case feedgauge.Bool:
		return Bool
	default:
		return ShapeOf(f.Value)
	}
}

// blankField reports whether a field says that there is nothing to say.
func blankField(f *feedgauge.Field) bool {
	if f.Blank() {
		return true
	}
	switch string(f.Value) {
	case "0.0.0.0", "::", "(empty)", "?", "null", "{}", "[]", " ":
		return true
	}
	return false
}

// table returns the table of a kind, with one event more; nil if it lies behind
// the limit.
func (sh *sheet) table(s Structure, kind []byte) *table {
	t := sh.tables[tableKey{s, string(kind)}]
	if t == nil {
		key := tableKey{s, string(kind)}
		if !sh.before(key, "") {
			return nil
		}
		t = &table{fields: make(map[string]*count)}
		sh.tables[key] = t
	}
	t.n = min(t.n+1, maxCount)
	return t
}

// count returns the count of a field, nil if it lies behind the limit.
func (sh *sheet) count(t *table, key tableKey, name []byte) *count {
	if c := t.fields[string(name)]; c != nil {
		return c
	}
	return sh.open(t, key, string(name))
}

func (sh *sheet) open(t *table, key tableKey, name string) *count {
	if !sh.before(key, name) {
		return nil
	}
	c := &count{}
	t.fields[name] = c
	return c
}

// note counts what every event has.
func (sh *sheet) note(t *table, key tableKey, name string, code uint8) {
	c := t.fields[name]
	if c == nil {
		if c = sh.open(t, key, name); c == nil {
			return
		}
	}
	c.seen = min(c.seen+1, maxCount)
	c.fill(code, 1)
}

// fill counts n values with that code.
func (c *count) fill(code uint8, n uint32) {
	c.filled = min(c.filled+n, maxCount)
	at, found := slices.BinarySearchFunc(c.codes, code, func(x codeCount, code uint8) int { return int(x.code) - int(code) })
	if !found {
		c.codes = slices.Insert(c.codes, at, codeCount{code: code})
	}
	c.codes[at].n = min(c.codes[at].n+n, maxCount)
}

// thin leaves out the lowest levels while there are too many records.
func (p *Profile) thin() {
	for p.level < maxLevel && p.Records() > MaxRecords {
		p.Raise(p.level + 1)
	}
}

// Merge implements [feedgauge.Sketch]: it adds what q counted, which is a
// [Profile] too, and is left as it is.
func (p *Profile) Merge(s feedgauge.Sketch) {
	q, ok := s.(*Profile)
	if !ok {
		return
	}
	p.Raise(q.level)
	for l := p.level; l <= maxLevel; l++ {
		if q.sheets[l] != nil {
			if p.sheets[l] == nil {
				p.sheets[l] = &sheet{tables: make(map[tableKey]*table, len(q.sheets[l].tables))}
			}
			p.sheets[l].merge(q.sheets[l])
		}
	}
	for _, s := range q.samples {
		p.keep(s)
	}
	p.bound()
}

// Clone implements [feedgauge.Sketch].
func (p *Profile) Clone() feedgauge.Sketch {
	q := New()
	q.Merge(p)
	return q
}

// Kind implements [feedgauge.Sketch].
func (p *Profile) Kind() feedgauge.SketchKind { return feedgauge.ProfileSketch }

func (sh *sheet) merge(q *sheet) {
	sh.n = min(sh.n+q.n, maxCount)
	sh.limit = earlier(sh.limit, q.limit)
	for key, from := range q.tables {
		t := sh.tables[key]
		if t == nil {
			t = &table{fields: make(map[string]*count, len(from.fields))}
			sh.tables[key] = t
		}
		t.merge(from)
	}
}

func (t *table) merge(q *table) {
	t.n = min(t.n+q.n, maxCount)
	for name, from := range q.fields {
		c := t.fields[name]
		if c == nil {
			c = &count{}
			t.fields[name] = c
		}
		c.merge(from)
	}
}

func (c *count) merge(q *count) {
	c.seen = min(c.seen+q.seen, maxCount)
	filled := min(c.filled+q.filled, maxCount)
	for _, x := range q.codes {
		c.fill(x.code, x.n)
	}
	c.filled = filled
	c.mask |= q.mask
}

// values is how many different values there were at least; eight stands for eight
// and more.
func (c *count) values() uint8 { return uint8(bits.OnesCount8(c.mask)) }

// hash32 is the hash FNV-1a, mixed once more so that its low bits are good.
func hash32(b []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range b[:min(len(b), maxLook)] {
		h = (h ^ uint32(c)) * 16777619
	}
	return h ^ h>>15
}

// lengthCode is how long a line is, in steps of about a fifth.
func lengthCode(n int) uint8 {
	if n <= 4 {
		return uint8(n)
	}
	log := bits.Len(uint(n)) - 1
	return uint8(min(4*log+(n>>(log-2))&3-4, 255))
}

// levelOfEvent is how grave an event is by its own word.
func levelOfEvent(ev *feedgauge.Event) Level {
	best := NoLevel
	for i := range ev.Fields {
		f := &ev.Fields[i]
		switch {
		case string(f.Name) == "pri":
			best = levelByPriority(f.Value)
		case isLevel(f.Name):
			if l := levelOf(f.Value); l != NoLevel {
				return l
			}
		}
	}
	return best
}
