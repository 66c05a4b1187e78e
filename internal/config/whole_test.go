package config

import (
	"strings"
	"testing"
)

// A class with deliveries has rules on what they are, unless it has its own or wants
// none; what a forecast finds is told where none of those holds.
func TestDeliveryRules(t *testing.T) {
	t.Parallel()
	const all = "empty header_only duplicate truncated incomplete surplus"
	const judged = " silent short drifting high"
	for name, tt := range map[string]struct {
		delivery, body, want, wrong string
	}{
		"no rules":           {"", "", all, ""},
		"beside others":      {"", `rule "missing" { when = "window.arrivals == 0" }`, "missing " + all, ""},
		"before a forecast":  {"", `forecast "adaptive" {}`, all + judged, ""},
		"not wanted":         {"whole = false", `forecast "adaptive" {}`, strings.TrimSpace(judged), ""},
		"its own":            {"", `rule "bad" { when = "delivery.kind != \"\"" }`, "bad", ""},
		"on announcements":   {"", `rule "twice" { when = "window.deliveries > 1" }`, "twice", ""},
		"on announced lines": {"", `rule "few" { when = "window.lines < window.declared_lines" }`, "few", ""},
		"of the same name":   {"", `rule "empty" { when = "window.bytes == 0" }`, "empty header_only duplicate truncated incomplete surplus", ""},
		"names not wanted":   {"whole = false", `rule "bad" { when = "!delivery.whole" }`, "", "delivery.whole"},
	} {
		p, ds := Parse("t.hcl", []byte(wrap("  delivery {\n every = \"6h\"\n deadline = \"1h\"\n"+tt.delivery+"\n}\n"+tt.body+"\n")), builtin())
		if tt.wrong != "" {
			if !ds.HasErrors() || !strings.Contains(ds.Err().Error(), tt.wrong) {
				t.Errorf("%s: %v, want a mistake about %q", name, ds, tt.wrong)
			}
			continue
		}
		if ds.HasErrors() {
			t.Errorf("%s: %v", name, ds)
			continue
		}
		c := p.Classes[0]
		var names []string
		for _, r := range c.Rules {
			names = append(names, r.Name())
			unexplained := strings.HasSuffix(r.Config().When, "&& delivery.whole")
			if fromForecast := strings.Contains(judged, " "+r.Name()); unexplained != (fromForecast && c.Whole) {
				t.Errorf("%s: rule %q holds when %s", name, r.Name(), r.Config().When)
			}
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%s: rules %q, want %q", name, got, tt.want)
		}
	}
	if p, ds := Parse("t.hcl", []byte(wrap("")), builtin()); ds.HasErrors() || p.Classes[0].Whole {
		t.Errorf("a class without deliveries: %v", ds)
	}
}
