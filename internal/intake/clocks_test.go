package intake

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/processors/clocks"
	"github.com/feedgauge/feedgauge/processors/count"
	"github.com/feedgauge/feedgauge/processors/format"
)

// timing is a pipeline that compares the times of events with their arrival: one
// class takes a record as one event, one each line of it.
func timing(t testing.TB) *pipeline.Pipeline {
	t.Helper()
	p := learning(t)
	for i, unit := range []string{"", "line"} {
		c := pipelinetest.Class(t, fmt.Sprint("timed-", i), "raw", []string{"json-*", "web-*"}[i], time.Minute, time.Second, time.Minute)
		c.Clocks, c.Unit = true, unit
		if unit == "" {
			c.Unit = "message"
		}
		c.Checker = func() (feedgauge.Checker, error) {
			return (&format.JSON{Options: format.Options{Time: "ts", Unit: unit}}).Build(feedgauge.Env{})
		}
		p.Classes[i] = c
	}
	return p
}

// How late events were does not depend on who read them, nor on where commits cut.
func TestClocksAreTheSameHoweverCut(t *testing.T) {
	t.Parallel()
	p := timing(t)
	rapid.Check(t, func(t *rapid.T) {
		records := make(map[feedgauge.Lane][]*feedgauge.Record)
		for _, l := range []feedgauge.Lane{lane0, lane1} {
			for i := range rapid.IntRange(0, 300).Draw(t, "records") {
				at := now + feedgauge.Instant(i*500)
				value := ""
				for range rapid.IntRange(0, 3).Draw(t, "events") {
					stamp := at.Add(-time.Duration(rapid.Int64Range(-int64(time.Hour), int64(48*time.Hour)).Draw(t, "delay")))
					value += rapid.SampledFrom([]string{`{"ts":"` + stamp.String() + `"}`, `{"a":1}`, `{"ts":`}).Draw(t, "line") + "\n"
				}
				r := record(int64(i), []string{"json-1", "web-1"}[i%2], value, at)
				r.Partition = l.Partition
				records[l] = append(records[l], r)
			}
		}
		want := run(t, p, records, 1, func(int) bool { return false })
		got := run(t, p, records, rapid.IntRange(1, 2).Draw(t, "workers"), func(in int) bool { return rapid.IntRange(1, in).Draw(t, "often") == 1 })
		if len(got) != len(want) {
			t.Fatalf("%d feeds and windows, want %d", len(got), len(want))
		}
		for key, f := range want {
			a, b := f.Sketches.Get(journal.ClockName), got[key].Sketches.Get(journal.ClockName)
			if (a == nil) != (b == nil) || a != nil && !bytes.Equal(a.Append(nil), b.Append(nil)) {
				t.Fatalf("%s: %v, whole %v", key, b, a)
			}
		}
	})
}

// Each event of a record counts, with or without a time, in the zone of the class
// where it tells none; a record that tells of a delivery only, and one put aside,
// do not.
func TestTimesAreNoted(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("two hours ahead", 7200)
	for name, tt := range map[string]struct {
		feed, value string
		want        feedgauge.Clocks
	}{
		"one event":           {"json-1", `{"ts":"2027-01-15T08:00:20Z"}`, feedgauge.Clocks{Events: 1, Delay: 10 * time.Second, Least: 10 * time.Second, Most: 10 * time.Second}},
		"two, one without":    {"web-1", "{\"ts\":\"2027-01-15T08:00:20Z\"}\n{\"a\":1}", feedgauge.Clocks{Events: 1, Timeless: 1, Delay: 10 * time.Second, Least: 10 * time.Second, Most: 10 * time.Second}},
		"of a zone not told":  {"json-1", `{"ts":"2027-01-15T10:00:30"}`, feedgauge.Clocks{Events: 1}},
		"of the future":       {"json-1", `{"ts":"2027-01-15T09:00:30Z"}`, feedgauge.Clocks{Events: 1, Future: 1, Delay: -time.Hour, Least: -time.Hour, Most: -time.Hour}},
		"in no class of such": {"db-1", `{"ts":"2027-01-15T08:00:20Z"}`, feedgauge.Clocks{}},
	} {
		p := timing(t)
		for _, c := range p.Classes {
			c.Env.Zone = zone
		}
		in, err := New(p, "w")
		if err != nil {
			t.Fatal(err)
		}
		in.Own("raw", lane0, Memory{Lane: count.NewLane()})
		in.Add(record(0, tt.feed, tt.value, now), now)
		var got feedgauge.Clocks
		for _, tallies := range in.Tallies() {
			if s, ok := tallies[0].Feeds[0].Sketches.Get(journal.ClockName).(*clocks.Summary); ok {
				got = s.Clocks()
			}
		}
		if got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
}
