package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// brief lists diagnostics as line:column summary.
func briefly(ds Diagnostics) (out []string) {
	for _, d := range ds {
		out = append(out, strings.TrimPrefix(d.Range.String(), d.Range.Filename+":")+" "+d.Summary)
	}
	return out
}

func expect(t *testing.T, ds Diagnostics, want ...string) {
	t.Helper()
	if got := briefly(ds); !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const manyMistakes = `kafka { brokers = ["k"] }
source "kafka" "raw" {
  topics = ["a("]
  feed   = ["kye", "header:"]
}
source "kafka" "raw" { topics = 5 }
class "web" {
  source = "rwa"
  evry   = "1m"
  period = "5 min"
  format "json" {
    requird = []
    require = ["a:strng"]
  }
  rule "a" {
    when = "windw.events < 1 && x > 1"
    for  = 0
    say  = "{y}"
  }
  rule "a" { wen = "true" }
}
feed "f" { class = "wbe" }
`

// All mistakes of all kinds come at once, in the order of the file.
func TestEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	_, ds := Parse("m.hcl", []byte(manyMistakes), builtin())
	expect(t, ds,
		`1:20 Invalid value of "brokers"`,
		`3:13 Invalid value of "topics"`,
		`4:13 Invalid value of "feed"`,
		`4:28 Invalid value of "feed"`,
		`6:16 Name used twice`,
		`6:33 Wrong type`,
		`8:12 Unknown source`,
		`9:3 Unknown option`,
		`10:12 Invalid value of "period"`,
		`12:5 Unknown option`,
		`13:19 Invalid value of "require"`,
		`16:13 Invalid value of "when"`,
		`16:33 Invalid value of "when"`,
		`17:12 Invalid value of "for"`,
		`18:14 Invalid value of "say"`,
		`20:3 Missing option`,
		`20:8 Name used twice`,
		`20:14 Unknown option`,
		`22:20 Unknown class`,
	)
}

// A mistake of form hides neither those before it nor those in other blocks, and
// what it swallowed is not reported as missing.
func TestMistakesBesideOneOfForm(t *testing.T) {
	t.Parallel()
	_, ds := Parse("m.hcl", []byte(`kafka { brokers = ["k"] }
source "kafka" "raw" {
  topics = ["a"
  feed   = ["key"]
}
class "web" {
  every = "5 min"
}
feed "f" { klass = "web" }
feed "g" { class = "nowhere" }
`), builtin())
	expect(t, ds, `1:20 Invalid value of "brokers"`, `4:3 Missing item separator`, `7:11 Invalid value of "every"`, `9:1 Missing option`, `9:12 Unknown option`)
}

// Each part that can be read on its own is.
func TestSeveralMistakesOfForm(t *testing.T) {
	t.Parallel()
	_, ds := Parse("m.hcl", []byte(`feed "a"
feed "b" {
  class: "x"
}
class "c" {
  every = "1m
}
kafka {
  brokers = [
source "kafka" "s" {
  topics = ["t")
}
feed "d" { period = 5 }
feed "e" { class = "c"  period = "1m" }
class "f" {
`), builtin())
	expect(t, ds,
		"1:9 Invalid block definition", "3:3 Argument or block definition required", "6:14 Invalid multi-line string",
		"10:8 Missing item separator", "11:16 Missing item separator", "13:1 Missing option", "13:21 Wrong type",
		"14:25 Invalid single-argument block definition", "15:11 Unclosed configuration block",
	)
}

func TestSeveralFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, src string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	a := write("a.hcl", "kafka { brokers = [\"k:1\"] }\nclass \"c\" { match = [\"*\"] }\n")
	b := write("b.hcl", "source \"kafka\" \"s\" { topics = [\"t\"] }\nclass \"d\" { match = [\"x\"] }\n")
	bad := write("bad.hcl", "class \"c\" { evry = 1 }\nfeed \"f\" { class = \"d\" }\n")

	p, ds := Load([]string{b, a}, builtin())
	if p == nil || p.Classes[0].Name != "d" || p.Classes[1].Source != "s" {
		t.Errorf("%+v, %v", p, ds.Err())
	}
	_, ds = Load([]string{a, b, bad, filepath.Join(dir, "none.hcl"), t.TempDir()}, builtin())
	if got := len(ds); got != 5 {
		t.Fatalf("%d diagnostics: %v", got, briefly(ds))
	}
	if !strings.Contains(ds[1].Detail, a+":2:1") || ds[1].Range.Filename != bad || ds[3].Range.String() != filepath.Join(dir, "none.hcl") || !strings.Contains(ds[4].Detail, "folder") {
		t.Errorf("%+v", ds)
	}
	if !strings.Contains(ds.Err().Error(), "and 4 more") {
		t.Errorf("as one error: %v", ds.Err())
	}
}

func TestOrderOfFilesIsKept(t *testing.T) {
	t.Parallel()
	_, ds := Parse("z.hcl", nil, builtin())
	expect(t, ds, "1:1 Missing block", "1:1 Missing block", "1:1 Missing block")
	for _, word := range []string{"Kafka", "source", "class"} {
		if !strings.Contains(ds[0].Detail+ds[1].Detail+ds[2].Detail, word) {
			t.Errorf("nothing on %s: %v", word, ds)
		}
	}
}

// A byte order mark is what some editors put in front.
func TestByteOrderMark(t *testing.T) {
	t.Parallel()
	src := "\ufeff" + wrap("  evry = 1\n")
	_, ds := Parse("t.hcl", []byte(src), builtin())
	if len(ds) != 1 || ds[0].Snippet.Code != "  evry = 1" || ds[0].Range.Start.Line != 5 || ds[0].Range.Start.Column != 3 {
		t.Errorf("%v: %+v", ds.Err(), ds)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	_, missing := Parse("t.hcl", []byte(wrap("")+"source \"kafka\" \"idle\" { topics = [\"t\"] }\nclass \"none\" { source = \"raw\" }\n"), builtin())
	expect(t, missing, "3:1 Missing option") // two sources: class c must say which
	p, ds := Parse("t.hcl", []byte(wrap("  source = \"raw\"\n")+"source \"kafka\" \"idle\" { topics = [\"t\"] }\nclass \"none\" { source = \"raw\" }\n"), builtin())
	expect(t, ds, "7:1 Source without classes", "8:1 Class without feeds")
	if p == nil || ds.HasErrors() || ds.Err() != nil {
		t.Errorf("warnings made it invalid: %v", ds.Err())
	}
	// A feed that names the class is enough.
	_, ds = Parse("t.hcl", []byte(wrap("")+"class \"named\" {}\nfeed \"f\" { class = \"named\" }\n"), builtin())
	expect(t, ds)
}

func TestNoMoreThanAThousand(t *testing.T) {
	t.Parallel()
	src := wrap(strings.Repeat("  b {}\n", 3000))
	_, ds := Parse("t.hcl", []byte(src), builtin())
	if len(ds) != maxDiagnostics+1 || ds[maxDiagnostics].Summary != "Too many mistakes" {
		t.Errorf("%d diagnostics, the last %q", len(ds), ds[len(ds)-1].Summary)
	}
}
