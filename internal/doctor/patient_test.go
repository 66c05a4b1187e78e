package doctor

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/config"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/kafkatest"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/format"
)

func TestMain(m *testing.M) { kafkatest.Main(m) }

const ill = `
kafka {
  brokers      = ["localhost:1"]
  partitions   = 2
  prefix       = "ill"
  instance     = "one"
  metadata_age = "1s"
}
source "kafka" "raw" {
  topics = ["ill-.*"]
  start  = "earliest"
  feed   = ["key"]
  slack  = "5s"
}
class "web" {
  match    = ["web-*"]
  every    = "1s"
  lateness = "1s"
  rule "any" { when = "window.events > 0" } # what is found is saved at once
}
class "idle" { match = ["nothing-*"] }
feed "web-9" { class = "web" }
`

// patient is a monitor on a real broker that has several things.
type patient struct {
	t     *testing.T
	pipe  *pipeline.Pipeline
	admin *kadm.Client
	cl    *kgo.Client
	// listen is how long to wait for a record to compare clocks by, for the steps
	// that are about them.
	listen time.Duration
}

// TestPatient: what is wrong with a monitor and its cluster is found on a real
// broker, one thing after the other, and nothing else.
func TestPatient(t *testing.T) {
	t.Parallel()
	p := admit(t)
	stop := p.run()
	both := []string{"1 of the classes take no feed: idle", "have never delivered: main/web-9"}
	p.finds(time.Now, append(both, `topic "ill-short" keeps records for 1h only`)...)
	p.listen = time.Minute
	p.finds(time.Now, append(both, `topic "ill-short"`)...)
	p.finds(func() time.Time { return time.Now().Add(time.Hour) }, append(both, `topic "ill-short"`, "behind ours")...)
	p.finds(func() time.Time { return time.Now().Add(-time.Hour) }, append(both, `topic "ill-short"`, "ahead of ours")...)
	p.listen = 0
	p.set("ill-short", "retention.ms", "-1")
	p.set("ill.journal", "retention.ms", "3600000")
	p.finds(time.Now, append(both, `topic "ill.journal" keeps records for 1h only`)...)
	p.set("ill.journal", "retention.ms", "604800000")
	p.set("ill.state", "max.compaction.lag.ms", "1000")
	p.finds(time.Now, append(both, "max.compaction.lag.ms=1000")...)
	p.set("ill.state", "max.compaction.lag.ms", "9223372036854775807")
	p.set("ill.alerts", "min.insync.replicas", "2")
	p.finds(time.Now, append(both, "fewer replicas are in sync of partition 0, 1")...)
	p.set("ill.alerts", "min.insync.replicas", "1")
	p.finds(time.Now, both...)
	stop()
	p.forget("ill-watch")
	p.finds(time.Now, append(both, "a restore of partition 0 wants the journal", "a restore of partition 1 wants the journal")...)
	p.pipe.Kafka.Partitions = 4
	p.finds(time.Now, append(both, `topic "ill.journal" has 2 partitions`, `"ill.state" has 2`, `"ill.alerts" has 2`, `"ill.history" has 2`, `"ill.dead" has 2`,
		"the state of partition 0 was written for 2 partitions, and 4 are configured", "the state of partition 1 was written for 2")...)
	p.pipe.Kafka.Replication = 3
	p.finds(time.Now, append(both, "replication = 3 is more than there are brokers", `"ill.journal" has 2 partitions`, `"ill.state" has 2`, `"ill.alerts" has 2`, `"ill.history" has 2`, `"ill.dead" has 2`,
		"the state of partition 0", "the state of partition 1")...)
}

func admit(t *testing.T) *patient {
	t.Helper()
	broker := kafkatest.Shared(t)
	pipe, ds := config.Parse("pipeline.hcl", []byte(ill), config.Plugins{Processors: feedgauge.Processors{Formats: format.All()}})
	if pipe == nil {
		t.Fatal(ds.Err())
	}
	pipe.Kafka.Brokers = broker.Brokers()
	cl, err := kafka.Dial(broker.Brokers())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	p := &patient{t: t, pipe: pipe, admin: kadm.NewClient(cl), cl: cl}
	for name, configs := range map[string]map[string]*string{
		"ill-well":  {"message.timestamp.type": kadm.StringPtr("LogAppendTime")},
		"ill-short": {"retention.ms": kadm.StringPtr("3600000")},
	} {
		if _, err := p.admin.CreateTopic(t.Context(), 2, 1, configs, name); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// run lets the monitor work, and gives it a record of one feed.
func (p *patient) run() (stop func()) {
	p.t.Helper()
	e, err := engine.New(engine.Options{Pipeline: p.pipe, Only: []string{kafka.RoleIntake, kafka.RoleWatch}, SessionTimeout: 5 * time.Second})
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(p.t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	if err := p.cl.ProduceSync(p.t.Context(), &kgo.Record{Topic: "ill-well", Key: []byte("web-1"), Value: []byte("x")}).FirstErr(); err != nil {
		p.t.Fatal(err)
	}
	return func() {
		cancel()
		if err := <-done; err != nil {
			p.t.Fatal(err)
		}
	}
}

// finds examines until exactly the findings are there whose beginnings, or parts, are
// wanted: what is changed takes a moment to be seen.
func (p *patient) finds(now func() time.Time, want ...string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 2*time.Minute)
	defer cancel()
	for {
		all, err := Examine(ctx, Options{Pipeline: p.pipe, Roles: monitor(), Within: 10 * time.Second, Listen: p.listen, Now: now})
		bad := slices.DeleteFunc(slices.Clone(all), func(c Check) bool { return c.OK })
		if err == nil && fits(bad, want) {
			return
		}
		if ctx.Err() != nil {
			p.t.Fatalf("%v, want %q, found:\n%+v", err, want, bad)
		}
	}
}

func fits(bad []Check, want []string) bool {
	for _, w := range want {
		if !slices.ContainsFunc(bad, func(c Check) bool { return strings.Contains(c.Says, w) && c.Do != "" }) {
			return false
		}
	}
	return len(bad) == len(want)
}

func (p *patient) set(topic, key, value string) {
	p.t.Helper()
	res, err := p.admin.AlterTopicConfigs(p.t.Context(), []kadm.AlterConfig{{Op: kadm.SetConfig, Name: key, Value: &value}}, topic)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, r := range res {
		if r.Err != nil {
			p.t.Fatal(r.Err)
		}
	}
}

// forget deletes all records that a group has read.
func (p *patient) forget(group string) {
	p.t.Helper()
	read, err := p.admin.FetchOffsets(p.t.Context(), group)
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := p.admin.DeleteRecords(p.t.Context(), read.Offsets())
	if err != nil {
		p.t.Fatal(err)
	}
	if err := res.Error(); err != nil {
		p.t.Fatal(err)
	}
}
