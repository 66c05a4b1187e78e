package kafka

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// transaction produces the values in one transaction to partition 1 of topic and
// ends it, which takes one more offset.
func transaction(t *testing.T, cl *kgo.Client, topic string, end kgo.TransactionEndTry, values ...string) {
	t.Helper()
	produce(t, cl, topic, values...)
	if err := cl.EndTransaction(context.Background(), end); err != nil {
		t.Fatal(err)
	}
}

func produce(t *testing.T, cl *kgo.Client, topic string, values ...string) {
	t.Helper()
	if err := cl.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		r := &kgo.Record{Topic: topic, Partition: 1, Value: []byte(v)}
		if err := cl.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// mixed fills partition 1 of raw: a b | c d aborted | e | f g aborted, each group
// followed by its marker, 11 offsets in all.
func mixed(t *testing.T, brokers []string) (raw string, adm *kadm.Client, cl *kgo.Client) {
	t.Helper()
	raw = unique(t)
	cl = dial(t, brokers, kgo.TransactionalID(raw), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	adm = kadm.NewClient(cl)
	if _, err := adm.CreateTopic(t.Context(), 2, 1, nil, raw); err != nil {
		t.Fatal(err)
	}
	transaction(t, cl, raw, kgo.TryCommit, "a", "b")
	transaction(t, cl, raw, kgo.TryAbort, "c", "d")
	transaction(t, cl, raw, kgo.TryCommit, "e")
	transaction(t, cl, raw, kgo.TryAbort, "f", "g")
	return raw, adm, cl
}

func TestReadPartition(t *testing.T) {
	onBoth(t, func(t *testing.T, brokers []string) {
		raw, _, _ := mixed(t, brokers)
		for _, tt := range []struct {
			from, to int64
			want     string
		}{
			{0, 11, "0a 1b 6e"}, // ends in an aborted transaction's marker
			{0, 8, "0a 1b 6e"},  // ends in a commit marker
			{0, 7, "0a 1b 6e"},
			{0, 6, "0a 1b"}, // ends in an abort marker
			{0, 5, "0a 1b"}, // ends within aborted records: the next offset seen is behind
			{1, 2, "1b"},
			{2, 3, ""},
			{4, 4, ""},
			{9, 3, ""},
		} {
			var got []string
			err := ReadPartition(t.Context(), brokers, Span{raw, 1, tt.from, tt.to}, func(r *kgo.Record) error {
				got = append(got, fmt.Sprintf("%d%s", r.Offset, r.Value))
				return nil
			})
			if s := strings.Join(got, " "); err != nil || s != tt.want {
				t.Errorf("%d to %d: read %q (%v), want %q", tt.from, tt.to, s, err, tt.want)
			}
		}
	})
}

func TestReadPartitionFails(t *testing.T) {
	onBoth(t, func(t *testing.T, brokers []string) {
		raw, adm, _ := mixed(t, brokers)
		span := Span{raw, 1, 0, 11}
		nothing := func(*kgo.Record) error { return nil }

		full, calls := errors.New("full"), 0
		err := ReadPartition(t.Context(), brokers, span, func(*kgo.Record) error { calls++; return full })
		if !errors.Is(err, full) || calls != 1 {
			t.Errorf("error %v after %d calls, want that of the function after one", err, calls)
		}

		done, cancel := context.WithCancel(t.Context())
		cancel()
		if err := ReadPartition(done, brokers, span, nothing); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want that of the context", err)
		}

		deleted := kadm.Offsets{}
		deleted.AddOffset(raw, 1, 2, -1)
		if _, err := adm.DeleteRecords(t.Context(), deleted); err != nil {
			t.Fatal(err)
		}
		err = ReadPartition(t.Context(), brokers, span, nothing)
		if !errors.Is(err, kerr.OffsetOutOfRange) || !strings.Contains(err.Error(), "partition 1 from 0 to 11") {
			t.Errorf("error %v: deleted records were skipped in silence", err)
		}
	})
}

func TestEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, brokers []string) {
		raw, adm, cl := mixed(t, brokers)
		produce(t, cl, raw, "h", "i") // left open
		ends, err := Ends(t.Context(), adm, raw)
		want := map[feedgauge.Lane]End{
			{Topic: raw, Partition: 0}: {},
			{Topic: raw, Partition: 1}: {Start: 0, High: 13, Stable: 11},
		}
		if err != nil || !maps.Equal(ends, want) {
			t.Errorf("ends %v (%v), want %v", ends, err, want)
		}
	})
}

// TestEndsSeesNewLanes: a lane that the list leaves out would not hold the
// watermark.
func TestEndsSeesNewLanes(t *testing.T) {
	e, _ := start(t)
	raw, adm, _ := mixed(t, e.Brokers())
	if _, err := Ends(t.Context(), adm, raw); err != nil {
		t.Fatal(err)
	}
	if _, err := adm.UpdatePartitions(t.Context(), 5, raw); err != nil {
		t.Fatal(err)
	}
	ends, err := Ends(t.Context(), adm, raw)
	if err != nil || len(ends) != 5 {
		t.Errorf("%d lanes (%v), want 5", len(ends), err)
	}
}

func TestEndsNamesTheSilent(t *testing.T) {
	onBoth(t, func(t *testing.T, brokers []string) {
		raw, adm, _ := mixed(t, brokers)
		ends, err := Ends(t.Context(), adm, raw, "absent")
		if err == nil || !strings.Contains(err.Error(), `"absent"`) {
			t.Errorf("error %v does not name the topic without an answer", err)
		}
		if len(ends) != 2 {
			t.Errorf("%d lanes answered, want the 2 of the other topic", len(ends))
		}
		if ends, err := Ends(t.Context(), adm); len(ends) != 0 || err != nil {
			t.Errorf("no topics: %v, %v", ends, err)
		}
	})
}

func TestEndsNeverShowsStableAboveHigh(t *testing.T) {
	listed := func(offset int64) kadm.ListedOffsets {
		return kadm.ListedOffsets{"raw": {0: {Topic: "raw", Offset: offset}}}
	}
	end, err := joinEnds(listed(5)["raw"][0], listed(9), listed(1))
	if want := (End{Start: 1, High: 5, Stable: 5}); err != nil || end != want {
		t.Errorf("%+v, %v, want %+v", end, err, want)
	}
	if _, err := joinEnds(listed(5)["raw"][0], nil, listed(1)); !errors.Is(err, errNoAnswer) {
		t.Errorf("error %v for a lane without stable offset", err)
	}
}
