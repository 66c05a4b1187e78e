package scenario_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

// What is watched, and how. Slack is that of pipelinetest.Source.
const (
	every    = time.Minute
	lateness = 10 * time.Second
	period   = 5 * time.Minute
	slack    = 5 * time.Second
	beat     = 10 * time.Second // between two records of a feed
	interval = 5 * time.Second  // between two commits of intake
	lanes    = 3
	port     = 9092
)

// perWindow is what each feed delivers in a window.
const perWindow = int64(every / beat)

// world is a cluster in a bubble, with collectors that deliver to it and
// monitors that watch.
type world struct {
	t       *testing.T
	net     kfake.VirtualNetwork
	dir     string
	broker  *kfake.Cluster
	cl      *kgo.Client // of the collectors
	way     *link       // theirs to the broker
	adm     *kadm.Client
	more    func() // what else is to be done at each beat
	change  func(*pipeline.Pipeline)
	feeds   []string         // that deliver a record each beat
	sent    map[string]int64 // records in all
	read    map[string]int64 // how far each topic has been read, by topic and partition
	alerts  []ocsf.Summary
	hole    feedgauge.Run                  // in which windows may be judged though they are not whole
	history map[string][]*feedgauge.Closed // by feed
}

// inWorld runs a scenario in a bubble. The clock of a bubble begins at
// 2000-01-01.
func inWorld(t *testing.T, f func(w *world)) {
	t.Helper()
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, dir: dir, sent: make(map[string]int64), read: make(map[string]int64), history: make(map[string][]*feedgauge.Closed)}
		w.boot()
		t.Cleanup(func() { w.broker.Close() })
		w.dial()
		w.create("logs", lanes)
		for i := range 8 {
			w.feeds = append(w.feeds, fmt.Sprintf("web-%d", i))
		}
		time.Sleep(every - beat) // the first record comes with the first whole window
		f(w)
	})
}

// boot starts the broker on what it kept.
func (w *world) boot() {
	w.t.Helper()
	var err error
	w.broker, err = kfake.NewCluster(kfake.NumBrokers(1), kfake.Ports(port), kfake.ListenFn(w.net.Listen), kfake.DataDir(w.dir))
	if err != nil {
		w.t.Fatal(err)
	}
}

// away stops the broker for a while, in which collectors keep what they have.
func (w *world) away(d time.Duration) {
	w.broker.Close()
	w.pass(d)
	w.boot()
}

func (w *world) dial() {
	w.t.Helper()
	var err error
	w.way = &link{dial: w.net.DialContext}
	w.cl, err = kafka.Dial([]string{brokerAddr()},
		kgo.Dialer(w.way.dialContext), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(0),
		kgo.MetadataMinAge(100*time.Millisecond))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(w.cl.Close)
	own, err := kafka.Dial([]string{brokerAddr()}, kgo.Dialer(w.net.DialContext))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(own.Close)
	w.adm = kadm.NewClient(own)
}

func brokerAddr() string { return fmt.Sprintf("127.0.0.1:%d", port) }

func (w *world) create(topic string, partitions int32) {
	w.t.Helper()
	if _, err := w.adm.CreateTopic(w.t.Context(), partitions, 1, nil, topic); err != nil {
		w.t.Fatal(err)
	}
}

// pipeline is what a member runs.
func (w *world) pipeline(instance string) *pipeline.Pipeline {
	p := &pipeline.Pipeline{
		Kafka: pipeline.Kafka{
			Brokers: []string{brokerAddr()}, Prefix: "feedgauge", Partitions: 3, Replication: 1,
			Instance: instance, MetadataAge: 10 * time.Second,
		},
		Sources:     []*pipeline.Source{pipelinetest.Source("raw", "logs.*")},
		Classes:     []*pipeline.Class{pipelinetest.Class(w.t, "web", "raw", "web-*", every, lateness, period)},
		Feeds:       make(map[feedgauge.FeedID]*pipeline.Feed),
		Fingerprint: "one",
	}
	p.Classes[0].Settle = 2 * every
	if w.change != nil {
		w.change(p)
	}
	return p
}

