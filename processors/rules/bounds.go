package rules

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pattern"
)

// patterns checks the regular expressions of an expression before they are
// compiled. They must be written out: one that is put together while rules are
// judged would be compiled each time, whatever it becomes.
func (c *compiler) patterns(field, src string, base int, parsed *cel.Ast) error {
	var found error
	tree := parsed.NativeRep()
	ast.PreOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if found != nil || e.Kind() != ast.CallKind || e.AsCall().FunctionName() != "matches" || len(e.AsCall().Args()) == 0 {
			return
		}
		args := e.AsCall().Args()
		arg := args[len(args)-1]
		at := tree.SourceInfo().GetStartLocation(arg.ID())
		fe := &feedgauge.FieldError{Field: field, Offset: base + offset(src, at.Line(), at.Column())}
		if arg.Kind() != ast.LiteralKind || arg.AsLiteral().Type() != types.StringType {
			fe.Msg, fe.Hint = "the regular expression of matches must be written out", `as in feed.name.matches("^web-[0-9]+$")`
			found = fe
			return
		}
		text, _ := arg.AsLiteral().Value().(string)
		if err := pattern.Check(text); err != nil {
			fe.Msg = fmt.Sprintf("this is no regular expression that can be used: %v", err)
			found = fe
		}
	}))
	return found
}

// How large what rules look at is taken to be.
const (
	longText = 256 // bytes of a name, a label, a reason
	manyKeys = 50  // labels, or reasons
)

// sizes tells the estimate how large values are.
type sizes struct{}

func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	if n.ComputedSize() != nil {
		return nil
	}
	if n.Type() != nil && (n.Type().Kind() == types.MapKind || n.Type().Kind() == types.ListKind) {
		return &cost.SizeEstimate{Min: 0, Max: manyKeys}
	}
	return &cost.SizeEstimate{Min: 0, Max: longText}
}

func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// affordable refuses an expression that would be cut short by the limit when it is
// judged: it would never find anything.
func (c *compiler) affordable(field string, base int, checked *cel.Ast) error {
	e, err := c.env.EstimateCost(checked, sizes{})
	if err != nil {
		return &feedgauge.FieldError{Field: field, Offset: base, Msg: "it cannot be told what this costs: " + err.Error()}
	}
	if e.Max <= costLimit {
		return nil
	}
	return &feedgauge.FieldError{
		Field: field, Offset: base, Msg: fmt.Sprintf("to judge this may take more than %d steps", costLimit),
		Hint: "loops within loops, and long lists, are for other tools; a rule compares a few numbers",
	}
}
