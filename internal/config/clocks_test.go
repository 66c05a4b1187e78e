package config

import (
	"strings"
	"testing"
)

// A class whose format reads times has rules on clocks and delays, unless it has
// its own or wants none.
func TestClockRules(t *testing.T) {
	t.Parallel()
	const head = `kafka { brokers = ["localhost:9092"] }
source "kafka" "raw" { topics = ["logs"] }
class "all" {
  match = ["*"]
`
	for name, tt := range map[string]struct {
		body, want, wrong string
	}{
		"a format with times": {`format "syslog_rfc3164" {}`, "wrong_clock delayed", ""},
		"beside other rules": {`format "syslog_rfc3164" {}
rule "silent" { when = "!feed.seen" }`, "silent wrong_clock delayed", ""},
		"a format without":          {`format "json" {}`, "", ""},
		"whose time is told":        {`format "json" { time = "ts" }`, "wrong_clock delayed", ""},
		"no format":                 {"", "", ""},
		"not wanted":                {"clocks = false\nformat \"syslog_rfc3164\" {}", "", ""},
		"a rule of its own":         {"format \"syslog_rfc3164\" {}\nrule \"zone\" { when = \"clock.kind == \\\"zone\\\"\" }", "zone delayed", ""},
		"one on delays":             {"format \"syslog_rfc3164\" {}\nrule \"late_events\" { when = \"clock.delay > duration(\\\"1h\\\")\" }", "late_events wrong_clock delayed", ""},
		"of the same name":          {"format \"syslog_rfc3164\" {}\nrule \"delayed\" { when = \"clock.delay > duration(\\\"1h\\\")\" }", "delayed wrong_clock", ""},
		"names without a time":      {"format \"json\" {}\nrule \"zone\" { when = \"clock.kind != \\\"\\\"\" }", "", "clock.kind"},
		"names that are not wanted": {"clocks = false\nformat \"syslog_rfc3164\" {}\nrule \"zone\" { when = \"delay.grows\" }", "", "delay.grows"},
	} {
		p, ds := Parse("test.hcl", []byte(head+tt.body+"\n}\n"), builtin())
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
		var names []string
		for _, r := range p.Classes[0].Rules {
			names = append(names, r.Name())
		}
		if got := strings.Join(names, " "); got != tt.want || p.Classes[0].Clocks != strings.Contains(tt.want, "delayed") {
			t.Errorf("%s: rules %q, clocks %v, want %q", name, got, p.Classes[0].Clocks, tt.want)
		}
	}
}
