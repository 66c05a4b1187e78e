package config

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever is put in place of a configuration ends with one clear word.
func TestBadInput(t *testing.T) {
	t.Parallel()
	random := make([]byte, 100_000)
	r := rand.NewChaCha8([32]byte{7})
	_, _ = r.Read(random) // never fails
	text := bytes.Map(func(c rune) rune { return 'a' + c%26 }, random)
	for name, tt := range map[string]struct {
		src  []byte
		want string
	}{
		"10 MB of blocks":    {bytes.Repeat([]byte("feed \"f\" { class = \"c\" }\n"), 400_000), "File too large"},
		"10 MB in one line":  {append([]byte("a = \""), bytes.Repeat([]byte("x"), 10<<20)...), "File too large"},
		"10,000 deep blocks": {bytes.Repeat([]byte("class \"c\" {\n"), 10_000), "Nested too deeply"},
		"10,000 deep lists":  {[]byte("a = " + strings.Repeat("[", 10_000)), "Nested too deeply"},
		"random bytes":       {random, "Not a text"},
		"zeros":              {make([]byte, 1000), "Not a text"},
		"gzip":               {append([]byte("\x1f\x8b\x08"), random[:500]...), "Not a text"},
		"utf-16":             {[]byte("\xff\xfek\x00a\x00f\x00k\x00a\x00"), "Not a text"},
		"random letters":     {text, "Argument or block definition required"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, ds := Parse("in.hcl", tt.src, builtin())
			var errs []string
			for _, d := range ds {
				if d.Severity == Error {
					errs = append(errs, d.Summary)
				}
			}
			if len(errs) != 1 || errs[0] != tt.want {
				t.Errorf("%.5q, want one: %q", errs, tt.want)
			}
			if _, ds := Format("in.hcl", tt.src); !ds.HasErrors() {
				t.Error("it is laid out")
			}
		})
	}
}

// Rules that are bombs are refused, and quickly: as many as a file may hold.
func TestManyBombs(t *testing.T) {
	t.Parallel()
	for name, when := range map[string]string{
		"patterns": "feed.name.matches('" + strings.Repeat("x{1000}", 500) + "')",
		"costs":    "[" + strings.Repeat("1,", 500) + "1].exists(a, feed.labels.exists(b, (b+b+b+b+b+b+b).contains('x') && a > 0))",
		"depth":    strings.Repeat("(", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var src strings.Builder
			for i := range 20 {
				fmt.Fprintf(&src, "  rule \"r%d\" { when = \"%s\" }\n", i, when)
			}
			_, ds := Parse("in.hcl", []byte(wrap(src.String())), builtin())
			if ds.Count(Error) < 20 || ds[0].Summary != `Invalid value of "when"` {
				t.Errorf("%d errors", ds.Count(Error))
			}
		})
	}
}

// Bombs in what a configuration refers to, and where its options are languages of
// their own, are refused with a word each, before they go off.
func TestBombsElsewhere(t *testing.T) {
	t.Parallel()
	list := "[" + strings.Repeat("1,", 99) + "1]"
	looking := `{"$defs": {`
	for i := range 40 {
		looking += fmt.Sprintf(`"n%d": {"allOf": [%s]},`, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf(`{"$ref": "#/$defs/n%d"},`, i+1), 10), ","))
	}
	looking += `"n40": {}}, "$ref": "#/$defs/n0"}`
	dir := files(t, map[string]string{"looking.json": looking, "deep.json": strings.Repeat(`{"not":`, 9000) + "{}" + strings.Repeat("}", 9000)})
	inClass := func(text string) string { return wrap(text + "\n") }
	for name, tt := range map[string]struct{ src, want string }{
		"pattern of topics":    {strings.Replace(wrap(""), "topics = [", "topics = [\""+strings.Repeat("x{1000}", 500)+"\", ", 1), "regular expression"},
		"pattern made of data": {inClass(`rule "r" { when = "feed.name.matches(feed.name)" }`), "must be written out"},
		"pattern of patterns":  {inClass(`rule "r" { when = "feed.name.matches('((a{100}){100}){100}')" }`), "invalid repeat count"},
		"loops of conditions":  {inClass(`rule "r" { when = "` + list + `.all(a, ` + list + `.all(b, ` + list + `.all(c, a*b*c > 0)))" }`), "nesting limit"},
		"loops of sentences":   {inClass("rule \"r\" {\nwhen = \"window.events > 0\"\nsay = \"{" + list + ".map(a, " + list + ".map(b, " + list + ".map(c, a*b*c)))}\"\n}"), "nesting limit"},
		"loops of locals":      {wrap("") + "locals {\n  a = [for x in [1, 2] : [for y in [1, 2] : x]]\n}\n", "no loops"},
		"a schema that looks":  {inClass(`format "json" { schema = file("looking.json") }`), "may cost too much"},
		"a schema too deep":    {inClass(`format "json" { schema = file("deep.json") }`), "deep"},
		"a file without end":   {inClass(`format "json" { schema = file("/dev/zero") }`), "no regular file"},
		"a list without end":   {wrap("") + "inventory \"csv\" { file = \"/dev/zero\" }\n", "has more than"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".hcl")
			if err := os.WriteFile(file, []byte(tt.src), 0o600); err != nil {
				t.Fatal(err)
			}
			p, ds := Load([]string{file}, builtin())
			if p != nil || !strings.Contains(strings.Join(details(ds), "\n"), tt.want) {
				t.Errorf("not told %q, but %.1000q", tt.want, details(ds))
			}
		})
	}
}

func details(ds Diagnostics) (out []string) {
	for _, d := range ds {
		out = append(out, d.Detail)
	}
	return out
}

func BenchmarkValidate(b *testing.B) {
	for b.Loop() {
		if _, ds := Load([]string{"../../pipeline.hcl"}, builtin()); ds.HasErrors() {
			b.Fatal(ds.Err())
		}
	}
}
