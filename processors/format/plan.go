package format

import "github.com/feedgauge/feedgauge"

// plans is how many forms of events a checker has plans for.
const plans = 64

// plan is what has to be checked of events that have the same fields in the same
// order: which field by which check. So no field has to be looked for by its name.
type plan struct {
	form  uint64 // of the events, 0 for none
	kind  int    // the field that tells their kind, -1 for none
	tasks []task
	vain  bool // a field is missing: there is nothing to plan
}

// task is a field, by its index, and what is asked of it.
type task struct {
	field int
	check *check
	quick typeKind // the type, if it is all that has to be looked at
	plain uint8    // the kinds of value that fulfil the check, one bit each, if they are not blank
}

func newTask(field int, k *check) task {
	t := task{field: field, check: k, plain: k.plain()}
	if k.bounds == nil && !k.time {
		t.quick = k.typ.kind
	}
	return t
}

// plain returns the kinds of value that fulfil a check, one bit each, if they are not
// blank.
func (k *check) plain() uint8 {
	if k.bounds != nil || k.time {
		return 0
	}
	return plainKinds[k.typ.kind]
}

// plainKinds are the kinds of value that a type takes whatever their text is.
var plainKinds = [...]uint8{
	stringType:  1 << feedgauge.String,
	intType:     1 << feedgauge.Integer,
	floatType:   1<<feedgauge.Integer | 1<<feedgauge.Decimal,
	numberType:  1<<feedgauge.Integer | 1<<feedgauge.Decimal,
	boolType:    1 << feedgauge.Bool,
	objectType:  1 << feedgauge.Object,
	arrayType:   1 << feedgauge.Array,
	addressType: 0,
}

// known reports whether a value is a time that was read before.
func (t *task) known(e *feedgauge.Event, f *feedgauge.Field) bool {
	if t.check.typ.kind != timestampType || f.Escape != feedgauge.Plain {
		return false
	}
	m := &t.check.memo
	if m.kind != f.Kind || len(m.text) == 0 || string(m.text) != string(f.Value) {
		return false
	}
	if t.check.time {
		e.Time, e.Clock = m.at, m.clock
	}
	return true
}

// spelled reports whether a value is of a type that is quickly told. It may report false
// of others.
func (t *task) spelled(f *feedgauge.Field) bool {
	if f.Kind != feedgauge.Text && (f.Kind != feedgauge.String || f.Escape != feedgauge.Plain || t.quick != clientType && t.quick != ipType) {
		return false
	}
	text := f.Value
	switch t.quick {
	case statusType:
		return len(text) == 3 && within(text, 100, 599)
	case sizeType:
		return len(text) <= maxNumber && allDigits(text)
	case portType:
		return len(text) <= 5 && allDigits(text) && within(text, 0, 65535)
	case clientType:
		return isIPv4(text)
	case ipType:
		return isIPv4(text) && !nowhere(text)
	default:
		return false
	}
}

// planned returns the plan for events of a form, of which e is one.
func (c *checker) planned(e *feedgauge.Event, form uint64) *plan {
	p := &c.plans[form%plans]
	if p.form != form {
		*p = plan{form: form, tasks: p.tasks[:0]}
		c.plan(e, p)
	}
	return p
}

// plan fills in p for events with the fields of e. The tasks are in the order in which
// fields and optional look at them.
func (c *checker) plan(e *feedgauge.Event, p *plan) {
	p.kind = c.kind.index(e.Fields)
	for i := range c.checks {
		k := &c.checks[i]
		if at := k.index(e.Fields); at >= 0 {
			p.tasks = append(p.tasks, newTask(at, k))
		} else if k.required {
			p.vain = true
		}
	}
	if c.typed != nil {
		for i, k := range c.typed.types() {
			p.tasks = append(p.tasks, newTask(k.column, &c.typed.types()[i]))
		}
	}
	if len(c.dict.checks) == 0 {
		return
	}
	for i := range e.Fields {
		if k := c.dict.checks[string(e.Fields[i].Name)]; k != nil {
			p.tasks = append(p.tasks, newTask(i, k))
		}
	}
}

// follow looks at what the plan says, and reports false if that is not all: if a field
// that is required is blank, or missing.
func (c *checker) follow(e *feedgauge.Event, p *plan) (reason feedgauge.Reason, done bool) {
	if p.vain {
		return "", false
	}
	worst := finding{}
	for i := range p.tasks {
		t := &p.tasks[i]
		switch f := &e.Fields[t.field]; {
		case t.plain>>f.Kind&1 != 0 && len(f.Value) > 1: // nor is it blank
		case t.known(e, f):
		case f.Blank():
			if t.check.required {
				e.Fault = ""
				return "", false
			}
		case t.plain>>f.Kind&1 != 0, t.spelled(f):
		case !t.check.blank(f):
			c.value(e, f, t.check, &worst)
		case t.check.required:
			e.Fault = ""
			return "", false
		}
	}
	if e.Kind == nil && p.kind >= 0 && !e.Fields[p.kind].Blank() {
		e.Kind = e.Fields[p.kind].Value
	}
	return worst.reason, true
}
