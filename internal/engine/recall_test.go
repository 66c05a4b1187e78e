package engine

import (
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/intake"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
)

// A topic that only an earlier owner of the lanes told of must be known, or
// nobody could tell that it is gone.
func TestRecall(t *testing.T) {
	t.Parallel()
	broker, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	p := &pipeline.Pipeline{
		Kafka:   pipeline.Kafka{Brokers: broker.Brokers(), Prefix: "feedgauge", Partitions: 1, Replication: 1, Instance: "test"},
		Sources: []*pipeline.Source{pipelinetest.Source("raw", "raw-.*")},
		Classes: []*pipeline.Class{pipelinetest.Class(t, "web", "raw", "web-*", time.Second, time.Second, 5*time.Second)},
	}
	topics, err := newTopicTable(p)
	if err != nil {
		t.Fatal(err)
	}
	in, err := intake.New(p, "test-0")
	if err != nil {
		t.Fatal(err)
	}
	cl, err := kafka.Dial(p.Kafka.Brokers)
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	l := &intakeLoop{Engine: &Engine{Options: Options{Pipeline: p}}, in: in, topics: topics, adm: kadm.NewClient(cl)}
	if err := kafka.EnsureTopics(t.Context(), l.adm, p.Kafka); err != nil {
		t.Fatal(err)
	}
	told := journal.AppendTrailer(nil, &feedgauge.Trailer{Worker: "gone-0", Topics: []feedgauge.TopicMark{
		{Source: "raw", Topic: "raw-gone", Partitions: 2, Last: feedgauge.Before},
		{Source: "raw", Topic: "raw-uncounted", Last: feedgauge.Before},
		{Source: "former", Topic: "raw-moved", Partitions: 1, Last: feedgauge.Before},
	}})
	for _, value := range [][]byte{told, journal.AppendTick(nil), []byte("not ours")} {
		if err := cl.ProduceSync(t.Context(), &kgo.Record{Topic: p.Kafka.Topic(kafka.Journal), Value: value}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.recall(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := in.Topics(); !slices.Equal(got, []string{"raw-gone"}) {
		t.Errorf("recalled %q", got)
	}
}
