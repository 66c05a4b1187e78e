package measure

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/format/condition"
)

// Config configures one measure.
type Config struct {
	Name     string `hcl:"name,label" doc:"name of the measure, by which rules and forecasts know it"`
	When     string `hcl:"when,optional" doc:"condition in CEL over the fields of an event, as \"event.status >= 500\": only events for which it holds count" default:"none"`
	Sum      string `hcl:"sum,optional" doc:"number in CEL that is added up, as \"event.bytes\", to a thousandth each; instead of the number of events" default:"none"`
	Distinct string `hcl:"distinct,optional" doc:"value in CEL of which the different ones are counted, as \"event.host\": exactly up to 256 in a window, within some 2 % above; instead of the number of events" default:"none"`
}

// MaxPerClass bounds the measures of a class.
const MaxPerClass = 16

// goodName is what names in rules are made of.
var goodName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// reserved reports whether a name means something else where measures are named, or
// may yet: counts that every class has, and words of CEL.
func reserved(name string) bool {
	return slices.Contains([]string{
		"events", "bytes", "lines", "arrivals", "delayed", "future", "blank", "deliveries", "errors", "custom",
		"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop",
		"namespace", "null", "package", "return", "true", "var", "void", "while",
	}, name)
}

// Meter looks at events for one measure. It is used by one goroutine.
type Meter struct {
	name, key     string
	when          *condition.Condition
	sum, distinct *condition.Value

	// What was seen since the last reset.
	total  Total
	any    bool
	hashes []uint64
	missed int64
	text   []byte
}

// Build compiles the measure. All mistakes are joined, each a
// [feedgauge.FieldError].
func (c Config) Build() (*Meter, error) {
	m := &Meter{name: c.Name, key: SketchName(c.Name)}
	var errs []error
	fail := func(field string, offset int, msg, hint string) {
		errs = append(errs, &feedgauge.FieldError{Field: field, Offset: offset, Msg: msg, Hint: hint})
	}
	switch {
	case reserved(c.Name):
		fail("name", 0, fmt.Sprintf("%q means something else where measures are named", c.Name), "choose another name")
	case !goodName.MatchString(c.Name):
		fail("name", 0, "the name of a measure has up to 40 small letters, digits and underscores, and begins with a letter", `for example "errors_5xx"`)
	}
	switch {
	case c.When == "" && c.Sum == "" && c.Distinct == "":
		fail("name", 0, "nothing says what is counted", `add when = "event.status >= 500", sum = "event.bytes" or distinct = "event.host"`)
	case c.Sum != "" && c.Distinct != "":
		fail("distinct", 0, "there is a sum already", "remove one of the two, or make two measures of them")
	}
	var err error
	if c.When != "" {
		m.when, err = condition.New(c.When)
		errs = append(errs, mistakes("when", err, m.when, `for example "event.status >= 500"`))
	}
	if c.Sum != "" {
		m.sum, err = condition.NewNumber(c.Sum)
		errs = append(errs, mistakes("sum", err, m.sum, `for example "event.bytes"`))
	}
	if c.Distinct != "" {
		m.distinct, err = condition.NewText(c.Distinct)
		errs = append(errs, mistakes("distinct", err, m.distinct, `for example "event.host"`))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return m, nil
}

// named is an expression that was compiled.
type named interface{ Names() []condition.Name }

// mistakes words what is wrong with an expression.
func mistakes(field string, err error, compiled named, hint string) error {
	if err == nil {
		if len(compiled.Names()) == 0 {
			return &feedgauge.FieldError{Field: field, Msg: "it names no field of an event, so it is the same for all", Hint: hint}
		}
		return nil
	}
	list := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		list = joined.Unwrap()
	}
	var errs []error
	for _, err := range list {
		fe := &feedgauge.FieldError{Field: field, Msg: err.Error(), Hint: hint}
		var at *condition.Error
		if errors.As(err, &at) {
			fe.Offset = at.Offset
		}
		errs = append(errs, fe)
	}
	return errors.Join(errs...)
}

// Field is a field of an event that an option of a measure names.
type Field struct {
	Option string
	condition.Name
}

// Fields returns the fields of events that the measure names.
func (m *Meter) Fields() (out []Field) {
	add := func(option string, e named) {
		for _, n := range e.Names() {
			out = append(out, Field{option, n})
		}
	}
	if m.when != nil {
		add("when", m.when)
	}
	if m.sum != nil {
		add("sum", m.sum)
	}
	if m.distinct != nil {
		add("distinct", m.distinct)
	}
	return out
}

// Name returns the name of the measure.
func (m *Meter) Name() string { return m.name }

// Key is the name under which the sketch of the measure is kept.
func (m *Meter) Key() string { return m.key }

// Reset forgets what was looked at.
func (m *Meter) Reset() {
	m.total, m.any, m.hashes, m.missed = Total{}, false, m.hashes[:0], 0
}

// Look takes in an event. One for which an expression cannot be evaluated, since a
// field is not there or is of another type, does not count.
func (m *Meter) Look(e *feedgauge.Event) {
	if m.when != nil {
		holds, known := m.when.Test(e)
		if !known {
			m.missed++
		}
		if !holds {
			return
		}
	}
	var ok bool
	switch {
	case m.distinct != nil:
		if m.text, ok = m.distinct.AppendText(m.text[:0], e); ok {
			m.hashes = append(m.hashes, xxhash.Sum64(m.text))
		}
	case m.sum != nil:
		var x float64
		if x, ok = m.sum.Number(e); ok {
			ok = m.total.Add(x)
		}
	default:
		m.total.Count()
		ok = true
	}
	if m.any = m.any || ok; !ok {
		m.missed++
	}
}

// Missed returns for how many events since the last reset an expression could not
// be evaluated.
func (m *Meter) Missed() int64 { return m.missed }

// Any reports whether anything counted since the last reset.
func (m *Meter) Any() bool { return m.any }

// New returns an empty sketch of the measure.
func (m *Meter) New() feedgauge.Sketch {
	if m.distinct != nil {
		return &Distinct{}
	}
	return &Total{}
}

// Size is about how many bytes an empty sketch of the measure takes in a tally.
func (m *Meter) Size() int { return len(m.key) + 16 }

// Put adds what was looked at since the last reset to a sketch that New made, and
// reports by how many bytes that has grown.
func (m *Meter) Put(s feedgauge.Sketch) (grown int) {
	switch s := s.(type) {
	case *Total:
		s.Merge(&m.total)
	case *Distinct:
		for _, h := range m.hashes {
			grown += s.hash(h)
		}
	}
	return grown
}
