package config

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// mustParse builds the configuration in src, as if it stood in file.
func mustParse(t interface {
	Helper()
	Fatalf(string, ...any)
}, file, src string) *pipeline.Pipeline {
	t.Helper()
	p, ds := Parse(file, []byte(src), builtin())
	if p == nil {
		t.Fatalf("%v in\n%s", ds.Err(), src)
	}
	return p
}

// goodFiles returns the sources of all good files, by name.
func goodFiles(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/good/*.hcl")
	if err != nil || len(files) < 3 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	out := map[string]string{}
	for _, f := range append(files, "pipeline.hcl") {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[f] = string(src)
	}
	return out
}

// noisy puts comments and spaces between the tokens of src.
func noisy(t *rapid.T, src string) string {
	tokens, _ := hclsyntax.LexConfig([]byte(src), "", hcl.InitialPos)
	var out bytes.Buffer
	gaps := rapid.SampledFrom([]string{" ", "  ", "\t", " /* x = { */ ", " /* a\nb */"})
	lines := rapid.SampledFrom([]string{"\n", "\n", "\n\n\n", "# x = 1 {\n", " // \"\n", "\r\n", "\n  \n"})
	at := 0
	var last hclsyntax.TokenType
	for _, tok := range tokens {
		if tok.Range.Start.Byte > at {
			out.WriteString(gaps.Draw(t, "gap"))
		}
		at = tok.Range.End.Byte
		if tok.Type == hclsyntax.TokenNewline && last != hclsyntax.TokenCHeredoc {
			out.WriteString(lines.Draw(t, "line"))
		} else {
			out.Write(tok.Bytes)
		}
		last = tok.Type
	}
	return out.String()
}

// Comments and spaces are nothing that a revision is made for.
func TestNoiseIsNoRevision(t *testing.T) {
	atRoot(t)
	files := goodFiles(t)
	names := slices.Sorted(maps.Keys(files))
	quiet := map[string]*pipeline.Pipeline{}
	for name, src := range files {
		quiet[name] = mustParse(t, name, src)
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "file")
		want, got := quiet[name], mustParse(t, name, noisy(t, files[name]))
		if got.Text != want.Text || got.Fingerprint != want.Fingerprint {
			t.Fatalf("%s:\n%s\nbut with noise %s:\n%s", want.Fingerprint, want.Text, got.Fingerprint, got.Text)
		}
	})
}

// The normal form is a configuration, and its own normal form.
func TestNormalFormIsAConfiguration(t *testing.T) {
	atRoot(t)
	for name, src := range goodFiles(t) {
		want := mustParse(t, name, src)
		got := mustParse(t, name, want.Text)
		if got.Text != want.Text || got.Fingerprint != want.Fingerprint || len(want.Fingerprint) != 16 {
			t.Errorf("%s: %s:\n%s\nthen %s:\n%s", name, want.Fingerprint, want.Text, got.Fingerprint, got.Text)
		}
	}
}

// Ways to write one value.
func TestLayoutIsNoRevision(t *testing.T) {
	t.Parallel()
	for want, others := range map[string][]string{
		`holidays = ["at", "be"]`: {
			"holidays = [\n\"at\",\n\"be\"\n]", "holidays = [\"at\",\"be\",]", "holidays = [ # first\n\"at\", # second\n\"be\", ]", "holidays = [\"at\" /* x */ , \"be\"]",
		},
		`labels = { a = "x", b = "y" }`: {
			"labels = {\na = \"x\"\nb = \"y\"\n}", "labels = { a = \"x\", b = \"y\", }", "labels = {\n\na = \"x\", # one\n\nb = \"y\" # two\n\n}", "labels = {a=\"x\",b=\"y\"}",
		},
		`labels = { a = "${"x"}y" }`:                      {`labels = { a = "${ "x" }y" }`, "labels = { a = \"${\n\"x\"\n}y\" }"},
		`every = ("1m")`:                                  {"every = (\n\"1m\"\n)", `every = ( "1m" )`},
		"labels = {\na = <<E\nx\nE\nb = \"y\"\n}":         {"labels = { a = <<E\nx\nE\n\n\nb = \"y\",}", "labels = { a = <<E\nx\nE\n# b\nb = \"y\"\n\n}"},
		"labels = {\na = <<E\nx\nE\n}":                    {"labels = { a = <<E\nx\nE\n}"},
		"labels = { a = \"${[<<E\nx\nE\n, \"y\"][1]}\" }": {"labels = { a = \"${[\n<<E\nx\nE\n,\n\"y\"][1]}\" }"},
		`rule "r" { when = "feed.seen" }`:                 {"rule \"r\" {\nwhen = \"feed.seen\"\n}", "rule r { when = \"feed.seen\" }", "rule \"r\" {\nwhen = \"feed.seen\"\nsay = null\n}"},
	} {
		p := mustParse(t, "t.hcl", wrap(want+"\n"))
		if again := mustParse(t, "t.hcl", p.Text); again.Text != p.Text {
			t.Errorf("%s is in normal form\n%s\nand then\n%s", want, p.Text, again.Text)
		}
		for _, other := range others {
			if got := mustParse(t, "t.hcl", wrap(other+"\n")); got.Text != p.Text {
				t.Errorf("%s is\n%s\nbut %s is\n%s", want, p.Text, other, got.Text)
			}
		}
	}
}

