package condition

import (
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// Name is a field that an expression names, and the byte where it does.
type Name struct {
	Field  string // with dots, as far as the expression goes down
	Offset int
}

// Names returns the fields that the expression names, in the order in which they
// stand. It is empty for an expression that is the same for all events.
func (p *program) Names() (out []Name) {
	tree := p.ast.NativeRep()
	ast.PreOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		field, root := fieldOf(e)
		if root == nil {
			return
		}
		at := tree.SourceInfo().GetStartLocation(root.ID())
		n := Name{field, offset(p.src, at.Line(), at.Column())}
		if last := len(out) - 1; last >= 0 && out[last].Offset == n.Offset {
			return // a part of the one before
		}
		out = append(out, n)
	}))
	return out
}

// fieldOf returns the field that e is, and the variable before it; root is nil if it
// is none.
func fieldOf(e ast.Expr) (field string, root ast.Expr) {
	switch e.Kind() {
	case ast.SelectKind:
		s := e.AsSelect()
		return below(s.Operand(), s.FieldName())
	case ast.CallKind:
		c := e.AsCall()
		if c.FunctionName() != operators.Index || len(c.Args()) != 2 || c.Args()[1].Kind() != ast.LiteralKind {
			return "", nil
		}
		if name, ok := c.Args()[1].AsLiteral().(types.String); ok {
			return below(c.Args()[0], string(name))
		}
	default: // no field
	}
	return "", nil
}

// below returns the field name under operand: of the event, or of another field.
func below(operand ast.Expr, name string) (field string, root ast.Expr) {
	if operand.Kind() == ast.IdentKind && operand.AsIdent() == "event" {
		return name, operand
	}
	outer, root := fieldOf(operand)
	return outer + "." + name, root
}
