package kafka

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Topics are removed, made anew with another number of partitions, and grown, and
// each step can be done again.
func TestReplaceTopics(t *testing.T) {
	onBoth(t, func(t *testing.T, brokers []string) {
		cl := dial(t, brokers)
		adm := kadm.NewClient(cl)
		k := pipeline.Kafka{Prefix: unique(t), Partitions: 3, Replication: 1}
		counts := func(want map[string]int32) {
			t.Helper()
			have, err := Counts(t.Context(), adm, k, Journal, State, Alerts, Resize)
			if err != nil || !maps.Equal(have, want) {
				t.Errorf("partitions %v, want %v (%v)", have, want, err)
			}
		}
		twice := func(do func() error) {
			t.Helper()
			for range 2 {
				if err := do(); err != nil {
					t.Fatal(err)
				}
			}
		}
		counts(map[string]int32{})
		if err := EnsureTopics(t.Context(), adm, k); err != nil {
			t.Fatal(err)
		}
		if err := cl.ProduceSync(t.Context(), &kgo.Record{Topic: k.Topic(State), Key: []byte("k"), Value: []byte("v")}).FirstErr(); err != nil {
			t.Fatal(err)
		}
		twice(func() error { return Remove(t.Context(), adm, k, Journal, State) })
		counts(map[string]int32{Alerts: 3})
		k.Partitions = 5
		twice(func() error { return Create(t.Context(), adm, k, Journal, State, Resize) })
		twice(func() error { return Grow(t.Context(), adm, k, Alerts, History, Dead) })
		counts(map[string]int32{Journal: 5, State: 5, Alerts: 5, Resize: 5})
		ends, err := Ends(t.Context(), adm, k.Topic(State))
		for lane, end := range ends {
			if end.High != 0 {
				t.Errorf("the new %v ends at %d", lane, end.High)
			}
		}
		if err != nil || len(ends) != 5 {
			t.Errorf("%d ends, %v", len(ends), err)
		}
		k.Partitions = 2
		if err := Create(t.Context(), adm, k, State); err == nil || !strings.Contains(err.Error(), "has 5 partitions at once, in place of 2") {
			t.Errorf("a topic that is there already: %v", err)
		}
		twice(func() error { return Grow(t.Context(), adm, k, Alerts) })
		twice(func() error { return Remove(t.Context(), adm, k, Resize) })
		counts(map[string]int32{Journal: 5, State: 5, Alerts: 5})
	})
}

// A group that nobody has used has no members; those of one that is used are
// named.
func TestDeserted(t *testing.T) {
	e, adm := start(t)
	if err := Deserted(t.Context(), adm, 0, "fg-watch"); err != nil {
		t.Errorf("a group nobody has used: %v", err)
	}
	if _, err := adm.CreateTopic(t.Context(), 1, 1, nil, "fg.journal"); err != nil {
		t.Fatal(err)
	}
	joined := make(chan struct{})
	dial(t, e.Brokers(), kgo.ConsumerGroup("fg-watch"), kgo.ConsumeTopics("fg.journal"), kgo.InstanceID("one-0"),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, _ map[string][]int32) { close(joined) }))
	select {
	case <-joined:
	case <-time.After(time.Minute):
		t.Fatal("the member does not join")
	}
	err := Deserted(t.Context(), adm, time.Millisecond, "fg-intake", "fg-watch")
	if err == nil || err.Error() != `the monitor is running: stop "one-0" (fg-watch) first` {
		t.Errorf("a group with a member: %v", err)
	}
}
