package format

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/feedgauge/feedgauge"
)

// checker checks records by what a dialect and the options say. It implements
// [feedgauge.EventReader].
type checker struct {
	scan   scanner
	head   headed   // nil if the format has no headers
	more   extender // nil if each line stands alone
	swift  swift    // nil if the scanner remembers nothing
	formed formed   // nil if the scanner does not tell forms
	plans  [plans]plan
	typed  typed // nil if header lines tell no types
	whole  bool  // the record is one event
	timed  bool  // events can have a time of their own
	max    int   // bytes of an event
	raw    bool  // any bytes will do
	checks []check
	dict   dictionary
	allow  byte // a control character that events may have, besides tabs
	kind   finder
	named  func(field string) bool // whether a column of that name has a type, where header lines name columns
	rules  []Rule
	schema *schema   // nil for none
	wrap   *wrapping // nil if events stand in no envelope

	line    int // of the record or file, up to where it is read
	event   feedgauge.Event
	verdict feedgauge.Verdict
	visit   func(*feedgauge.Event)
	text    []byte // scratch for values with escapes
}

// Named reports whether the format or its options name the field. Other names come
// from events and are not bounded.
func (c *checker) Named(field string) bool {
	for i := range c.checks {
		if c.checks[i].name == field {
			return true
		}
	}
	return c.named != nil && c.named(field) || c.wrap != nil && slices.Contains(c.wrap.names(), field)
}

// Timed reports whether events of the format, as its options are, can have a time.
func (c *checker) Timed() bool { return c.timed }

// Wrapped reports whether events stand in envelopes.
func (c *checker) Wrapped() bool { return c.wrap != nil }

// Rule is a condition that all events must fulfil.
type Rule interface {
	// Holds reports whether the condition holds for e. A condition that cannot be
	// evaluated does not hold.
	Holds(e *feedgauge.Event) bool
}

// Check implements [feedgauge.Checker].
func (c *checker) Check(r *feedgauge.Record) feedgauge.Verdict { return c.Read(r, nil) }

// Read implements [feedgauge.EventReader].
func (c *checker) Read(r *feedgauge.Record, visit func(*feedgauge.Event)) feedgauge.Verdict {
	if c.alone(r.Value) {
		if v, ok := c.one(r.Value, visit); ok {
			return v
		}
	}
	return c.any(r, visit)
}

// any is Read for all records.
func (c *checker) any(r *feedgauge.Record, visit func(*feedgauge.Event)) feedgauge.Verdict {
	if r.Value == nil {
		return feedgauge.Verdict{Reason: feedgauge.NullValue, Blank: true}
	}
	c.begin(visit)
	text := trimMark(r.Value)
	c.each(text, true)
	c.visit = nil
	if c.verdict.Lines = c.line; len(text) == 0 || c.wrap != nil {
		c.verdict.Lines = countLines(r.Value)
	}
	c.verdict.Blank = c.verdict.Events == 0
	return c.verdict
}

// alone reports whether a record is one line, and that an event: most records are, and
// what may happen to others need not be looked at.
func (c *checker) alone(b []byte) bool {
	n := len(b)
	return c.wrap == nil && n > 0 && b[0] > ' ' && b[0] < 0x80 && b[n-1] > ' ' && bytes.IndexByte(b, '\n') < 0
}

// one is Read for a record that is one event. It reports false if more has to be known
// of that.
func (c *checker) one(b []byte, visit func(*feedgauge.Event)) (v feedgauge.Verdict, ok bool) {
	if c.head != nil {
		if c.head.forget(); len(b) <= c.max && c.head.header(b) {
			return v, false
		}
	}
	c.read(b)
	e := &c.event
	if e.Reason == feedgauge.Truncated && c.more != nil {
		return v, false
	}
	e.Line, e.Lines, v.Lines, v.Events = 1, 1, 1, 1
	if e.Reason != "" {
		v.Bad, v.Reason, v.Fault = 1, e.Reason, e.Fault
	}
	if visit != nil {
		visit(e)
	}
	return v, true
}

