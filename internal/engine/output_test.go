package engine_test

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
)

// TestRefusedOutput: where the broker refuses the output of a transaction, the
// offsets of that transaction are not committed either.
func TestRefusedOutput(t *testing.T) {
	t.Parallel()
	c, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	p := &pipeline.Pipeline{
		Kafka: pipeline.Kafka{
			Brokers: c.ListenAddrs(), Prefix: "feedgauge", Partitions: 1, Replication: 1, Instance: "test", MetadataAge: time.Second,
		},
		Embedded: &pipeline.Embedded{},
		Sources:  []*pipeline.Source{pipelinetest.Source("raw", "raw-.*")},
		Classes:  []*pipeline.Class{pipelinetest.Class(t, "web", "raw", "web-*", time.Second, time.Second, 5*time.Second)},
	}
	refused := c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Topic: p.Kafka.Topic(kafka.Journal), Err: kerr.UnknownServerError, Count: 2})
	produce(t, p.Kafka.Brokers, "raw-1", 3, round(0, time.Now()))
	e, err := engine.New(engine.Options{Pipeline: p, Log: testLog(t), Boot: "1", Only: []string{"intake"}})
	if err != nil {
		t.Fatal(err)
	}
	run(t, e)
	await(t, "all to be read", func() bool { return e.Totals().Read == perRound })
	cl, err := kafka.Dial(p.Kafka.Brokers)
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	f := &feedCheck{t: t, adm: kadm.NewClient(cl), brokers: p.Kafka.Brokers}
	f.tallies(p.Kafka.Topic(kafka.Journal), perRound/feedsPerRound)
	if refused.Hits() != 2 {
		t.Errorf("%d transactions were refused", refused.Hits())
	}
}
