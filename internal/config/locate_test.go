package config

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// wrap is a configuration around one rule.
func wrap(rule string) string {
	return "kafka { brokers = [\"k:9092\"] }\nsource \"kafka\" \"raw\" { topics = [\"t\"] }\n" +
		"class \"c\" {\n  match = [\"*\"]\n" + rule + "}\n"
}

// A mistake in CEL is shown where it stands in the file, however the string is
// written. The word "oops" is the only mistake of each.
func TestMistakesInsideStrings(t *testing.T) {
	t.Setenv("FEEDGAUGE_TEST_NAME", "oops")
	for name, rule := range map[string]string{
		"plain":             `  rule "r" { when = "oops == 1" }`,
		"escaped quotes":    `  rule "r" { when = "feed.name == \"a\" || oops == 1" }`,
		"escaped backslash": `  rule "r" { when = "feed.name == 'a\\\\b' || oops == 1" }`,
		"escaped newline":   `  rule "r" { when = "true ||\n\t oops == 1" }`,
		"unicode escape":    `  rule "r" { when = "feed.name == '\u00e9\U0001F600' || oops == 1" }`,
		"unicode":           `  rule "r" { when = "feed.name == 'é😀' || oops == 1" }`,
		"joined accent":     "  rule \"r\" { when = \"feed.name == 'e\u0301' || oops == 1\" }",
		"lone accent":       "  rule \"r\" { when = \"feed.name == 'x\u0327y' || oops == 1\" }",
		"escaped template":  `  rule "r" { when = "feed.name == '$${x} %%{y}' || oops == 1" }`,
		"dollars":           `  rule "r" { when = "feed.name == '$x $$ %' || oops == 1" }`,
		"interpolation":     `  rule "r" { when = "${"feed.name"} == ${"'x'"} || oops == 1" }`,
		"trimmed":           `  rule "r" { when = "feed.name   ${~ " ==" ~}   'x' || oops == 1" }`,
		"parentheses":       `  rule "r" { when = ("oops == 1") }`,
		"hole":              "  rule \"r\" {\n when = \"true\"\n say = \"{{x}} é {feed.name} {oops}\"\n}",
		"heredoc":           "  rule \"r\" {\n when = <<E\ntrue &&\n  oops == 1\nE\n}",
		"flush heredoc":     "  rule \"r\" {\n when = <<-E\n    true &&\n      true &&\n\n    oops == 1\n  E\n}",
		"heredoc template":  "  rule \"r\" {\n when = <<-E\n    ${\"true\"} &&\n      feed.name != '$${' && oops == 1\n  E\n}",
		"heredoc with tabs": "  rule \"r\" {\n when = <<-E\n\t\ttrue &&\n\t\t\toops == 1\n\tE\n}",
		"line ends of DOS":  "  rule \"r\" {\r\n when = <<E\r\ntrue &&\r\n  oops == 1\r\nE\r\n}",
	} {
		src := wrap(rule + "\n")
		_, ds := Parse("t.hcl", []byte(src), builtin())
		if len(ds) != 1 || !strings.Contains(ds[0].Detail, `"oops"`) {
			t.Errorf("%s: %v", name, ds.Err())
			continue
		}
		at := strings.LastIndex(src, "oops")
		if got := ds[0].Range; got.Start.Byte != at || got.End.Byte != at+4 {
			t.Errorf("%s: at bytes %d to %d, want %d to %d: %q", name, got.Start.Byte, got.End.Byte, at, at+4, src[got.Start.Byte:])
		}
		s := ds[0].Snippet
		if s.Code[s.HighlightStart:s.HighlightEnd] != "oops" {
			t.Errorf("%s: highlights %q", name, s.Code[s.HighlightStart:s.HighlightEnd])
		}
	}
	// Text from elsewhere has no place in the file but the call.
	_, ds := Parse("t.hcl", []byte(wrap("  rule \"r\" { when = \"${env(\"FEEDGAUGE_TEST_NAME\")} == 1\" }\n")), builtin())
	if len(ds) != 1 || ds[0].Snippet.Code[ds[0].Snippet.HighlightStart] != 'e' {
		t.Errorf("in a call: %v", ds.Err())
	}
}

// Whatever characters stand before it, the word is found.
func TestMistakeIsFoundBehindAnything(t *testing.T) {
	t.Parallel()
	pieces := []string{`\"`, `\\`, `\n`, `\t`, `\u00e9`, `\U0001F600`, "é", "😀", "x", " ", "$${", "%%{", "$", "e\u0301", "日本", "."}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "text"), "")
		src := wrap("  rule \"r\" {\n when = \"true\"\n say = \"" + text + "{oops}\"\n}\n")
		_, ds := Parse("t.hcl", []byte(src), builtin())
		if strings.Contains(ds.Err().Error(), "interpolation") {
			t.Skip("the dollar made a template of the hole")
		}
		at := strings.LastIndex(src, "oops")
		for _, d := range ds {
			if strings.Contains(d.Detail, `"oops"`) {
				if d.Range.Start.Byte != at {
					t.Fatalf("at byte %d, want %d of %q", d.Range.Start.Byte, at, src)
				}
				return
			}
		}
		if !strings.Contains(text, "{") && !strings.HasSuffix(text, "$") {
			t.Fatalf("not reported: %v", ds.Err())
		}
	})
}

// Columns count characters as a reader does, bytes count bytes.
func TestPositions(t *testing.T) {
	t.Parallel()
	x := newText("t", []byte("ab\ne\u0301😀x\r\n\ty"))
	for at, want := range map[int]Pos{
		0: {1, 1, 0}, 2: {1, 3, 2}, 3: {2, 1, 3}, 6: {2, 2, 6}, 10: {2, 3, 10}, 11: {2, 4, 11}, 13: {3, 1, 13}, 14: {3, 2, 14}, 99: {3, 3, 15}, -1: {1, 1, 0},
	} {
		if got := x.pos(at); got != want {
			t.Errorf("pos(%d) = %v, want %v", at, got, want)
		}
	}
}
