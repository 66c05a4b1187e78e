package config

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/feedgauge/feedgauge/internal/suggest"
)

// Assignment gives a variable of the configuration its value.
type Assignment struct{ Name, Value string }

// VariablePrefix is how the names of environment variables begin that give
// variables their values.
const VariablePrefix = "FEEDGAUGE_VAR_"

// ParseAssignment reads name=value.
func ParseAssignment(s string) (Assignment, error) {
	name, value, ok := strings.Cut(s, "=")
	if !ok || !hclsyntax.ValidIdentifier(name) {
		return Assignment{}, fmt.Errorf("%q gives no variable a value: write name=value", s)
	}
	return Assignment{name, value}, nil
}

type variableBlock struct {
	Type        string    `hcl:"type,optional" doc:"what its value is: text, number, bool, list or table" default:"that of its default, text if it has none"`
	Default     cty.Value `hcl:"default,optional" doc:"value if none is given" default:"none, so that one must be given"`
	Description string    `hcl:"description,optional" doc:"what it is for, shown where a value is missing" default:"none"`
	Sensitive   bool      `hcl:"sensitive,optional" doc:"its value is a secret and never shown" default:"false"`
}

func newVariable() *variableBlock { return &variableBlock{} }

func variableTypes() []string { return []string{"text", "number", "bool", "list", "table"} }

// variables gives the variables their values: those on the command line win over
// those of the environment, and these over defaults.
func (l *loader) variables() {
	for _, b := range l.blocks["variable"] {
		n := &named{root: rootVar, name: b.Labels[0], block: b, attr: b.Body.Attributes["default"], state: failed}
		if !hclsyntax.ValidIdentifier(n.name) {
			l.report(b.text, b.LabelRanges[0], Diagnostic{Summary: "Bad name", Detail: "The name of a variable has letters, digits, hyphens and underscores, and begins with a letter."})
		}
		l.declare(n, b.LabelRanges[0])
		cfg := newVariable()
		l.decode(b, nil, cfg)
		if l.variableType(b, cfg) {
			l.assign(n, cfg)
		}
	}
	l.strayAssignments()
}

// variableType checks the type of a variable against its default.
func (l *loader) variableType(b *block, cfg *variableBlock) bool {
	have := ""
	if cfg.Default != cty.NilVal {
		have = typeWord(cfg.Default.Type())
	}
	switch {
	case b.bad["type"] || b.bad["default"]:
		return false
	case cfg.Type == "" && have == "":
		cfg.Type = "text"
	case cfg.Type == "" || cfg.Type == have:
		cfg.Type = have
	case !slices.Contains(variableTypes(), cfg.Type):
		l.invalid(b, "type", "There is no type "+quote(cfg.Type)+".", suggest.DidYouMean(cfg.Type, variableTypes()))
		return false
	case have != "":
		l.invalid(b, "default", fmt.Sprintf("The type of the variable is %s, but its default is a %s.", cfg.Type, have), "")
		return false
	}
	return true
}

func typeWord(t cty.Type) string {
	switch {
	case t == cty.Number:
		return "number"
	case t == cty.Bool:
		return "bool"
	case t.IsTupleType():
		return "list"
	case t.IsObjectType():
		return "table"
	}
	return "text"
}

// assign finds the value of a variable.
func (l *loader) assign(n *named, cfg *variableBlock) {
	n.outside = cfg.Sensitive || n.attr != nil && l.outside(n.attr.Expr)
	text, from, given := l.givenTo(n.name)
	switch {
	case given:
		v, why := readValue(text, cfg.Type)
		if why != "" {
			l.diags = append(l.diags, Diagnostic{
				Severity: Error, Summary: "Invalid value of a variable", Detail: fmt.Sprintf("The value of var.%s %s.", n.name, why),
				Hint: assignHint(cfg.Type), Range: Range{Filename: from},
			})
			return
		}
		n.value, n.state, n.from = v, settled, strings.TrimSuffix(from, " "+n.name)
	case cfg.Default != cty.NilVal:
		n.value, n.state = cfg.Default, settled
	default:
		detail := "It has no default, so a value must be given."
		if cfg.Description != "" {
			detail += " It is for: " + cfg.Description + "."
		}
		l.reportHeader(n.block, Diagnostic{
			Summary: "Variable without value", Detail: detail, Hint: fmt.Sprintf("give --var %s=..., or set %s%s in the environment", n.name, VariablePrefix, n.name),
		})
	}
}

// givenTo returns the text that a variable was given, and where.
func (l *loader) givenTo(name string) (text, from string, given bool) {
	for i := len(l.given) - 1; i >= 0; i-- { // the last one holds
		if a := l.given[i]; a.Name == name {
			return a.Value, "--var " + name, true
		}
	}
	text, given = os.LookupEnv(VariablePrefix + name)
	return text, VariablePrefix + name, given
}

// readValue reads what somebody gave a variable. Lists and tables are written as
// in a file. What is wrong with it is said without the value.
func readValue(s, typ string) (v cty.Value, why string) {
	switch typ {
	case "text":
		return cty.StringVal(s), ""
	case "bool":
		if s == "true" || s == "false" {
			return cty.BoolVal(s == "true"), ""
		}
		return v, "is neither true nor false"
	case "number":
		if number([]byte(s)) == nil {
			if v, err := cty.ParseNumberVal(s); err == nil {
				return v, ""
			}
		}
		return v, "is no number"
	}
	t := newText("", []byte(s))
	if t.tooMuch() != nil {
		return v, "is too large"
	}
	e, diags := hclsyntax.ParseExpression(t.src, "", hcl.InitialPos)
	if diags.HasErrors() {
		return v, "is no " + typ
	}
	if _, what := loop(e); what != "" {
		return v, "holds " + what
	}
	v, diags = e.Value(nil)
	if diags.HasErrors() || !v.IsWhollyKnown() || v.IsNull() || typeWord(v.Type()) != typ {
		return cty.NilVal, "is no " + typ
	}
	return v, ""
}

func assignHint(typ string) string {
	switch typ {
	case "list":
		return `write it as in a file: ["a", "b"]`
	case "table":
		return `write it as in a file: { key = "value" }`
	}
	return ""
}

// strayAssignments reports values on the command line for variables that are not
// there. The environment may hold those of other configurations.
func (l *loader) strayAssignments() {
	if !l.sure("variable", "include") {
		return
	}
	known := slices.Sorted(maps.Keys(l.scope.named[rootVar]))
	for _, a := range l.given {
		if l.scope.named[rootVar][a.Name] == nil {
			l.diags = append(l.diags, Diagnostic{
				Severity: Error, Summary: "Unknown variable", Detail: "The configuration has no variable " + quote(a.Name) + ".",
				Hint: suggest.DidYouMean(a.Name, known), Range: Range{Filename: "--var " + a.Name},
			})
		}
	}
}
