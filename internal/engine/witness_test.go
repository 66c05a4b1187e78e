package engine_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/kafkatest"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

const witnessConfig = `
kafka {
  brokers      = ["BROKER"]
  prefix       = "witness"
  partitions   = 3
  replication  = 1
  instance     = "one"
  metadata_age = "1s"
}
metrics { listen = "off" }

source "kafka" "raw" {
  topics = ["witness-web"]
  start  = "earliest"
  slack  = "1s"
}

class "web" {
  match    = ["*"]
  every    = "5s"
  lateness = "1s"
  period   = "10s"

  format "access_combined" { require = ["client", "status"] }
  rule "silent" {
    when     = "silence.age > feed.period"
    severity = "high"
    say      = "{feed.name} has been silent for {silence.age}, {feed.period} is its limit"
  }
  rule "malformed" {
    when = "window.errors > 0.05 * window.arrivals"
  }
}
`

// TestWitnesses sends a real access log with the program, then nothing, then
// more of the log: in the alerts topic one record opens a silence and one closes
// it. Clients that know nothing of us see the same, byte for byte.
func TestWitnesses(t *testing.T) {
	t.Parallel()
	c := onCluster(t, kafkatest.Shared(t))
	bin := program(t)
	m := launch(t, bin, configure(t, witnessConfig, "BROKER", c.brokers[0]))
	alerts := "witness." + kafka.Alerts
	const sent = 500
	first, second := halves(t, "../../testdata/logs/access_combined/elastic_apache.log", sent)

	send(t, bin, c.brokers[0], first)
	await(t, "an alert that the log is silent", func() bool { return c.written(alerts) > 0 && len(ofFeeds(t, c.read(alerts))) == 1 })
	send(t, bin, c.brokers[0], second)
	await(t, "an alert that it is back", func() bool { return len(ofFeeds(t, c.read(alerts))) == 2 })
	if a := m.stop(); a.read != 2*sent || a.rejected != 0 {
		t.Errorf("account %+v, want all %d accepted", a, 2*sent)
	}

	all := c.read(alerts)
	records := inOrder(ofFeeds(t, slices.Clone(all)))
	if len(records) != 2 {
		t.Fatalf("%d alerts, want 2", len(records))
	}
	opened, closed := summary(t, records[0]), summary(t, records[1])
	if opened.Activity != feedgauge.Open || opened.Status != feedgauge.Silent || opened.Sequence != 1 || opened.Feed != "web-01" {
		t.Errorf("the first alert does not open a silence: %+v", opened)
	}
	if closed.Activity != feedgauge.Close || closed.Status != feedgauge.OK || closed.Sequence != 2 || closed.UID != opened.UID {
		t.Errorf("the second alert does not close it: %+v", closed)
	}
	if got := opened.Message; got != "web-01 has been silent for 10s, 10s is its limit" {
		t.Errorf("the first alert says %q", got)
	}
	consoleSees(t, c, alerts, all)
	kafkaGoSees(t, c, alerts, all)
}

// halves writes the first n lines of a log to a file, and the next n to another.
func halves(t *testing.T, log string, n int) (first, second string) {
	t.Helper()
	b, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(b, []byte{'\n'})
	if len(lines) < 2*n {
		t.Fatalf("%s has %d lines only", log, len(lines))
	}
	dir := t.TempDir()
	first, second = filepath.Join(dir, "first.log"), filepath.Join(dir, "second.log")
	for file, part := range map[string][][]byte{first: lines[:n], second: lines[n : 2*n]} {
		if err := os.WriteFile(file, bytes.Join(part, nil), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return first, second
}

// send has the program produce a file.
func send(t *testing.T, bin, broker, file string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), bin, "produce", "--brokers", broker,
		"--topic", "witness-web", "--create-partitions", "2", "--feed", "web-01", file).CombinedOutput()
	if err != nil {
		t.Fatalf("feedgauge produce: %v\n%s", err, out)
	}
}

