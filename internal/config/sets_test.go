package config

import (
	"strings"
	"testing"
)

const withSets = head + `rules "usual" {
  rule "silent" { when = "silence.age > feed.period" }
  rule "short" {
    when = "window.events < 0.5 * forecast.events.expected"
    for  = 2
  }
}
rules "form" {
  rule "malformed" { when = "window.errors > 0" }
}
class "web" {
  match  = ["web-*"]
  period = "5m"
  rules  = ["usual", "form"]
  forecast "trend" {}
  rule "more" { when = "window.bytes > 1000" }
  rule "short" { when = "window.events < 3" }
}
class "app" {
  match = ["*"]
  rules = ["form"]
}
`

// Rules stand in the order of the sets, then the class's own; one that a class
// has of its own keeps the place of the set's.
func TestRuleSets(t *testing.T) {
	t.Parallel()
	p := mustParse(t, "p.hcl", withSets)
	var got []string
	for _, c := range p.Classes {
		for _, r := range c.Rules {
			got = append(got, c.Name+" "+r.Name()+": "+r.Config().When)
		}
	}
	want := []string{
		"web silent: silence.age > feed.period", "web short: window.events < 3", "web malformed: window.errors > 0",
		"web more: window.bytes > 1000", "app malformed: window.errors > 0",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("rules:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What is wrong with a rule wherever it is used is told once, at the rule; what a
// class lacks is told at the class.
func TestMistakesInRuleSets(t *testing.T) {
	t.Parallel()
	src := strings.NewReplacer("window.errors > 0", "window.erors > 0", "rules = [\"form\"]", "rules = [\"form\", \"usual\", \"frm\", \"form\"]").Replace(withSets)
	_, ds := Parse("p.hcl", []byte(src), builtin())
	expect(t, ds, `11:30 Invalid value of "when"`, `23:20 Invalid value of "rules"`, `23:20 Invalid value of "rules"`, `23:29 Invalid value of "rules"`, `23:36 Invalid value of "rules"`)
	for i, word := range []string{"window.errors", "period", "forecast", `"form"`, "remove"} {
		if !strings.Contains(ds[i].Hint, word) {
			t.Errorf("hint %q does not speak of %s", ds[i].Hint, word)
		}
	}
	if d := ds[1].Detail + ds[2].Detail; !strings.Contains(d, "p.hcl:4:3") || !strings.Contains(d, "p.hcl:5:3") {
		t.Errorf("the place of the rule is not told: %s", d)
	}
}

func TestIdleRuleSet(t *testing.T) {
	t.Parallel()
	p, ds := Parse("p.hcl", []byte(strings.Replace(withSets, `"usual", `, "", 1)), builtin())
	expect(t, ds, "3:1 Rules without classes")
	if p == nil {
		t.Error(ds.Err())
	}
}
