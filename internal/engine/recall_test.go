package engine

import (
	"reflect"
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
	"github.com/feedgauge/feedgauge/internal/watch"
)

// recaller is an intake loop on an embedded broker that has our topics.
func recaller(t *testing.T, change func(*pipeline.Pipeline)) (*intakeLoop, *kgo.Client) {
	t.Helper()
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
	change(p)
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
	t.Cleanup(cl.Close)
	l := &intakeLoop{Engine: &Engine{Options: Options{Pipeline: p}}, in: in, topics: topics, adm: kadm.NewClient(cl)}
	if err := kafka.EnsureTopics(t.Context(), l.adm, p.Kafka); err != nil {
		t.Fatal(err)
	}
	return l, cl
}

// A topic that only an earlier owner of the lanes told of must be known, or
// nobody could tell that it is gone. What our configuration does not take is gone
// for us; what moved between sources belongs to the new one.
func TestRecall(t *testing.T) {
	t.Parallel()
	l, cl := recaller(t, func(*pipeline.Pipeline) {})
	told := journal.AppendTrailer(nil, &feedgauge.Trailer{Worker: "gone-0", Topics: []feedgauge.TopicMark{
		{Source: "raw", Topic: "raw-gone", Partitions: 2, Last: feedgauge.Before},
		{Source: "raw", Topic: "raw-uncounted", Last: feedgauge.Before},
		{Source: "raw", Topic: "raw-retired", Partitions: 1, Last: feedgauge.Before, Retired: true},
		{Source: "former", Topic: "raw-moved", Partitions: 1, Last: feedgauge.Before},
		{Source: "raw", Topic: "dropped", Partitions: 3, Last: feedgauge.Before},
	}})
	for _, value := range [][]byte{told, journal.AppendTick(nil), []byte("not ours")} {
		write(t, cl, &kgo.Record{Topic: l.Pipeline.Kafka.Topic(kafka.Journal), Value: value})
	}
	if err := l.recall(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []feedgauge.TopicMark{
		{Source: "raw", Topic: "dropped", Partitions: 3, Last: feedgauge.Before, Retired: true},
		{Source: "raw", Topic: "raw-gone", Partitions: 2, Last: feedgauge.Before},
		{Source: "raw", Topic: "raw-moved", Partitions: 1, Last: feedgauge.Before},
	}
	if got := l.in.Trailer().Topics; !reflect.DeepEqual(got, want) {
		t.Errorf("recalled %+v, want %+v", got, want)
	}
}

// A topic of which the journal no longer tells is known by what watch holds, far
// back in the state though that be.
func TestRecallFromTheState(t *testing.T) {
	t.Parallel()
	l, cl := recaller(t, func(*pipeline.Pipeline) {})
	part := watch.New(l.Pipeline, 0)
	part.Fold(&feedgauge.Entry{Time: 1000, Trailer: &feedgauge.Trailer{Topics: []feedgauge.TopicMark{
		{Source: "raw", Topic: "raw-gone", Partitions: 2, Last: feedgauge.Before},
	}}}, watch.Out{})
	part.Fold(&feedgauge.Entry{Offset: 1, Time: 1000, Revision: &feedgauge.Revision{Number: 1, Fingerprint: "f"}}, watch.Out{})
	for _, s := range part.Save() {
		write(t, cl, &kgo.Record{Topic: l.Pipeline.Kafka.Topic(kafka.State), Key: []byte(s.Key), Value: s.Value})
	}
	var later []*kgo.Record
	for range 2 * recallSpan {
		later = append(later, &kgo.Record{Topic: l.Pipeline.Kafka.Topic(kafka.State), Key: []byte("main\x00f"), Value: []byte("x")})
	}
	write(t, cl, later...)
	if err := l.recall(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := l.in.Topics(); !slices.Equal(got, []string{"raw-gone"}) {
		t.Errorf("recalled %q", got)
	}
}

func write(t *testing.T, cl *kgo.Client, records ...*kgo.Record) {
	t.Helper()
	if err := cl.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// A feed that another member met, or an earlier life of this one, keeps its place
// under the bound of its source.
func TestRecallFeeds(t *testing.T) {
	t.Parallel()
	l, cl := recaller(t, func(p *pipeline.Pipeline) { p.Sources[0].MaxFeeds = 1 })
	part := watch.New(l.Pipeline, 0)
	met := feedgauge.FeedTally{Feed: feedgauge.FeedID{Tenant: "main", Name: "web-1"}, First: 1, Last: 1, Counts: feedgauge.Counts{Events: 1}}
	part.Fold(&feedgauge.Entry{Offset: 0, Time: 1000, Tally: &feedgauge.Tally{
		Source: "raw", Window: feedgauge.WindowOf(1, time.Second), Feeds: []feedgauge.FeedTally{met},
	}}, watch.Out{})
	part.Fold(&feedgauge.Entry{Offset: 1, Time: 1000, Revision: &feedgauge.Revision{Number: 1, Fingerprint: "f"}}, watch.Out{}) // saves all
	saved := part.Save()
	for _, command := range []string{"", "retire"} {
		for _, s := range saved {
			r := &kgo.Record{Topic: l.Pipeline.Kafka.Topic(kafka.State), Key: []byte(s.Key), Value: s.Value}
			if command != "" {
				r.Value = nil
			}
			if err := cl.ProduceSync(t.Context(), r).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
		var err error
		if l.in, err = intake.New(l.Pipeline, "test-0"); err != nil {
			t.Fatal(err)
		}
		if err := l.recall(t.Context()); err != nil {
			t.Fatal(err)
		}
		l.in.Own("raw", feedgauge.Lane{Topic: "raw-1"}, intake.Memory{})
		l.in.Add(&feedgauge.Record{Topic: "raw-1", Key: []byte("web-2"), Value: []byte("x"), Time: 1000}, 1000)
		want := pipeline.Overflow
		if command != "" {
			want = "web-2" // the place is free again
		}
		if got := l.in.Tallies()[0][0].Feeds[0].Feed.Name; got != want {
			t.Errorf("counted as %q, want %q", got, want)
		}
	}
}
