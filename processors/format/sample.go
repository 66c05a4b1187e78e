package format

import (
	"strconv"
	"unicode"
	"unicode/utf8"
)

// Sample returns text as evidence: at most limit bytes of it, with what cannot be
// shown escaped as in Go, and "…" where something is left out.
func Sample(text []byte, limit int) string {
	out := make([]byte, 0, min(len(text), limit)+8)
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		mark := len(out)
		switch {
		case r == utf8.RuneError && n == 1:
			out = append(out, `\x`...)
			out = append(out, "0123456789abcdef"[text[0]>>4], "0123456789abcdef"[text[0]&15])
		case r == '\\' || unicode.IsPrint(r):
			out = append(out, text[:n]...)
		default:
			quoted := strconv.AppendQuoteRune(nil, r)
			out = append(out, quoted[1:len(quoted)-1]...)
		}
		if len(out) > limit {
			return string(out[:mark]) + "…"
		}
		text = text[n:]
	}
	return string(out)
}
