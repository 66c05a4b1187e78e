package config

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// maxPasses bounds how often a layout is laid out again until it stays.
const maxPasses = 8

// Format returns a file in the one layout that all files should have. It changes
// nothing but white space; what it returns it returns as it is. A file that is not
// well formed has diagnostics instead.
func Format(filename string, src []byte) ([]byte, Diagnostics) {
	l, t := newLoader(Plugins{}), newText(filename, src)
	l.texts = append(l.texts, t)
	if d := t.tooMuch(); d != nil {
		l.diags = append(l.diags, *d)
	} else {
		_, diags := hclsyntax.ParseConfig(src, filename, hcl.InitialPos)
		l.syntax(t, diags, t.firstBad(diags), len(src))
	}
	if ds := l.arranged(); ds.HasErrors() {
		return nil, ds
	}
	out := layout(src)
	if !sameTokens(src, out) {
		return src, nil // the formatter errs; better no layout than another meaning
	}
	return out, nil
}

// layout lays out until nothing changes any more.
func layout(src []byte) []byte {
	out := src
	for range maxPasses {
		next := hclwrite.Format(out)
		if next = bytes.TrimRight(next, " \t\r\n"); len(next) > 0 {
			next = append(next, '\n')
		}
		if bytes.Equal(next, out) {
			return out
		}
		out = next
	}
	return src // it goes to and fro
}

// sameTokens reports whether two files say the same: that they have the same words
// between whatever white space.
func sameTokens(a, b []byte) bool {
	x, y := words(a), words(b)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i].Type != y[i].Type || !bytes.Equal(bytes.TrimRight(x[i].Bytes, " \t\r\n"), bytes.TrimRight(y[i].Bytes, " \t\r\n")) {
			return false
		}
	}
	return true
}

// words are the tokens of a file but for the line ends at its end.
func words(src []byte) hclsyntax.Tokens {
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	for len(tokens) > 0 {
		switch tokens[len(tokens)-1].Type {
		case hclsyntax.TokenEOF, hclsyntax.TokenNewline:
			tokens = tokens[:len(tokens)-1]
			continue
		}
		break
	}
	return tokens
}
