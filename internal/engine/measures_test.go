package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/config"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/forecast"
	"github.com/feedgauge/feedgauge/processors/format"
)

const relayHCL = `
embedded {
  dir        = "unused"
  partitions = 1
}
source "kafka" "raw" {
  topics = ["raw"]
  start  = "earliest"
  feed   = ["key"]
}
class "relay" {
  match = ["*"]
  every = "1h"
  format "json" {}
  measure "hosts" { distinct = "event.host" }
  forecast "adaptive" { measures = ["events", "bytes", "hosts"] }
}
`

// A relay behind which 20 of 50 hosts are gone: one finding says so, with both
// numbers, while the others send so much more that no fewer events come. The other
// relay loses nothing, and nothing is told of it.
func TestLostHostsAreTold(t *testing.T) {
	t.Parallel()
	now := time.Now().Add(-24 * time.Hour).Truncate(time.Hour)
	start, lost := now.Add(-22*24*time.Hour), now.Add(-12*time.Hour)
	var records []*kgo.Record
	r := rand.New(rand.NewPCG(1, 2))
	for at := start; at.Before(now); at = at.Add(time.Hour) {
		for i := range 150 {
			stamp := at.Add(time.Duration(i) * 24 * time.Second)
			for _, relay := range []string{"relay-1", "relay-2"} {
				host := i % 50
				if relay == "relay-1" && !at.Before(lost) {
					host = i % 30
				}
				records = append(records, record("raw", relay, fmt.Sprintf(`{"host":"h-%02d","n":%d}`, host, 100+r.IntN(900)), stamp))
			}
		}
	}
	broker, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	p := parsed(t, relayHCL, broker.Brokers())
	produce(t, broker.Brokers(), "raw", 1, records)
	e, err := engine.New(engine.Options{Pipeline: p, Log: testLog(t), Boot: "1", Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	run(t, e)
	end := feedgauge.InstantOf(now)
	got := openedUntil(t, broker.Brokers(), p.Kafka.Topic(kafka.Alerts), map[string]feedgauge.Instant{"relay-1": end, "relay-2": end})
	want := fmt.Sprintf("relay-1 short %s: 30 hosts, 50 were expected", feedgauge.InstantOf(lost.Add(time.Hour)))
	if len(got) != 1 || got[0] != want {
		t.Errorf("told %q, want %q alone", got, want)
	}
	raw := rawAlertOf(t, broker.Brokers(), p.Kafka.Topic(kafka.Alerts), "main/relay-1/short/")
	for _, part := range []string{`{"name":"hosts","value":30,"expected":50`, `"observation_parameter":"hosts"`} {
		if !strings.Contains(raw, part) {
			t.Errorf("the alert has no %s:\n%s", part, raw)
		}
	}
	if strings.Contains(raw, `"observation_parameter":"events"`) || len(raw) > 4096 {
		t.Errorf("the alert tells what is usual, or is too long:\n%s", raw)
	}
}

const errorsHCL = `
embedded {
  dir        = "unused"
  partitions = 1
}
source "kafka" "raw" {
  topics = ["raw"]
  start  = "earliest"
  feed   = ["key"]
}
class "web" {
  match = ["*"]
  every = "1m"
  format "json" {}
  measure "failed" { when = "event.status >= 500 && event.path.matches(\"^/shop/\")" }
  rule "failing" {
    when = "window.measures.failed > 0.5 * window.events"
    say  = "{window.measures.failed} of {window.events} requests of {feed.name} failed"
  }
}
`

// A measure of a condition: events that fulfil it are counted window by window, and
// a rule tells of them with the number. Those that fail elsewhere are not counted.
// The last feed to fail shows that nothing else was told before.
func TestFailedRequestsAreTold(t *testing.T) {
	t.Parallel()
	start := time.Now().Add(-time.Hour).Truncate(time.Minute)
	broke, late := start.Add(10*time.Minute), start.Add(20*time.Minute)
	var records []*kgo.Record
	for i := range 30 * 60 {
		at := start.Add(time.Duration(i) * time.Second)
		for _, feed := range []string{"shop", "other", "last"} {
			path, status := "/shop/cart", 200
			if fails := i%4 > 0; fails && (!at.Before(late) || feed != "last" && !at.Before(broke)) {
				status = 503
			}
			if feed == "other" {
				path = "/health"
			}
			records = append(records, record("raw", feed, fmt.Sprintf(`{"path":%q,"status":%d}`, path, status), at))
		}
	}
	broker, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	p := parsed(t, errorsHCL, broker.Brokers())
	produce(t, broker.Brokers(), "raw", 1, records)
	e, err := engine.New(engine.Options{Pipeline: p, Log: testLog(t), Boot: "1", Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	run(t, e)
	var got []string
	for _, a := range collect(t, broker.Brokers(), p.Kafka.Topic(kafka.Alerts), 2) {
		got = append(got, fmt.Sprintf("%s %s: %s", a.Rule, a.Time, a.Message))
	}
	want := []string{
		fmt.Sprintf("failing %s: 45 of 60 requests of shop failed", feedgauge.InstantOf(broke.Add(time.Minute))),
		fmt.Sprintf("failing %s: 45 of 60 requests of last failed", feedgauge.InstantOf(late.Add(time.Minute))),
	}
	if !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// parsed is the pipeline of a configuration, on a broker.
func parsed(t *testing.T, hcl string, brokers []string) *pipeline.Pipeline {
	t.Helper()
	p, ds := config.Parse("test.hcl", []byte(hcl), config.Plugins{Processors: feedgauge.Processors{Formats: format.All(), Forecasts: forecast.All()}})
	if ds.HasErrors() {
		t.Fatal(ds)
	}
	p.Kafka.Brokers, p.Kafka.Instance = brokers, "test"
	return p
}
