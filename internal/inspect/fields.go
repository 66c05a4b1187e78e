package inspect

import (
	"hash/maphash"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/processors/profile"
)

// Field is what the values of one field are like.
type Field struct {
	Name     string         `json:"name"`
	Present  float64        `json:"present"` // part of the records that have it
	Filled   float64        `json:"filled"`  // part of the records that have it with something in it
	Types    map[string]int `json:"types"`
	Distinct int            `json:"distinct"`
	Examples []string       `json:"examples"`
}

// Bounds of what is kept.
const (
	maxFields    = 256
	maxExamples  = 3
	exampleWidth = 80
)

// table is what all events are like.
type table struct {
	events  int
	byName  map[string]*column
	order   []*column
	seed    maphash.Seed
	text    []byte
	first   feedgauge.Instant // times of events
	last    feedgauge.Instant
	timed   int
	unknown bool // no format is known
}

type column struct {
	Field
	present, filled int
	shapes          map[profile.Shape]int
	seen            map[uint64]struct{}
	sample          string // the first value as it stands
}

func newTable(in *Input, best *attempt) *table {
	t := &table{byName: map[string]*column{}, seed: maphash.MakeSeed(), first: feedgauge.After, last: feedgauge.Before, unknown: best == nil}
	events(in, best, t.add)
	return t
}

func (t *table) add(e *feedgauge.Event) {
	if e.Reason != "" && len(e.Fields) == 0 {
		return
	}
	t.events++
	t.clock(e)
	for i := range e.Fields {
		f := &e.Fields[i]
		c := t.byName[string(f.Name)]
		if c == nil {
			if len(t.order) >= maxFields {
				continue
			}
			c = &column{Field: Field{Name: string(f.Name), Examples: []string{}}, shapes: map[profile.Shape]int{}, seen: map[uint64]struct{}{}}
			t.byName[c.Name] = c
			t.order = append(t.order, c)
		}
		t.value(c, f)
	}
}

// clock notes the time of an event.
func (t *table) clock(e *feedgauge.Event) {
	if e.Clock == feedgauge.ZonedClock || e.Clock == feedgauge.LocalClock {
		t.timed++
		t.first, t.last = min(t.first, e.Time), max(t.last, e.Time)
	}
}

func (t *table) value(c *column, f *feedgauge.Field) {
	c.present++
	shape := profile.ShapeOfField(f)
	if shape == profile.NoShape {
		return
	}
	c.filled++
	c.shapes[shape]++
	text := f.Value
	if f.Escape != feedgauge.Plain {
		t.text = format.Unescape(t.text[:0], f)
		text = t.text
	}
	hash := maphash.Bytes(t.seed, text)
	if _, known := c.seen[hash]; known {
		return
	}
	c.seen[hash] = struct{}{}
	if len(c.Examples) < maxExamples {
		c.Examples = append(c.Examples, short(format.Sample(text, exampleWidth)))
	}
	if c.sample == "" {
		c.sample = string(text[:min(len(text), exampleWidth)])
	}
}

// short cuts an escaped text to the width of an example, not inside an escape.
func short(s string) string {
	r := []rune(s)
	if len(r) <= exampleWidth {
		return s
	}
	return strings.TrimRight(string(r[:exampleWidth-1]), `\`) + "…"
}

// fields returns what is known of the fields, in the order in which they came.
func (t *table) fields() []Field {
	out := []Field{}
	for _, c := range t.order {
		f := c.Field
		f.Present, f.Filled = min(1, c.share(c.present, t.events)), min(1, c.share(c.filled, t.events))
		f.Distinct, f.Types = len(c.seen), map[string]int{}
		for s, n := range c.shapes {
			f.Types[typeOf(s)] += n
		}
		out = append(out, f)
	}
	return out
}

func (*column) share(n, of int) float64 { return float64(n) / float64(max(of, 1)) }

// most reports whether at least nine in ten values have one of the shapes.
func (c *column) most(is func(profile.Shape) bool) bool {
	n := 0
	for s, k := range c.shapes {
		if is(s) {
			n += k
		}
	}
	return c.filled > 0 && 10*n >= 9*c.filled
}

// typeOf is the type that options call a shape.
func typeOf(s profile.Shape) string {
	switch s {
	case profile.Bool:
		return "bool"
	case profile.Int:
		return "int"
	case profile.Float:
		return "float"
	case profile.IPv4, profile.IPv6:
		return "ip"
	case profile.CIDR:
		return "cidr"
	case profile.MAC:
		return "mac"
	case profile.UUID:
		return "uuid"
	case profile.Hex:
		return "hex"
	case profile.NestedObject:
		return "object"
	case profile.NestedArray:
		return "array"
	default:
		if s.IsTime() {
			return "timestamp"
		}
		return "string"
	}
}
