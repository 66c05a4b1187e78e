package config

import (
	"bytes"
	"os"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// text is one file of a configuration.
type text struct {
	name  string
	src   []byte
	lines []int           // byte at which each line begins
	body  *hclsyntax.Body // nil if it is not HCL
	known Pos             // the place asked for last
	info  os.FileInfo     // nil if it was not read from a file
	ctx   *hcl.EvalContext
	// includes are the files that stand in place of its include blocks.
	includes includesOf
	included bool // by another
	// concealed are places of secrets, which no message shows.
	concealed []hcl.Range
}

func newText(name string, src []byte) *text {
	t := &text{name: name, src: src, lines: []int{0}, includes: includesOf{}}
	for i, b := range src {
		if b == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
	return t
}

// pos returns the place of a byte, which is clamped to the file.
func (t *text) pos(at int) Pos {
	at = max(0, min(at, len(t.src)))
	p := Pos{Line: t.lineOf(at), Column: 1, Byte: at}
	from := t.lines[p.Line-1]
	if t.known.Line == p.Line && t.known.Byte <= at { // go on from there: lines may be long
		p.Column, from = t.known.Column, t.known.Byte
	}
	p.Column += characters(t.src[from:at])
	t.known = p
	return p
}

// lineOf returns the number of the line that holds byte at.
func (t *text) lineOf(at int) int { return sort.SearchInts(t.lines, at+1) }

// characters counts b as a reader would: grapheme clusters. The counting is
// that of HCL, so that columns agree with other tools of its family.
func characters(b []byte) int {
	if ascii(b) {
		return len(b)
	}
	all := func(data []byte, _ bool) (int, []byte, error) { return len(data), data, nil }
	sc := hcl.NewRangeScannerFragment(b, "", hcl.Pos{Line: 1, Column: 1}, all)
	sc.Scan()
	return sc.Range().End.Column - 1
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf || c == '\r' || c == '\n' {
			return false
		}
	}
	return true
}

// line returns the line that holds byte at, without its end, and its start.
func (t *text) line(at int) (code []byte, start int) {
	start = t.lines[t.lineOf(at)-1]
	code = t.src[start:]
	if n := bytes.IndexByte(code, '\n'); n >= 0 {
		code = code[:n]
	}
	return bytes.TrimSuffix(code, []byte("\r")), start
}

// margin is how much of a line is shown on either side of a mistake.
const margin = 120

// finish fills in what follows from the bytes of the range: lines, columns and
// the snippet.
func (t *text) finish(d *Diagnostic) {
	from, to := d.Range.Start.Byte, d.Range.End.Byte
	from = max(0, min(from, len(t.src)))
	to = max(from, min(to, len(t.src)))
	d.Range.Start, d.Range.End = t.pos(from), t.pos(to)
	if to == 0 {
		return // about the file as a whole
	}

	code, start := t.line(from)
	code = t.conceal(code, start)
	lo := min(from-start, len(code))
	hi := max(lo, min(to-start, len(code)))
	hi = min(hi, lo+2*margin)
	cutLo, cutHi := runeStart(code, lo-margin), runeStart(code, hi+margin)
	d.Snippet = &Snippet{
		Context:        t.context(from),
		Code:           printable(code[cutLo:cutHi]),
		StartLine:      d.Range.Start.Line,
		HighlightStart: lo - cutLo,
		HighlightEnd:   hi - cutLo,
	}
}

// conceal returns code, which begins at start, with asterisks for secrets.
func (t *text) conceal(code []byte, start int) []byte {
	if len(t.concealed) == 0 {
		return code
	}
	code = bytes.Clone(code)
	for _, r := range t.concealed {
		for i := max(r.Start.Byte, start); i < min(r.End.Byte, start+len(code)); i++ {
			code[i-start] = '*'
		}
	}
	return code
}

// runeStart moves at back to the start of the character it lies in.
func runeStart(b []byte, at int) int {
	if at <= 0 {
		return 0
	}
	if at >= len(b) {
		return len(b)
	}
	for i := 0; i < utf8.UTFMax && at > 0 && !utf8.RuneStart(b[at]); i++ {
		at--
	}
	return at
}

// printable replaces each byte that a terminal might take as a command. The
// length stays.
func printable(b []byte) string {
	var out strings.Builder
	out.Grow(len(b))
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r != '\t' && (unicode.IsControl(r) || r == utf8.RuneError && n == 1) {
			out.WriteString(strings.Repeat("?", n))
		} else {
			out.Write(b[:n])
		}
		b = b[n:]
	}
	return out.String()
}

// context names the blocks around byte at, outermost first.
func (t *text) context(at int) string {
	var titles []string
	for body := t.body; body != nil; {
		inner := enclosing(body, at)
		if inner == nil {
			break
		}
		titles = append(titles, title(inner))
		body = inner.Body
	}
	return strings.Join(titles, ", ")
}

func enclosing(body *hclsyntax.Body, at int) *hclsyntax.Block {
	for _, b := range body.Blocks {
		if b.TypeRange.Start.Byte <= at && at <= b.CloseBraceRange.End.Byte {
			return b
		}
	}
	return nil
}

// title returns a block's header as a reader would write it.
func title(b *hclsyntax.Block) string {
	var s strings.Builder
	s.WriteString(b.Type)
	for _, l := range b.Labels {
		s.WriteString(" " + quote(l))
	}
	return s.String()
}
