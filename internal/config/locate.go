package config

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/feedgauge/feedgauge"
)

// mistakes reports what a plugin's Build found. Each [feedgauge.FieldError] is
// put to its place in the file, inside of strings too; what is known to be
// wrong already is left out. Options in inside are expressions: their errors
// point into the string even at its start.
func (l *loader) mistakes(b *block, err error, inside ...string) {
	for _, e := range flatten(err) {
		var fe *feedgauge.FieldError
		if !errors.As(e, &fe) {
			l.reportHeader(b, Diagnostic{
				Summary: "Cannot be used", Detail: title(b.Block) + ": " + sentence(e.Error()),
			})
			continue
		}
		if b.bad[fe.Field] {
			continue
		}
		from, to := b.locate(fe, slices.Contains(inside, fe.Field))
		if n := l.namedAt(b.text, from); n != nil {
			fe = &feedgauge.FieldError{Msg: fe.Msg, Field: fe.Field, Hint: "write ${" + n.String() + "}, which stands for its value"}
		}
		l.reportBytes(b.text, from, to, l.discreet(b, fe.Field, Diagnostic{
			Summary: "Invalid value of " + quote(fe.Field), Detail: sentence(fe.Msg), Hint: fe.Hint,
		}))
	}
}

// namedAt returns the variable or local whose name begins at a byte of a string,
// where it is not in ${} and so means nothing.
func (l *loader) namedAt(t *text, at int) *named {
	if at >= len(t.src) {
		return nil
	}
	word := string(t.src[at : at+wordEnd(string(t.src[at:min(len(t.src), at+200)]), 0)])
	root, rest, _ := strings.Cut(word, ".")
	name, _, _ := strings.Cut(rest, ".")
	return l.scope.named[root][name]
}

// flatten undoes errors.Join at any depth.
func flatten(err error) []error {
	if err == nil {
		return nil
	}
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		var out []error
		for _, e := range j.Unwrap() {
			out = append(out, flatten(e)...)
		}
		return out
	}
	return []error{err}
}

// locate returns the bytes of the file that fe is about: the option's value, one
// element of it, or a word inside of it; the block's header if the option is not
// there. A field may be a path into a block inside b, as in tls.cert.
func (b *block) locate(fe *feedgauge.FieldError, inside bool) (from, to int) {
	body, name := b.Body, fe.Field
	for {
		outer, rest, ok := strings.Cut(name, ".")
		in := first(body, outer)
		if !ok || in == nil {
			break
		}
		body, name = in.Body, rest
	}
	a := body.Attributes[name]
	if a == nil {
		return b.locateLabel(name)
	}
	e := element(a.Expr, fe.Index)
	if fe.Offset > 0 || inside {
		if from, to, ok := b.text.within(e, b.ctx, fe.Offset); ok {
			return from, to
		}
	}
	return e.Range().Start.Byte, e.Range().End.Byte
}

func (b *block) locateLabel(name string) (from, to int) {
	labels, _ := labelsOf(b.Type)
	for i, l := range labels {
		if l == name && i < len(b.LabelRanges) {
			return b.LabelRanges[i].Start.Byte, b.LabelRanges[i].End.Byte
		}
	}
	r := header(b.Block)
	return r.Start.Byte, r.End.Byte
}

func first(body *hclsyntax.Body, kind string) *hclsyntax.Block {
	for _, in := range body.Blocks {
		if in.Type == kind {
			return in
		}
	}
	return nil
}

// within finds the word that begins at byte offset of the text that e evaluates
// to, as bytes of the file. Behind the end of the text it is what closes it.
func (t *text) within(e hclsyntax.Expression, ctx *hcl.EvalContext, offset int) (from, to int, ok bool) {
	tmpl, isText := e.(*hclsyntax.TemplateExpr)
	if !isText {
		return 0, 0, false
	}
	m := t.mapping(tmpl, ctx)
	if m == nil {
		return 0, 0, false
	}
	offset = max(0, offset)
	if offset >= len(m.value) {
		end := m.at[len(m.value)]
		return end, min(end+1, len(t.src)), true
	}
	from, to = m.at[offset], m.at[wordEnd(m.value, offset)]
	return from, max(to, from+1), true
}

