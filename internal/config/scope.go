package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/feedgauge/feedgauge/internal/suggest"
)

// What names stand for is bounded before it is computed: ten locals that each
// hold the one before ten times would fill any memory.
const (
	maxValue  = 1 << 20  // bytes of the value of one expression
	maxValues = 32 << 20 // of all expressions that name something
	maxChain  = 200      // locals that name one another
)

// scope holds what expressions may name: variables as var.NAME, locals as
// local.NAME.
type scope struct {
	named map[string]map[string]*named // by root, var or local
	known bool                         // variables have their values, and locals may be computed
	ready bool                         // all have their values
	chain []*named                     // locals being computed, outermost first
	deep  bool                         // that a chain is too long was told
	spent int                          // bytes of all values

	foreign map[hclsyntax.Expression]bool // whether its value comes from outside
}

const (
	rootVar   = "var"
	rootLocal = "local"
)

// named is one variable or local.
type named struct {
	root, name string
	block      *block
	attr       *hclsyntax.Attribute // of a local; of a variable its default, may be nil
	value      cty.Value
	state      state
	outside    bool // its value comes from outside of the files and is not to be shown
	used       bool
	from       string // what gave a variable its value, empty for its default
}

type state uint8

const (
	pending state = iota
	computing
	settled
	failed
)

func newScope() *scope {
	return &scope{named: map[string]map[string]*named{rootVar: {}, rootLocal: {}}, foreign: map[hclsyntax.Expression]bool{}}
}

// declared returns what is named under a root, by name.
func (l *loader) declared(root string) []*named {
	return slices.SortedFunc(maps.Values(l.scope.named[root]), func(a, b *named) int { return cmp.Compare(a.name, b.name) })
}

func (n *named) String() string { return n.root + "." + n.name }

// declare adds a name, and reports one that is there already.
func (l *loader) declare(n *named, at hcl.Range) {
	if first := l.scope.named[n.root][n.name]; first != nil {
		l.report(n.block.text, at, Diagnostic{
			Summary: "Name used twice", Detail: fmt.Sprintf("There is a %s already, at %s.", n, first.where()), Hint: "rename or remove one of them",
		})
		return
	}
	l.scope.named[n.root][n.name] = n
}

// where returns file:line:column of a declaration.
func (n *named) where() string {
	if n.root == rootVar {
		return n.block.where()
	}
	at := n.attr.NameRange.Start.Byte
	return Range{Filename: n.block.text.name, Start: n.block.text.pos(at)}.String()
}

// reference is a name in an expression.
type reference struct {
	*named
	steps hcl.Traversal // all of it
}

// references finds the names in e that are in scope. Those that are not there it
// reports, and returns false for; also for those whose value is known to be bad.
func (l *loader) references(b *block, e hclsyntax.Expression) (refs []reference, ok bool) {
	ok = true
	for _, steps := range e.Variables() {
		root := steps.RootName()
		if root != rootVar && root != rootLocal {
			continue // HCL says what is wrong with it
		}
		n := l.resolve(b, root, steps)
		if n == nil || n.state == failed {
			ok = false
			continue
		}
		refs = append(refs, reference{n, steps})
	}
	return refs, ok
}

// resolve looks a name up and has its value computed. It is nil, and reported,
// where there is none.
func (l *loader) resolve(b *block, root string, steps hcl.Traversal) *named {
	at := steps.SourceRange()
	name := secondStep(steps)
	if name == "" {
		l.report(b.text, at, Diagnostic{
			Summary: "Name missing", Detail: quote(root) + " by itself stands for nothing.", Hint: "write " + root + ".NAME",
		})
		return nil
	}
	n := l.scope.named[root][name]
	switch {
	case !l.scope.known:
		l.report(b.text, at, Diagnostic{
			Summary: "Not known yet", Detail: "Files are read, and defaults taken, before variables and locals have values.", Hint: "write the value out, or use env(\"NAME\")",
		})
		return nil
	case n == nil && l.sure("variable", "locals", "include"):
		l.unknownName(b, root, name, at)
	case n == nil:
	case root == rootLocal:
		l.compute(n)
		n.used = true
	default:
		n.used = true
	}
	return n
}

