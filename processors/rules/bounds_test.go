package rules

import (
	"strings"
	"testing"
)

// What costs too much is refused when it is read, not cut short when it is judged.
func TestBounds(t *testing.T) {
	t.Parallel()
	list := "[" + strings.Repeat("1, ", 2000) + "1]"
	for _, tt := range []struct{ when, want string }{
		{`feed.name.matches("^web-[0-9]+$")`, ""},
		{`matches(feed.name, "^web")`, ""},
		{`feed.labels.all(k, k.startsWith("a") && feed.labels[k].contains("b"))`, ""},
		{`feed.labels.exists(k, feed.labels.exists(j, k != j))`, ""},
		{`window.reasons.exists(r, window.reasons[r] > 5)`, ""},
		{`feed.name + feed.tenant + feed.owner == "x" || silence.age > duration("5m")`, ""},
		{list + ".exists(i, " + list + ".exists(j, i > j))", "more than 100000 steps"},
		{"feed.labels.exists(a, feed.labels.exists(b, (a + b + a + b + a + b + a + b).contains(b + a + b + a)))", "more than 100000 steps"},
		{`feed.name.matches("(((x{50}){50}){50}){50}")`, "repeat"},
		{`feed.name.matches("` + strings.Repeat("x{1000}", 1000) + `")`, "more than 10000 steps"},
		{`feed.name.matches("(")`, "missing closing )"},
		{`feed.name.matches(feed.owner)`, "must be written out"},
		{`feed.name.matches("(x{1000})" + "{1000}")`, "must be written out"},
		{strings.Repeat("(", 100) + "true" + strings.Repeat(")", 100), "recursion"},
		{strings.Repeat("feed.seen || ", 4000) + "feed.seen", "size"},
		{"[1].all(a, [1].all(b, [1].all(c, [1].all(d, a == d))))", "nest"},
	} {
		d := Defaults()
		d.Name, d.When, d.Say = "r", tt.when, "x"
		_, err := d.Build(all, true)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%.80s: %.300v", tt.when, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%.80s: %.300v, want %q", tt.when, err, tt.want)
		}
	}
}

func TestConstant(t *testing.T) {
	t.Parallel()
	for when, want := range map[string]bool{"true": true, "1 < 2": true, "feed.seen": false, "duration('5m') > silence.age": false, "[1].exists(i, i == 1)": true} {
		if got := rule(t, Config{Name: "r", When: when}).Constant(); got != want {
			t.Errorf("%s is constant: %v", when, got)
		}
	}
}
