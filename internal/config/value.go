package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/gocty"

	"github.com/feedgauge/feedgauge/internal/suggest"
)

// value evaluates an option into field and reports whether all went well. null
// leaves the default, as if the option were not there.
func (l *loader) value(b *block, a *hclsyntax.Attribute, field reflect.Value) bool {
	v, ok := l.evaluate(b, a.Expr)
	if !ok {
		return false
	}
	if v.IsNull() {
		delete(b.Body.Attributes, a.Name)
		return true
	}
	if field.Type() == reflect.TypeFor[cty.Value]() { // any value will do
		field.Set(reflect.ValueOf(v))
		return true
	}
	want, err := gocty.ImpliedType(field.Interface())
	if err != nil {
		l.report(b.text, a.NameRange, Diagnostic{
			Summary: "Option cannot be set", Detail: fmt.Sprintf("The plugin keeps %s in a type that has no form in a file: %s.", quote(a.Name), err),
		})
		return false
	}
	s := strictness{l: l, b: b, name: a.Name, span: isSpan(field.Type())}
	if !s.check(v, want, a.Expr) {
		return false
	}
	if v, err = into(v, want); err == nil {
		err = gocty.FromCtyValue(v, field.Addr().Interface())
	}
	if err != nil {
		l.report(b.text, a.Expr.Range(), Diagnostic{
			Summary: "Wrong type", Detail: fmt.Sprintf("The value of %s does not fit: %s.", quote(a.Name), err),
		})
	}
	return err == nil
}

// into converts a checked value to the type of its option. Lists and tables are
// converted one by one: cty would look for a common type of all elements first,
// in quadratic time.
func into(v cty.Value, want cty.Type) (cty.Value, error) {
	switch {
	case want.IsListType() && v.Type().IsTupleType() && v.LengthInt() > 0:
		elems := make([]cty.Value, 0, v.LengthInt())
		for it := v.ElementIterator(); it.Next(); {
			_, e := it.Element()
			e, err := into(e, want.ElementType())
			if err != nil {
				return v, err
			}
			elems = append(elems, e)
		}
		return cty.ListVal(elems), nil
	case want.IsMapType() && v.Type().IsObjectType() && v.LengthInt() > 0:
		elems := make(map[string]cty.Value, v.LengthInt())
		for it := v.ElementIterator(); it.Next(); {
			k, e := it.Element()
			e, err := into(e, want.ElementType())
			if err != nil {
				return v, err
			}
			elems[k.AsString()] = e
		}
		return cty.MapVal(elems), nil
	}
	return convert.Convert(v, want)
}

// evaluate computes an expression. Loops are refused first: they could run for
// longer than anybody waits.
func (l *loader) evaluate(b *block, e hclsyntax.Expression) (cty.Value, bool) {
	if at, what := loop(e); what != "" {
		l.report(b.text, at, Diagnostic{
			Summary: "Not supported", Detail: "A configuration has no " + what + ".", Hint: "write the values out",
		})
		return cty.NilVal, false
	}
	refs, ok := l.references(b, e)
	if !ok || !l.affordable(b, e, refs) {
		return cty.NilVal, false
	}
	v, diags := e.Value(l.context(b, refs))
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			l.evaluation(b, e, d)
		}
	}
	return v, !diags.HasErrors() && v.IsWhollyKnown()
}

// loop finds an expression that repeats another.
func loop(e hclsyntax.Expression) (at hcl.Range, what string) {
	_ = hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n.(type) {
		case *hclsyntax.ForExpr:
			at, what = n.Range(), "loops"
		case *hclsyntax.SplatExpr:
			at, what = n.Range(), "splat expressions"
		}
		return nil
	})
	return at, what
}

// evaluation words the mistakes that are met most often; the rest HCL words.
func (l *loader) evaluation(b *block, e hclsyntax.Expression, d *hcl.Diagnostic) {
	at := e.Range()
	if d.Subject != nil {
		at = *d.Subject
	}
	out := Diagnostic{Summary: d.Summary, Detail: d.Detail}
	switch d.Summary {
	case "Variables not allowed", "Unknown variable":
		word := b.text.at(at)
		out = Diagnostic{
			Summary: "Text without quotes", Detail: quote(word) + " means nothing here.", Hint: l.bareWord(word),
		}
	case "Unsupported attribute", "Invalid index":
		if part, hint := l.missingPart(e, at); part != "" {
			out = Diagnostic{Summary: "Unknown part", Detail: part, Hint: hint}
		}
	case "Call to unknown function":
		name, _, _ := strings.Cut(b.text.at(at), "(")
		out = Diagnostic{
			Summary: "Unknown function", Detail: "There is no function " + quote(strings.TrimSpace(name)) + ".",
			Hint: suggest.DidYouMean(name, functionNames()),
		}
	}
	if call, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d); ok && call.FunctionCallError() != nil {
		out = Diagnostic{Summary: "Function failed", Detail: sentence(call.FunctionCallError().Error())}
	}
	l.report(b.text, at, out)
}

