package kafka

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const raw = "raw"

// transaction produces the values in one transaction to partition 1 of raw and
// ends it, which takes one more offset.
func transaction(t *testing.T, cl *kgo.Client, end kgo.TransactionEndTry, values ...string) {
	t.Helper()
	produce(t, cl, values...)
	if err := cl.EndTransaction(context.Background(), end); err != nil {
		t.Fatal(err)
	}
}

func produce(t *testing.T, cl *kgo.Client, values ...string) {
	t.Helper()
	if err := cl.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		r := &kgo.Record{Topic: raw, Partition: 1, Value: []byte(v)}
		if err := cl.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// mixed fills partition 1 of raw: a b | c d aborted | e | f g aborted, each group
// followed by its marker, 11 offsets in all.
func mixed(t *testing.T) (*Embedded, *kadm.Client, *kgo.Client) {
	t.Helper()
	e, adm := start(t)
	if _, err := adm.CreateTopic(t.Context(), 2, 1, nil, raw); err != nil {
		t.Fatal(err)
	}
	cl := dial(t, e.Brokers(), kgo.TransactionalID("test"), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	transaction(t, cl, kgo.TryCommit, "a", "b")
	transaction(t, cl, kgo.TryAbort, "c", "d")
	transaction(t, cl, kgo.TryCommit, "e")
	transaction(t, cl, kgo.TryAbort, "f", "g")
	return e, adm, cl
}

func TestReadPartition(t *testing.T) {
	e, _, _ := mixed(t)
	tests := []struct {
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
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%d-%d", tt.from, tt.to), func(t *testing.T) {
			var got []string
			err := ReadPartition(t.Context(), e.Brokers(), Span{raw, 1, tt.from, tt.to}, func(r *kgo.Record) error {
				got = append(got, fmt.Sprintf("%d%s", r.Offset, r.Value))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("read %q, want %q", s, tt.want)
			}
		})
	}
}

func TestReadPartitionFails(t *testing.T) {
	e, adm, _ := mixed(t)
	full := errors.New("full")
	nothing := func(*kgo.Record) error { return nil }

	calls := 0
	err := ReadPartition(t.Context(), e.Brokers(), Span{raw, 1, 0, 11}, func(*kgo.Record) error { calls++; return full })
	if !errors.Is(err, full) || calls != 1 {
		t.Errorf("error %v after %d calls, want that of the function after one", err, calls)
	}

	done, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ReadPartition(done, e.Brokers(), Span{raw, 1, 0, 11}, nothing); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}

	offsets := kadm.Offsets{}
	offsets.AddOffset(raw, 1, 2, -1)
	if _, err := adm.DeleteRecords(t.Context(), offsets); err != nil {
		t.Fatal(err)
	}
	err = ReadPartition(t.Context(), e.Brokers(), Span{raw, 1, 0, 11}, nothing)
	if err == nil || !strings.Contains(err.Error(), `read "raw" partition 1 from 0 to 11`) {
		t.Errorf("error %v: deleted records were skipped in silence", err)
	}
}

func TestEnds(t *testing.T) {
	_, adm, cl := mixed(t)
	produce(t, cl, "h", "i") // left open

	ends, err := Ends(t.Context(), adm, raw)
	if err != nil {
		t.Fatal(err)
	}
	want := map[feedgauge.Lane]End{
		{Topic: raw, Partition: 0}: {},
		{Topic: raw, Partition: 1}: {Start: 0, High: 13, Stable: 11},
	}
	if len(ends) != len(want) {
		t.Errorf("ends of %d lanes, want %d", len(ends), len(want))
	}
	for lane, end := range want {
		if ends[lane] != end {
			t.Errorf("%v: %+v, want %+v", lane, ends[lane], end)
		}
	}
}

// TestEndsSeesNewLanes: a lane that the list leaves out would not hold the
// watermark.
func TestEndsSeesNewLanes(t *testing.T) {
	_, adm, _ := mixed(t)
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
	_, adm, _ := mixed(t)
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
}

func TestEndsNeverShowsStableAboveHigh(t *testing.T) {
	listed := func(offset int64) kadm.ListedOffsets {
		return kadm.ListedOffsets{raw: {0: {Topic: raw, Offset: offset}}}
	}
	end, err := joinEnds(listed(5)[raw][0], listed(9), listed(1))
	if want := (End{Start: 1, High: 5, Stable: 5}); err != nil || end != want {
		t.Errorf("%+v, %v, want %+v", end, err, want)
	}
	if _, err := joinEnds(listed(5)[raw][0], nil, listed(1)); !errors.Is(err, errNoAnswer) {
		t.Errorf("error %v for a lane without stable offset", err)
	}
}
