package command

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
)

const partitions = 4

// cluster is a broker with our topics.
type cluster struct {
	*kfake.Cluster
	k pipeline.Kafka
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	fake, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	c := &cluster{fake, pipeline.Kafka{Brokers: fake.ListenAddrs(), Prefix: "fg", Partitions: partitions, Replication: 1}}
	cl := c.dial(t)
	defer cl.Close()
	if err := kafka.EnsureTopics(t.Context(), kadm.NewClient(cl), c.k); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *cluster) dial(t *testing.T) *kgo.Client {
	t.Helper()
	cl, err := kafka.Dial(c.k.Brokers, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	return cl
}

// save leaves states of feeds in a partition, tombstones for those that begin
// with a minus.
func (c *cluster) save(t *testing.T, k int32, names ...string) {
	t.Helper()
	cl := c.dial(t)
	defer cl.Close()
	for _, name := range names {
		name, gone := strings.CutPrefix(name, "-")
		r := &kgo.Record{Topic: c.k.Topic(kafka.State), Partition: k, Key: []byte(id(name).Identity()), Value: []byte("state")}
		if gone {
			r.Value = nil
		}
		if err := cl.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// written is one record of the journal.
type written struct {
	*feedgauge.Command
	partition int32
	key       string
	producer  int64
}

// journal returns what is committed there; all of it must be commands.
func (c *cluster) journal(t *testing.T) []written {
	t.Helper()
	cl := c.dial(t)
	defer cl.Close()
	ends, err := kafka.Ends(t.Context(), kadm.NewClient(cl), c.k.Topic(kafka.Journal))
	if err != nil {
		t.Fatal(err)
	}
	var out []written
	for k := range int32(partitions) {
		lane := feedgauge.Lane{Topic: c.k.Topic(kafka.Journal), Partition: k}
		if ends[lane].Stable != ends[lane].High {
			t.Errorf("a transaction is open in partition %d", k)
		}
		span := kafka.Span{Topic: lane.Topic, Partition: k, To: ends[lane].Stable}
		err := kafka.ReadPartition(t.Context(), c.k.Brokers, span, func(r *kgo.Record) error {
			e, _, err := journal.Decode(r.Value)
			if err != nil || e.Command == nil || !r.Attrs.IsTransactional() {
				t.Errorf("record %+v: %v", r, err)
				return nil
			}
			out = append(out, written{e.Command, k, string(r.Key), r.ProducerID})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func (c *cluster) send(t *testing.T, p *pipeline.Pipeline, r *Request) *Result {
	t.Helper()
	if p != nil {
		p.Kafka = c.k
	}
	res, err := Send(t.Context(), Options{Kafka: c.k, Pipeline: p}, r)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func ack(names ...string) *Request {
	r := &Request{Verb: feedgauge.Ack, Who: "kim", Why: "ticket 7"}
	for _, name := range names {
		r.Feeds = append(r.Feeds, id(name))
	}
	return r
}

func hash(name string) int32 { return feedgauge.Partition(id(name).Identity(), partitions) }

// Feeds get a command each, in their partitions, all in one transaction.
func TestSendToFeeds(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	names := []string{"a", "b", "c", "d", "e"}
	for _, name := range names {
		c.save(t, hash(name), name)
	}
	res := c.send(t, nil, ack(names...))
	if len(res.Doubts) > 0 || len(res.Commands) != len(names) {
		t.Errorf("result %+v", res)
	}
	got := c.journal(t)
	if len(got) != len(names) {
		t.Fatalf("%d records", len(got))
	}
	for i, name := range names {
		at := slices.IndexFunc(got, func(w written) bool { return w.Feed == id(name) })
		if at < 0 {
			t.Fatalf("no command for %s", name)
		}
		w := got[at]
		if w.partition != hash(name) || w.key != id(name).Identity() || w.ID != res.Commands[i].ID || w.Who != "kim" || w.Why != "ticket 7" {
			t.Errorf("record %+v of %+v", w, *w.Command)
		}
		if w.producer != got[0].producer {
			t.Errorf("%s came in a transaction of its own", name)
		}
	}
}

// A command by labels goes to every partition, once, under one id.
func TestSendToLabels(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	r := &Request{Verb: feedgauge.Mute, Labels: map[string]string{"site": "lon1"}, Who: "kim", Why: "works", Until: feedgauge.After}
	res := c.send(t, nil, r)
	got := c.journal(t)
	if len(got) != partitions || len(res.Commands) != 1 {
		t.Fatalf("%d records of %d commands", len(got), len(res.Commands))
	}
	for k, w := range got {
		if w.partition != int32(k) || w.ID != res.Commands[0].ID || w.Labels["site"] != "lon1" || w.Until != feedgauge.After || w.producer != got[0].producer {
			t.Errorf("partition %d: %+v", k, *w.Command)
		}
	}
}

// pool is a configuration with a group whose member m is watched elsewhere than
// its name says.
func pool(t *testing.T) (p *pipeline.Pipeline, m string) {
	t.Helper()
	g := &pipeline.Group{Name: "pool", Tenant: "main", Need: 1}
	for _, name := range []string{"m1", "m2", "m3", "m4", "m5"} {
		g.Members = append(g.Members, id(name))
		if hash(name) != hash("pool") {
			m = name
		}
	}
	if m == "" {
		t.Fatal("all members lie where the group does")
	}
	return &pipeline.Pipeline{
		Groups:  []*pipeline.Group{g},
		Sources: []*pipeline.Source{{Name: "raw"}},
		Classes: []*pipeline.Class{{Name: "web", Source: "raw", Match: []string{"*"}, Every: time.Minute, Labels: map[string]string{"site": "lon1"}}},
		Feeds:   map[feedgauge.FeedID]*pipeline.Feed{id("listed"): {ID: id("listed"), Class: "web", Labels: map[string]string{"team": "net"}}},
	}, m
}

// The members of a group are watched where the group is: the configuration says
// so, and the state shows it.
func TestSendToMembersOfGroups(t *testing.T) {
	t.Parallel()
	p, m := pool(t)
	for _, conf := range []*pipeline.Pipeline{p, nil} {
		c := newCluster(t)
		c.save(t, hash("pool"), m)
		res := c.send(t, conf, ack(m))
		got := c.journal(t)
		if len(got) != 1 || got[0].partition != hash("pool") || len(res.Doubts) > 0 {
			t.Errorf("with a configuration %v: records %+v, doubts %q", conf != nil, got, res.Doubts)
		}
	}
}

func TestDoubts(t *testing.T) {
	t.Parallel()
	p, _ := pool(t)
	c := newCluster(t)
	c.save(t, hash("known"), "known")
	c.save(t, hash("gone"), "gone", "-gone")
	c.save(t, hash("back"), "back", "-back", "back")
	for _, tt := range []struct {
		conf *pipeline.Pipeline
		r    *Request
		want []string
	}{
		{nil, ack("known", "back"), nil},
		{p, ack("known", "listed"), nil},
		{nil, ack("known", "gone"), []string{`feed "gone" of tenant "main" is not known`}},
		{nil, ack("main/known"), []string{`did you mean "known"?`}},
		{p, ack("new", "gone"), []string{`"new"`, `"gone"`}},
		{p, ack("pool"), nil},
		{p, &Request{Verb: feedgauge.Ack, Who: "kim", Labels: map[string]string{"site": "lon1"}}, nil},
		{p, &Request{Verb: feedgauge.Ack, Who: "kim", Labels: map[string]string{"site": "lon1", "team": "net"}}, nil},
		{p, &Request{Verb: feedgauge.Ack, Who: "kim", Labels: map[string]string{"team": "web"}}, []string{"has the labels team=web"}},
		{nil, &Request{Verb: feedgauge.Ack, Who: "kim", Labels: map[string]string{"team": "web"}}, nil},
	} {
		res := c.send(t, tt.conf, tt.r)
		if len(res.Doubts) != len(tt.want) {
			t.Errorf("%+v: doubts %q, want %q", tt.r, res.Doubts, tt.want)
			continue
		}
		for i, want := range tt.want {
			if !strings.Contains(res.Doubts[i], want) {
				t.Errorf("doubt %q, want %q", res.Doubts[i], want)
			}
		}
	}
}

// A group has a state like a feed, by which it is known without a configuration.
func TestGroupsAreKnownByTheirState(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	p, m := pool(t)
	p.Kafka = c.k
	w := watch.New(p, hash("pool"))
	met := &feedgauge.Tally{Source: "raw", Window: feedgauge.Window{End: 60_000}, Feeds: []feedgauge.FeedTally{{Feed: id(m)}}}
	w.Fold(&feedgauge.Entry{Tally: met}, watch.Out{})
	w.Fold(&feedgauge.Entry{Offset: 1, Command: &feedgauge.Command{ID: "1", Verb: feedgauge.Unmute, Feed: id(m)}}, watch.Out{})
	cl := c.dial(t)
	defer cl.Close()
	for _, s := range w.Save() {
		r := &kgo.Record{Topic: c.k.Topic(kafka.State), Partition: hash("pool"), Key: []byte(s.Key), Value: s.Value}
		if err := cl.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	if res := c.send(t, nil, ack(m, "pool")); len(res.Doubts) != 0 {
		t.Errorf("doubts %q", res.Doubts)
	}
}

// A state that cannot be read is a doubt, not an error: the command counts.
func TestStateThatCannotBeRead(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.ControlKey(int16(kmsg.ListOffsets), func(req kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		resp := req.ResponseKind().(*kmsg.ListOffsetsResponse)
		for _, t := range req.(*kmsg.ListOffsetsRequest).Topics {
			out := kmsg.NewListOffsetsResponseTopic()
			out.Topic = t.Topic
			for _, p := range t.Partitions {
				part := kmsg.NewListOffsetsResponseTopicPartition()
				part.Partition, part.ErrorCode = p.Partition, kerr.TopicAuthorizationFailed.Code
				out.Partitions = append(out.Partitions, part)
			}
			resp.Topics = append(resp.Topics, out)
		}
		return resp, nil, true
	})
	res := c.send(t, nil, ack("a"))
	if len(res.Doubts) != 1 || !strings.Contains(res.Doubts[0], "TOPIC_AUTHORIZATION_FAILED") || len(res.Commands) != 1 {
		t.Errorf("result %+v", res)
	}
}

func TestSendFails(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	other := c.k
	other.Prefix = "other"
	closed := c.k
	closed.Brokers = []string{"127.0.0.1:1"}
	for _, tt := range []struct {
		o    Options
		r    *Request
		want string
	}{
		{Options{Kafka: other}, ack("a"), `there is no topic "other.journal"`},
		{Options{Kafka: closed, Patience: 10 * time.Millisecond}, ack("a"), "no answer within 10ms"},
		{Options{Kafka: c.k, Pipeline: &pipeline.Pipeline{Kafka: pipeline.Kafka{Partitions: 12}}}, ack("a"), "has 4 partitions, but the configuration says 12"},
		{Options{Kafka: c.k}, ack(), "name the feeds"},
	} {
		if _, err := Send(t.Context(), tt.o, tt.r); err == nil || !strings.Contains(err.Error(), tt.want) || Unsure(err) {
			t.Errorf("error %v, want %q", err, tt.want)
		}
	}
	if got := c.journal(t); len(got) > 0 {
		t.Errorf("written all the same: %+v", got)
	}
}

// refuse answers the next requests of a kind with an error.
func (c *cluster) refuse(key kmsg.Key, fill func(kmsg.Request, kmsg.Response)) {
	c.ControlKey(int16(key), func(req kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		resp := req.ResponseKind()
		fill(req, resp)
		return resp, nil, true
	})
}

// A right that is missing is named, and nothing of the request is written.
func TestRightsThatAreMissing(t *testing.T) {
	t.Parallel()
	for want, refuse := range map[string]func(*cluster){
		`grant WRITE on transactional ids that begin with "fg-cli-"`: func(c *cluster) {
			c.refuse(kmsg.InitProducerID, func(_ kmsg.Request, resp kmsg.Response) {
				resp.(*kmsg.InitProducerIDResponse).ErrorCode = kerr.TransactionalIDAuthorizationFailed.Code
			})
		},
		`write to topic "fg.journal"`: func(c *cluster) {
			// One partition of several refuses: the others must not keep theirs.
			c.ControlKey(int16(kmsg.Produce), func(req kmsg.Request) (kmsg.Response, error, bool) {
				c.KeepControl()
				p := req.(*kmsg.ProduceRequest)
				resp := req.ResponseKind().(*kmsg.ProduceResponse)
				for _, t := range p.Topics {
					out := kmsg.NewProduceResponseTopic()
					out.Topic, out.TopicID = t.Topic, t.TopicID
					for _, tp := range t.Partitions {
						part := kmsg.NewProduceResponseTopicPartition()
						part.Partition, part.ErrorCode = tp.Partition, kerr.TopicAuthorizationFailed.Code
						out.Partitions = append(out.Partitions, part)
					}
					resp.Topics = append(resp.Topics, out)
				}
				return resp, nil, true
			})
		},
	} {
		c := newCluster(t)
		refuse(c)
		_, err := Send(t.Context(), Options{Kafka: c.k}, ack("a", "b", "c"))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "grant WRITE") || Unsure(err) {
			t.Errorf("error %v, want %q", err, want)
		}
		if got := c.journal(t); len(got) > 0 {
			t.Errorf("written all the same: %+v", got)
		}
	}
}

// Where the end of the transaction fails, nobody knows what became of it, and
// that is said.
func TestEndThatFails(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.refuse(kmsg.EndTxn, func(_ kmsg.Request, resp kmsg.Response) {
		resp.(*kmsg.EndTxnResponse).ErrorCode = kerr.InvalidProducerEpoch.Code
	})
	_, err := Send(t.Context(), Options{Kafka: c.k}, ack("a"))
	if !Unsure(err) || !strings.Contains(err.Error(), "feedgauge tail journal") {
		t.Errorf("error %v", err)
	}
}

// An interrupt while the records are on their way leaves no transaction open.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	ctx, cancel := context.WithCancel(t.Context())
	c.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		cancel()
		return nil, nil, false
	})
	_, err := Send(ctx, Options{Kafka: c.k}, ack("a", "b", "c", "d"))
	got := c.journal(t)
	switch {
	case err == nil && len(got) != 4: // all were under way already
		t.Errorf("no error, but %d records", len(got))
	case err != nil && (len(got) > 0 || !errors.Is(err, context.Canceled)):
		t.Errorf("error %v, and %d records", err, len(got))
	}
}
