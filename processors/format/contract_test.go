package format

import (
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/processortest"
)

// Formats say whether their events have times: of a good line of each one is read,
// or none.
func TestTimed(t *testing.T) {
	t.Parallel()
	for name := range All() {
		c, ok := newChecker(t, name).(*checker)
		if !ok {
			continue // any format
		}
		clock := feedgauge.NoClock
		for i := range 3 { // the first of its form, and those alike
			now := feedgauge.NoClock
			c.Read(&feedgauge.Record{Value: []byte(good[name])}, func(e *feedgauge.Event) { now = max(now, e.Clock) })
			if i > 0 && now != clock {
				t.Errorf("%s: read again, the time is of kind %d, not %d", name, now, clock)
			}
			clock = now
		}
		if name == "leef" {
			clock = feedgauge.ZonedClock // the time is not demanded, and the line has none
		}
		if c.Timed() != (clock != feedgauge.NoClock) {
			t.Errorf("%s: times %v, but one of kind %d was read", name, c.Timed(), clock)
		}
	}
	timed := func(o Options) bool {
		c, err := o.build(jsonDialect())
		if err != nil {
			t.Fatal(err)
		}
		return c.Timed()
	}
	if timed(Defaults()) || !timed(Options{Time: "ts"}) || !timed(Options{Envelope: "docker"}) || timed(Options{Envelope: "none"}) {
		t.Error("options do not say whether there are times")
	}
}

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
