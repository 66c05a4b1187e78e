package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/suggest"
)

// costLimit bounds the work of one evaluation, in CEL's units (about one per
// operation). A rule that looks at two dozen names needs a few hundred.
const costLimit = 100_000

// compiler compiles the expressions of one rule.
type compiler struct {
	env   *cel.Env
	vars  map[string]Variable
	names []string
}

// expression is a compiled piece of CEL.
type expression struct {
	program cel.Program
	typ     *cel.Type
	needs   group
	names   []string // variables in it that can be shown, in order
	varies  bool     // it names a variable

	numbers  []string // measures of whose forecasts it names numbers
	verdicts []string // measures of which it names what models find
}

// example is an expression for somebody who wrote none.
func example(field string) string {
	if field == "say" {
		return "{feed.name}"
	}
	return `"window.events < 10"`
}

func newCompiler(vars []Variable) (*compiler, error) {
	env, err := newEnv(vars)
	if err != nil {
		return nil, fmt.Errorf("building the expression environment: %w", err)
	}
	c := &compiler{env: env, vars: make(map[string]Variable, len(vars))}
	for _, v := range vars {
		c.vars[v.Name] = v
		c.names = append(c.names, v.Name)
	}
	return c, nil
}

// compile checks src, which begins at byte base of option field.
func (c *compiler) compile(field, src string, base int) (*expression, error) {
	if strings.TrimSpace(src) == "" {
		return nil, &feedgauge.FieldError{Field: field, Offset: base, Msg: "the expression is empty", Hint: "for example " + example(field)}
	}
	parsed, issues := c.env.Parse(src)
	if issues.Err() != nil {
		return nil, c.fieldErrors(field, src, base, issues)
	}
	if err := c.patterns(field, src, base, parsed); err != nil {
		return nil, err
	}
	ast, issues := c.env.Check(parsed)
	if issues.Err() != nil {
		return nil, c.fieldErrors(field, src, base, issues)
	}
	if err := c.affordable(field, base, ast); err != nil {
		return nil, err
	}
	program, err := c.env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(costLimit))
	if err != nil {
		return nil, &feedgauge.FieldError{Field: field, Offset: base, Msg: err.Error()}
	}
	e := &expression{program: program, typ: ast.OutputType()}
	for _, r := range ast.NativeRep().ReferenceMap() {
		e.needs |= groupOf(r.Name)
		e.looksAt(r.Name)
		e.varies = e.varies || c.vars[r.Name].Name != ""
		if v, ok := c.vars[r.Name]; ok && v.typ.Kind() != types.MapKind && !slices.Contains(e.names, r.Name) {
			e.names = append(e.names, r.Name)
		}
	}
	slices.Sort(e.names)
	return e, nil
}

// looksAt notes of which forecast a name is.
func (e *expression) looksAt(name string) {
	if !strings.HasPrefix(name, Forecast) {
		return
	}
	measure, verdict := forecastOf(name)
	if verdict && measure != "" && !strings.HasSuffix(name, ".score") {
		e.verdicts = append(e.verdicts, measure)
	} else if measure != "" {
		e.numbers = append(e.numbers, measure)
	}
}

// forecast reports whether at m there are the forecasts that the expression needs:
// all whose numbers it names, and one at least of those of which it names what models
// find, since where nothing is known nothing is found.
func (e *expression) forecast(m *Moment) bool {
	ready := func(measure string) bool { return m.forecast(measure).Ready }
	for _, measure := range e.numbers {
		if !ready(measure) {
			return false
		}
	}
	return len(e.verdicts) == 0 || slices.ContainsFunc(e.verdicts, ready)
}

// eval computes the expression for moment m.
func (e *expression) eval(vars map[string]Variable, m *Moment) (ref.Val, error) {
	v, _, err := e.program.Eval(activation{vars: vars, moment: m})
	if err != nil {
		return nil, fmt.Errorf("evaluating: %w", err)
	}
	return v, nil
}

