package format

import (
	"fmt"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// fault is what a table expects of a line: the reason, and the field if one is at
// fault, as "type status".
func fault(reason feedgauge.Reason, field string) string {
	return strings.TrimSpace(fmt.Sprintf("%s %s", reason, field))
}

// checkLines holds a format against lines and the faults it must find in them.
func checkLines(t *testing.T, c feedgauge.Checker, lines map[string]string) {
	t.Helper()
	for line, want := range lines {
		v := verdict(c, line)
		if got := fault(v.Reason, v.Fault); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

// parts returns the fields of the last event in text, as name=value, and what
// sort of event it is.
func parts(t *testing.T, c feedgauge.Checker, text string) string {
	t.Helper()
	var out []string
	c.(feedgauge.EventReader).Read(&feedgauge.Record{Value: []byte(text)}, func(e *feedgauge.Event) {
		out = out[:0]
		if e.Kind != nil {
			out = append(out, "("+string(e.Kind)+")")
		}
		if e.Clock != feedgauge.NoClock {
			out = append(out, fmt.Sprintf("@%s/%d", e.Time, e.Clock))
		}
		for _, f := range e.Fields {
			if f.Kind == feedgauge.Null {
				f.Value = []byte("null")
			}
			out = append(out, fmt.Sprintf("%s=%s", f.Name, Unescape(nil, &f)))
		}
	})
	return strings.Join(out, "|")
}
