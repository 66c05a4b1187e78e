package condition

import (
	"fmt"
	"regexp"
	"regexp/syntax"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

const (
	maxPattern = 1000 // steps of a regular expression's program

	// maxWork bounds steps times bytes, of all regular expressions of one evaluation.
	// CEL counts what a match costs only after it was made, and by the length of the
	// expression as it is written, which repetitions such as {500} keep short.
	maxWork = 32 << 20
)

// patterns refuses regular expressions that cost too much, and those that are made
// of fields, whose cost nobody knows.
func patterns(a *cel.Ast) error {
	for _, call := range ast.MatchDescendants(ast.NavigateAST(a.NativeRep()), ast.FunctionMatcher(overloads.Matches)) {
		args := call.AsCall().Args()
		pattern := args[len(args)-1]
		text, ok := "", pattern.Kind() == ast.LiteralKind
		if ok {
			text, ok = pattern.AsLiteral().Value().(string)
		}
		if !ok {
			return &Error{0, "a regular expression must be written out"}
		}
		if n := steps(text); n > maxPattern {
			return &Error{0, fmt.Sprintf("the regular expression takes %d steps, more than %d", n, maxPattern)}
		}
	}
	return nil
}

// steps counts the steps of an expression, 0 if it is none, which CEL tells.
func steps(expr string) int {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return 0
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 0
	}
	return len(prog.Inst)
}

// work is what regular expressions have cost in an evaluation, in steps times bytes.
type work int

// bounded returns what CEL shall put in place of matches. It looks for the overload
// first, so these come before its own, which goes by the name of the function.
func (w *work) bounded() []*interpreter.RegexOptimization {
	var out []*interpreter.RegexOptimization
	for _, id := range []string{overloads.Matches, overloads.MatchesString} {
		out = append(out, &interpreter.RegexOptimization{Function: overloads.Matches, OverloadID: id, RegexIndex: 1, Factory: w.call})
	}
	return out
}

// call compiles one call of matches.
func (w *work) call(call interpreter.InterpretableCall, expr string) (interpreter.InterpretableCall, error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, fmt.Errorf("the regular expression of matches: %w", err)
	}
	n := steps(expr)
	match := func(args ...ref.Val) ref.Val {
		text, ok := args[0].(types.String)
		if !ok {
			return types.MaybeNoSuchOverloadErr(args[0])
		}
		if cost := n * len(text); cost > maxWork-int(*w) {
			return types.NewErr("a text of %d bytes is too long for a regular expression of %d steps", len(text), n)
		}
		*w += work(n * len(text))
		return types.Bool(re.MatchString(string(text)))
	}
	return interpreter.NewCall(call.ID(), call.Function(), call.OverloadID(), call.Args(), match), nil
}
