package engine_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// A stop ends all that was started, whether Kafka answers or not: nobody waits
// for a transaction that cannot end, and no goroutine is left. The test is not
// parallel, since it counts goroutines.
func TestStopLeavesNothing(t *testing.T) {
	for _, away := range []bool{false, true} {
		broker, err := kafka.StartEmbedded("")
		if err != nil {
			t.Fatal(err)
		}
		stop := runEmbedded(t, broker)
		if away {
			if err := broker.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := stop(); err != nil {
			t.Errorf("kafka away %v: %v", away, err)
		}
		if err := broker.Close(); err != nil {
			t.Error(err)
		}
		await(t, "goroutines to end", func() bool { return len(ours()) == 0 })
	}
}

// What a newer program wrote ends an older one with a message, whether it lies
// in the journal or in the state: to go on would lose what it says.
func TestNewerFormatIsRefused(t *testing.T) {
	t.Parallel()
	for _, topic := range []string{kafka.Journal, kafka.State} {
		newerFormatIsRefused(t, topic)
	}
}

func newerFormatIsRefused(t *testing.T, topic string) {
	t.Helper()
	broker, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	p := embeddedPipeline(t, broker)
	newer := record(p.Kafka.Topic(topic), watch.MetaKey, "\x02\x01", time.Now())
	cl, err := kafka.Dial(broker.Brokers())
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	if err := kafka.EnsureTopics(t.Context(), kadm.NewClient(cl), p.Kafka); err != nil {
		t.Fatal(err)
	}
	if err := cl.ProduceSync(t.Context(), newer).FirstErr(); err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(engine.Options{Pipeline: p, Log: testLog(t), Boot: "1", Only: []string{"watch"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Run(t.Context()); !errors.Is(err, journal.ErrNewer) {
		t.Errorf("a newer record in the %s: %v", topic, err)
	}
	if err := broker.Close(); err != nil {
		t.Error(err)
	}
}

func embeddedPipeline(t *testing.T, broker *kafka.Embedded) *pipeline.Pipeline {
	t.Helper()
	return &pipeline.Pipeline{
		Kafka: pipeline.Kafka{
			Brokers: broker.Brokers(), Prefix: "feedgauge", Partitions: 2, Replication: 1, Instance: "test", MetadataAge: time.Second,
		},
		Embedded: &pipeline.Embedded{},
		Sources:  []*pipeline.Source{pipelinetest.Source("raw", "raw-.*")},
		Classes:  []*pipeline.Class{pipelinetest.Class(t, "web", "raw", "web-*", time.Second, time.Second, time.Minute)},
	}
}

// runEmbedded runs an engine until it has read something, and returns how to
// stop it.
func runEmbedded(t *testing.T, broker *kafka.Embedded) (stop func() error) {
	t.Helper()
	p := embeddedPipeline(t, broker)
	e, err := engine.New(engine.Options{Pipeline: p, Log: testLog(t), Boot: "1", Grace: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	produce(t, broker.Brokers(), "raw-1", 2, []*kgo.Record{record("raw-1", "web-1", `{"a":1}`, time.Now())})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	await(t, "the first record to be read", func() bool { return e.Totals().Read == 1 })
	return func() error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(patience):
			t.Fatal("the engine does not stop")
			return nil
		}
	}
}

// ours returns the goroutines of engines and their clients.
func ours() []string {
	buf := make([]byte, 4<<20)
	var out []string
	for _, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(g, "franz-go/pkg/kgo.") || strings.Contains(g, "internal/engine.(") {
			out = append(out, g)
		}
	}
	return out
}
