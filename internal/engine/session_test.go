package engine

import (
	"errors"
	"maps"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge"
)

func lane(topic string, p int32) feedgauge.Lane { return feedgauge.Lane{Topic: topic, Partition: p} }

// request is a commit of one lane that has moved, by a member of the group.
func request(l feedgauge.Lane, offset int64) *kmsg.TxnOffsetCommitRequest {
	p := kmsg.NewTxnOffsetCommitRequestTopicPartition()
	p.Partition, p.Offset = l.Partition, offset
	t := kmsg.NewTxnOffsetCommitRequestTopic()
	t.Topic, t.Partitions = l.Topic, append(t.Partitions, p)
	req := kmsg.NewPtrTxnOffsetCommitRequest()
	req.MemberID, req.Generation, req.Topics = "member", 3, append(req.Topics, t)
	return req
}

// A transaction is refused unless its lanes are those owned, each where the
// client stands: the broker would take it in all of these cases.
func TestFits(t *testing.T) {
	t.Parallel()
	a, b := lane("raw", 0), lane("raw", 1)
	for name, spoil := range map[string]func(req *kmsg.TxnOffsetCommitRequest, committed map[feedgauge.Lane]int64){
		"no member id":    func(req *kmsg.TxnOffsetCommitRequest, _ map[feedgauge.Lane]int64) { req.MemberID = "" },
		"no generation":   func(req *kmsg.TxnOffsetCommitRequest, _ map[feedgauge.Lane]int64) { req.Generation = -1 },
		"a lane has gone": func(_ *kmsg.TxnOffsetCommitRequest, committed map[feedgauge.Lane]int64) { delete(committed, b) },
		"a lane has come": func(_ *kmsg.TxnOffsetCommitRequest, committed map[feedgauge.Lane]int64) {
			committed[lane("raw", 2)] = 0
		},
		"another has come": func(_ *kmsg.TxnOffsetCommitRequest, committed map[feedgauge.Lane]int64) {
			delete(committed, b)
			committed[lane("raw", 2)] = 20
		},
		"moved elsewhere": func(req *kmsg.TxnOffsetCommitRequest, _ map[feedgauge.Lane]int64) {
			req.Topics[0].Partitions[0].Offset = 11
		},
		"not moved but claimed": func(req *kmsg.TxnOffsetCommitRequest, _ map[feedgauge.Lane]int64) { req.Topics = nil },
		"committed elsewhere":   func(_ *kmsg.TxnOffsetCommitRequest, committed map[feedgauge.Lane]int64) { committed[b] = 25 },
	} {
		req, committed := request(a, 10), map[feedgauge.Lane]int64{a: 7, b: 20}
		claims := map[feedgauge.Lane]claim{a: {offset: 10}, b: {offset: 20}}
		if err := fits(req, committed, claims); err != nil {
			t.Fatalf("refused what fits: %v", err)
		}
		spoil(req, committed)
		if err := fits(req, committed, claims); !errors.Is(err, errNotOurs) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A commit carries every lane with its metadata, those that have not moved too:
// a member that holds quiet lanes only would be fenced by nothing otherwise.
func TestCompleteCarriesEveryLane(t *testing.T) {
	t.Parallel()
	claims := map[feedgauge.Lane]claim{
		lane("raw", 0): {10, "m0"}, lane("raw", 1): {20, "m1"}, lane("web", 0): {30, "m2"}, lane("web", 4): {40, ""},
	}
	req := request(lane("raw", 0), 10)
	complete(req, claims)
	got := make(map[feedgauge.Lane]claim)
	for _, topic := range req.Topics {
		for _, p := range topic.Partitions {
			got[lane(topic.Topic, p.Partition)] = claim{p.Offset, *p.Metadata}
		}
	}
	if len(req.Topics) != 2 || !maps.Equal(got, claims) {
		t.Errorf("the request carries %v, want %v", got, claims)
	}
}

// What the hook says of a lane stays until the client shows the lane, and the
// newest word counts.
func TestArrivals(t *testing.T) {
	t.Parallel()
	var a arrivals[int]
	a.put(lane("raw", 0), 1)
	a.put(lane("raw", 1), 2)
	if got := a.take(map[feedgauge.Lane]int64{lane("raw", 5): 0}); len(got) != 0 {
		t.Errorf("took %v, which is not owned", got)
	}
	a.put(lane("raw", 1), 3)
	if got := a.take(map[feedgauge.Lane]int64{lane("raw", 1): 0}); !maps.Equal(got, map[feedgauge.Lane]int{lane("raw", 1): 3}) {
		t.Errorf("took %v, want the newest of lane 1", got)
	}
	if got := a.take(map[feedgauge.Lane]int64{lane("raw", 0): 0, lane("raw", 1): 0}); !maps.Equal(got, map[feedgauge.Lane]int{lane("raw", 0): 1}) {
		t.Errorf("took %v, want what is left", got)
	}
}
