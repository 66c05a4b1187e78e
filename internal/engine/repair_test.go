package engine

import (
	"errors"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// A repair sets watch back to what is left of the state, if it stands further,
// and a restore succeeds then.
func TestRepair(t *testing.T) {
	t.Parallel()
	r := newRepairTest(t)
	r.save(t, 1, 5)
	for k, want := range []int64{0, 5} { // nothing is left of the state of partition 0
		if err := r.repair(t, int32(k)); err == nil || !strings.Contains(err.Error(), "nothing is lost") {
			t.Errorf("partition %d, nothing committed: %v", k, err)
		}
		r.commit(t, int32(k), 9)
		no := errors.New("no")
		if err := Repair(t.Context(), r.options, int32(k), func(Repaired) error { return no }); !errors.Is(err, no) {
			t.Errorf("partition %d, not confirmed: %v", k, err)
		}
		if at := r.committed(t, int32(k)); at != 9 {
			t.Errorf("partition %d is at %d, not confirmed", k, at)
		}
		if err := r.repair(t, int32(k)); err != nil {
			t.Fatal(err)
		}
		if want := (Repaired{Committed: 9, Next: want}); r.told != want {
			t.Errorf("partition %d: asked for %+v, want %+v", k, r.told, want)
		}
		if at := r.committed(t, int32(k)); at != want {
			t.Errorf("partition %d is at %d after the repair, want %d", k, at, want)
		}
		if _, next, err := r.loop.newestState(t.Context(), int32(k), want); next != want || err != nil {
			t.Errorf("partition %d is restored at %d, %v", k, next, err)
		}
	}
	if err := r.repair(t, 7); err == nil || !strings.Contains(err.Error(), "has no partition 7") {
		t.Errorf("no such partition: %v", err)
	}
}

type repairTest struct {
	options Options
	loop    *watchLoop
	cl      *kgo.Client
	told    Repaired
}

func newRepairTest(t *testing.T) *repairTest {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	r := &repairTest{options: Options{Pipeline: &pipeline.Pipeline{
		Kafka: pipeline.Kafka{Brokers: c.ListenAddrs(), Prefix: "feedgauge", Partitions: 2, Replication: 1},
	}}}
	e, err := New(r.options)
	if err != nil {
		t.Fatal(err)
	}
	if r.cl, err = kafka.Dial(c.ListenAddrs(), kgo.RecordPartitioner(kgo.ManualPartitioner())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.cl.Close)
	r.loop = &watchLoop{Engine: e, adm: kadm.NewClient(r.cl)}
	if err := kafka.EnsureTopics(t.Context(), r.loop.adm, r.options.Pipeline.Kafka); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *repairTest) repair(t *testing.T, k int32) error {
	t.Helper()
	return Repair(t.Context(), r.options, k, func(does Repaired) error {
		r.told = does
		return nil
	})
}

// save writes the state of a partition that is folded up to an offset.
func (r *repairTest) save(t *testing.T, k int32, next int64) {
	t.Helper()
	fold := watch.New(r.options.Pipeline, k)
	fold.Skip(next - 1)
	for _, s := range fold.Save() {
		rec := &kgo.Record{Topic: r.loop.topic(kafka.State), Partition: k, Key: []byte(s.Key), Value: s.Value}
		if err := r.cl.ProduceSync(t.Context(), rec).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

func (r *repairTest) commit(t *testing.T, k int32, at int64) {
	t.Helper()
	offsets := make(kadm.Offsets)
	offsets.AddOffset(r.loop.topic(kafka.Journal), k, at, -1)
	if err := r.loop.adm.CommitAllOffsets(t.Context(), "feedgauge-watch", offsets); err != nil {
		t.Fatal(err)
	}
}

func (r *repairTest) committed(t *testing.T, k int32) int64 {
	t.Helper()
	lane := feedgauge.Lane{Topic: r.loop.topic(kafka.Journal), Partition: k}
	c, err := kafka.Committed(t.Context(), r.cl, "feedgauge-watch", lane)
	if err != nil {
		t.Fatal(err)
	}
	return c[lane].Offset
}