// missingPart says which part of a variable or local is not there, "" if e names
// none at that place.
func (l *loader) missingPart(e hclsyntax.Expression, at hcl.Range) (detail, hint string) {
	for _, steps := range e.Variables() {
		n := l.scope.named[steps.RootName()][secondStep(steps)]
		r := steps.SourceRange()
		if n == nil || n.state != settled || at.Start.Byte < r.Start.Byte || at.End.Byte > r.End.Byte {
			continue
		}
		v, last := n.value, n.String()
		for _, step := range steps[2:] {
			name := secondStep(hcl.Traversal{step, step})
			if name == "" || !v.Type().IsObjectType() {
				return "", ""
			}
			if !v.Type().HasAttribute(name) {
				return "There is no " + quote(name) + " in " + last + ".", suggest.DidYouMean(name, slices.Sorted(maps.Keys(v.Type().AttributeTypes())))
			}
			v, last = v.GetAttr(name), last+"."+name
		}
	}
	return "", ""
}

// bareWord says what somebody probably meant by a word without quotes.
func (l *loader) bareWord(word string) string {
	for _, root := range []string{rootVar, rootLocal} {
		if l.scope.named[root][word] != nil {
			return "did you mean " + root + "." + word + "?"
		}
	}
	return "if it is text, put it in quotes: " + quote(word)
}

// strictness refuses values that HCL would convert in silence: a number for a
// text hides a missing unit, a text for a number a pair of quotes too many.
// Only text that a function returned may stand for a number.
type strictness struct {
	l    *loader
	b    *block
	name string
	span bool // the option is a duration
}

func (s *strictness) check(v cty.Value, want cty.Type, e hclsyntax.Expression) bool {
	e = bare(e)
	switch {
	case v.IsNull():
		return s.refuse(e, want, "it is null", "leave it out instead")
	case want.IsPrimitiveType():
		return s.primitive(v, want, e)
	case want.IsListType() || want.IsSetType():
		return s.list(v, want, e)
	case want.IsMapType():
		return s.table(v, want, e)
	}
	return true
}

func (s *strictness) primitive(v cty.Value, want cty.Type, e hclsyntax.Expression) bool {
	have := v.Type()
	if have == want {
		return true
	}
	if have == cty.String && !constant(e) {
		if _, err := convert.Convert(v, want); err == nil {
			return true
		}
	}
	return s.refuse(e, want, "this is "+kindName(have), s.rewrite(v, want))
}

// rewrite says how the value would be written in the right type.
func (s *strictness) rewrite(v cty.Value, want cty.Type) string {
	have := v.Type()
	switch {
	case s.span && have == cty.Number:
		return "give a unit: write " + strconv.Quote(plainNumber(v)+"s") + " for seconds"
	case want == cty.String && have == cty.Number:
		return "write " + strconv.Quote(plainNumber(v))
	case want == cty.Bool:
		return "write true or false"
	case have == cty.String && want == cty.Number:
		if n, err := convert.Convert(v, want); err == nil {
			return "write " + plainNumber(n) + " without quotes"
		}
	case have.IsTupleType() && len(have.TupleElementTypes()) == 1:
		return "leave out the brackets"
	}
	return ""
}

func plainNumber(v cty.Value) string { return v.AsBigFloat().Text('g', 12) }

func (s *strictness) list(v cty.Value, want cty.Type, e hclsyntax.Expression) bool {
	if !v.Type().IsTupleType() && !v.Type().IsListType() && !v.Type().IsSetType() {
		hint := "write a list: [ ... ]"
		if v.Type() == cty.String {
			hint = "write a list: [" + quote(v.AsString()) + "]"
		}
		return s.refuse(e, want, "this is "+kindName(v.Type()), hint)
	}
	ok, i := true, 0
	for it := v.ElementIterator(); it.Next(); i++ {
		_, elem := it.Element()
		ok = s.check(elem, want.ElementType(), element(e, i)) && ok
	}
	return ok
}

func (s *strictness) table(v cty.Value, want cty.Type, e hclsyntax.Expression) bool {
	if !v.Type().IsObjectType() && !v.Type().IsMapType() {
		return s.refuse(e, want, "this is "+kindName(v.Type()), `write { key = "value" }`)
	}
	ok, places := true, values(e)
	for it := v.ElementIterator(); it.Next(); {
		key, elem := it.Element()
		place := places[key.AsString()]
		if place == nil {
			place = e
		}
		ok = s.check(elem, want.ElementType(), place) && ok
	}
	return ok
}

func (s *strictness) refuse(e hclsyntax.Expression, want cty.Type, why, hint string) bool {
	noun := kindName(want)
	if s.span && want == cty.String {
		noun = "a duration in quotes"
	}
	s.l.report(s.b.text, e.Range(), Diagnostic{
		Summary: "Wrong type", Detail: fmt.Sprintf("%s takes %s, but %s.", quote(s.name), noun, why), Hint: hint,
	})
	return false
}

func kindName(t cty.Type) string {
	switch {
	case t == cty.String:
		return "text"
	case t == cty.Number:
		return "a number"
	case t == cty.Bool:
		return "true or false"
	case t.IsTupleType() || t.IsListType() || t.IsSetType():
		return "a list"
	case t.IsObjectType() || t.IsMapType():
		return "a table of names and values"
	}
	return t.FriendlyName()
}

// constant reports whether e has the same value wherever it stands.
func constant(e hclsyntax.Expression) bool {
	_, diags := e.Value(nil)
	return !diags.HasErrors()
}
