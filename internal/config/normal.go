package config

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// maxText bounds the normal form that is kept, so that it fits in one record of
// the journal. The fingerprint is that of all of it.
const maxText = 512 << 10

// attachment is a file that the configuration is made of beside HCL.
type attachment struct {
	name string // as it is written
	sum  [sha256.Size]byte
}

// attach notes a file that was read.
func (l *loader) attach(name string, content []byte) {
	a := attachment{name: name, sum: sha256.Sum256(content)}
	if !slices.Contains(l.attached, a) {
		l.attached = append(l.attached, a)
	}
}

// normal returns the configuration in normal form and the fingerprint of that.
// The normal form has the blocks and options of all files in order, without
// comments and in one layout, and a line with the hash of each inventory and
// calendar. Variables and locals are replaced by their values, so that it does not
// matter how these came about. Functions stay calls and sensitive variables stay
// variables, so secrets stay references. What processes of one pipeline may differ
// in is left out: see [ownOption].
func (l *loader) normal() (fingerprint, text string) {
	var out bytes.Buffer
	kept := map[*named]bool{}
	for _, t := range l.texts {
		if t.body != nil && !t.included {
			n := normalizer{l: l, text: t, out: &out, kept: kept}
			n.top()
		}
	}
	l.keptNames(&out, kept)
	whole := hclwrite.Format(out.Bytes())
	for _, a := range l.attached {
		whole = fmt.Appendf(whole, "# %q has SHA-256 %x\n", a.name, a.sum)
	}
	sum := sha256.Sum256(whole)
	if extra := len(whole) - maxText; extra > 0 {
		whole = fmt.Appendf(bytes.ToValidUTF8(whole[:maxText], nil), "\n# %d bytes more\n", extra)
	}
	return hex.EncodeToString(sum[:8]), string(whole)
}

// ownOption reports whether an option of a top-level block concerns a process
// and not what it finds. So processes with other names, on larger machines, do
// not take each other for another configuration.
func ownOption(block, option string) bool {
	switch block {
	case "metrics":
		return true
	case "kafka", "embedded":
		return slices.Contains([]string{"instance", "workers", "rack", "tls", "sasl"}, option)
	}
	return false
}

// normalizer writes the blocks of one file.
type normalizer struct {
	l      *loader
	kept   map[*named]bool // names that what is written refers to
	text   *text
	out    *bytes.Buffer
	tokens hclsyntax.Tokens // of the file, from where it has been written on
}

func (n *normalizer) top() {
	n.tokens, _ = hclsyntax.LexConfig(n.text.src, n.text.name, hcl.InitialPos)
	for _, b := range n.text.body.Blocks {
		switch {
		case b.Type == "include":
			for _, t := range n.text.includes[b] {
				in := normalizer{l: n.l, text: t, out: n.out, kept: n.kept}
				in.top()
			}
			continue
		case b.Type == "variable" || b.Type == "locals" || ownOption(b.Type, ""):
			continue
		}
		if n.out.Len() > 0 {
			n.out.WriteByte('\n')
		}
		n.block(b, true)
	}
}

// block writes a block and what is in it in the order of the file.
func (n *normalizer) block(b *hclsyntax.Block, top bool) {
	n.out.WriteString(b.Type)
	for _, r := range b.LabelRanges {
		label := n.text.at(r)
		if !strings.HasPrefix(label, `"`) {
			label = `"` + label + `"`
		}
		n.out.WriteString(" " + label)
	}
	n.out.WriteString(" {\n")
	inner := b.Body.Blocks
	for _, a := range sorted(b.Body.Attributes) {
		for len(inner) > 0 && inner[0].TypeRange.Start.Byte < a.NameRange.Start.Byte {
			n.inner(b, inner[0], top)
			inner = inner[1:]
		}
		if !top || !ownOption(b.Type, a.Name) {
			n.out.WriteString(a.Name + " = ")
			n.value(a)
			n.out.WriteByte('\n')
		}
	}
	for _, in := range inner {
		n.inner(b, in, top)
	}
	n.out.WriteString("}\n")
}

// inner writes a block inside b, unless it concerns the process alone.
func (n *normalizer) inner(b, in *hclsyntax.Block, top bool) {
	if !top || !ownOption(b.Type, in.Type) {
		n.block(in, false)
	}
}

// value writes the value of an option: as it stands there, but for names that
// stand for something else. What comes from outside stays as it is.
func (n *normalizer) value(a *hclsyntax.Attribute) {
	var refs []*named
	for _, steps := range a.Expr.Variables() {
		if ref := n.l.scope.named[steps.RootName()][secondStep(steps)]; ref != nil {
			refs = append(refs, ref)
		}
	}
	switch {
	case len(refs) == 0:
	case n.l.outside(a.Expr):
		for _, ref := range refs {
			n.l.keepName(n.kept, ref)
		}
	default:
		if v, diags := a.Expr.Value(n.text.ctx); !diags.HasErrors() {
			src := appendValue(nil, v)
			tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
			n.words(tokens, len(src))
			return
		}
	}
	n.expression(a.EqualsRange.End.Byte, a.SrcRange.End.Byte)
}

// keepName notes a name that is written, and those that its value refers to.
func (l *loader) keepName(kept map[*named]bool, n *named) {
	if kept[n] {
		return
	}
	kept[n] = true
	if n.root == rootVar {
		return
	}
	for _, steps := range n.attr.Expr.Variables() {
		if ref := l.scope.named[steps.RootName()][secondStep(steps)]; ref != nil {
			l.keepName(kept, ref)
		}
	}
}

