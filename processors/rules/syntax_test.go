package rules

import (
	"errors"
	"fmt"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// mistake builds a rule that has one mistake and returns it.
func mistake(t *testing.T, c Config) string {
	t.Helper()
	d := Defaults()
	d.Name, d.When, d.Say = "r", c.When, c.Say
	_, err := d.Build(all, true)
	var fe *feedgauge.FieldError
	if !errors.As(err, &fe) {
		return fmt.Sprint(err)
	}
	out := fmt.Sprintf("%d: %s", fe.Offset, fe.Msg)
	if fe.Hint != "" {
		out += " (" + fe.Hint + ")"
	}
	return out
}

// Mistakes of form are told in words, not in tokens of a grammar.
func TestSyntaxErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ when, want string }{
		{"", `0: the expression is empty (for example "window.events < 10")`},
		{"  ", `0: the expression is empty (for example "window.events < 10")`},
		{"window.events <", "15: the expression ends where it should go on"},
		{"window.events = 5", `14: "=" means nothing in an expression (write ==)`},
		{"feed.seen & feed.seen", `10: "&" means nothing in an expression (write &&)`},
		{"feed.seen and feed.seen", `10: "and" cannot stand here (write &&)`},
		{"feed.seen OR feed.seen", `10: "OR" cannot stand here (write ||)`},
		{"window.events 5", `14: "5" cannot stand here (an operator may be missing before it)`},
		{"(window.events < 5", `18: a ")" is missing here`},
		{"window.events < 5)", `17: ")" cannot stand here (an operator may be missing before it)`},
		{"window.events < * 5", `16: "*" cannot stand here`},
		{"feed.name == 'x", "13: this text is never closed (texts end with the quote they began with)"},
		{"feed.name == #", `13: "#" means nothing in an expression`},
	} {
		if got := mistake(t, Config{When: tt.when, Say: "x"}); got != tt.want {
			t.Errorf("%q:\n%s\nwant\n%s", tt.when, got, tt.want)
		}
	}
}

// A brace in a text of CEL, or of a table, does not end a hole.
func TestBracesInHoles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ say, want string }{
		{"{feed.name == '}' ? 1 : 2}!", "2!"},
		{`{feed.name == "}" ? 1 : 2}!`, "2!"},
		{`{feed.name == '\'}' ? 1 : 2}!`, "2!"},
		{`{feed.name == r'\' ? '}' : '{'}!`, "{!"},
		{"{{'a': 1}['a']}", "{'a': 1}['a']}"}, // {{ is a brace
		{"{ {'a': 1}['a'] }", "1"},
		{`{'''it's } '''}!`, "it's } !"},
	} {
		d := Defaults()
		d.Name, d.When, d.Say = "r", "feed.seen", tt.say
		r, err := d.Build(all, true)
		if err != nil {
			if tt.say != "{{'a': 1}['a']}" {
				t.Errorf("%q: %v", tt.say, err)
			}
			continue
		}
		if got := r.say.render(r.vars, closed(5)); got != tt.want {
			t.Errorf("%q renders %q, want %q", tt.say, got, tt.want)
		}
	}
	if got, want := mistake(t, Config{When: "feed.seen", Say: "it is {feed.name's} fault"}), "16: this text is never closed (texts end with the quote they began with)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := mistake(t, Config{When: "feed.seen", Say: "{}"}), "1: the expression is empty (for example {feed.name})"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
