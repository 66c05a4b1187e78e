package config

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// parse parses t and keeps its blocks. Mistakes of form are reported; what can
// still be read is checked all the same, as far as it cannot have been misread.
func (l *loader) parse(t *text) {
	l.texts = append(l.texts, t)
	if d := t.tooMuch(); d != nil {
		l.broken = true
		l.diags = append(l.diags, *d)
		return
	}
	f, diags := hclsyntax.ParseConfig(t.src, t.name, hcl.InitialPos)
	body, ok := f.Body.(*hclsyntax.Body)
	if !ok {
		return
	}
	t.body = body
	bad := l.syntax(t, diags)
	l.collect(t, bad)
}

// syntax reports what the parser found and returns the ranges that make what is
// around them unreadable.
func (l *loader) syntax(t *text, diags hcl.Diagnostics) []hcl.Range {
	var bad []hcl.Range
	for _, d := range diags {
		at := hcl.Range{}
		if d.Subject != nil {
			at = *d.Subject
		}
		if d.Summary == "Attribute redefined" {
			l.redefined(t, at)
			continue
		}
		l.broken = true
		bad = append(bad, at)
		if n := len(bad); n > maxDiagnostics {
			break
		} else if n > 1 && bad[n-2].Start == at.Start {
			continue // the lexer and the parser on the same character
		}
		out := Diagnostic{Summary: d.Summary, Detail: d.Detail}
		l.explain(&out, t, at)
		l.report(t, at, out)
	}
	return bad
}

// redefined words an option that is given twice.
func (l *loader) redefined(t *text, at hcl.Range) {
	name := t.at(at)
	l.report(t, at, Diagnostic{
		Summary: "Option given twice",
		Detail:  "The option " + quote(name) + " is already set in this block.",
		Hint:    "remove one of them",
	})
}

// explain adds hints to messages of the parser that people meet often.
func (l *loader) explain(d *Diagnostic, t *text, at hcl.Range) {
	switch {
	case d.Summary == "Invalid single-argument block definition", d.Summary == "Argument definition required":
		d.Hint = "a block with several options needs a line for each: put a line break behind {, and before }"
	case strings.HasPrefix(d.Detail, "An argument or block definition is required here."):
		if line, _ := t.line(at.Start.Byte); strings.Contains(string(line), ":") {
			d.Hint = `an option is written name = value, a block name { ... }`
		}
	}
}

// collect keeps the blocks of t. Behind a mistake of form only what begins at
// the start of a line is taken for a block of the file.
func (l *loader) collect(t *text, bad []hcl.Range) {
	first := len(t.src) + 1
	for _, r := range bad {
		first = min(first, r.Start.Byte)
	}
	for _, b := range t.body.Blocks {
		r := hcl.RangeBetween(b.TypeRange, b.CloseBraceRange)
		_, known := shapes[b.Type]
		if r.End.Byte > first && (b.TypeRange.Start.Column > 1 || !known || touches(r, bad)) {
			continue
		}
		l.top(t, b)
	}
	for _, a := range sorted(t.body.Attributes) {
		if a.SrcRange.End.Byte <= first {
			l.strayOption(t, a)
		}
	}
}

func touches(r hcl.Range, bad []hcl.Range) bool {
	for _, b := range bad {
		if b.Start.Byte <= r.End.Byte && r.Start.Byte <= b.End.Byte {
			return true
		}
	}
	return false
}

// at returns the source in a range.
func (t *text) at(r hcl.Range) string {
	if r.Start.Byte < 0 || r.End.Byte > len(t.src) || r.Start.Byte > r.End.Byte {
		return ""
	}
	return string(t.src[r.Start.Byte:r.End.Byte])
}

// report adds an error at a range of t.
func (l *loader) report(t *text, at hcl.Range, d Diagnostic) {
	l.reportBytes(t, at.Start.Byte, at.End.Byte, d)
}

func (l *loader) reportBytes(t *text, from, to int, d Diagnostic) {
	if d.Severity == "" {
		d.Severity = Error
	}
	d.Range = t.byteRange(from, to)
	l.diags = append(l.diags, d)
}
