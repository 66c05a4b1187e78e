// Package condition evaluates conditions in CEL over the fields of an event, as
// event.status >= 500. Names are those of the format; dots in them may be written
// as they are: event.id.orig_h is the field "id.orig_h", or event["id.orig_h"].
//
// What the notation calls a number is one; text that spells a number is one too,
// unless it begins with a zero. A field that is blank is as if it were not there:
// has(event.user) tells.
package condition

import (
	"errors"
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"

	"github.com/feedgauge/feedgauge"
)

const maxCost = 100_000 // of one evaluation, in CEL's units

// Condition is a compiled condition. It is used by one goroutine.
type Condition struct{ program }

// program is a compiled expression and the event it looks at.
type program struct {
	program cel.Program
	event   *feedgauge.Event
	work    *work // of the regular expressions
	ast     *cel.Ast
	src     string
}

// Error is a mistake in the text of a condition.
type Error struct {
	Offset int // byte
	Msg    string
}

// Error implements error.
func (e *Error) Error() string { return e.Msg }

// New compiles a condition. The error is an [*Error], or several joined.
func New(src string) (*Condition, error) {
	p, err := compile(src, "condition", cel.BoolType)
	if err != nil {
		return nil, err
	}
	return &Condition{p}, nil
}

// compile checks an expression, which must give a value of one of the types, or one
// whose type an event decides.
func compile(src, what string, types ...*cel.Type) (program, error) {
	env, err := cel.NewEnv(
		cel.Variable("event", cel.DynType), cel.CrossTypeNumericComparisons(true),
		cel.ParserRecursionLimit(64), cel.ParserExpressionSizeLimit(16<<10),
		cel.ASTValidators(cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals(), cel.ValidateRegexLiterals(), cel.ValidateComprehensionNestingLimit(2)),
	)
	if err != nil {
		return program{}, fmt.Errorf("the language of conditions: %w", err)
	}
	parsed, issues := env.Compile(src)
	if issues != nil && issues.Err() != nil {
		var errs []error
		for _, e := range issues.Errors() {
			errs = append(errs, &Error{offset(src, e.Location.Line(), e.Location.Column()), e.Message})
		}
		return program{}, errors.Join(errs...)
	}
	t := parsed.OutputType()
	if !t.IsExactType(cel.DynType) && !slices.ContainsFunc(types, t.IsExactType) {
		return program{}, &Error{0, "it is no " + what + ": it gives a value of type " + t.String()}
	}
	if err := patterns(parsed); err != nil {
		return program{}, err
	}
	w := new(work)
	p, err := env.Program(parsed, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(maxCost), cel.OptimizeRegex(w.bounded()...))
	if err != nil {
		return program{}, &Error{0, err.Error()}
	}
	return program{program: p, work: w, ast: parsed, src: src}, nil
}

// offset turns CEL's line, from 1, and column, in characters from 0, into bytes.
func offset(src string, line, column int) int {
	at := 0
	for i, r := range src {
		if line == 1 && column == 0 {
			return i
		}
		if line == 1 {
			column--
		} else if r == '\n' {
			line--
		}
		at = i + len(string(r))
	}
	return at
}

// Holds reports whether the condition holds for e. One that cannot be evaluated,
// because a field is not there or costs too much, does not hold.
func (c *Condition) Holds(e *feedgauge.Event) bool {
	holds, _ := c.Test(e)
	return holds
}

// Test reports whether the condition holds for e, and whether that could be told.
func (c *Condition) Test(e *feedgauge.Event) (holds, known bool) {
	out, known := c.eval(e)
	if !known {
		return false, false
	}
	holds, known = out.Value().(bool)
	return holds, known
}

// eval returns what the expression gives for e; ok is false if it gives nothing.
func (p *program) eval(e *feedgauge.Event) (v ref.Val, ok bool) {
	p.event, *p.work = e, 0
	v, _, err := p.program.Eval(activation{p})
	p.event = nil
	return v, err == nil
}

// activation gives a program the event.
type activation struct{ p *program }

// ResolveName implements [cel.Activation].
func (a activation) ResolveName(name string) (any, bool) {
	if name != "event" {
		return nil, false
	}
	return &fields{event: a.p.event}, true
}

// Parent implements [cel.Activation].
func (activation) Parent() cel.Activation { return nil }
