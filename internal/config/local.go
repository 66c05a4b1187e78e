package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// locals declares what the locals blocks name, and computes it all, so that
// mistakes in what nobody uses are found too.
func (l *loader) locals() {
	var all []*named
	for _, b := range l.blocks["locals"] {
		for _, a := range sorted(b.Body.Attributes) {
			n := &named{root: rootLocal, name: a.Name, block: b, attr: a}
			l.declare(n, a.NameRange)
			all = append(all, n)
		}
		for _, in := range b.Body.Blocks {
			l.unknownBlock(b.child(in), nil)
		}
	}
	for _, n := range all {
		l.compute(n)
	}
}

// compute gives a local its value, and first those that it names.
func (l *loader) compute(n *named) {
	switch {
	case n.state == computing:
		l.circle(n)
		return
	case n.state != pending:
		return
	case len(l.scope.chain) >= maxChain:
		n.state = failed
		if l.scope.deep {
			return
		}
		l.scope.deep = true
		l.report(n.block.text, n.attr.NameRange, Diagnostic{
			Summary: "Locals too deep", Detail: "Locals may name one another over 200 steps.",
		})
		return
	}
	n.state = computing
	l.scope.chain = append(l.scope.chain, n)
	v, ok := l.evaluate(n.block, n.attr.Expr)
	l.scope.chain = l.scope.chain[:len(l.scope.chain)-1]
	switch {
	case n.state == failed: // found to be part of a circle
	case ok:
		n.value, n.state, n.outside = v, settled, l.outside(n.attr.Expr)
	default:
		n.state = failed
	}
}

// circle reports a local that needs its own value.
func (l *loader) circle(n *named) {
	var path []string
	for i, c := range l.scope.chain {
		if c == n {
			for _, c := range l.scope.chain[i:] {
				path = append(path, c.name)
				c.state = failed
			}
			break
		}
	}
	l.report(n.block.text, n.attr.NameRange, Diagnostic{
		Summary: "Locals in a circle", Detail: "The value of " + n.String() + " needs itself: " + shortened(append(path, n.name)) + ".",
	})
}

// shortened joins the names of a way, of a long one both ends.
func shortened(path []string) string {
	const ends = 5
	if len(path) > 2*ends {
		path = append(append(append([]string{}, path[:ends]...), "..."), path[len(path)-ends:]...)
	}
	return strings.Join(path, " -> ")
}

// context returns where e is computed: once all names have values, in that of
// its block, before that with what e names.
func (l *loader) context(b *block, refs []reference) *hcl.EvalContext {
	if l.scope.ready || len(refs) == 0 {
		return b.ctx
	}
	ctx := b.ctx.NewChild()
	ctx.Variables = valuesOf(refs)
	return ctx
}

// settle ends the time in which names get their values.
func (l *loader) settle() {
	l.variables()
	l.scope.known = true
	l.locals()
	var all []reference
	for _, byName := range l.scope.named {
		for _, n := range byName {
			if n.state == settled {
				all = append(all, reference{named: n})
			}
		}
	}
	vars := valuesOf(all)
	for _, t := range l.texts {
		if t.ctx != nil {
			t.ctx.Variables = vars
		}
	}
	l.scope.ready = true
}

// unused warns of names that nothing names.
func (l *loader) unused() {
	for _, byName := range l.scope.named {
		for _, n := range byName {
			if n.used || n.state != settled {
				continue
			}
			at := header(n.block.Block)
			if n.root == rootLocal {
				at = n.attr.NameRange
			}
			l.report(n.block.text, at, Diagnostic{
				Severity: Warning, Summary: "Not used", Detail: "Nothing in the configuration uses " + n.String() + ".", Hint: "remove it",
			})
		}
	}
}