// begin starts a record or file.
func (c *checker) begin(visit func(*feedgauge.Event)) {
	c.visit, c.verdict, c.line = visit, feedgauge.Verdict{}, 0
	if c.head != nil {
		c.head.forget()
	}
	if c.wrap != nil {
		c.wrap.forget()
	}
}

// single reports whether a record or file is one event.
func (c *checker) single() bool { return c.whole && c.wrap == nil }

// limit is how long an event may be with its envelope, in bytes.
func (c *checker) limit() int {
	if c.wrap != nil {
		return c.wrap.limit
	}
	return c.max
}

// each checks the events in b and returns what is left of it: nothing, unless
// more will follow (it is not final) and the last event may not be complete.
func (c *checker) each(b []byte, final bool) (rest []byte) {
	if c.wrap != nil {
		return c.wrapped(b, final)
	}
	return c.events(b, final)
}

// events is each for events that stand in no envelope, or no longer do.
func (c *checker) events(b []byte, final bool) (rest []byte) {
	if c.whole {
		return c.all(b, final)
	}
	for len(b) > 0 {
		next, wait := c.eventAt(b, final)
		if wait {
			return b
		}
		b = next
	}
	return nil
}

// eventAt checks what stands on the first line of b, or begins there, and returns
// what follows. wait says that b has to be longer for that.
func (c *checker) eventAt(b []byte, final bool) (next []byte, wait bool) {
	if !final && bytes.IndexByte(b, '\n') < 0 {
		return nil, true
	}
	line, next := cutLine(b)
	c.line++
	switch {
	case blank(line):
	case c.head != nil && len(line) <= c.max && c.head.header(line):
		c.header()
	default:
		c.read(line)
		if c.event.Reason == feedgauge.Truncated && c.more != nil {
			n := c.more.extend(b, final)
			if n < 0 {
				c.line--
				return nil, true
			}
			if n > 0 {
				return c.extended(b, n), false
			}
		}
		c.tell(1)
	}
	return next, false
}

// extended checks the event of several lines at the start of b and returns what
// follows.
func (c *checker) extended(b []byte, n int) (next []byte) {
	lines := countLines(b[:n])
	c.read(trimEnd(b[:n]))
	c.tell(lines)
	c.line += lines - 1
	return b[n:]
}

// all checks b as one event.
func (c *checker) all(b []byte, final bool) (rest []byte) {
	if !final {
		return b
	}
	c.line = 1
	if text := trimEnd(b); !blank(text) {
		c.read(text)
		c.tell(countLines(text))
	}
	c.line = countLines(b)
	return nil
}

// read fills in c.event.
func (c *checker) read(text []byte) {
	c.fresh(text)
	c.event.Reason = c.judge(&c.event, text)
}

// fresh begins c.event.
func (c *checker) fresh(text []byte) *feedgauge.Event {
	e := &c.event
	e.Text, e.Fields, e.Kind, e.Fault, e.Clock = text, nil, nil, "", feedgauge.NoClock
	return e
}

// refuse tells of text of which no more is known than why it is no event.
func (c *checker) refuse(text []byte, reason feedgauge.Reason, fault string, lines int) {
	e := c.fresh(text)
	e.Reason, e.Fault = reason, fault
	c.tell(lines)
}

// judge returns the first reason that applies.
func (c *checker) judge(e *feedgauge.Event, text []byte) feedgauge.Reason {
	if len(text) > c.max {
		return feedgauge.TooLong
	}
	if !c.raw && (c.swift == nil || !c.swift.again(text)) {
		if reason := unclean(text, c.allow); reason != "" {
			return reason
		}
	}
	if reason := c.scan.scan(e, text); reason != "" {
		return reason
	}
	if reason := c.content(e); reason != "" {
		return reason
	}
	if c.schema != nil && !c.schema.fits(text) {
		return feedgauge.BadSchema
	}
	for _, r := range c.rules {
		if !r.Holds(e) {
			return feedgauge.BrokenRule
		}
	}
	return ""
}

