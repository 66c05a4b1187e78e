package history

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/tail"
)

// TestRead: windows of the feeds that are wanted, with what came late added to
// them, and without those that could not be judged.
func TestRead(t *testing.T) {
	t.Parallel()
	e, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	web, other := feedgauge.FeedID{Tenant: "main", Name: "web"}, feedgauge.FeedID{Tenant: "main", Name: "other"}
	cl, err := kafka.Dial(e.Brokers(), kgo.DefaultProduceTopic("fg.history"))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	k := pipeline.Kafka{Prefix: "fg", Partitions: 2, Replication: 1}
	if err := kafka.EnsureTopics(t.Context(), kadm.NewClient(cl), k); err != nil {
		t.Fatal(err)
	}
	write := func(id feedgauge.FeedID, minute, events int64, status feedgauge.Status, late bool) {
		t.Helper()
		at := feedgauge.Instant(minute * 60_000)
		c := &feedgauge.Closed{Feed: id, Window: feedgauge.Window{Start: at, End: at + 60_000}, Counts: feedgauge.Counts{Events: events}, Status: status, Late: late}
		r := &kgo.Record{Key: []byte(id.Identity()), Value: journal.AppendClosed(nil, c)}
		if err := cl.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	write(web, 1, 20, "", false)
	write(web, 0, 10, "", false)
	write(web, 1, 5, "", true)
	write(web, 2, 30, feedgauge.Unknown, false)
	write(web, 3, 0, "", false)
	write(web, 9, 7, "", true) // of a window nobody has told of
	write(other, 0, 99, "", false)
	if err := cl.ProduceSync(t.Context(), &kgo.Record{Key: []byte(web.Identity()), Value: []byte("?")}).FirstErr(); err != nil {
		t.Fatal(err)
	}

	in, err := Read(t.Context(), tail.Options{Brokers: e.Brokers(), Topic: "fg.history"}, func(id feedgauge.FeedID) bool { return id == web })
	if err != nil {
		t.Fatal(err)
	}
	want := []backtest.Row{{Start: 0, Count: 10}, {Start: 60_000, Count: 25}, {Start: 180_000, Count: 0}}
	if len(in.Feeds) != 1 || in.Rows != len(want) || in.Rejected[BadRecord] != 1 {
		t.Fatalf("%+v", in)
	}
	for i, row := range in.Feeds[0].Rows {
		if row != want[i] {
			t.Errorf("row %d: %v, want %v", i, row, want[i])
		}
	}
}
