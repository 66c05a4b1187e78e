package config

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// deep are files that end a process which parses them without a limit, or keep
// it busy or fill its memory.
func deep() map[string]string {
	const n = 200 << 10
	long := func(s string) string { return strings.Repeat(s, n/len(s)) }
	return map[string]string{
		"blocks":             long("a {\n"),
		"labelled blocks":    long("class \"a\" {\n"),
		"brackets":           "a = " + long("["),
		"closed brackets":    "a = " + long("[") + long("]"),
		"parentheses":        "a = " + long("("),
		"braces":             "a = " + long("{a="),
		"interpolations":     "a = " + long(`"${`),
		"heredocs":           "a = " + long("<<A\n${"),
		"minus":              "a = " + long("-") + "1",
		"minus in brackets":  "a = (" + long("-\n") + "1)",
		"not":                "a = " + long("!") + "true",
		"sum":                "a = 1" + long("+1"),
		"sum in brackets":    "a = (1" + long("\n+1") + ")",
		"conditions":         "a = true" + long(" ? 1 : true"),
		"indexes":            "a = b" + long("[0]"),
		"attributes":         "a = b" + long(".c"),
		"splats":             "a = b" + long("[*]"),
		"calls":              "a = " + long("file("),
		"mixed closers":      "a = " + long("[}(]{)"),
		"ifs":                "a = \"" + long("%{if true}") + "\"",
		"ifs in heredoc":     "a = <<E\n" + long("%{if true}\n") + "\nE\n",
		"operators":          long("&& || == "),
		"long list":          "a = [" + long("1,") + "]",
		"big number":         "a = 1e999999999",
		"big negative":       "a = 1e-999999999",
		"number of digits":   "a = " + long("9"),
		"too large":          strings.Repeat("# comment\n", 200_000),
		"too large and deep": strings.Repeat("a {\n", 500_000),
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for name, src := range deep() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, ds := Parse("deep.hcl", []byte(src), builtin())
			found := false
			for _, d := range ds {
				switch d.Summary {
				case "Nested too deeply", "Expression too long", "Number out of range", "File too large", "List too long":
					found = true
				}
			}
			if !found || !ds.HasErrors() {
				t.Errorf("no limit reported, but %v", ds.Err())
			}
			if len(ds) > maxDiagnostics+1 {
				t.Errorf("%d diagnostics", len(ds))
			}
		})
	}
}

// badLabels is a table of n numbers, which labels may not be.
func badLabels(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, "k%d = 1\n", i)
	}
	return s.String()
}

// Files of nothing but mistakes, as large as files may be, take time in
// proportion to their size: what is quadratic takes minutes here.
func TestManyMistakes(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{
		"of form":         strings.Repeat("feed \"a\" { x: 1 }\n", maxSize/8/19),
		"in one line":     "class \"c\" { match = [" + strings.Repeat("\"[\",", maxElements) + "] }",
		"wide characters": "class \"c\" { match = [" + strings.Repeat("\"é[\",", maxElements) + "] }",
		"in a table":      "class \"c\" { labels = {" + badLabels(maxSize/8/12) + "} }",
		"of members":      "feed \"a\" { class = \"c\" }\ngroup \"g\" { members = [" + strings.Repeat("\"b\",", maxElements) + "] }",
		"of a character":  strings.Repeat("“", maxSize/8/4),
		"of quotes":       strings.Repeat("\"\n", maxSize/8/2),
		"unknown":         strings.Repeat("b {}\n", maxSize/8/6),
		"of names":        strings.Repeat("feed \"a\" {}\n", maxSize/8/13),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, ds := Parse("many.hcl", []byte(src), builtin())
			var out bytes.Buffer
			if err := ds.WriteText(&out); err != nil || !ds.HasErrors() || len(ds) > maxDiagnostics+1 {
				t.Errorf("%d diagnostics, %v, %v", len(ds), err, ds.Err())
			}
		})
	}
}

// What stays below the limits is parsed.
func TestWithinLimits(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{
		"brackets":      "a = " + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth),
		"sum":           "a = 1" + strings.Repeat("+1", maxOperators),
		"many sums":     strings.Repeat("a = 1+1+1\n", 1000),
		"a long list":   "a = [" + strings.Repeat("-1, ", maxElements) + "1]",
		"many blocks":   strings.Repeat("a {\n}\n", 10_000),
		"numbers":       "a = [1e308, 1e-308, 1.5E+3, 0.000001]",
		"in a comment":  "# " + strings.Repeat("[", 1000) + "\n/* " + strings.Repeat("(", 1000) + "*/",
		"in a string":   `a = "` + strings.Repeat("[({", 1000) + `"`,
		"in a heredoc":  "a = <<E\n" + strings.Repeat("[({-", 1000) + "\nE\n",
		"escaped sign":  `a = "` + strings.Repeat("$${", 1000) + `"`,
		"many literals": "a = \"" + strings.Repeat("x${1}", 1000) + "\"",
	} {
		if d := newText("t", []byte(src)).tooMuch(); d != nil {
			t.Errorf("%s: %s", name, d.Summary)
		}
	}
}