// send delivers one record of a feed now.
func (w *world) send(topic, feed string, partition int32, at time.Time) {
	w.sent[feed]++
	w.cl.Produce(context.Background(), &kgo.Record{
		Topic: topic, Partition: partition, Key: []byte(feed), Value: []byte(`{"a":1}`), Timestamp: at,
	}, func(_ *kgo.Record, err error) {
		if err != nil && w.t.Context().Err() == nil {
			w.t.Errorf("collecting: %v", err)
		}
	})
}

// pass lets time go by, in which every feed delivers a record each beat.
func (w *world) pass(d time.Duration) {
	w.until(d, func() bool { return false })
}

// until is pass that ends early, when a question asked each second is answered
// with true; that is what it returns.
func (w *world) until(limit time.Duration, done func() bool) bool {
	for range limit / time.Second {
		time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second)))
		if time.Now().Truncate(beat).Equal(time.Now()) {
			w.deliver()
		}
		if done() {
			return true
		}
	}
	return false
}

// deliver sends one record of each feed.
func (w *world) deliver() {
	for i, feed := range w.feeds {
		if feed != "" {
			w.send("logs", feed, int32(i%lanes), time.Now())
		}
	}
	if w.more != nil {
		w.more()
	}
}

// stop ends a feed, and returns when it last delivered.
func (w *world) stop(feed string) (last time.Time) {
	w.t.Helper()
	i := slices.Index(w.feeds, feed)
	if i < 0 {
		w.t.Fatalf("no feed %q", feed)
	}
	w.feeds[i] = ""
	return time.Now().Truncate(beat)
}

// look reads what has come to the topics of alerts and history since.
func (w *world) look() {
	w.t.Helper()
	w.fetch("feedgauge."+kafka.Alerts, func(r *kgo.Record) {
		s, err := ocsf.Summarize(r.Value)
		if err != nil {
			w.t.Errorf("alert %s: %v", r.Value, err)
		}
		w.alerts = append(w.alerts, s)
	})
	w.fetch("feedgauge."+kafka.History, func(r *kgo.Record) {
		c, err := journal.DecodeClosed(r.Value)
		if err != nil {
			w.t.Fatal(err)
		}
		w.history[c.Feed.Name] = append(w.history[c.Feed.Name], c)
	})
}

func (w *world) fetch(topic string, f func(*kgo.Record)) {
	w.t.Helper()
	ends, err := kafka.Ends(w.t.Context(), w.adm, topic)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, l := range slices.SortedFunc(maps.Keys(ends), func(a, b feedgauge.Lane) int { return int(a.Partition - b.Partition) }) {
		key := fmt.Sprint(topic, l.Partition)
		span := kafka.Span{Topic: topic, Partition: l.Partition, From: w.read[key], To: ends[l].Stable}
		err := kafka.ReadPartition(w.t.Context(), []string{brokerAddr()}, span, func(r *kgo.Record) error {
			if !r.Attrs.IsControl() {
				f(r)
			}
			return nil
		}, kgo.Dialer(w.net.DialContext))
		if err != nil {
			w.t.Fatal(err)
		}
		w.read[key] = span.To
	}
}

// findings returns what was told of feeds, without what the monitor tells of
// itself.
func (w *world) findings() []string {
	w.t.Helper()
	w.look()
	var out []string
	for _, a := range w.alerts {
		if a.Tenant != pipeline.Self {
			out = append(out, fmt.Sprintf("%s %s %s at %v", a.Feed, a.Rule, a.Activity, a.Time))
		}
	}
	return out
}

// told reports whether the monitor has told of itself or a source by that rule.
func (w *world) told(rule string, activity feedgauge.Activity) bool {
	w.t.Helper()
	w.look()
	return slices.ContainsFunc(w.alerts, func(a ocsf.Summary) bool {
		return a.Tenant == pipeline.Self && a.Rule == rule && a.Activity == activity
	})
}
