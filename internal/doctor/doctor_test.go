package doctor

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/config"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/kafkatest"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/format"
)

const principal = "User:" + kafkatest.User

const source = `
kafka {
  brokers      = ["localhost:1"]
  partitions   = 2
  prefix       = "fg"
  instance     = "one"
  metadata_age = "1s"
}
source "kafka" "raw" {
  topics = ["web-.*", "syslog"]
  start  = "earliest"
  feed   = ["key"]
  slack  = "5s"
}
class "all" {
  match    = ["*"]
  every    = "1s"
  lateness = "1s"
  rule "any" { when = "window.events > 0" }
}
`

// secured is a pipeline that signs in to a broker which lets it do what the rights
// of the roles allow.
type secured struct {
	broker *kafkatest.Secured
	admin  *kadm.Client
	pipe   *pipeline.Pipeline
	sink   *sink
}

func start(t *testing.T) *secured {
	t.Helper()
	broker := kafkatest.StartSecured(t)
	pipe, ds := config.Parse("pipeline.hcl", []byte(source), config.Plugins{Processors: feedgauge.Processors{Formats: format.All()}})
	if pipe == nil {
		t.Fatal(ds.Err())
	}
	pipe.Kafka.Brokers = []string{broker.Address(kafkatest.ListenerSASL)}
	pipe.Kafka.TLS = &pipeline.TLS{CA: broker.CA.File()}
	pipe.Kafka.SASL = &pipeline.SASL{Mechanism: pipeline.ScramSHA512, Username: kafkatest.User, Password: pipeline.NewSecret(kafkatest.Password)}
	s := &secured{broker: broker, admin: broker.Admin(t), pipe: pipe, sink: &sink{got: make(chan struct{})}}
	pipe.Sinks = append(pipe.Sinks, &pipeline.Sink{Kind: "memory", Name: "memory", Open: func() (feedgauge.Sink, error) { return s.sink, nil }})
	if _, err := s.admin.CreateTopic(t.Context(), 2, 1, nil, "web-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.admin.CreateTopic(t.Context(), 2, 1, nil, "syslog"); err != nil {
		t.Fatal(err)
	}
	k := pipe.Kafka
	if err := kafka.EnsureTopics(t.Context(), s.admin, k); err != nil {
		t.Fatal(err)
	}
	return s
}

// sink notes that something came.
type sink struct {
	once sync.Once
	got  chan struct{}
}

func (s *sink) Write(context.Context, []feedgauge.Alert) error {
	s.once.Do(func() { close(s.got) })
	return nil
}

func (s *sink) Close() error { return nil }

func acl(g kafka.Grant) *kadm.ACLBuilder {
	b := kadm.NewACLs().Operations(g.Op).ResourcePatternType(kadm.ACLPatternLiteral)
	if g.Prefixed {
		b = b.ResourcePatternType(kadm.ACLPatternPrefixed)
	}
	switch g.Kind {
	case kmsg.ACLResourceTypeGroup:
		return b.Groups(g.Name)
	case kmsg.ACLResourceTypeTransactionalId:
		return b.TransactionalIDs(g.Name)
	default:
		return b.Topics(g.Name)
	}
}

func (s *secured) grant(t *testing.T, g kafka.Grant) {
	t.Helper()
	res, err := s.admin.CreateACLs(t.Context(), acl(g).Allow(principal).AllowHosts("*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range res {
		if r.Err != nil {
			t.Fatalf("%v: %v", g, r.Err)
		}
	}
}

func (s *secured) revoke(t *testing.T, g kafka.Grant) {
	t.Helper()
	res, err := s.admin.DeleteACLs(t.Context(), acl(g).Allow(principal).AllowHosts("*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(res) != 1 || res[0].Err != nil || len(res[0].Deleted) != 1 {
		t.Fatalf("%v: %+v", g, res)
	}
}

func monitor() []string { return []string{kafka.RoleIntake, kafka.RoleWatch, kafka.RoleDeliver} }

// findings examines until what is found satisfies ok: the broker takes up a changed
// right a moment after it has answered.
func (s *secured) findings(t *testing.T, ok func([]Check) bool) []Check {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		all, err := Examine(ctx, Options{Pipeline: s.pipe, Roles: monitor(), Client: kafka.Options(s.pipe.Kafka), Within: 10 * time.Second, Now: time.Now})
		bad := slices.DeleteFunc(slices.Clone(all), func(c Check) bool { return c.OK })
		if err == nil && ok(bad) {
			return bad
		}
		if ctx.Err() != nil {
			t.Fatalf("%v, checks %+v", err, bad)
		}
	}
}

// TestRights: with the rights that "feedgauge topics" prints the monitor does its
// work, and the doctor finds nothing; without any one of them, it names that.
func TestRights(t *testing.T) {
	t.Parallel()
	s := start(t)
	grants := kafka.Grants(s.pipe, monitor()...)
	for _, g := range grants {
		s.grant(t, g)
	}
	none := func(bad []Check) bool { return len(bad) == 0 }
	s.findings(t, none)
	s.works(t)
	for _, g := range grants {
		s.revoke(t, g)
		bad := s.findings(t, func(bad []Check) bool { return len(bad) > 0 })
		if slices.ContainsFunc(bad, func(c Check) bool { return c.Do == "" }) {
			t.Errorf("without %v nothing is said to do: %+v", g, bad)
		}
		if !slices.ContainsFunc(bad, func(c Check) bool { return c.About == "rights" && c.Says == "missing: "+g.String() }) {
			t.Errorf("without %v: %+v", g, bad)
		}
		s.grant(t, g)
		s.findings(t, none)
	}
}

// works runs the monitor until a record has become an alert that is delivered.
func (s *secured) works(t *testing.T) {
	t.Helper()
	e, err := engine.New(engine.Options{Pipeline: s.pipe, SessionTimeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	cl, err := kafka.Dial(s.broker.Brokers())
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	if err := cl.ProduceSync(ctx, &kgo.Record{Topic: "web-1", Key: []byte("web"), Value: []byte("x")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.sink.got:
	case err := <-done:
		t.Fatalf("the monitor ended: %v", err)
	case <-ctx.Done():
		t.Fatal("no alert was delivered")
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// What stands against the first connection is one finding, without the secret.
func TestNoConnection(t *testing.T) {
	t.Parallel()
	p := &pipeline.Pipeline{Kafka: pipeline.Kafka{
		Brokers: []string{"127.0.0.1:1"}, Prefix: "fg",
		SASL: &pipeline.SASL{Mechanism: pipeline.Plain, Username: "u", Password: pipeline.NewSecret("hunter2")},
	}}
	checks, err := Examine(t.Context(), Options{Pipeline: p, Client: kafka.Options(p.Kafka), Within: time.Second})
	if err != nil || len(checks) != 2 || checks[0].OK || checks[1].OK {
		t.Fatalf("%v, %+v", err, checks)
	}
	if !strings.Contains(checks[0].Says, "without encryption") || !strings.Contains(checks[1].Says, "connection refused") {
		t.Errorf("%+v", checks)
	}
}
