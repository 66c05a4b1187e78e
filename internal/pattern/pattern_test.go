package pattern

import (
	"regexp"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ expr, want string }{
		{"", ""},
		{"web-[0-9]+", ""},
		{`(?i)^a.*\d{1,3}$`, ""},
		{strings.Repeat("a", MaxSteps), ""},
		{strings.Repeat("(a|b)", 1000), ""},
		{"x{1000}", ""},
		{"(", "missing closing )"},
		{"a**", "invalid nested repetition"},
		{"x{1001}", "invalid repeat count"},
		{strings.Repeat("x{1000}", 11), "more than 10000 steps"},
		{strings.Repeat("(a|b){0,1000}", 11), "more than 10000 steps"},
		{strings.Repeat("a", MaxSteps+1), "more than 10000 steps"},
		{`(?:a{30}[a-z]{30}){33}`, ""},
		{strings.Repeat("x{900}", 150_000), "too large"},
		{strings.Repeat("(", 2000) + strings.Repeat(")", 2000), "nests too deeply"},
	} {
		err := Check(tt.expr)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%.40q: %.200v", tt.expr, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%.40q: %.200v, want %q", tt.expr, err, tt.want)
		}
	}
}

// FuzzCheck holds that what is allowed compiles.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{"a+", "(a{2}){3}", "[^a-z]", `\pL`, "(?i)x|y*?", "("} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		if _, err := regexp.Compile(expr); Check(expr) == nil && err != nil {
			t.Fatal(err)
		}
	})
}
