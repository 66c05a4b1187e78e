package format

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/processors/format/condition"
)

// Options are what any format can be asked to check.
type Options struct {
	Require       []string          `hcl:"require,optional" doc:"fields that each event must have, as \"name\" or \"name:type\"; one that is empty, \"-\", null or the address 0.0.0.0 is missing" default:"what the format demands"`
	Types         map[string]string `hcl:"types,optional" doc:"types of fields, where they are there: string, int, float, number, bool, timestamp, ip, port, cidr, host, mac, uuid, hex, object, array, timestamp(layout), enum(a|b), regexp(expression)" default:"{}"`
	Ranges        map[string]string `hcl:"ranges,optional" doc:"numbers that fields may hold, as \"100..599\", \"0..\" or \"..10\"" default:"{}"`
	Rules         []string          `hcl:"rules,optional" doc:"conditions in CEL that each event must fulfil, as \"event.status in [200, 404]\"; a field that is blank is not there, and what cannot be evaluated does not hold" default:"[]"`
	Fields        []string          `hcl:"fields,optional" doc:"names of the columns, for formats whose header line gives them and may be lost" default:"[]"`
	Time          string            `hcl:"time,optional" doc:"field with the event's time" default:"that of the format"`
	TimeLayout    string            `hcl:"time_layout,optional" doc:"notation of that time: rfc3339, iso8601, epoch, epoch_ms, epoch_us, epoch_ns, clf, syslog, or a layout of Go or strftime" default:"that of the format"`
	Unit          string            `hcl:"unit,optional" doc:"what one event is: \"line\", \"message\" (all of a record, or of what an envelope holds) or \"record\" (what the format says, over several lines)" default:"that of the format"`
	Envelope      string            `hcl:"envelope,optional" doc:"what events are wrapped in: \"none\", \"syslog\" (a header of RFC 3164 or 5424 before the event), \"beats\" (an object with the event in a field, as Beats, Fluent Bit and Vector write it), \"docker\" (json-file), \"cri\" (logs of containers in Kubernetes), \"records\" (an object with them in an array: Records of CloudTrail, records of Event Hubs, logEvents of CloudWatch), \"array\" (of JSON) or \"auto\" (whichever of these a line is, if any)" default:"none"`
	EnvelopeField string            `hcl:"envelope_field,optional" doc:"field of the envelope that holds the event" default:"of beats the first there is of message, log, event.original, MESSAGE; of others all of an element"`
	MaxLine       string            `hcl:"max_line,optional" doc:"length above which an event is too long" default:"1MiB"`
}

// Defaults returns the options as they are if none is set.
func Defaults() Options { return Options{MaxLine: "1MiB"} }

// EventUnit is what one event is, where it is set, or where a record is meant to hold
// several; else a record is counted as one.
func (o *Options) EventUnit() string {
	if o.Unit == "" && (o.Envelope == recordsEnvelope || o.Envelope == arrayEnvelope || o.Envelope == autoEnvelope) {
		return "record"
	}
	return o.Unit
}

// Wrap sets what events are wrapped in, and the field that holds them.
func (o *Options) Wrap(envelope, field string) { o.Envelope, o.EnvelopeField = envelope, field }

// only returns the names of all fields that events of a dialect can have, nil where
// there may be others.
func (o *Options) only(d *dialect) []string {
	switch {
	case d.named && len(o.Fields) > 0:
		return o.Fields
	case d.open || d.named:
		return nil
	}
	return d.names()
}

// Units are what one event may be.
func units() []string { return []string{"line", "message", "record"} }

// build makes a checker of a dialect. All mistakes are joined.
func (o *Options) build(d dialect) (*checker, error) {
	b := builder{o: o, d: &d, checks: map[string]*check{}}
	b.columns()
	b.known()
	b.require()
	b.types()
	b.ranges()
	b.time()
	c := b.checker()
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	return c, nil
}

// builder is one run of build.
type builder struct {
	o      *Options
	d      *dialect
	checks map[string]*check
	order  []string // names in checks
	errs   []error
}

func (b *builder) fail(option string, index, offset int, msg, hint string) {
	b.errs = append(b.errs, &feedgauge.FieldError{Field: option, Index: index, Offset: offset, Msg: msg, Hint: hint})
}

