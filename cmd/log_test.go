package cmd

import (
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
)

// One message is logged some times a minute, whatever its values; others, and
// what is said for debugging, are not held back by it.
func TestRepeatsAreLimited(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	log := newLogger(&hclog.LoggerOptions{Output: &out, Level: hclog.Debug, DisableTime: true}, func() time.Time { return now })
	for i := range 25 {
		log.Named("intake").Warn("kafka is away", "try", i)
		log.Debug("a detail")
		now = now.Add(time.Second)
	}
	log.Error("kafka is away")
	if n := strings.Count(out.String(), "[WARN]"); n != mostRepeats {
		t.Errorf("warned %d times in a minute, want %d", n, mostRepeats)
	}
	if n := strings.Count(out.String(), "a detail"); n != 25 {
		t.Errorf("%d details, want all 25", n)
	}
	if !strings.Contains(out.String(), "[ERROR] kafka is away") {
		t.Error("an error is held back by a warning")
	}
	out.Reset()
	now = now.Add(time.Minute)
	log.Warn("kafka is away", "try", 26)
	want := "[WARN]  kafka is away (15 more times lately, not logged)\n[WARN]  kafka is away: try=26\n"
	if out.String() != want {
		t.Errorf("after a minute:\n%s\nwant\n%s", out.String(), want)
	}
}
