package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// files writes files into a new folder and returns its name.
func files(t *testing.T, content map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, src := range content {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const withNames = `kafka { brokers = [var.broker] }
source "kafka" "raw" { topics = var.topics }
variable "broker" { default = "k:1" }
variable "topics" {
  type    = "list"
  default = ["t"]
}
variable "for" { default = 2 }
locals {
  period = "${local.minutes}m"
  minutes = 5
  labels = { site = "london", tier = local.tier }
  tier   = "1"
}
class "c" {
  match  = ["*"]
  period = local.period
  labels = local.labels
  rule "short" {
    when = "window.events < ${local.minutes}"
    for  = var.for
    say  = "${local.labels.site}: {window.events}"
  }
}
`

func TestNames(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{"p.hcl": withNames})
	p, ds := Load([]string{dir}, builtin(), Assignment{"for", "3"}, Assignment{"topics", `["a", "b"]`})
	if p == nil {
		t.Fatal(ds.Err())
	}
	c := p.Classes[0]
	r := c.Rules[0].Config()
	if c.Period != 5*time.Minute || c.Labels["tier"] != "1" || r.When != "window.events < 5" || r.For != 3 || r.Say != "london: {window.events}" {
		t.Errorf("class %+v, rule %+v", c, r)
	}
	if got := strings.Join(p.Sources[0].Topics, " "); got != "a b" || p.Kafka.Brokers[0] != "k:1" {
		t.Errorf("topics %q, brokers %v", got, p.Kafka.Brokers)
	}
}

// What the environment gives is used, and less than what the command line gives.
func TestVariablesOfTheEnvironment(t *testing.T) {
	t.Setenv("FEEDGAUGE_VAR_broker", "env:1")
	t.Setenv("FEEDGAUGE_VAR_for", "7")
	t.Setenv("FEEDGAUGE_VAR_of_another_file", "x")
	dir := files(t, map[string]string{"p.hcl": withNames})
	p, ds := Load([]string{dir}, builtin(), Assignment{"for", "8"}, Assignment{"for", "9"})
	if p == nil {
		t.Fatal(ds.Err())
	}
	if n := p.Classes[0].Rules[0].Config().For; n != 9 || p.Kafka.Brokers[0] != "env:1" {
		t.Errorf("for = %d, brokers %v", n, p.Kafka.Brokers)
	}
}

// How a value came about is nothing that a revision is made for; another value
// is. Names that only tell of a process are not.
func TestNamesInNormalForm(t *testing.T) {
	t.Parallel()
	plain := strings.NewReplacer(
		"var.broker", `"k:1"`, "var.topics", `["t"]`, "var.for", "2", "local.period", `"5m"`,
		"= local.labels", `= { site = "london", tier = "1" }`, "${local.minutes}", "5", "${local.labels.site}", "london",
	)
	src := withNames[:strings.Index(withNames, "variable")] + withNames[strings.Index(withNames, "class"):]
	a, b := mustParse(t, "p.hcl", withNames), mustParse(t, "p.hcl", plain.Replace(src))
	if a.Fingerprint != b.Fingerprint {
		t.Errorf("with names:\n%s\nwithout:\n%s", a.Text, b.Text)
	}
	again := mustParse(t, "p.hcl", a.Text)
	if again.Text != a.Text {
		t.Errorf("the normal form of\n%s\nis\n%s", a.Text, again.Text)
	}
	if c := mustParse(t, "p.hcl", strings.Replace(withNames, "minutes = 5", "minutes = 6", 1)); c.Fingerprint == a.Fingerprint {
		t.Error("another value has the same fingerprint")
	}
	one := "variable \"me\" { default = \"%\" }\n" + strings.Replace(withNames, "{ brokers = [var.broker] }", "{\n brokers = [var.broker]\n instance = var.me\n}", 1)
	if mustParse(t, "p.hcl", strings.Replace(one, "%", "one", 1)).Fingerprint != mustParse(t, "p.hcl", strings.Replace(one, "%", "two", 1)).Fingerprint {
		t.Error("the name of a process changes the fingerprint")
	}
}

const withSecrets = `kafka { brokers = ["k:1"] }
variable "password" { sensitive = true }
locals {
  token  = env("FEEDGAUGE_TEST_TOKEN")
  prefix = "Bearer"
  header = "${local.prefix} ${local.token}"
}
source "kafka" "raw" { topics = ["t"] }
class "c" {
  match  = ["*"]
  labels = { a = local.header, b = var.password, c = local.prefix }
}
`

// Secrets stay references in the normal form, which goes into the journal.
func TestSecretsStayReferences(t *testing.T) {
	t.Setenv("FEEDGAUGE_TEST_TOKEN", "tok3n")
	dir := files(t, map[string]string{"p.hcl": withSecrets})
	p, ds := Load([]string{dir}, builtin(), Assignment{"password", "hunter2"})
	if p == nil {
		t.Fatal(ds.Err())
	}
	if l := p.Classes[0].Labels; l["a"] != "Bearer tok3n" || l["b"] != "hunter2" {
		t.Errorf("labels %v", l)
	}
	for _, want := range []string{`env("FEEDGAUGE_TEST_TOKEN")`, "local.header", `prefix = "Bearer"`, "sensitive = true"} {
		if !strings.Contains(p.Text, want) {
			t.Errorf("no %q in\n%s", want, p.Text)
		}
	}
	for _, secret := range []string{"tok3n", "hunter2"} {
		if strings.Contains(p.Text, secret) {
			t.Errorf("%q is told in\n%s", secret, p.Text)
		}
	}
}

// A secret in the wrong place is told from outside: message and hint do not hold
// it.
func TestSecretsStayOutOfMessages(t *testing.T) {
	t.Setenv("FEEDGAUGE_TEST_TOKEN", "tok3n")
	for _, option := range []string{"period = local.header", "every = var.password", "match = [\"[${var.password}\"]", "time_zone = local.token", "active = var.password"} {
		src := strings.Replace(withSecrets, "match  = [\"*\"]", option, 1)
		dir := files(t, map[string]string{"p.hcl": src})
		_, ds := Load([]string{dir}, builtin(), Assignment{"password", "hunter2"})
		if !ds.HasErrors() {
			t.Errorf("%s is taken", option)
		}
		for _, d := range ds {
			for _, secret := range []string{"tok3n", "hunter2"} {
				if strings.Contains(d.Detail+d.Hint, secret) {
					t.Errorf("%s: %q is told: %s %s", option, secret, d.Detail, d.Hint)
				}
			}
		}
	}
}

// What is wrong with names comes at its place and once, however often they are
// used.
func TestMistakesInNames(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{"p.hcl": wrap("  labels = { a = local.a, b = local.b, c = local.f, d = var.e }\n") + `locals {
  a = local.b
  b = "${local.a}x"
  f = nonsense
  g = [local.f, "${local.f}"]
}
variable "e" { default = [local.g] }
variable "h" {}
variable "i" {
  type    = "nubmer"
}
variable "j" {
  type = "number"
  default = "5"
}
`})
	_, ds := Load([]string{filepath.Join(dir, "p.hcl")}, builtin(), Assignment{"hh", "1"}, Assignment{"i", "x"})
	expect(t, ds, "--var hh Unknown variable",
		"8:3 Locals in a circle", "10:7 Text without quotes", "13:27 Not known yet", "14:1 Variable without value",
		`16:13 Invalid value of "type"`, `20:13 Invalid value of "default"`)
}