// columns puts the declared names in place of those of the format.
func (b *builder) columns() {
	if len(b.o.Fields) == 0 {
		return
	}
	if !b.d.named {
		b.fail("fields", 0, 0, "the columns of this format have names already", "remove the option")
		return
	}
	for i, name := range b.o.Fields {
		switch {
		case name == "":
			b.fail("fields", i, 0, "the name is empty", `name a column that does not matter "-"`)
		case name != "-" && slices.Index(b.o.Fields, name) < i:
			b.fail("fields", i, 0, fmt.Sprintf("%q is listed twice", name), "remove one of them")
		}
	}
}

// known adds what the format says of its fields.
func (b *builder) known() {
	for _, f := range b.d.fields {
		if f.typ == "" && !f.need {
			continue
		}
		k := b.check(f.name)
		k.required, k.loose = f.need, f.loose
		if f.typ != "" {
			k.typ = mustType(f.typ)
			k.typ.nests = f.nests
		}
	}
	if b.o.Require == nil {
		for _, d := range b.d.demand {
			k := b.check(d.name)
			k.required, k.unless = true, finder{name: d.unless}
		}
	}
}

// mustType reads a type that a dialect names.
func mustType(text string) valueType {
	t, err := parseType(text)
	if err != nil {
		panic(fmt.Sprintf("type %q of a dialect: %s", text, err.msg))
	}
	return t
}

// check returns the check of a field, a new one if there is none.
func (b *builder) check(name string) *check {
	k := b.checks[name]
	if k == nil {
		k = &check{finder: finder{name: name}}
		b.checks[name] = k
		b.order = append(b.order, name)
	}
	return k
}

// exists reports whether events can have a field of that name.
func (b *builder) exists(option string, index int, name string) bool {
	switch {
	case len(b.o.Fields) > 0 && b.d.named && !b.d.open:
		return slices.Contains(b.o.Fields, name) || b.unknown(option, index, name, b.o.Fields)
	case b.d.open, slices.ContainsFunc(b.d.fields, func(f known) bool { return f.name == name }):
		return name != "" || b.unknown(option, index, name, b.d.names())
	}
	return b.unknown(option, index, name, b.d.names())
}

func (b *builder) unknown(option string, index int, name string, names []string) bool {
	msg, hint := fmt.Sprintf("%q is no field of this format", name), suggest.Hint(name, names)
	switch {
	case name == "":
		msg = "the name is empty"
	case hint == "" && len(names) > 0:
		hint = "fields are " + strings.Join(names, ", ")
	}
	b.fail(option, index, 0, msg, hint)
	return false
}

func (b *builder) require() {
	seen := map[string]bool{}
	for i, expr := range b.o.Require {
		name, typ := expr, ""
		if colon := strings.LastIndexByte(expr, ':'); colon >= 0 && b.isType(expr[colon+1:]) {
			name, typ = expr[:colon], expr[colon+1:]
		}
		if !b.exists("require", i, name) {
			continue
		}
		if seen[name] {
			b.fail("require", i, 0, fmt.Sprintf("%q is listed twice", name), "remove one of them")
			continue
		}
		seen[name] = true
		k := b.check(name)
		k.required = true
		if typ != "" {
			b.typed("require", i, len(name)+1, k, typ)
		}
	}
}

// isType reports whether what stands behind a colon is meant for a type. Names
// that the format knows have no colon.
func (b *builder) isType(text string) bool {
	name, _, _ := strings.Cut(text, "(")
	return slices.Contains(publicTypes(), name) || !strings.ContainsAny(text, ". ")
}

func (b *builder) typed(option string, index, offset int, k *check, text string) {
	t, err := parseType(text)
	if err != nil {
		b.fail(option, index, offset+err.offset, err.msg, err.hint)
		return
	}
	k.typ, k.loose = t, false
}

func (b *builder) types() {
	for _, name := range slices.Sorted(maps.Keys(b.o.Types)) {
		if b.exists("types", 0, name) {
			b.typed("types", 0, 0, b.check(name), b.o.Types[name])
		}
	}
}

func (b *builder) ranges() {
	for _, name := range slices.Sorted(maps.Keys(b.o.Ranges)) {
		if !b.exists("ranges", 0, name) {
			continue
		}
		r, ok := parseBounds(b.o.Ranges[name])
		if !ok {
			b.fail("ranges", 0, 0, fmt.Sprintf("%q is no range of numbers", b.o.Ranges[name]), `for example "100..599", "0.." or "..10"`)
			continue
		}
		b.check(name).bounds = r
	}
}

