package config

import "github.com/hashicorp/hcl/v2/hclsyntax"

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

// valueOf returns the expression of a table's value, the whole where the table
// is not written out.
func valueOf(e hclsyntax.Expression, key string) hclsyntax.Expression {
	t, ok := bare(e).(*hclsyntax.ObjectConsExpr)
	if !ok {
		return bare(e)
	}
	for _, item := range t.Items {
		if v, diags := item.KeyExpr.Value(nil); !diags.HasErrors() && !v.IsNull() && v.Type().FriendlyName() == "string" && v.AsString() == key {
			return bare(item.ValueExpr)
		}
	}
	return bare(e)
}