// fieldErrors turns CEL's findings into mistakes with offsets, one per place.
func (c *compiler) fieldErrors(field, src string, base int, issues *cel.Issues) error {
	var errs []error
	seen := map[int]bool{}
	for _, e := range issues.Errors() {
		at := offset(src, e.Location.Line(), e.Location.Column())
		if seen[at] {
			continue
		}
		seen[at] = true
		errs = append(errs, c.fieldError(field, src, base, at, e.Message))
		if strings.HasPrefix(e.Message, "Syntax error") {
			break // behind it, the parser only guesses
		}
	}
	return errors.Join(errs...)
}

func (c *compiler) fieldError(field, src string, base, at int, msg string) error {
	fe := &feedgauge.FieldError{Field: field, Offset: base + at, Msg: firstSentence(msg)}
	if form, ok := strings.CutPrefix(msg, "Syntax error: "); ok {
		fe.Msg, fe.Hint = syntaxError(src[at:], form)
		return fe
	}
	if strings.HasPrefix(msg, "undeclared reference") || strings.HasPrefix(msg, "undefined field") {
		start, name := dotted(src, at)
		fe.Offset = base + start
		fe.Msg = fmt.Sprintf("nothing in this class provides %q", name)
		fe.Hint = c.hint(name)
	}
	return fe
}

// hint says what name was probably meant, or what would provide it.
func (c *compiler) hint(name string) string {
	for _, v := range measured() {
		if v.Name == name {
			return fmt.Sprintf("count it: add %q to measures of the class's count block", strings.TrimPrefix(name, "window."))
		}
	}
	if measure, _ := forecastOf(name); strings.HasPrefix(name, Forecast) && c.forecasts(measure) {
		return fmt.Sprintf("forecast it: add %q to measures of the class's forecast block", measure)
	}
	if n := suggest.Nearest(name, c.names); n != "" {
		return `did you mean "` + n + `"?`
	}
	if strings.HasPrefix(name, "lines.") {
		return "add learn = true to the class; it provides lines.drifts, .kind, .field, .text, .since and .sample"
	}
	if strings.HasPrefix(name, Forecast) {
		return `add a forecast to the class, such as forecast "trend" {}; it provides forecast.events.expected, .lower, .upper and .score`
	}
	group, _, _ := strings.Cut(name, ".")
	var same []string
	for _, n := range c.names {
		if strings.HasPrefix(n, group+".") {
			same = append(same, n)
		}
	}
	if same == nil {
		return "names begin with window., lines., forecast., silence. or feed."
	}
	return "one of: " + strings.Join(same, ", ")
}

// forecasts reports whether a measure might be forecast, and is not, in a class that
// has a forecast.
func (c *compiler) forecasts(measure string) bool {
	has := func(name string) bool { return c.vars[name].Name != "" }
	counted := has("window."+measure) && (measure == events || measure == "bytes" || measure == "lines")
	return has(Forecast+"reasons") && !has(Forecast+measure+".expected") && (counted || has("window."+Own+measure))
}

// firstSentence drops CEL's remark on containers, which we do not use.
func firstSentence(msg string) string {
	msg, _, _ = strings.Cut(msg, " (in container")
	return msg
}

// offset turns a line (from 1) and a column (from 0, in code points) into a
// byte offset.
func offset(src string, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		n := strings.IndexByte(src[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	for ; column > 0 && at < len(src); column-- {
		_, n := utf8.DecodeRuneInString(src[at:])
		at += n
	}
	return at
}

// dotted returns the dotted name around offset at and where it begins.
func dotted(src string, at int) (start int, name string) {
	start, end := at, at
	for start > 0 && nameByte(src[start-1]) {
		start--
	}
	for end < len(src) && nameByte(src[end]) {
		end++
	}
	return start, strings.Trim(src[start:end], ".")
}

func nameByte(b byte) bool {
	return b == '.' || b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