// parseBounds reads "low..high", of which one may be missing.
func parseBounds(text string) (*bounds, bool) {
	low, high, ok := strings.Cut(text, "..")
	if !ok || low == "" && high == "" {
		return nil, false
	}
	r := &bounds{math.Inf(-1), math.Inf(1)}
	var err1, err2 error
	if low != "" {
		r.low, err1 = strconv.ParseFloat(low, 64)
	}
	if high != "" {
		r.high, err2 = strconv.ParseFloat(high, 64)
	}
	return r, err1 == nil && err2 == nil && r.low <= r.high
}

// time marks the field with the event's time.
func (b *builder) time() {
	name := b.d.time
	if b.o.Time != "" {
		if name = b.o.Time; !b.exists("time", 0, name) {
			return
		}
	}
	if name == "" && b.o.TimeLayout != "" {
		name = b.onlyTimestamp()
	}
	if name == "" {
		if b.o.TimeLayout != "" {
			b.fail("time_layout", 0, 0, "no field holds a time", `name it with the option "time"`)
		}
		return
	}
	k := b.check(name)
	k.time = true
	if b.o.TimeLayout != "" {
		l, err := parseLayout(b.o.TimeLayout)
		if err != nil {
			b.fail("time_layout", 0, err.offset, err.msg, err.hint)
			return
		}
		k.typ = valueType{kind: timestampType, layout: l}
	} else if k.typ.kind != timestampType {
		k.typ = valueType{kind: timestampType}
	}
}

// onlyTimestamp is the one field whose type is timestamp, empty if there are none or
// several.
func (b *builder) onlyTimestamp() (only string) {
	for _, name := range b.order {
		if b.checks[name].typ.kind != timestampType {
			continue
		}
		if only != "" {
			return ""
		}
		only = name
	}
	return only
}

// checker puts all together.
func (b *builder) checker() *checker {
	c := &checker{scan: b.d.scanner(b.o.Fields), kind: finder{name: b.d.kind}}
	c.head, _ = c.scan.(headed)
	c.swift, _ = c.scan.(swift)
	c.formed, _ = c.scan.(formed)
	if c.typed, _ = c.scan.(typed); c.typed != nil {
		c.named = c.typed.typeable
	}
	b.unit(c)
	c.max = b.size(b.o.MaxLine)
	c.rules = b.rules()
	c.timed = b.d.clock || b.d.time != "" || b.o.Time != "" || b.o.TimeLayout != "" || b.o.Envelope != "" && b.o.Envelope != "none"
	b.envelope(c)
	c.allow = b.d.allow
	for _, name := range b.order {
		if k := b.checks[name]; b.d.sparse && k.optional() {
			c.dict.add(*k)
		} else {
			c.checks = append(c.checks, *k)
		}
	}
	return c
}

// size reads the length above which an event is too long.
func (b *builder) size(text string) int {
	n, ok := parseSize(text)
	if !ok {
		b.fail("max_line", 0, 0, fmt.Sprintf("%q is no size", text), `for example "64KiB" or "1MiB"`)
	}
	return n
}

// rules compiles the conditions.
func (b *builder) rules() (out []Rule) {
	for i, src := range b.o.Rules {
		c, err := condition.New(src)
		if err == nil {
			out = append(out, c)
			continue
		}
		list := []error{err}
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			list = joined.Unwrap()
		}
		for _, err := range list {
			var at *condition.Error
			if errors.As(err, &at) {
				b.fail("rules", i, at.Offset, at.Msg, `for example "event.status in [200, 404]"`)
			} else {
				b.fail("rules", i, 0, err.Error(), "")
			}
		}
	}
	return out
}

func (b *builder) unit(c *checker) {
	unit := b.d.unit
	if b.o.Unit != "" {
		unit = b.o.Unit
	}
	switch unit {
	case "", "line":
	case "message":
		c.whole = true
	case "record":
		c.more, _ = c.scan.(extender)
	default:
		b.fail("unit", 0, 0, fmt.Sprintf("there is no unit %q", unit), suggest.Hint(unit, units()))
	}
}

// parseSize reads a number of bytes with or without a unit. Empty stands for the
// default.
func parseSize(text string) (int, bool) {
	if text == "" {
		return 1 << 20, true
	}
	digits := strings.TrimRight(text, "BKMGikmgb ")
	factor, ok := map[string]int{"": 1, "B": 1, "KB": 1e3, "KiB": 1 << 10, "MB": 1e6, "MiB": 1 << 20, "GB": 1e9, "GiB": 1 << 30}[strings.TrimSpace(text[len(digits):])]
	n, err := strconv.Atoi(digits)
	return n * factor, ok && err == nil && n > 0 && n <= math.MaxInt32/factor
}
