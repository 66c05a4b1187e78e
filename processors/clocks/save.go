package clocks

import (
	"encoding/binary"

	"github.com/feedgauge/feedgauge"
)

// kinds are the kinds of run by the number with which they are written. The order
// never changes.
func kinds() []Kind { return []Kind{"", Zone, Year, Ahead} }

// Append writes what the watcher remembers behind b.
func (w *Watcher) Append(b []byte) []byte {
	b = append(b, version)
	n := numbers{b: b}
	n.each(w)
	return n.b
}

// Load reads what Append wrote.
func Load(b []byte) (*Watcher, error) {
	switch {
	case len(b) == 0 || b[0] == 0:
		return nil, ErrMalformed
	case b[0] > version:
		return nil, ErrNewer
	}
	w := &Watcher{}
	n := numbers{r: &reader{b: b[1:]}}
	n.each(w)
	if n.r.bad || len(n.r.b) > 0 {
		return nil, ErrMalformed
	}
	return w, nil
}

// numbers writes a watcher as varints, or reads it if it has a reader: what is
// written is named once, so that both agree.
type numbers struct {
	b []byte
	r *reader
}

func (n *numbers) each(w *Watcher) {
	levels := list(n, &w.levels, keptLevels)
	for i := range levels {
		n.int(&levels[i].middle)
		n.int(&levels[i].low)
		n.int(&levels[i].high)
	}
	n.small(&w.odd)
	n.instant(&w.oddAt)
	n.instant(&w.end)
	n.flag(&w.behind)
	n.run(&w.run)
	n.growth(&w.growth)
}

func (n *numbers) run(r *run) {
	kind := 0
	for i, k := range kinds() {
		if k == r.kind {
			kind = i
		}
	}
	n.small(&kind)
	if n.r != nil {
		if kind < 0 || kind >= len(kinds()) {
			n.r.bad = true
			return
		}
		r.kind = kinds()[kind]
	}
	n.int(&r.off)
	n.int(&r.share)
	n.flag(&r.slow)
	n.instant(&r.since)
	n.small(&r.windows)
	n.small(&r.missed)
	n.int(&r.low)
	n.int(&r.high)
	n.flag(&r.told)
}

func (n *numbers) growth(g *growth) {
	hours := list(n, &g.hours, keptHours)
	for i := range hours {
		n.int(&hours[i])
	}
	n.instant(&g.hour.Start)
	n.instant(&g.hour.End)
	n.int(&g.low)
	n.int(&g.last)
	n.small(&g.rises)
	n.small(&g.rest)
	n.instant(&g.since)
	n.int(&g.base)
	n.flag(&g.told)
	n.flag(&g.stopped)
}

// list writes the length of a list, or makes one of the length that is read.
func list[T any](n *numbers, l *[]T, most int) []T {
	length := len(*l)
	n.small(&length)
	if n.r == nil {
		return *l
	}
	if length < 0 || length > most {
		n.r.bad, length = true, 0
	}
	*l = make([]T, length)
	return *l
}

func (n *numbers) int(v *int64) {
	if n.r != nil {
		*v = n.r.int()
		return
	}
	n.b = binary.AppendVarint(n.b, *v)
}

func (n *numbers) small(v *int) {
	wide := int64(*v)
	n.int(&wide)
	*v = int(wide)
}

func (n *numbers) instant(v *feedgauge.Instant) { n.int((*int64)(v)) }

func (n *numbers) flag(v *bool) {
	one := int64(0)
	if *v {
		one = 1
	}
	n.int(&one)
	*v = one != 0
}
