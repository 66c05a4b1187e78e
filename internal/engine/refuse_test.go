package engine_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
)

// TestRefusedCommits: a broker that refuses every third commit of each role, as
// one does in a rebalance, aborts transactions whose output lies in the topics already. All of
// it is dropped and done again, from the last commit, without starting a role
// anew: the tallies add up, and each feed's windows follow one another. At first
// more windows are due than one transaction may close, so that the fold is behind
// what was polled when a commit is refused.
func TestRefusedCommits(t *testing.T) {
	t.Parallel()
	c, refused := refusing(t)
	brokers := c.ListenAddrs()
	p := &pipeline.Pipeline{
		Kafka: pipeline.Kafka{
			Brokers: brokers, Prefix: "feedgauge", Partitions: 3, Replication: 1, Instance: "test", MetadataAge: time.Second,
		},
		Embedded: &pipeline.Embedded{},
		Sources:  []*pipeline.Source{pipelinetest.Source("raw", "raw-.*")},
		Classes:  []*pipeline.Class{pipelinetest.Class(t, "web", "raw", "*", time.Second, time.Second, 5*time.Second)},
	}
	reg := prometheus.NewRegistry()
	e, err := engine.New(engine.Options{Pipeline: p, Log: testLog(t), Boot: "1", Registry: reg})
	if err != nil {
		t.Fatal(err)
	}
	p.Sources[0].SlackCreate = time.Second
	produce(t, brokers, "raw-1", 3, append(longAgo(), round(0, time.Now())...))
	run(t, e)
	cl, err := kafka.Dial(brokers)
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	const rounds = 12
	for i := 1; i < rounds; i++ {
		await(t, "a round to be read", func() bool { return e.Totals().Read == int64(oldFeeds+i*perRound) })
		if err := cl.ProduceSync(t.Context(), round(i, time.Now())...).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	await(t, "all to be read", func() bool { return e.Totals().Read == oldFeeds+rounds*perRound })
	await(t, "windows to be closed", func() bool { return e.Totals().Windows > oldFeeds*900 })
	f := &feedCheck{t: t, adm: kadm.NewClient(cl), brokers: brokers}
	f.tallies(p.Kafka.Topic(kafka.Journal), rounds*perRound/feedsPerRound)
	f.windows(p.Kafka.Topic(kafka.History))
	if n := refused.Load(); n < 5 {
		t.Errorf("only %d commits were refused", n)
	}
	if n := total(t, reg, "feedgauge_role_restarts_total"); n != 0 {
		t.Errorf("roles were started again %v times", n)
	}
}

const (
	perRound      = 30
	feedsPerRound = 5
	oldFeeds      = 40
)

// longAgo makes one record each of feeds that have nearly a thousand windows
// since.
func longAgo() []*kgo.Record {
	var out []*kgo.Record
	for i := range oldFeeds {
		out = append(out, record("raw-1", fmt.Sprintf("old-%d", i), `{"a":1}`, time.Now().Add(-950*time.Second)))
	}
	return out
}

// round makes records of a few feeds.
func round(i int, at time.Time) []*kgo.Record {
	var out []*kgo.Record
	for j := range perRound {
		out = append(out, record("raw-1", fmt.Sprintf("web-%d", (i+j)%feedsPerRound), `{"a":1}`, at))
	}
	return out
}

// refusing starts an embedded broker that refuses every third commit of a group
// in a transaction.
func refusing(t *testing.T) (c *kfake.Cluster, refused *atomic.Int64) {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	refused = new(atomic.Int64)
	asked := make(map[string]int) // the broker calls from one goroutine
	c.ControlKey(int16(kmsg.TxnOffsetCommit), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		req := r.(*kmsg.TxnOffsetCommitRequest)
		if asked[req.Group]++; asked[req.Group]%3 != 0 {
			return nil, nil, false
		}
		refused.Add(1)
		return refusal(req), nil, true
	})
	return c, refused
}

// refusal answers that the group has moved on.
func refusal(req *kmsg.TxnOffsetCommitRequest) kmsg.Response {
	resp := req.ResponseKind().(*kmsg.TxnOffsetCommitResponse)
	for _, t := range req.Topics {
		rt := kmsg.NewTxnOffsetCommitResponseTopic()
		rt.Topic, rt.TopicID = t.Topic, t.TopicID
		for _, p := range t.Partitions {
			rp := kmsg.NewTxnOffsetCommitResponseTopicPartition()
			rp.Partition, rp.ErrorCode = p.Partition, kerr.RebalanceInProgress.Code
			rt.Partitions = append(rt.Partitions, rp)
		}
		resp.Topics = append(resp.Topics, rt)
	}
	return resp
}

// feedCheck reads our topics back.
type feedCheck struct {
	t       *testing.T
	adm     *kadm.Client
	brokers []string
}

// tallies checks that each feed of the rounds has been counted so often, and one
// of long ago once.
func (f *feedCheck) tallies(topic string, each int) {
	f.t.Helper()
	got := make(map[string]int64)
	for _, r := range f.read(topic) {
		e, _, err := journal.Decode(r.Value)
		if err != nil {
			f.t.Fatal(err)
		}
		if e.Tally == nil {
			continue
		}
		for _, feed := range e.Tally.Feeds {
			got[feed.Feed.Name] += feed.Counts.Arrivals()
		}
	}
	rounds := 0
	for name, n := range got {
		want := int64(each)
		if strings.HasPrefix(name, "old-") {
			want = 1
		} else {
			rounds++
		}
		if n != want {
			f.t.Errorf("%d records of %q were counted, %d were sent", n, name, want)
		}
	}
	if rounds != feedsPerRound {
		f.t.Errorf("%d feeds were counted", rounds)
	}
}

// windows checks that the history of each feed has no hole and tells nothing
// twice.
func (f *feedCheck) windows(topic string) {
	f.t.Helper()
	last := make(map[string]int64)
	for _, r := range f.read(topic) {
		w, err := journal.DecodeClosed(r.Value)
		if err != nil {
			f.t.Fatal(err)
		}
		if end, ok := last[string(r.Key)]; ok && end != int64(w.Window.Start) {
			f.t.Errorf("a window of %v begins at %v, the one before it ended at %d", w.Feed, w.Window.Start, end)
		}
		last[string(r.Key)] = int64(w.Window.End)
	}
	if len(last) < feedsPerRound {
		f.t.Errorf("the history tells of %d feeds", len(last))
	}
}

func (f *feedCheck) read(topic string) (out []*kgo.Record) {
	f.t.Helper()
	ends, err := kafka.Ends(f.t.Context(), f.adm, topic)
	if err != nil {
		f.t.Fatal(err)
	}
	for l, e := range ends {
		span := kafka.Span{Topic: topic, Partition: l.Partition, From: e.Start, To: e.Stable}
		err := kafka.ReadPartition(f.t.Context(), f.brokers, span, func(r *kgo.Record) error {
			out = append(out, r)
			return nil
		})
		if err != nil {
			f.t.Fatal(err)
		}
	}
	return out
}

// total adds up a counter over its labels.
func total(t *testing.T, reg prometheus.Gatherer, name string) (sum float64) {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			for _, m := range f.GetMetric() {
				sum += m.GetCounter().GetValue()
			}
		}
	}
	return sum
}
