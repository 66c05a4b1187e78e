package rules

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/feedgauge/feedgauge"
)

// FuzzBuild holds that whatever is written as a rule, building it never panics,
// each mistake names an option and a place within it, and a rule that was built
// can be judged.
func FuzzBuild(f *testing.F) {
	for _, seed := range [][2]string{
		{"silence.age > feed.period", "{feed.name} has been silent for {silence.age}"},
		{"window.events > 0 && window.events < 0.75 * forecast.events.expected", ""},
		{`window.reasons["syntax"] == 5`, "{{{window.reasons}}}"},
		{`feed.labels.all(k, k.matches("^[a-z]+$"))`, "{feed.labels}"},
		{"window.evnts <\nwindow", "{x}{\n\n  y}"},
		{"duration('5 minutes') > silence.age", "}"},
		{`"é" + "日本" == window.`, "é{é"},
		{"((((((((((((", "{"},
		{"1.0 / 0.0 > 1 || 1 / 0 == 1 || window.events", "{1/0}"},
		{"[1, 2.0, 'x'].exists(i, i == 1)", "{[1][2]}"},
		{"timestamp('2026-11-25T07:00:00Z') < window.start", "{timestamp(0)}"},
		{"true ? true : has(feed.name)", "{{}}"},
		{"\x00", "\xff"},
	} {
		f.Add(seed[0], seed[1], "r", "high", 1, 1)
	}
	f.Add("true", "x", "", "hihg", 0, -1)
	f.Fuzz(func(t *testing.T, when, say, name, severity string, times, clear int) {
		c := Config{Name: name, When: when, Say: say, For: times, Clear: clear, Severity: severity}
		r, err := c.Build(all, true)
		if (r == nil) == (err == nil) {
			t.Fatalf("rule %v, error %v", r, err)
		}
		if err != nil {
			checkMistakes(t, c, err)
			return
		}
		for _, m := range []*Moment{closedWindow(100, feedgauge.Counts{Events: 50}), closedWindow(100, feedgauge.Counts{})} {
			once, _ := r.holds(m)
			again, _ := r.holds(m)
			said := r.say.render(r.vars, m)
			if again := r.say.render(r.vars, m); said != again {
				t.Fatalf("%q says %q, then %q", say, said, again)
			}
			if once != again {
				t.Fatalf("%q judges one moment in two ways", when)
			}
		}
	})
}

// checkMistakes walks a tree of joined errors: its leaves are field errors with
// a place in the option they name.
func checkMistakes(t *testing.T, c Config, err error) {
	t.Helper()
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			checkMistakes(t, c, e)
		}
		return
	}
	var fe *feedgauge.FieldError
	if !errors.As(err, &fe) {
		t.Fatalf("%v is no field error", err)
	}
	text, ok := map[string]string{
		"name": c.Name, "when": c.When, "say": c.sentence(nil), "severity": c.Severity, "for": "", "clear": "",
	}[fe.Field]
	if !ok || fe.Msg == "" {
		t.Fatalf("mistake %+v in an option that rules do not have, or without a message", *fe)
	}
	if fe.Offset < 0 || fe.Offset > len(text) {
		t.Fatalf("offset %d is outside of %q", fe.Offset, text)
	}
	if utf8.ValidString(text) && !utf8.ValidString(text[fe.Offset:]) {
		t.Fatalf("offset %d splits a character of %q", fe.Offset, text)
	}
	if strings.Contains(fe.Msg, "\n") {
		t.Fatalf("message %q has several lines", fe.Msg)
	}
}
