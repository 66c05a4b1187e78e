package screen

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		line, want string
		indent     int
	}{
		"fits":              {strings.Repeat("a", 40), strings.Repeat("a", 40), 4},
		"between words":     {"aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeee", "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd\n    eeee", 4},
		"to the brim":       {"aaaaaaaaa bbbbbbbbb ccccccccc dddddddddd eeee", "aaaaaaaaa bbbbbbbbb ccccccccc dddddddddd\n    eeee", 4},
		"one long word":     {strings.Repeat("a", 60), strings.Repeat("a", 60), 4},
		"a long word first": {strings.Repeat("a", 60) + " b", strings.Repeat("a", 60) + "\n  b", 2},
		"indented":          {"    " + strings.Repeat("a", 60), "    " + strings.Repeat("a", 60), 4},
		"wide characters":   {"日本日本日本日本日本日本日本日本日本日本 日本", "日本日本日本日本日本日本日本日本日本日本\n日本", 0},
		"colours":           {Red + "aaaaaaaaa" + Reset + " bbbbbbbbb ccccccccc ddddddddd eeee", Red + "aaaaaaaaa" + Reset + " bbbbbbbbb ccccccccc ddddddddd\n eeee", 1},
		"three lines": {
			strings.TrimSpace(strings.Repeat("0123456789 ", 9)),
			"0123456789 0123456789 0123456789\n       0123456789 0123456789 0123456789\n       0123456789 0123456789 0123456789", 7,
		},
	} {
		if got := (Screen{Width: 40}).Fold(tt.line, tt.indent); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, tt.want)
		}
		if got := (Screen{}).Fold(tt.line, tt.indent); got != tt.line {
			t.Errorf("%s is folded without a terminal: %q", name, got)
		}
	}
}

// Folding loses and adds nothing but blanks between words, and no line is wider than
// the screen unless its one word is.
func TestFoldKeepsTheWords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.StringOf(rapid.SampledFrom([]rune("aé日 \x1b[1m;  "))).Draw(t, "line")
		width, indent := rapid.IntRange(narrowest, 60).Draw(t, "width"), rapid.IntRange(0, 20).Draw(t, "indent")
		folded := Screen{Width: width}.Fold(line, indent)
		if got, want := strings.Join(strings.Fields(folded), " "), strings.Join(strings.Fields(line), " "); got != want {
			t.Fatalf("%q became %q", want, got)
		}
		for l := range strings.SplitSeq(folded, "\n") {
			if Width(l) > width && len(strings.Fields(l)) > 1 {
				t.Fatalf("%q is %d wide, of %d", l, Width(l), width)
			}
		}
	})
}

func TestNoTerminal(t *testing.T) {
	t.Parallel()
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if a, b := Of(&bytes.Buffer{}), Of(file); a != (Screen{}) || b != (Screen{}) {
		t.Errorf("%+v, %+v", a, b)
	}
	if got := (Screen{}).Paint(Red, "x"); got != "x" {
		t.Errorf("%q", got)
	}
}
