package kafka

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafkatest"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func TestCommitted(t *testing.T) {
	onBoth(t, func(t *testing.T, brokers []string) {
		cl := dial(t, brokers)
		adm, name := kadm.NewClient(cl), unique(t)
		if _, err := adm.CreateTopic(t.Context(), 3, 1, nil, name); err != nil {
			t.Fatal(err)
		}
		lane := func(p int32) feedgauge.Lane { return feedgauge.Lane{Topic: name, Partition: p} }
		if got, err := Committed(t.Context(), cl, name, lane(0), lane(1)); err != nil || len(got) != 0 {
			t.Errorf("a group that never was has %v (%v)", got, err)
		}
		offsets := kadm.Offsets{}
		offsets.Add(kadm.Offset{Topic: name, Partition: 0, At: 0, LeaderEpoch: -1})
		offsets.Add(kadm.Offset{Topic: name, Partition: 1, At: 7, LeaderEpoch: -1, Metadata: "seven"})
		if err := adm.CommitAllOffsets(t.Context(), name, offsets); err != nil {
			t.Fatal(err)
		}
		got, err := Committed(t.Context(), cl, name, lane(0), lane(1), lane(2))
		want := map[feedgauge.Lane]Commit{lane(0): {}, lane(1): {Offset: 7, Metadata: "seven"}}
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("committed %v (%v), want %v", got, err, want)
		}
		if got, err := Committed(t.Context(), cl, name); err != nil || len(got) != 0 {
			t.Errorf("no lanes asked for, but got %v (%v)", got, err)
		}
	})
}

// TestCommittedWaits: an offset in an open transaction is neither there nor
// absent, so there is no answer until the transaction ends. The embedded broker
// does not know this state.
func TestCommittedWaits(t *testing.T) {
	topic := unique(t)
	cl := dial(t, kafkatest.Shared(t).Brokers(), kgo.TransactionalID(topic))
	if _, err := kadm.NewClient(cl).CreateTopic(t.Context(), 1, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	pending(t, cl, topic)
	lane := feedgauge.Lane{Topic: topic}
	short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if got, err := Committed(short, cl, topic, lane); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an open transaction's offset is %v (%v), want no answer", got, err)
	}
	if err := cl.EndTransaction(context.Background(), kgo.TryCommit); err != nil {
		t.Fatal(err)
	}
	if got, err := Committed(t.Context(), cl, topic, lane); err != nil || got[lane].Offset != 5 {
		t.Errorf("committed %v (%v), want 5", got, err)
	}
}

// pending leaves offset 5 of partition 0 in a transaction that is open, for a
// group named like the topic.
func pending(t *testing.T, cl *kgo.Client, topic string) {
	t.Helper()
	if err := cl.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	if err := cl.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Value: []byte("x")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	id, epoch, err := cl.ProducerID(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := commitInTransaction(t.Context(), cl, topic, id, epoch); err != nil {
		t.Fatal(err)
	}
}

func commitInTransaction(ctx context.Context, cl *kgo.Client, name string, id int64, epoch int16) error {
	add := kmsg.NewAddOffsetsToTxnRequest()
	add.TransactionalID, add.Group, add.ProducerID, add.ProducerEpoch = name, name, id, epoch
	added, err := add.RequestWith(ctx, cl)
	if err != nil {
		return err
	}
	p := kmsg.NewTxnOffsetCommitRequestTopicPartition()
	p.Offset = 5
	topic := kmsg.NewTxnOffsetCommitRequestTopic()
	topic.Topic = name
	details, err := kadm.NewClient(cl).ListTopics(ctx, name)
	if err != nil {
		return err
	}
	topic.TopicID = details[name].ID
	topic.Partitions = append(topic.Partitions, p)
	req := kmsg.NewTxnOffsetCommitRequest()
	req.TransactionalID, req.Group, req.ProducerID, req.ProducerEpoch = name, name, id, epoch
	req.Topics = append(req.Topics, topic)
	resp, err := req.RequestWith(ctx, cl)
	if err != nil {
		return err
	}
	return errors.Join(kerr.ErrorForCode(added.ErrorCode), kerr.ErrorForCode(resp.Topics[0].Partitions[0].ErrorCode))
}