// tell counts c.event, which takes so many lines, and shows it.
func (c *checker) tell(lines int) {
	e, v := &c.event, &c.verdict
	e.Line, e.Lines = c.line, lines
	if c.wrap != nil {
		c.wrap.place(e)
	}
	v.Events++
	if e.Reason != "" {
		v.Bad++
		if v.Reason == "" {
			v.Reason, v.Fault = e.Reason, e.Fault
		}
	}
	if c.visit != nil {
		c.visit(e)
	}
}

// header counts a header line.
func (c *checker) header() {
	if c.wrap == nil || c.wrap.line() {
		c.verdict.Headers++
	}
}

// content looks at the fields: by a plan, if there is one for events of that form.
func (c *checker) content(e *feedgauge.Event) feedgauge.Reason {
	if c.formed != nil {
		if form := c.formed.form(); form != 0 {
			if reason, done := c.follow(e, c.planned(e, form)); done {
				return reason
			}
		}
	}
	if e.Kind == nil {
		if f := c.kind.find(e.Fields); f != nil && !f.Blank() {
			e.Kind = f.Value
		}
	}
	return c.fields(e)
}

// fields looks at what is required and typed. Missing fields come first, then
// types, times and ranges.
func (c *checker) fields(e *feedgauge.Event) feedgauge.Reason {
	worst := finding{}
	for i := range c.checks {
		if c.field(e, &c.checks[i], &worst) {
			return feedgauge.MissingField
		}
	}
	if c.typed != nil {
		c.columns(e, c.typed.types(), &worst)
	}
	c.optional(e, &worst)
	return worst.reason
}

// columns looks at the types that header lines tell.
func (c *checker) columns(e *feedgauge.Event, checks []check, worst *finding) {
	for i := range checks {
		if k := &checks[i]; k.column < len(e.Fields) && !e.Fields[k.column].Blank() {
			c.value(e, &e.Fields[k.column], k, worst)
		}
	}
}

// finding is the first fault so far, in the order of reasons.
type finding struct {
	reason feedgauge.Reason
	rank   int
}

// field checks one field. It reports whether it is missing, and puts any other
// fault into worst if it is told before that.
func (c *checker) field(e *feedgauge.Event, k *check, worst *finding) (missing bool) {
	f := k.find(e.Fields)
	if f == nil || k.blank(f) {
		if k.missed(e.Fields) {
			e.Fault = k.name
			return true
		}
		return false
	}
	c.value(e, f, k, worst)
	return false
}

// value looks at the type of a field that is not blank, and puts a fault into worst if
// it is told before that.
func (c *checker) value(e *feedgauge.Event, f *feedgauge.Field, k *check, worst *finding) {
	if k.typ.nests && f.Kind >= feedgauge.Object || k.plain()>>f.Kind&1 != 0 {
		return
	}
	if reason, rank := k.test(e, f, c.plain(f)); rank > 0 && (worst.rank == 0 || rank < worst.rank) {
		*worst, e.Fault = finding{reason, rank}, k.name
	}
}

// unclean tells text that is not valid UTF-8 or has control characters other than
// tabs, line ends and the one allowed.
func unclean(b []byte, allow byte) feedgauge.Reason {
	odd, high := unusual(b)
	if high && !utf8.Valid(b) {
		return feedgauge.Encoding
	}
	if !odd {
		return ""
	}
	for i, c := range b {
		if c >= ' ' || c == allow && c != 0 || c == '\t' || c == '\n' || c == '\r' && i+1 < len(b) && b[i+1] == '\n' {
			continue
		}
		return feedgauge.Control
	}
	return ""
}
