package format

import (
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/processortest"
)

// TestFormatsKeepTheContract holds each format to what all checkers promise,
// with nothing required and with all that can be.
func TestFormatsKeepTheContract(t *testing.T) {
	t.Parallel()
	all := map[string][]string{
		"json": fiveFields, "access_combined": accessFields, "syslog_rfc3164": syslogFields,
	}
	for name := range All() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			samples := [][]byte{[]byte(good[name]), []byte(good[name] + "\xff")}
			for _, e := range expectations(t) {
				if e.format == name {
					samples = append(samples, readLines(t, e.path)[:3]...)
				}
			}
			samples = samples[:min(len(samples), 4)]
			for i, require := range [][]string{nil, all[name]} {
				if i > 0 && require == nil {
					continue // as before
				}
				processortest.Checker(t, func() feedgauge.Checker { return newChecker(t, name, require...) }, samples)
			}
		})
	}
}
