package format

import "github.com/feedgauge/feedgauge"

// habits is how many fields of an event a dictionary remembers the types of.
const habits = 128

// dictionary holds the types of fields that an event may have or not. Where a
// format knows many of them it costs less to ask each field of an event for its
// type than to look for each type's field. Senders write the same fields in the
// same order, so it looks first what the field at that place was the last time.
type dictionary struct {
	checks map[string]*check
	last   [habits]habit
}

// habit is the name that a field had, and what is asked of it.
type habit struct {
	name  []byte
	check *check
}

// add makes a dictionary of checks that are only about types.
func (d *dictionary) add(k check) {
	if d.checks == nil {
		d.checks = map[string]*check{}
	}
	d.checks[k.name] = &k
}

// lookup returns what is asked of the field at that place, nil for nothing.
func (d *dictionary) lookup(at int, name []byte) *check {
	if at >= habits {
		return d.checks[string(name)]
	}
	h := &d.last[at]
	if string(h.name) != string(name) || h.name == nil {
		h.name, h.check = append(h.name[:0], name...), d.checks[string(name)]
	}
	return h.check
}

// optional looks at the types of optional fields, and puts a fault into worst if it
// is told before that.
func (c *checker) optional(e *feedgauge.Event, worst *finding) {
	if len(c.dict.checks) == 0 {
		return
	}
	for i := range e.Fields {
		f := &e.Fields[i]
		k := c.dict.lookup(i, f.Name)
		if k != nil && !f.Blank() {
			c.value(e, f, k, worst)
		}
	}
}

// plain returns the text of a field without escapes.
func (c *checker) plain(f *feedgauge.Field) []byte {
	if f.Escape == feedgauge.Plain {
		return f.Value
	}
	c.text = Unescape(c.text[:0], f)
	return c.text
}
