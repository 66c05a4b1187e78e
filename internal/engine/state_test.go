package engine

import (
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// The offsets of a transaction may be seen before its state: a restore waits
// for the state that was written with them.
func TestRestoreWaitsForTheStateOfItsOffset(t *testing.T) {
	t.Parallel()
	c, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p := &pipeline.Pipeline{Kafka: pipeline.Kafka{Brokers: c.ListenAddrs(), Prefix: "feedgauge", Partitions: 1, Replication: 1}}
	e, err := New(Options{Pipeline: p, Log: hclog.NewNullLogger()})
	if err != nil {
		t.Fatal(err)
	}
	cl, err := kafka.Dial(p.Kafka.Brokers, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	l := &watchLoop{Engine: e, adm: kadm.NewClient(cl)}
	if err := kafka.EnsureTopics(t.Context(), l.adm, p.Kafka); err != nil {
		t.Fatal(err)
	}
	fold := watch.New(p, 0)
	save := func(offset int64) {
		t.Helper()
		fold.Polled(offset)
		for _, s := range fold.Save() {
			r := &kgo.Record{Topic: p.Kafka.Topic(kafka.State), Key: []byte(s.Key), Value: s.Value}
			if err := cl.ProduceSync(t.Context(), r).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
	}
	save(5)
	asked, again := 0, make(chan struct{})
	c.ControlKey(int16(kmsg.ListOffsets), func(kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		if asked++; asked == 4 { // three are one look at the ends of the log
			close(again)
		}
		return nil, nil, false
	})
	type result struct {
		polled int64
		err    error
	}
	done := make(chan result, 1)
	go func() {
		state, _, err := l.newestState(t.Context(), 0, 9)
		m, _ := metaOf(state)
		done <- result{m.Polled, err}
	}()
	select {
	case r := <-done:
		t.Fatalf("did not wait: the state is of %d, 9 is committed, %v", r.polled, r.err)
	case <-again:
	case <-time.After(time.Minute):
		t.Fatal("neither an answer nor another look")
	}
	save(9)
	if r := <-done; r.polled != 9 || r.err != nil {
		t.Errorf("the state is of %d, %v; 9 is committed", r.polled, r.err)
	}
}
