package format

import (
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// swap is a change to a good line, and the reason that the changed line gives.
type swap struct {
	name, old, new string
	want           feedgauge.Reason
}

// swapped checks a line as it is and after each change.
func swapped(t *testing.T, format, line string, list []swap) {
	t.Helper()
	c := newChecker(t, format)
	if v := verdict(c, line); v.Reason != "" {
		t.Fatalf("as it is: got %q for %q: %s", v.Reason, v.Fault, line)
	}
	for _, x := range list {
		changed := strings.Replace(line, x.old, x.new, 1)
		if x.old == "*" {
			changed = x.new
		} else if changed == line {
			t.Errorf("%s: %q is not in the line", x.name, x.old)
		}
		if v := verdict(c, changed); v.Reason != x.want {
			t.Errorf("%s: got %q (%s), want %q: %.300s", x.name, v.Reason, v.Fault, x.want, changed)
		}
	}
}

// valuesOf returns what the format reads in a line, by name.
func valuesOf(t *testing.T, format, line string) map[string]string {
	t.Helper()
	out := map[string]string{}
	v := newChecker(t, format).(feedgauge.EventReader).Read(&feedgauge.Record{Value: []byte(line)}, func(e *feedgauge.Event) {
		for i := range e.Fields {
			f := &e.Fields[i]
			out[string(f.Name)] = string(Unescape(nil, f))
		}
		out["(kind)"] = string(e.Kind)
		if e.Clock != feedgauge.NoClock {
			out["(time)"] = e.Time.String()
		}
	})
	if v.Reason != "" {
		t.Errorf("%s: %q (%s): %s", format, v.Reason, v.Fault, line)
	}
	return out
}

// holds compares some of the values.
func holds(t *testing.T, format, line string, want map[string]string) {
	t.Helper()
	got := valuesOf(t, format, line)
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s: %s is %q, want %q", format, name, got[name], value)
		}
	}
}