// Whatever can change a finding changes the fingerprint; what only tells
// processes apart does not.
func TestFingerprint(t *testing.T) {
	t.Setenv("FEEDGAUGE_TEST_LABEL", "very secret")
	const base = `kafka {
  brokers  = ["k:1"]
  instance = "one"
}
source "kafka" "raw" { topics = ["t"] }
class "a" {
  match  = ["a-*"]
  period = "5m"
  labels = { x = env("FEEDGAUGE_TEST_LABEL") }
  rule "silent" { when = "silence.age > feed.period" }
}
class "b" { match = ["b-*"] }
`
	p := mustParse(t, "t.hcl", base)
	if strings.Contains(p.Text, "secret") || !strings.Contains(p.Text, `env("FEEDGAUGE_TEST_LABEL")`) || p.Classes[0].Labels["x"] != "very secret" {
		t.Errorf("text:\n%s", p.Text)
	}
	seen := map[string]string{p.Fingerprint: "nothing"}
	for _, c := range [][2]string{
		{`"5m"`, `"6m"`}, {`"b-*"`, `"b-*", "c"`}, {"silence.age > ", "silence.age >  "}, {`rule "silent"`, `rule "quiet"`}, {`{ topics = ["t"] }`, "{\n  topics = [\"t\"]\n  start = \"earliest\"\n}"},
		{"  match  = [\"a-*\"]\n  period = \"5m\"", "  period = \"5m\"\n  match  = [\"a-*\"]"}, {`x = env`, `y = env`},
		{`class "b"`, "feed \"f\" { class = \"b\" }\nclass \"b\""}, {`brokers  = ["k:1"]`, "brokers = [\"k:1\"]\n  partitions = 3"},
		{`env("FEEDGAUGE_TEST_LABEL")`, `"very secret"`},
	} {
		if !strings.Contains(base, c[0]) {
			t.Fatalf("nothing is %s", c[0])
		}
		fp := mustParse(t, "t.hcl", strings.Replace(base, c[0], c[1], 1)).Fingerprint
		if other, same := seen[fp]; same {
			t.Errorf("%s has the fingerprint of %s", c[1], other)
		}
		seen[fp] = c[1]
	}
	for _, c := range [][2]string{
		{`"one"`, `"two"`}, {"instance = \"one\"", "workers = 8"}, {"class \"b\"", "metrics { listen = \"off\" }\nclass \"b\""},
	} {
		if got := mustParse(t, "other.hcl", strings.Replace(base, c[0], c[1], 1)); got.Fingerprint != p.Fingerprint {
			t.Errorf("%s is a revision:\n%s", c[1], got.Text)
		}
	}
}

// Files that are read are part of a revision, wherever they lie.
func TestFingerprintOfFiles(t *testing.T) {
	t.Parallel()
	ics, err := os.ReadFile(filepath.Join("..", "..", "testdata", "good", "stocktaking.ics"))
	if err != nil {
		t.Fatal(err)
	}
	load := func(csv string, ics []byte) *pipeline.Pipeline {
		t.Helper()
		dir := t.TempDir()
		for name, content := range map[string][]byte{"feeds.csv": []byte(csv), "days.ics": ics} {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return mustParse(t, filepath.Join(dir, "p.hcl"), wrap("  holidays = [\"ics:days.ics\"]\n")+"inventory \"csv\" { file = \"feeds.csv\" }\n")
	}
	one := load("name,class\na,c\n", ics)
	if again := load("name,class\na,c\n", ics); again.Fingerprint != one.Fingerprint {
		t.Errorf("in another folder:\n%s\nand\n%s", one.Text, again.Text)
	}
	if row := load("name,class\na,c\nb,c\n", ics); row.Fingerprint == one.Fingerprint {
		t.Error("a feed more is no revision")
	}
	if days := load("name,class\na,c\n", bytes.Replace(ics, []byte("20260107"), []byte("20260106"), 1)); days.Fingerprint == one.Fingerprint {
		t.Error("other holidays are no revision")
	}
}

// A text that would not fit in a record is cut; the fingerprint is of all of it.
func TestLongText(t *testing.T) {
	t.Parallel()
	long := func(end string) *pipeline.Pipeline {
		return mustParse(t, "t.hcl", wrap("  labels = { a = \""+strings.Repeat("x", maxText-200)+strings.Repeat("é", 200)+end+"\" }\n"))
	}
	a, b := long("a"), long("b")
	if len(a.Text) > maxText+100 || !strings.HasSuffix(a.Text, " bytes more\n") || strings.ToValidUTF8(a.Text, "") != a.Text {
		t.Errorf("%d bytes, the last %q", len(a.Text), a.Text[len(a.Text)-100:])
	}
	if a.Fingerprint == b.Fingerprint {
		t.Error("what is cut off is not in the fingerprint")
	}
}
