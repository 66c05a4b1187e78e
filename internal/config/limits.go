package config

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The parser of HCL is recursive, and Go ends the process when a stack grows
// beyond its limit, so what makes it recurse is bounded before it runs.
const (
	maxSize      = 1 << 20 // bytes in a file
	maxDepth     = 32      // blocks, brackets and templates within each other
	maxOperators = 100     // operators, indexes and template directives in one expression
	maxElements  = 10_000  // elements of a list
	maxExponent  = 308     // of a number, as in a double
	maxDigits    = 64      // bytes of a number
)

// tooMuch returns what in t exceeds a limit, nil if nothing does. It scans
// tokens, which needs no recursion.
func (t *text) tooMuch() *Diagnostic {
	if len(t.src) > maxSize {
		return &Diagnostic{
			Severity: Error, Summary: "File too large",
			Detail: fmt.Sprintf("A configuration file may have %d bytes, this one has %d.", maxSize, len(t.src)),
			Hint:   "list feeds in an inventory file, or split the configuration into several files",
			Range:  Range{Filename: t.name},
		}
	}
	if d := t.notText(); d != nil {
		return d
	}
	tokens, _ := hclsyntax.LexConfig(t.src, t.name, hcl.InitialPos)
	var open nesting
	for _, tok := range tokens {
		if d := open.next(tok); d != nil {
			d.Severity = Error
			d.Range = t.byteRange(tok.Range.Start.Byte, tok.Range.End.Byte)
			return d
		}
	}
	return nil
}

// maxStrange is how many bytes that are no text a file may have for its mistakes to
// be told one by one.
const maxStrange = 8

// notText returns a word on a file that is no text at all, in place of one on each
// of its bytes; nil if it is.
func (t *text) notText() *Diagnostic {
	strange, first := 0, 0
	for at := 0; at < len(t.src) && strange <= maxStrange; {
		r, n := utf8.DecodeRune(t.src[at:])
		if r == utf8.RuneError && n == 1 || r < ' ' && !strings.ContainsRune("\t\n\r\f", r) {
			if strange++; strange == 1 {
				first = at
			}
			if r == 0 {
				strange = maxStrange + 1
			}
		}
		at += n
	}
	if strange <= maxStrange {
		return nil
	}
	d := &Diagnostic{
		Severity: Error, Summary: "Not a text", Detail: "The file is no text in UTF-8, so it is no configuration.", Range: t.byteRange(first, first+1),
	}
	for magic, hint := range map[string]string{
		"\xff\xfe": "it looks like UTF-16: save it as UTF-8", "\xfe\xff": "it looks like UTF-16: save it as UTF-8",
		"\x1f\x8b": "it looks like gzip: unpack it first", "PK\x03\x04": "it looks like a zip archive: unpack it first",
	} {
		if bytes.HasPrefix(t.src, []byte(magic)) {
			d.Hint = hint
		}
	}
	return d
}

func (t *text) byteRange(from, to int) Range {
	return Range{Filename: t.name, Start: Pos{Byte: from}, End: Pos{Byte: to}}
}

// nesting follows what is open at a token, innermost last. The level below all
// is the file itself.
type nesting struct {
	levels []level
	base   int // operators outside of everything
}

type level struct {
	opener    hclsyntax.TokenType
	operators int
	commas    int // between the elements of a list
}

// next takes in a token and returns the limit it exceeds. A closer that fits
// nothing closes nothing, so that the depth is never counted too low.
func (n *nesting) next(tok hclsyntax.Token) *Diagnostic {
	switch tok.Type {
	case hclsyntax.TokenOBrace, hclsyntax.TokenOParen, hclsyntax.TokenTemplateInterp,
		hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc:
		return n.open(tok.Type)
	case hclsyntax.TokenOBrack: // a list, or an index behind a value
		if d := n.operator(); d != nil {
			return d
		}
		return n.open(tok.Type)
	case hclsyntax.TokenTemplateControl: // opens, and may be an if within an if
		if d := n.operator(); d != nil {
			return d
		}
		return n.open(hclsyntax.TokenTemplateInterp)
	case hclsyntax.TokenCBrace:
		n.close(hclsyntax.TokenOBrace)
	case hclsyntax.TokenCBrack:
		n.close(hclsyntax.TokenOBrack)
	case hclsyntax.TokenCParen:
		n.close(hclsyntax.TokenOParen)
	case hclsyntax.TokenTemplateSeqEnd:
		n.close(hclsyntax.TokenTemplateInterp)
	case hclsyntax.TokenCQuote:
		n.close(hclsyntax.TokenOQuote)
	case hclsyntax.TokenCHeredoc:
		n.close(hclsyntax.TokenOHeredoc)
	case hclsyntax.TokenNewline:
		n.newline()
	case hclsyntax.TokenComma:
		*n.operators() = 0
		return n.element()
	case hclsyntax.TokenNumberLit:
		return number(tok.Bytes)
	case hclsyntax.TokenIdent, hclsyntax.TokenEqual, hclsyntax.TokenComment, hclsyntax.TokenEOF,
		hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit:
	default:
		return n.operator()
	}
	return nil
}

func (n *nesting) open(t hclsyntax.TokenType) *Diagnostic {
	n.levels = append(n.levels, level{opener: t})
	if len(n.levels) <= maxDepth {
		return nil
	}
	return &Diagnostic{
		Summary: "Nested too deeply",
		Detail:  fmt.Sprintf("Blocks, brackets and templates may lie within each other %d deep.", maxDepth),
	}
}

// element counts the elements of a list by the commas between them.
func (n *nesting) element() *Diagnostic {
	last := len(n.levels) - 1
	if last < 0 || n.levels[last].opener != hclsyntax.TokenOBrack {
		return nil
	}
	if n.levels[last].commas++; n.levels[last].commas <= maxElements {
		return nil
	}
	return &Diagnostic{
		Summary: "List too long",
		Detail:  fmt.Sprintf("A list may have %d elements.", maxElements),
		Hint:    "list feeds in an inventory file, or match them by patterns",
	}
}

func (n *nesting) close(opener hclsyntax.TokenType) {
	if last := len(n.levels) - 1; last >= 0 && n.levels[last].opener == opener {
		n.levels = n.levels[:last]
	}
}

// newline ends an expression, except within parentheses, brackets and templates.
func (n *nesting) newline() {
	if last := len(n.levels) - 1; last < 0 || n.levels[last].opener == hclsyntax.TokenOBrace {
		*n.operators() = 0
	}
}

func (n *nesting) operators() *int {
	if len(n.levels) == 0 {
		return &n.base
	}
	return &n.levels[len(n.levels)-1].operators
}

func (n *nesting) operator() *Diagnostic {
	ops := n.operators()
	if *ops++; *ops <= maxOperators {
		return nil
	}
	return &Diagnostic{
		Summary: "Expression too long",
		Detail:  fmt.Sprintf("An expression may have %d operators.", maxOperators),
	}
}

// number bounds a number literal: 1e999999999 is a gigabyte when written out.
func number(b []byte) *Diagnostic {
	at := bytes.IndexAny(b, "eE")
	if len(b) <= maxDigits && at < 0 {
		return nil
	}
	if len(b) <= maxDigits {
		exp, err := strconv.Atoi(strings.TrimPrefix(string(b[at+1:]), "+"))
		if err != nil && len(b[at+1:]) < 4 || err == nil && -maxExponent <= exp && exp <= maxExponent {
			return nil
		}
	}
	return &Diagnostic{
		Summary: "Number out of range",
		Detail:  fmt.Sprintf("A number may have %d digits and an exponent up to %d.", maxDigits, maxExponent),
	}
}
