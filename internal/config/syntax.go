package config

import (
	"bytes"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// parse parses t and keeps its blocks. Behind a mistake of form the parser may
// misread all that follows, so it begins anew at the next line that begins a
// block; what was read in between is not trusted.
func (l *loader) parse(t *text) {
	l.texts = append(l.texts, t)
	if d := t.tooMuch(); d != nil {
		l.broken = true
		l.diags = append(l.diags, *d)
		return
	}
	t.body = &hclsyntax.Body{}
	work := 2 * maxSize // bytes to parse in all, so that a file of mistakes is not read for ever
	for at := 0; work >= 0; {
		part := t.src[at:]
		work -= len(part)
		f, diags := hclsyntax.ParseConfig(part, t.name, hcl.Pos{Line: t.lineOf(at), Column: 1, Byte: at})
		end := t.firstBad(diags)
		next := t.resume(at, end)
		l.syntax(t, diags, end, next)
		l.collect(t, f, end, next)
		if at = next; at >= len(t.src) {
			return
		}
	}
}

// redefinition is the one mistake the parser finds that confuses nothing.
const redefinition = "Attribute redefined"

// firstBad returns the byte of the first mistake of form, behind the end of the
// file if there is none.
func (t *text) firstBad(diags hcl.Diagnostics) int {
	end := len(t.src) + 1
	for _, d := range diags {
		if d.Summary != redefinition && d.Subject != nil {
			end = min(end, d.Subject.Start.Byte)
		}
	}
	return end
}

// resume returns the start of the line, from that of byte end on, that begins
// with a block, or the end of the file. The line that was begun with does not
// count.
func (t *text) resume(at, end int) int {
	if end > len(t.src) {
		return len(t.src)
	}
	for _, start := range t.lines[t.lineOf(end)-1:] {
		if start <= at {
			continue
		}
		word := t.src[start:]
		if n := bytes.IndexAny(word, " \t{\n"); n > 0 && isTop(string(word[:n])) {
			return start
		}
	}
	return len(t.src)
}

// syntax reports the first mistake that the parser found, at byte end, and what
// else it found before byte next: once for each place, though lexer and parser
// may both have a word on it, and once for a string that runs over many lines.
func (l *loader) syntax(t *text, diags hcl.Diagnostics, end, next int) {
	told := map[int]bool{}
	runs := 0
	for _, d := range diags {
		if d.Subject == nil || len(l.diags) > maxDiagnostics {
			continue
		}
		at := d.Subject.Start.Byte
		if d.Summary == redefinition {
			if at < end {
				l.redefined(t, *d.Subject)
			}
			continue
		}
		if told[at] || at >= next && at != end && next < len(t.src) {
			continue
		}
		told[at] = true
		if d.Summary == "Invalid multi-line string" {
			if runs++; runs > 1 {
				continue
			}
		}
		l.broken = true
		out := Diagnostic{Summary: d.Summary, Detail: d.Detail}
		l.explain(&out, t, *d.Subject)
		l.report(t, *d.Subject, out)
	}
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

// collect takes in the blocks of a part of t that end before byte end. Those
// that begin before next give context to what was reported.
func (l *loader) collect(t *text, f *hcl.File, end, next int) {
	body, ok := f.Body.(*hclsyntax.Body)
	if !ok {
		return
	}
	for _, b := range body.Blocks {
		if b.TypeRange.Start.Byte < next {
			t.body.Blocks = append(t.body.Blocks, b)
		}
		open := b.OpenBraceRange.Start.Byte // of the block's type if there is no brace
		if b.CloseBraceRange.End.Byte <= end && t.src[open] == '{' {
			l.top(t, b)
		}
	}
	for _, a := range sorted(body.Attributes) {
		if a.SrcRange.End.Byte <= end {
			l.strayOption(t, a)
		}
	}
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
