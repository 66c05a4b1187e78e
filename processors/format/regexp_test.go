package format

import (
	"errors"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func TestRegexp(t *testing.T) {
	t.Parallel()
	c := &Regexp{Options: Defaults(), Expression: `^(?<src>\S+) (?<dst>\S+)(?: port=(?<port>\d+))? .`}
	c.Require, c.Types = []string{"src"}, map[string]string{"dst": "ip", "port": "port"}
	checkLines(t, built(t, c), map[string]string{
		"10.0.0.1 10.0.0.2 port=22 open":    "",
		"10.0.0.1 10.0.0.2 open":            "", // a group that took no part is blank
		"- 10.0.0.2 open":                   "missing_field src",
		"10.0.0.1 web-02 open":              "type dst",
		"10.0.0.1 10.0.0.2 port=70000 open": "type port",
		"10.0.0.1":                          "syntax",
	})
}

// An expression that names nothing, is wrong, or takes too long is refused, where
// it is wrong.
func TestRegexpThatIsNone(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]feedgauge.FieldError{
		`\d+`:                     {Field: "expression", Msg: "the regular expression has no named groups"},
		`(?<a>x)(y`:               {Field: "expression", Msg: "the regular expression is wrong: missing closing ): (?<a>x)(y"},
		`(?<a>x)[z-a]`:            {Field: "expression", Offset: 8, Msg: "the regular expression is wrong: invalid character class range: z-a"},
		`(?<a>(a|b|c|d|e){500}x)`: {Field: "expression", Msg: "the regular expression takes 1505 steps, more than 1000"},
	} {
		c := NewRegexp().(*Regexp)
		c.Expression = expr
		_, err := c.Build(feedgauge.Env{})
		var fault *feedgauge.FieldError
		if !errors.As(err, &fault) || fault.Field != want.Field || fault.Offset != want.Offset || fault.Msg != want.Msg {
			t.Errorf("%s: %+v, want %+v", expr, err, want)
		}
	}
}

// The longer an expression, the shorter the lines it is matched against.
func TestRegexpOnLongLines(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]string{`(?<a>a+)`: "", `(?<a>a+)(ab|cd){0,100}`: "too_long"} {
		c := NewRegexp().(*Regexp)
		c.Expression = expr
		checkLines(t, built(t, c), map[string]string{strings.Repeat("a", 100<<10): want})
	}
}
