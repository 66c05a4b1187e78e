package cmd

import (
	"encoding/json"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
)

// TestForecastFromHistory learns from what the monitor wrote.
func TestForecastFromHistory(t *testing.T) {
	t.Parallel()
	e := testBroker(t)
	cl := testClient(t, e, kgo.DefaultProduceTopic("feedgauge.history"))
	defer cl.Close()
	id := feedgauge.FeedID{Tenant: "main", Name: "web"}
	for i := range 20 {
		at := feedgauge.Instant(i) * 60_000
		c := &feedgauge.Closed{Feed: id, Window: feedgauge.Window{Start: at, End: at + 60_000}, Counts: feedgauge.Counts{Events: int64(80 + 40*(i%2))}, Status: feedgauge.OK}
		r := &kgo.Record{Key: []byte(id.Identity()), Value: journal.AppendClosed(nil, c)}
		if err := cl.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	brokers := "--brokers=" + e.Brokers()[0]
	stdout, stderr, code := runs(t, "forecast", "web", brokers, "--model", "holt_winters", "--steps", "3", "--json", "--every", "2m")
	if code != 1 { // ten windows of the week it wants
		t.Errorf("exit %d, %s%s", code, stdout, stderr)
	}
	stdout, stderr, code = runs(t, "forecast", "web", brokers, "--model", "trend", "--steps", "3", "--json", "--every", "2m")
	var got prediction
	if err := json.Unmarshal([]byte(stdout), &got); code != 0 || err != nil {
		t.Fatalf("exit %d, %s, %v", code, stderr, err)
	}
	if len(got.Steps) != 3 || got.Steps[0].Start != "1970-01-01T00:20:00Z" || got.Steps[2].Expected != 200 {
		t.Errorf("%+v", got)
	}
	if _, stderr, code := runs(t, "forecast", "wob", brokers, "--model", "trend"); code != 1 {
		t.Errorf("a feed that is not there: exit %d, %s", code, stderr)
	}
}