// inOrder sorts alerts by the broker's time.
func inOrder(records []*kgo.Record) []*kgo.Record {
	slices.SortFunc(records, func(a, b *kgo.Record) int { return a.Timestamp.Compare(b.Timestamp) })
	return records
}

func summary(t *testing.T, r *kgo.Record) ocsf.Summary {
	t.Helper()
	s, err := ocsf.Summarize(r.Value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// consoleSees compares with what Kafka's own console consumer prints.
func consoleSees(t *testing.T, c *cluster, topic string, want []*kgo.Record) {
	t.Helper()
	tool := c.broker.Tool(t.Context(), "org.apache.kafka.tools.consumer.ConsoleConsumer",
		"--bootstrap-server", c.brokers[0], "--topic", topic, "--from-beginning", "--isolation-level", "read_committed",
		"--max-messages", fmt.Sprint(len(want)), "--timeout-ms", "60000")
	out, err := tool.Output()
	if err != nil {
		t.Fatalf("console consumer: %v\n%s", err, out)
	}
	got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	var lines []string
	for _, r := range want {
		lines = append(lines, string(r.Value))
	}
	slices.Sort(got) // it reads the partitions in any order
	slices.Sort(lines)
	if !slices.Equal(got, lines) {
		t.Errorf("the console consumer sees\n%q\nwant\n%q", got, lines)
	}
}

// kafkaGoSees compares with what kafka-go reads. It is a raw witness: it knows
// nothing of transactions, and hands out their markers as records. So each alert
// must be there at its offset, and all else must be markers.
func kafkaGoSees(t *testing.T, c *cluster, topic string, want []*kgo.Record) {
	t.Helper()
	for partition := range int32(3) {
		at := make(map[int64]*kgo.Record)
		last := int64(-1)
		for _, r := range want {
			if r.Partition == partition {
				at[r.Offset], last = r, max(last, r.Offset)
			}
		}
		for _, m := range rawRead(t, c.brokers[0], topic, partition, last) {
			switch r := at[m.Offset]; {
			case r != nil:
				compareRaw(t, m, r)
				delete(at, m.Offset)
			case !isMarker(m):
				t.Errorf("kafka-go sees a record at %d that nobody committed: %s", m.Offset, m.Value)
			}
		}
		for offset := range at {
			t.Errorf("kafka-go does not see the alert at %d of partition %d", offset, partition)
		}
	}
}

// rawRead reads a partition from its beginning to an offset, inclusive.
func rawRead(t *testing.T, broker, topic string, partition int32, last int64) (out []kafkago.Message) {
	t.Helper()
	r := kafkago.NewReader(kafkago.ReaderConfig{
		Brokers: []string{broker}, Topic: topic, Partition: int(partition), MaxWait: 100 * time.Millisecond,
	})
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	for next := int64(0); next <= last; {
		m, err := r.ReadMessage(t.Context())
		if err != nil {
			t.Fatalf("kafka-go: %v", err)
		}
		out, next = append(out, m), m.Offset+1
	}
	return out
}

func compareRaw(t *testing.T, m kafkago.Message, r *kgo.Record) {
	t.Helper()
	same := bytes.Equal(m.Key, r.Key) && bytes.Equal(m.Value, r.Value) && len(m.Headers) == len(r.Headers)
	for i := 0; same && i < len(m.Headers); i++ {
		same = m.Headers[i].Key == r.Headers[i].Key && bytes.Equal(m.Headers[i].Value, r.Headers[i].Value)
	}
	if !same {
		t.Errorf("kafka-go sees %q: %s %v\nfranz-go sees %q: %s %v", m.Key, m.Value, m.Headers, r.Key, r.Value, r.Headers)
	}
}

// isMarker reports whether a message is the end of a transaction: its key is a
// version and a type of two bytes each.
func isMarker(m kafkago.Message) bool { return len(m.Key) == 4 && m.Key[0] == 0 && m.Key[1] == 0 }
