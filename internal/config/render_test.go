package config

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge/internal/screen"
)

// On a terminal no line is too wide, and the carets stand below what is meant.
func TestReportOnTerminal(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("window.events > 0 && ", 8)
	src := wrap("rule \"r\" {\n when = \"" + long + "window.evnts > 0\"\n}\n")
	_, ds := Parse("a/rather/long/path/to/the/configuration/of/one/site.hcl", []byte(src), builtin())
	out := report{on: screen.Screen{Width: 80}}
	for i := range ds {
		ds[i].text(&out)
	}
	lines := strings.Split(out.String(), "\n")
	for i, l := range lines {
		if screen.Width(l) > 80 {
			t.Errorf("%d columns: %s", screen.Width(l), l)
		}
		if at := strings.Index(l, "^"); at >= 0 {
			code := []rune(lines[i-1])
			if got := string(code[at : at+strings.Count(l, "^")]); got != "window.evnts" {
				t.Errorf("the carets stand below %q:\n%s", got, out.String())
			}
		}
	}
	if !strings.Contains(out.String(), "^") {
		t.Errorf("no carets:\n%s", out.String())
	}
}

// Whatever is cropped fits, is valid, and still points at the beginning of the same.
func TestCrop(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := []rune(rapid.StringOfN(rapid.SampledFrom([]rune("abcé日")), 1, 200, -1).Draw(t, "code"))
		from := rapid.IntRange(0, len(code)-1).Draw(t, "from")
		to := rapid.IntRange(from+1, len(code)).Draw(t, "to")
		room := rapid.IntRange(10, 100).Draw(t, "room")
		s := &Snippet{Code: string(code), HighlightStart: len(string(code[:from])), HighlightEnd: len(string(code[:to]))}
		c := s.crop(room)
		if screen.Width(c.Code) > room || !utf8.ValidString(c.Code) {
			t.Fatalf("%q does not fit into %d", c.Code, room)
		}
		was, is := s.Code[s.HighlightStart:s.HighlightEnd], c.Code[c.HighlightStart:c.HighlightEnd]
		if is == "" || !strings.HasPrefix(was, is) {
			t.Fatalf("%q is meant, and %q pointed at", was, is)
		}
	})
}
