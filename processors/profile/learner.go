package profile

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Learner learns what the lines of one feed are like, window by window, and tells
// what is no longer so. It is pure: the same profiles in the same order give the
// same drifts.
//
// Each field of each kind of event has a memo. A window in which a field is as it
// was is learnt. One in which it is not is held apart, together with those that
// follow, until it is either certain that something has changed, which is told,
// or as it was again. So what is wrong is not learnt, and rare kinds of events
// are told of as surely as frequent ones, only later.
type Learner struct {
	day     int64 // how long a day is, zero where there are none
	today   int64
	windows uint32
	lores   map[tableKey]*lore
	memos   int
	drifts  []Drift // what holds now
}

// patience is after how many blocks of lines what is held apart is taken as
// usual.
const patience = 1440

// NewLearner returns a learner that knows nothing. The length of a day is in the
// unit of the times that [Learner.Observe] is told; zero if those are no times.
func NewLearner(day int64) *Learner { return &Learner{day: day, lores: make(map[tableKey]*lore)} }

// Drifts returns what holds now, the earliest first. The slice belongs to the
// learner.
func (l *Learner) Drifts() []Drift { return l.drifts }

// Observe takes in the profile of a window that began at time at, in whatever
// unit, and returns what has become certain by it.
func (l *Learner) Observe(p *Profile, at int64) []Drift {
	v := p.view()
	if v.n == 0 {
		return nil
	}
	o := &observation{Learner: l, view: v, samples: p.samples, at: at, weights: map[finding]*weight{}, pools: map[poolKey]*memo{}}
	o.pass(at)
	o.overall()
	for _, key := range slices.SortedFunc(maps.Keys(v.tables), compareKeys) {
		if key != (tableKey{}) {
			o.table(key, v.tables[key])
		}
	}
	o.universal()
	o.absent()
	l.windows++
	return o.conclude()
}

// view is a profile with its sheets put together.
type view struct {
	sheet
}

func (p *Profile) view() *view {
	v := &view{sheet{tables: make(map[tableKey]*table)}}
	for _, sh := range p.sheets {
		if sh != nil {
			v.merge(sh)
		}
	}
	return v
}

func compareKeys(a, b tableKey) int { return placeOf(a, "").compare(placeOf(b, "")) }

// observation is one window as it is looked at.
type observation struct {
	*Learner
	view    *view
	at      int64
	weights map[finding]*weight
	pools   map[poolKey]*memo
	samples []Sample
	strange bool    // lines are built otherwise, so kinds are not comparable
	fresh   []Drift // what is told at once
}

// finding is what evidence is added up for: the same field in several kinds.
type finding struct {
	kind  DriftKind
	field string
	what  string
}

// compare orders findings: those of length come last.
func (f finding) compare(g finding) int {
	return cmp.Or(
		boolCompare(f.what == shorter, g.what == shorter), strings.Compare(string(f.kind), string(g.kind)),
		strings.Compare(f.field, g.field), strings.Compare(f.what, g.what),
	)
}

// weight is the evidence for one finding.
type weight struct {
	evidence float64
	events   uint32
	before   float64 // shares, weighted by events
	after    float64
	kinds    []string
	normal   bool // some kind of event is as it was
	was, is  string
	since    int64
	held     []*held
}

func (o *observation) add(f finding, kind string, h *held, evidence, before, after float64, was, is string) {
	w := o.weights[f]
	if w == nil {
		w = &weight{since: h.since}
		o.weights[f] = w
	}
	w.evidence += evidence
	w.before = (w.before*float64(w.events) + float64(before*float64(h.n))) / float64(w.events+h.n)
	w.after = (w.after*float64(w.events) + float64(after*float64(h.n))) / float64(w.events+h.n)
	w.events += h.n
	w.kinds = append(w.kinds, kind)
	w.was, w.is = was, is
	w.since = min(w.since, h.since)
	w.held = append(w.held, h)
}

// leastEvents is how many events a word rests on at least.
const leastEvents = 12

// conclude tells what is certain now and drops what no longer holds.
func (o *observation) conclude() []Drift {
	fresh := o.fresh
	order := slices.SortedFunc(maps.Keys(o.weights), finding.compare)
	kept := o.drifts[:0:0]
	for _, d := range o.drifts {
		if _, still := o.weights[finding{d.Kind, d.Field, d.key()}]; still || o.unheard(&d) {
			kept = append(kept, d)
		}
	}
	o.drifts = kept
	for _, f := range order {
		w := o.weights[f]
		if w.evidence < certain || w.events < leastEvents || o.active(f) {
			continue
		}
		if f.what == shorter && len(o.drifts) > 0 {
			continue // the others say why
		}
		d := Drift{Kind: f.kind, Field: f.field, Before: w.before, After: w.after, Was: w.was, Is: w.is, Events: int(w.events), Since: w.since, Found: o.at}
		if len(w.kinds) == 1 && w.normal || f.kind == Mix {
			d.EventKind = w.kinds[0]
		}
		for _, h := range w.held {
			h.told = true
		}
		d.Sample = o.example(&d)
		fresh = append(fresh, d)
		o.drifts = append(o.drifts, d)
	}
	return fresh
}

// example is a line of the window that is most likely as the drift says.
func (o *observation) example(d *Drift) string {
	best, text := -1, ""
	for _, s := range o.samples {
		fit := 0
		if d.Field == "" && s.Structure.String() == d.Is || d.Field != "" && !s.Structure.broken() && !s.Structure.bare() {
			fit += 2
		}
		if d.EventKind == s.Kind || d.EventKind == "" {
			fit++
		}
		if d.Kind == FieldMissing && !strings.Contains(s.Text, d.Field) {
			fit++
		}
		if fit > best {
			best, text = fit, s.Text
		}
	}
	return text
}

// key is what tells two drifts of one field apart.
func (d *Drift) key() string {
	switch {
	case d.Kind == LevelGone || d.Kind == Mix:
		return d.Was
	case d.Is == shorter:
		return shorter
	}
	return ""
}

func (o *observation) active(f finding) bool {
	for i := range o.drifts {
		if d := &o.drifts[i]; d.Kind == f.kind && d.Field == f.field && d.key() == f.what {
			return true
		}
	}
	return false
}

// unheard reports whether the window says too little of a drift to end it: what
// was held apart for it still is.
func (o *observation) unheard(d *Drift) bool {
	for _, l := range o.lores {
		for name, m := range l.fields {
			if m.held != nil && m.held.told && (name == d.Field || d.Field == "" && name[0] == 0 || name == kindField) {
				return true
			}
		}
	}
	return false
}
