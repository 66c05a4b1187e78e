package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/kafkatest"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
)

// TestBrokerStamps: where the broker stamps records, its stamps alone decide
// which window a record belongs to, whatever the producer says, and a lane that
// delivers is complete up to a second before its newest. All topics of our own
// are stamped by the broker.
func TestBrokerStamps(t *testing.T) {
	t.Parallel()
	c := onCluster(t, kafkatest.Shared(t))
	c.create("stamped", 2, map[string]string{"message.timestamp.type": "LogAppendTime"})
	p := &pipeline.Pipeline{
		Kafka: pipeline.Kafka{
			Brokers: c.brokers, Prefix: "stamps", Partitions: 2, Replication: 1, Instance: "test", MetadataAge: time.Second,
		},
		Sources: []*pipeline.Source{pipelinetest.Source("raw", "stamped")},
		Classes: []*pipeline.Class{pipelinetest.Class(t, "web", "raw", "web-*", time.Second, time.Second, time.Hour)},
	}
	e, err := engine.New(engine.Options{Pipeline: p, Log: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	run(t, e)
	const records = 600
	for i := 0; i < records; i += 20 {
		var batch []*kgo.Record
		for j := range 20 {
			batch = append(batch, record("stamped", fmt.Sprintf("web-%d", (i+j)%7), `{"a":1}`, time.Unix(int64(i), 0)))
		}
		if err := c.cl.ProduceSync(t.Context(), batch...).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	await(t, "all records to be read", func() bool { return e.Totals().Accepted == records })
	raw, written := c.read("stamped"), c.read("stamps."+kafka.Journal)
	compareWindows(t, raw, written)
	compareMarks(t, raw, written)
	ourTopicsAreStamped(t, c, "stamps")
}

// slot is one feed's share of one window.
type slot struct {
	feed  string
	start feedgauge.Instant
}

// compareWindows compares tallies with the raw records' own stamps.
func compareWindows(t *testing.T, raw, written []*kgo.Record) {
	t.Helper()
	want, got := make(map[slot]feedgauge.FeedTally), make(map[slot]feedgauge.FeedTally)
	add := func(m map[slot]feedgauge.FeedTally, s slot, first, last feedgauge.Instant, n int64) {
		f, ok := m[s]
		if !ok {
			f.First, f.Last = first, last
		}
		f.First, f.Last = min(f.First, first), max(f.Last, last)
		f.Counts.Events += n
		m[s] = f
	}
	for _, r := range raw {
		at := feedgauge.InstantOf(r.Timestamp)
		add(want, slot{string(r.Key), feedgauge.WindowOf(at, time.Second).Start}, at, at, 1)
	}
	for _, r := range written {
		e, _, err := journal.Decode(r.Value)
		if err != nil {
			t.Fatal(err)
		}
		if e.Tally == nil {
			continue
		}
		for _, f := range e.Tally.Feeds {
			add(got, slot{f.Feed.Name, e.Tally.Window.Start}, f.First, f.Last, f.Counts.Events)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d feeds in windows were counted, want %d", len(got), len(want))
	}
	for s, w := range want {
		if g := got[s]; g.Counts.Events != w.Counts.Events || g.First != w.First || g.Last != w.Last {
			t.Errorf("%v: counted %d from %v to %v, want %d from %v to %v", s, g.Counts.Events, g.First, g.Last, w.Counts.Events, w.First, w.Last)
		}
	}
}

// compareMarks: a lane that has just delivered stands one second behind the
// newest record before its position.
func compareMarks(t *testing.T, raw, written []*kgo.Record) {
	t.Helper()
	active := 0
	for _, r := range written {
		e, _, err := journal.Decode(r.Value)
		if err != nil {
			t.Fatal(err)
		}
		if e.Trailer == nil {
			continue
		}
		for _, l := range e.Trailer.Lanes {
			if l.Proof != feedgauge.ProofActive {
				continue
			}
			active++
			if want := newest(raw, l).Add(-time.Second); l.Watermark != want {
				t.Errorf("lane %v at %d has watermark %v, want %v", l.Lane, l.Position, l.Watermark, want)
			}
		}
	}
	if active == 0 {
		t.Error("no lane was ever said to be active")
	}
}

func newest(raw []*kgo.Record, l feedgauge.LaneMark) feedgauge.Instant {
	high := feedgauge.Before
	for _, r := range raw {
		if r.Partition == l.Partition && r.Offset < l.Position {
			high = max(high, feedgauge.InstantOf(r.Timestamp))
		}
	}
	return high
}

func ourTopicsAreStamped(t *testing.T, c *cluster, prefix string) {
	t.Helper()
	var names []string
	for _, n := range []string{kafka.Journal, kafka.State, kafka.Alerts, kafka.History, kafka.Dead} {
		names = append(names, prefix+"."+n)
	}
	described, err := c.adm.DescribeTopicConfigs(t.Context(), names...)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range described {
		i := indexConfig(r, "message.timestamp.type")
		if i < 0 || r.Configs[i].MaybeValue() != "LogAppendTime" {
			t.Errorf("topic %q is not stamped by the broker", r.Name)
		}
	}
	for _, r := range c.read(prefix + "." + kafka.State) {
		if r.Attrs.TimestampType() != 1 {
			t.Errorf("a record of the state has the producer's stamp")
		}
	}
}

func indexConfig(r kadm.ResourceConfig, key string) int {
	for i, c := range r.Configs {
		if c.Key == key {
			return i
		}
	}
	return -1
}
