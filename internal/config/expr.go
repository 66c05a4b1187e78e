package config

import (
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// bare removes parentheses around an expression.
func bare(e hclsyntax.Expression) hclsyntax.Expression {
	for {
		p, ok := e.(*hclsyntax.ParenthesesExpr)
		if !ok {
			return e
		}
		e = p.Expression
	}
}

// element returns the expression of a list's element, the whole where the list
// is not written out.
func element(e hclsyntax.Expression, index int) hclsyntax.Expression {
	if t, ok := bare(e).(*hclsyntax.TupleConsExpr); ok && 0 <= index && index < len(t.Exprs) {
		return bare(t.Exprs[index])
	}
	return bare(e)
}

// values returns the expressions of a table's values by key, as far as the table
// is written out and its keys are constant.
func values(e hclsyntax.Expression) map[string]hclsyntax.Expression {
	t, ok := bare(e).(*hclsyntax.ObjectConsExpr)
	if !ok {
		return nil
	}
	out := make(map[string]hclsyntax.Expression, len(t.Items))
	for _, item := range t.Items {
		v, diags := item.KeyExpr.Value(nil)
		if diags.HasErrors() || v.IsNull() || v.Type() != cty.String {
			continue
		}
		if key := v.AsString(); out[key] == nil { // the first of several
			out[key] = bare(item.ValueExpr)
		}
	}
	return out
}
