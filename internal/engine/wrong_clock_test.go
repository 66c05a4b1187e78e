package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
)

const clocksHCL = `
embedded {
  dir        = "unused"
  partitions = 1
}
source "kafka" "raw" {
  topics = ["raw"]
  start  = "earliest"
  feed   = ["key"]
}
class "clocked" {
  match = ["*"]
  every = "1m"
  format "json" { time = "ts" }
}
`

// Clocks that jump: each feed has one finding, with by how much its clock is off and
// since when; nothing is told of a clock that is right. The last to jump shows that
// nothing else was told before.
func TestWrongClocksAreTold(t *testing.T) {
	t.Parallel()
	start := time.Now().Add(-4 * time.Hour).Truncate(time.Hour)
	jump, late, end := start.Add(time.Hour), start.Add(170*time.Minute), start.Add(3*time.Hour)
	ahead := map[string]time.Duration{"right": 0, "hour-ahead": time.Hour, "hour-behind": -time.Hour, "fast": 7 * time.Minute, "last": time.Hour}
	var records []*kgo.Record
	for at := start; at.Before(end); at = at.Add(10 * time.Second) {
		for feed, by := range ahead {
			stamp := at.Add(-time.Second)
			if !at.Before(late) || feed != "last" && !at.Before(jump) {
				stamp = stamp.Add(by)
			}
			records = append(records, record("raw", feed, fmt.Sprintf(`{"ts":%q,"n":1}`, stamp.UTC().Format(time.RFC3339)), at))
		}
	}
	broker, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	p := parsed(t, clocksHCL, broker.Brokers())
	produce(t, broker.Brokers(), "raw", 2, records)
	e, err := engine.New(engine.Options{Pipeline: p, Log: testLog(t), Boot: "1", Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	run(t, e)
	since := ", since " + feedgauge.InstantOf(jump).String()
	want := map[string]string{
		"hour-ahead":  "hour-ahead: times in events are 1h ahead: the sender's time zone is wrong" + since,
		"hour-behind": "hour-behind: times in events are 1h behind: the sender's time zone is wrong, or something holds events back for just as long" + since,
		"last":        "last: times in events are 1h ahead: the sender's time zone is wrong, since " + feedgauge.InstantOf(late).String(),
		"fast":        "fast: 100% of events are stamped in the future, by up to 7m: the sender's clock is fast" + since,
	}
	for _, a := range collect(t, broker.Brokers(), p.Kafka.Topic(kafka.Alerts), len(want)) {
		if a.Rule != "wrong_clock" || a.Activity != feedgauge.Open || a.Message != want[a.Feed] {
			t.Errorf("told %+v, want %q", a, want[a.Feed])
		}
		if delete(want, a.Feed); a.Feed == "last" && len(want) > 0 {
			t.Errorf("the last jump is told before what came of %v", want)
		}
	}
	if len(want) > 0 {
		t.Errorf("nothing was told of %v", want)
	}
}
