package kafka

import (
	"context"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge/internal/kafkatest"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func TestMain(m *testing.M) { kafkatest.Main(m) }

// onBoth runs a test on the embedded broker and on a real one, since the first
// is to stand in for the second.
func onBoth(t *testing.T, test func(t *testing.T, brokers []string)) {
	t.Run("embedded", func(t *testing.T) {
		e, _ := start(t)
		test(t, e.Brokers())
	})
	t.Run("real", func(t *testing.T) { test(t, kafkatest.Shared(t).Brokers()) })
}

// unique is a name for topics, groups and ids that no other test uses.
func unique(t *testing.T) string { return strings.ReplaceAll(t.Name(), "/", "-") }

// start runs an embedded broker in memory and an admin client on it.
func start(t *testing.T) (*Embedded, *kadm.Client) {
	t.Helper()
	e, err := StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e, kadm.NewClient(dial(t, e.Brokers()))
}

func dial(t *testing.T, brokers []string, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	cl, err := Dial(brokers, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	return cl
}

func TestEnsureTopicsCreates(t *testing.T) {
	onBoth(t, ensureCreates)
}

func ensureCreates(t *testing.T, brokers []string) {
	adm := kadm.NewClient(dial(t, brokers))
	k := pipeline.Kafka{Prefix: unique(t), Partitions: 5, Replication: 1}
	for _, round := range []string{"first", "second"} {
		if err := EnsureTopics(t.Context(), adm, k); err != nil {
			t.Fatalf("%s call: %v", round, err)
		}
	}
	want := map[string]map[string]string{
		"journal": {"cleanup.policy": "delete", "retention.ms": "604800000"},
		"state":   {"cleanup.policy": "compact", "retention.ms": "-1", "segment.bytes": "67108864", "segment.ms": "3600000"},
		"alerts":  {"cleanup.policy": "delete", "retention.ms": "2592000000"},
		"history": {"cleanup.policy": "delete", "retention.ms": "34560000000"},
		"dead":    {"cleanup.policy": "delete", "retention.ms": "604800000"},
	}
	for name, configs := range want {
		name = k.Topic(name)
		configs["message.timestamp.type"] = "LogAppendTime"
		described, err := adm.DescribeTopicConfigs(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		for key, v := range configs {
			if got := value(described[0], key); got != v {
				t.Errorf("%s: %s=%s, want %s", name, key, got, v)
			}
		}
		details, err := adm.ListTopics(t.Context(), name)
		if err != nil || len(details[name].Partitions) != 5 {
			t.Errorf("%s: %d partitions (%v), want 5", name, len(details[name].Partitions), err)
		}
	}
}

func TestEnsureTopicsRefuses(t *testing.T) {
	lat := map[string]string{timestampType: logAppendTime}
	compacted := map[string]string{timestampType: logAppendTime, cleanupPolicy: "compact"}
	tests := []struct {
		name, topic string
		partitions  int32
		configs     map[string]string
		want        string
	}{
		{"partition count", "fg.journal", 3, lat, `topic "fg.journal" has 3 partitions, but 2 are configured`},
		{"state deleted", "fg.state", 2, lat, `topic "fg.state" has cleanup.policy=delete, but needs compact`},
		{"state compacted and deleted", "fg.state", 2, map[string]string{timestampType: logAppendTime, cleanupPolicy: "compact,delete"}, `topic "fg.state" has cleanup.policy=compact,delete`},
		{"stamped by producers", "fg.alerts", 2, nil, `topic "fg.alerts" has message.timestamp.type=CreateTime, but needs LogAppendTime`},
		{"all in order", "fg.state", 2, compacted, ""},
		{"too few alerts", "fg.alerts", 1, lat, `topic "fg.alerts" has 1 partitions, but 2 are configured: run kafka-topics --alter`},
		{"more alerts", "fg.alerts", 3, lat, ""},
		{"more history", "fg.history", 3, lat, ""},
		{"half a resize", "fg.state.resize", 2, compacted, `topic "fg.state.resize" is left of a change`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, adm := start(t)
			configs := make(map[string]*string)
			for key, v := range tt.configs {
				configs[key] = kadm.StringPtr(v)
			}
			if _, err := adm.CreateTopic(t.Context(), tt.partitions, 1, configs, tt.topic); err != nil {
				t.Fatal(err)
			}
			err := EnsureTopics(t.Context(), adm, pipeline.Kafka{Prefix: "fg", Partitions: 2, Replication: 1})
			switch {
			case tt.want == "" && err != nil:
				t.Fatal(err)
			case tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)):
				t.Fatalf("error %v, want %q", err, tt.want)
			}
			if tt.want != "" && strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one complaint: %v", err)
			}
		})
	}
}

func TestEnsureTopicsNeedsBrokers(t *testing.T) {
	_, adm := start(t)
	err := EnsureTopics(t.Context(), adm, pipeline.Kafka{Prefix: "fg", Partitions: 2, Replication: 3})
	if err == nil || !strings.Contains(err.Error(), `cannot create topic "fg.dead" with replication factor 3`) {
		t.Errorf("error %v does not name topic and replication factor", err)
	}
}

func TestEnsureTopicsEndsWithItsContext(t *testing.T) {
	_, adm := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := EnsureTopics(ctx, adm, pipeline.Kafka{Prefix: "fg", Partitions: 2, Replication: 1}); err == nil {
		t.Error("no error from a context that is done")
	}
}
