package kafkatest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func TestMain(m *testing.M) { Main(m) }

func client(t *testing.T, b *Broker, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	cl, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(b.Brokers()...)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	return cl
}

func createTopic(t *testing.T, cl *kgo.Client, name string, configs map[string]*string) {
	t.Helper()
	if _, err := kadm.NewClient(cl).CreateTopic(t.Context(), 1, 1, configs, name); err != nil {
		t.Fatal(err)
	}
}

// consoleConsumer reads count values of a topic with Kafka's own client.
func consoleConsumer(t *testing.T, b *Broker, topic string, count int) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tool := b.Tool(ctx, "org.apache.kafka.tools.consumer.ConsoleConsumer",
		"--bootstrap-server", b.Brokers()[0], "--topic", topic, "--from-beginning",
		"--max-messages", fmt.Sprint(count), "--timeout-ms", "30000",
		"--isolation-level", "read_committed")
	var stderr bytes.Buffer
	tool.Stderr = &stderr
	out, err := tool.Output()
	if err != nil {
		t.Fatalf("console consumer: %v: %s", err, &stderr)
	}
	return string(out)
}

// TestConsoleConsumer: what one client writes, an independent one reads, and
// only what was committed.
func TestConsoleConsumer(t *testing.T) {
	b := Shared(t)
	createTopic(t, client(t, b), "console", nil)
	cl := client(t, b, kgo.TransactionalID("console"))
	for _, tx := range []struct {
		value string
		end   kgo.TransactionEndTry
	}{{"one", kgo.TryCommit}, {"never", kgo.TryAbort}, {"two", kgo.TryCommit}} {
		if err := cl.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		if err := cl.ProduceSync(t.Context(), &kgo.Record{Topic: "console", Value: []byte(tx.value)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
		if err := cl.EndTransaction(t.Context(), tx.end); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := consoleConsumer(t, b, "console", 2), "one\ntwo\n"; got != want {
		t.Errorf("console consumer read %q, want %q", got, want)
	}
}

// TestLogAppendTime is what the embedded broker cannot show: the broker's stamp
// stands in place of the producer's.
func TestLogAppendTime(t *testing.T) {
	b := Shared(t)
	old := time.UnixMilli(1_000_000_000_000)
	for topic, wantOld := range map[string]bool{"LogAppendTime": false, "CreateTime": true} {
		cl := client(t, b, kgo.ConsumeTopics(topic))
		createTopic(t, cl, topic, map[string]*string{
			"message.timestamp.type": &topic,
			"retention.ms":           kadm.StringPtr("-1"),
		})
		if err := cl.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Timestamp: old, Value: []byte("x")}).FirstErr(); err != nil {
			t.Fatal(err)
		}
		fetches := cl.PollFetches(t.Context())
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		if got := fetches.Records()[0].Timestamp; got.Equal(old) != wantOld {
			t.Errorf("%s: stamp %v, the producer's was %v", topic, got, old)
		}
	}
}

func TestSharedIsOne(t *testing.T) {
	if a, b := Shared(t), Shared(t); a != b {
		t.Error("two calls, two brokers")
	}
}

// TestKillAndRestart: data and address outlive a kill -9, and nobody answers in
// between.
func TestKillAndRestart(t *testing.T) {
	b := Start(t, Config("num.partitions", "3"))
	cl := client(t, b)
	createTopic(t, cl, "kept", nil)
	if err := cl.ProduceSync(t.Context(), &kgo.Record{Topic: "kept", Value: []byte("before")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	brokers := b.Brokers()[0]

	b.Kill()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := cl.Ping(ctx); err == nil {
		t.Error("a killed broker answers")
	}
	b.Restart(t)
	if b.Brokers()[0] != brokers {
		t.Errorf("address %s, was %s", b.Brokers()[0], brokers)
	}
	after := client(t, b)
	if err := after.ProduceSync(t.Context(), &kgo.Record{Topic: "kept", Value: []byte("after")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if got, want := consoleConsumer(t, b, "kept", 2), "before\nafter\n"; got != want {
		t.Errorf("console consumer read %q, want %q", got, want)
	}
	b.Restart(t) // from running, by way of an orderly stop
	described, err := kadm.NewClient(client(t, b)).DescribeBrokerConfigs(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if !has(described, "num.partitions", "3") {
		t.Error("the broker does not have the configuration of the test")
	}
	b.Stop()
	b.Stop() // nothing to do, nothing to fear
}

func has(described kadm.ResourceConfigs, key, value string) bool {
	for _, r := range described {
		for _, c := range r.Configs {
			if c.Key == key {
				return c.MaybeValue() == value
			}
		}
	}
	return false
}

// TestLaunchTellsWhy: a broker that cannot start says so at once, with its own
// words.
func TestLaunchTellsWhy(t *testing.T) {
	require(t)
	_, err := Launch(t.Context(), t.TempDir(), Config("log.retention.ms", "soon"))
	if err == nil || !strings.Contains(err.Error(), "log.retention.ms") {
		t.Errorf("error %v does not name the bad option", err)
	}
}