// wordEnd returns the end of the dotted name at offset, or of the one character
// there.
func wordEnd(s string, offset int) int {
	end := offset
	for end < len(s) && (s[end] == '.' || s[end] == '_' || s[end]-'0' < 10 || s[end]|0x20-'a' < 26) {
		end++
	}
	if end == offset {
		_, n := utf8.DecodeRuneInString(s[offset:])
		end += n
	}
	return end
}

// charted is a text and the byte of the file that each of its bytes comes from;
// at has one entry more, for the end.
type charted struct {
	value string
	at    []int
}

// mapping charts a quoted string or heredoc: literal parts byte by byte, each
// ${...} as a whole. It is nil where a part cannot be evaluated.
func (t *text) mapping(tmpl *hclsyntax.TemplateExpr, ctx *hcl.EvalContext) *charted {
	var out charted
	var value strings.Builder
	end := tmpl.SrcRange.Start.Byte + 1 // behind the quote of an empty string
	start := tmpl.SrcRange.Start.Byte
	quoted := start < len(t.src) && t.src[start] == '"'
	for _, p := range tmpl.Parts {
		v, diags := p.Value(ctx)
		if diags.HasErrors() || v.IsNull() || v.Type() != cty.String {
			return nil
		}
		s, r := v.AsString(), p.Range()
		value.WriteString(s)
		if _, literal := p.(*hclsyntax.LiteralValueExpr); literal {
			out.at = append(out.at, align(t.at(r), r.Start.Byte, quoted, s)...)
		} else {
			for range len(s) {
				out.at = append(out.at, r.Start.Byte)
			}
		}
		end = r.End.Byte
	}
	out.value, out.at = value.String(), append(out.at, end)
	return &out
}

// align returns for each byte of value the byte of the file it comes from, when
// value was written as src at byte base. Beside escapes, value may lack white
// space (the indentation of a heredoc, what ~ trims), and accents may have been
// joined with their letters.
func align(src string, base int, quoted bool, value string) []int {
	at := make([]int, 0, len(value))
	pos := 0
	for len(at) < len(value) {
		want, width := utf8.DecodeRuneInString(value[len(at):])
		got, n := unescape(src[pos:], quoted)
		for n > 0 && got != want && unicode.IsSpace(got) {
			pos += n
			got, n = unescape(src[pos:], quoted)
		}
		for range width {
			at = append(at, base+pos)
		}
		pos += n
		if got == want {
			continue
		}
		for { // an accent that stands alone in the file only
			mark, n := unescape(src[pos:], quoted)
			if n == 0 || !unicode.Is(unicode.Mn, mark) || strings.HasPrefix(value[len(at):], string(mark)) {
				break
			}
			pos += n
		}
	}
	return at
}

// unescape reads one character of a string as it stands in a file, and how many
// bytes it takes; 0 at the end.
func unescape(s string, quoted bool) (r rune, n int) {
	if strings.HasPrefix(s, "$${") || strings.HasPrefix(s, "%%{") {
		return rune(s[0]), 2
	}
	if !quoted || len(s) < 2 || s[0] != '\\' {
		return utf8.DecodeRuneInString(s)
	}
	digits := map[byte]int{'u': 4, 'U': 8}[s[1]]
	if digits > 0 && len(s) >= 2+digits {
		if x, err := strconv.ParseUint(s[2:2+digits], 16, 32); err == nil {
			return rune(x), 2 + digits
		}
	}
	if c, ok := map[byte]rune{'n': '\n', 'r': '\r', 't': '\t'}[s[1]]; ok {
		return c, 2
	}
	r, n = utf8.DecodeRuneInString(s[1:])
	return r, n + 1
}

// sentence makes a message of an error into a sentence.
func sentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	s = string(unicode.ToUpper(r)) + s[n:]
	if last := s[len(s)-1]; last != '.' && last != '!' && last != '?' {
		s += "."
	}
	return s
}