// keptNames declares the names that are kept, in order.
func (l *loader) keptNames(out *bytes.Buffer, kept map[*named]bool) {
	all := slices.SortedFunc(maps.Keys(kept), func(a, b *named) int { return cmp.Compare(a.String(), b.String()) })
	for _, n := range all {
		open := "locals {\n" + n.name + " = "
		if n.root == rootVar {
			open = "variable " + strconv.Quote(n.name) + " {\n"
			if n.block.Body.Attributes["sensitive"] != nil && n.outside {
				open += "sensitive = true\n"
			}
			open += "default = "
		}
		switch {
		case !n.outside:
			out.WriteString(open)
			out.Write(appendValue(nil, n.value))
		case n.attr != nil:
			out.WriteString(open)
			w := normalizer{l: l, text: n.block.text, out: out}
			w.tokens, _ = hclsyntax.LexConfig(w.text.src, w.text.name, hcl.InitialPos)
			w.expression(n.attr.EqualsRange.End.Byte, n.attr.SrcRange.End.Byte)
		default: // given by somebody, and not to be told
			out.WriteString(strings.TrimSuffix(open, "default = "))
		}
		out.WriteString("\n}\n")
	}
}

// appendValue appends a value as it is written in a file.
func appendValue(out []byte, v cty.Value) []byte {
	switch {
	case v.IsNull():
		return append(out, "null"...)
	case v.Type() == cty.Number:
		return v.AsBigFloat().Append(out, 'g', maxDigits-8)
	case v.Type() == cty.Bool:
		return strconv.AppendBool(out, v.True())
	case v.Type() == cty.String:
		return append(out, hclwrite.TokensForValue(v).Bytes()...)
	}
	ends, table := "[]", v.Type().IsObjectType() || v.Type().IsMapType()
	if table {
		ends = "{}"
	}
	out = append(out, ends[0])
	for it, first := v.ElementIterator(), true; it.Next(); first = false {
		key, elem := it.Element()
		if !first {
			out = append(out, ',')
		}
		if table && hclsyntax.ValidIdentifier(key.AsString()) {
			out = append(append(out, key.AsString()...), '=')
		} else if table {
			out = append(appendValue(out, key), '=')
		}
		out = appendValue(out, elem)
	}
	return append(out, ends[1])
}

// expression writes the tokens between two bytes of the file with one space
// between them, on one line but for what heredocs need. Layout is left to the
// formatter.
func (n *normalizer) expression(from, to int) {
	at, _ := slices.BinarySearchFunc(n.tokens, from, func(t hclsyntax.Token, at int) int { return t.Range.Start.Byte - at })
	n.tokens = n.tokens[at:]
	n.words(n.tokens, to)
}

// words joins the tokens that begin before a byte.
func (n *normalizer) words(tokens hclsyntax.Tokens, to int) {
	var w wordWriter
	for _, tok := range tokens {
		if tok.Range.Start.Byte >= to {
			break
		}
		w.add(tok)
	}
	n.out.Write(bytes.TrimRight(w.out, "\n"))
}

// wordWriter joins the tokens of an expression.
type wordWriter struct {
	out    []byte
	open   []hclsyntax.TokenType // brackets and templates that are open
	last   hclsyntax.TokenType   // the token written last, zero for none
	before int                   // length of out before it
}

// add writes a token. Line ends and comments that end a line mean something
// between the items of a table only, where they stand for a comma.
func (w *wordWriter) add(tok hclsyntax.Token) {
	switch tok.Type {
	case hclsyntax.TokenComment, hclsyntax.TokenNewline:
		if w.inTable() && bytes.HasSuffix(tok.Bytes, []byte("\n")) {
			w.comma()
		}
		return
	case hclsyntax.TokenComma:
		w.comma()
		return
	case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		w.open = append(w.open, tok.Type)
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen, hclsyntax.TokenTemplateSeqEnd:
		w.close()
	}
	w.write(tok.Type, tok.Bytes)
}

func (w *wordWriter) inTable() bool {
	return len(w.open) > 0 && w.open[len(w.open)-1] == hclsyntax.TokenOBrace
}

// comma writes a comma unless there is one already, or nothing to part. Behind a
// heredoc in a table stands a line end, which does it.
func (w *wordWriter) comma() {
	parted := w.last == hclsyntax.TokenComma || w.last == hclsyntax.TokenOBrace || w.last == hclsyntax.TokenCHeredoc && w.inTable()
	if !parted {
		w.write(hclsyntax.TokenComma, []byte(","))
	}
}

// close takes back a comma before a closing bracket.
func (w *wordWriter) close() {
	if w.last == hclsyntax.TokenComma {
		w.out = w.out[:w.before]
	}
	if len(w.open) > 0 {
		w.open = w.open[:len(w.open)-1]
	}
}

func (w *wordWriter) write(kind hclsyntax.TokenType, b []byte) {
	w.before = len(w.out)
	if w.last != 0 && !literalAfter(w.last) && !literalBefore(kind) {
		w.out = append(w.out, ' ')
	}
	w.out = append(w.out, b...)
	if kind == hclsyntax.TokenCHeredoc { // it must be alone on its line
		w.out = append(w.out, '\n')
	}
	w.last = kind
}

// literalAfter reports whether behind such a token a space would be text.
func literalAfter(kind hclsyntax.TokenType) bool {
	switch kind {
	case hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc, hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit, hclsyntax.TokenTemplateSeqEnd:
		return true
	}
	return false
}

// literalBefore reports whether before such a token a space would be text.
func literalBefore(kind hclsyntax.TokenType) bool {
	switch kind {
	case hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc, hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit,
		hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		return true
	}
	return false
}