func TestReadValue(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ typ, in, want, why string }{
		{"text", "5", `"5"`, ""},
		{"text", "", `""`, ""},
		{"number", "5.5", "5.5", ""},
		{"number", "x", "", "is no number"},
		{"number", "1e999999999", "", "is no number"},
		{"bool", "true", "true", ""},
		{"bool", "yes", "", "is neither true nor false"},
		{"list", `["a", 1]`, `["a",1]`, ""},
		{"list", `a,b`, "", "is no list"},
		{"list", `[env("HOME")]`, "", "is no list"},
		{"list", `[for a in ["b"]: a]`, "", "holds loops"},
		{"list", strings.Repeat("[", 1000), "", "is too large"},
		{"table", `{ a = "b" }`, `{a="b"}`, ""},
		{"table", `["a"]`, "", "is no table"},
	} {
		v, why := readValue(tt.in, tt.typ)
		if why != tt.why || why == "" && string(appendValue(nil, v)) != tt.want {
			t.Errorf("%s %q: %q, %s", tt.typ, tt.in, why, appendValue(nil, v))
		}
	}
}

func TestParseAssignment(t *testing.T) {
	t.Parallel()
	if a, err := ParseAssignment("a=b=c"); err != nil || a != (Assignment{"a", "b=c"}) {
		t.Errorf("%v, %v", a, err)
	}
	for _, s := range []string{"", "a", "=b", "5=b", "a b=c"} {
		if _, err := ParseAssignment(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

// What nobody uses is told, but does no harm.
func TestUnusedNames(t *testing.T) {
	t.Parallel()
	p, ds := Parse("t.hcl", []byte(wrap("")+"locals { a = 1 }\nvariable \"v\" { default = 1 }\n"), builtin())
	expect(t, ds, "6:10 Not used", "7:1 Not used")
	if p == nil {
		t.Error(ds.Err())
	}
}