func secondStep(steps hcl.Traversal) string {
	if len(steps) < 2 {
		return ""
	}
	switch s := steps[1].(type) {
	case hcl.TraverseAttr:
		return s.Name
	case hcl.TraverseIndex:
		if s.Key.Type() == cty.String && s.Key.IsKnown() && !s.Key.IsNull() {
			return s.Key.AsString()
		}
	}
	return ""
}

func (l *loader) unknownName(b *block, root, name string, at hcl.Range) {
	what, other := "variable", rootLocal
	if root == rootLocal {
		what, other = "local", rootVar
	}
	known := slices.Sorted(maps.Keys(l.scope.named[root]))
	hint := suggest.DidYouMean(name, known)
	switch {
	case l.scope.named[other][name] != nil:
		hint = "did you mean " + other + "." + name + "?"
	case len(known) == 0 && root == rootVar:
		hint = "declare it: variable " + quote(name) + " {}"
	case len(known) == 0:
		hint = "declare it: locals { " + name + " = ... }"
	}
	l.report(b.text, at, Diagnostic{Summary: "Unknown " + what, Detail: "There is no " + what + " " + quote(name) + ".", Hint: hint})
}

// affordable reports whether an expression that names refs may be computed.
func (l *loader) affordable(b *block, e hclsyntax.Expression, refs []reference) bool {
	total := 0
	for _, r := range refs {
		v := r.value
		if part, diags := r.steps[2:].TraverseRel(v); !diags.HasErrors() {
			v = part
		}
		if total += size(v, maxValue); total > maxValue {
			break
		}
	}
	if l.scope.spent += total; total <= maxValue && l.scope.spent <= maxValues {
		return true
	}
	if l.scope.spent-total > maxValues {
		return false // it has been said
	}
	most := fmt.Sprintf("A value may have %d bytes", maxValue)
	if total <= maxValue {
		most = fmt.Sprintf("All values that name variables and locals may have %d bytes", maxValues)
	}
	l.report(b.text, e.Range(), Diagnostic{
		Summary: "Value too large", Detail: most + ", and what is named here would make it more.", Hint: "keep long lists of feeds in an inventory file",
	})
	return false
}

// size is about how many bytes a value takes; what exceeds most is not looked at.
func size(v cty.Value, most int) int {
	const each = 16
	switch {
	case v.IsNull() || !v.IsKnown():
		return each
	case v.Type() == cty.String:
		return each + len(v.AsString())
	case !v.CanIterateElements():
		return each
	}
	total := each
	for it := v.ElementIterator(); it.Next() && total <= most; {
		k, e := it.Element()
		total += size(k, most) + size(e, most-total)
	}
	return total
}

// values returns what refs stand for, as HCL wants it.
func valuesOf(refs []reference) map[string]cty.Value {
	byRoot := map[string]map[string]cty.Value{}
	for _, r := range refs {
		if byRoot[r.root] == nil {
			byRoot[r.root] = map[string]cty.Value{}
		}
		byRoot[r.root][r.name] = r.value
	}
	out := make(map[string]cty.Value, len(byRoot))
	for root, vals := range byRoot {
		out[root] = cty.ObjectVal(vals)
	}
	return out
}

// outside reports whether the value of e comes, in part at least, from outside of
// the files: what env and file return, and variables that are sensitive. It may
// be a secret.
func (l *loader) outside(e hclsyntax.Expression) bool {
	found, known := l.scope.foreign[e]
	if known {
		return found
	}
	defer func() {
		if l.scope.ready {
			l.scope.foreign[e] = found // asked for each mistake in a long list
		}
	}()
	_ = hclsyntax.VisitAll(e, func(n hclsyntax.Node) hcl.Diagnostics {
		switch n := n.(type) {
		case *hclsyntax.FunctionCallExpr:
			found = found || n.Name == "env" || n.Name == "file"
		case *hclsyntax.ScopeTraversalExpr:
			ref := l.scope.named[n.Traversal.RootName()][secondStep(n.Traversal)]
			found = found || ref != nil && ref.outside
		}
		return nil
	})
	return found
}
