package tail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
)

const topic = "fg.alerts"

// broker runs an embedded broker with the topic, of two partitions.
func broker(t *testing.T) *kafka.Embedded {
	t.Helper()
	e, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := kadm.NewClient(dial(t, e)).CreateTopic(t.Context(), 2, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	return e
}

func dial(t *testing.T, e *kafka.Embedded, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	cl, err := kafka.Dial(e.Brokers(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	return cl
}

// writer is a transactional producer.
type writer struct {
	t  *testing.T
	cl *kgo.Client
}

func transactional(t *testing.T, e *kafka.Embedded, id string) writer {
	return writer{t, dial(t, e, kgo.TransactionalID(id), kgo.RecordPartitioner(kgo.ManualPartitioner()))}
}

// begin begins a transaction and writes the values in it.
func (w writer) begin(partition int32, values ...string) {
	w.t.Helper()
	if err := w.cl.BeginTransaction(); err != nil {
		w.t.Fatal(err)
	}
	w.write(partition, values...)
}

func (w writer) write(partition int32, values ...string) {
	w.t.Helper()
	for i, v := range values {
		r := &kgo.Record{Topic: topic, Partition: partition, Value: []byte(v), Timestamp: time.UnixMilli(int64(1000 * (i + 1)))}
		if err := w.cl.ProduceSync(w.t.Context(), r).FirstErr(); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w writer) end(how kgo.TransactionEndTry) {
	w.t.Helper()
	if err := w.cl.EndTransaction(context.WithoutCancel(w.t.Context()), how); err != nil {
		w.t.Fatal(err)
	}
}

// read reads with the options and returns the values as partition:value, sorted.
func read(t *testing.T, e *kafka.Embedded, o Options) []string {
	t.Helper()
	o.Brokers, o.Topic, o.UntilEnd = e.Brokers(), topic, true
	var got []string
	err := Read(t.Context(), o, func(records []*kgo.Record) error {
		got = append(got, values(records)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	return got
}

func values(records []*kgo.Record) []string {
	var out []string
	for _, r := range records {
		out = append(out, fmt.Sprintf("%d:%s", r.Partition, r.Value))
	}
	return out
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// never is an Idle that no test reaches: what ends does so without a probe.
const never = time.Hour

func TestReadUntilEnd(t *testing.T) {
	t.Parallel()
	e := broker(t)
	w := transactional(t, e, "w")
	w.begin(0, "a", "b")
	w.end(kgo.TryCommit) // partition 0 ends in a commit marker
	w.begin(1, "c")
	w.end(kgo.TryCommit)
	w.begin(1, "d", "e")
	w.end(kgo.TryAbort) // partition 1 ends in aborted records and their marker

	equal(t, "all", read(t, e, Options{Partition: AllPartitions, Idle: never}), []string{"0:a", "0:b", "1:c"})
	equal(t, "partition 1", read(t, e, Options{Partition: 1, Idle: never}), []string{"1:c"})
	equal(t, "from a time", read(t, e, Options{Partition: 0, From: Since(1500), Idle: never}), []string{"0:b"})
	equal(t, "from the end", read(t, e, Options{Partition: AllPartitions, From: End(), Idle: never}), nil)
}

// Aborted records can be the last before the stable offset, with their marker
// behind it: nothing tells a plain consumer that it is past them.
func TestReadUntilEndPassesAbortedRecordsWithoutTheirMarker(t *testing.T) {
	t.Parallel()
	e := broker(t)
	one, two := transactional(t, e, "one"), transactional(t, e, "two")
	one.begin(0, "a")
	one.end(kgo.TryCommit) // 0, marker 1
	one.begin(0, "b", "c") // 2, 3
	two.begin(0, "d")      // 4, left open: the stable offset
	one.end(kgo.TryAbort)  // marker 5
	equal(t, "values", read(t, e, Options{Partition: AllPartitions, Idle: 10 * time.Millisecond}), []string{"0:a"})
}

func TestReadUntilEndMeansTheEndAtStart(t *testing.T) {
	t.Parallel()
	e := broker(t)
	w := transactional(t, e, "w")
	w.begin(0, "a")
	w.end(kgo.TryCommit)
	w.begin(1, "b")
	w.end(kgo.TryCommit)
	var got []string
	o := Options{Brokers: e.Brokers(), Topic: topic, Partition: AllPartitions, UntilEnd: true, Idle: never}
	err := Read(t.Context(), o, func(records []*kgo.Record) error {
		got = append(got, values(records)...)
		w.begin(0, "late")
		w.write(1, "late")
		w.end(kgo.TryCommit)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	equal(t, "values", got, []string{"0:a", "1:b"})
}

func TestReadSkipsWhatRetentionTook(t *testing.T) {
	t.Parallel()
	e := broker(t)
	w := transactional(t, e, "w")
	w.begin(0, "a", "b", "c")
	w.end(kgo.TryCommit)
	offsets := kadm.Offsets{}
	offsets.AddOffset(topic, 0, 2, -1)
	if _, err := kadm.NewClient(dial(t, e)).DeleteRecords(t.Context(), offsets); err != nil {
		t.Fatal(err)
	}
	equal(t, "values", read(t, e, Options{Partition: AllPartitions, From: Since(1), Idle: never}), []string{"0:c"})
}

func TestReadFollows(t *testing.T) {
	t.Parallel()
	e := broker(t)
	w := transactional(t, e, "w")
	w.begin(0, "old")
	w.end(kgo.TryCommit)
	w.begin(0, "open") // when the reading begins

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := make(chan string)
	done := make(chan error, 1)
	began := &notice{dialed: make(chan struct{}, 16)}
	go func() {
		o := Options{Brokers: e.Brokers(), Topic: topic, Partition: AllPartitions, From: End(), Client: []kgo.Opt{kgo.WithHooks(began)}}
		done <- Read(ctx, o, func(records []*kgo.Record) error {
			for _, v := range values(records) {
				seen <- v
			}
			return nil
		})
	}()
	<-began.dialed // the first fetch: the end has been found out
	w.end(kgo.TryCommit)
	w.begin(1, "new")
	w.end(kgo.TryCommit)
	got := []string{<-seen, <-seen}
	slices.Sort(got)
	equal(t, "values", got, []string{"0:open", "1:new"})
	cancel()
	if err := <-done; err != nil {
		t.Errorf("error %v from watching until it was ended", err)
	}
}

// notice tells of the first fetch.
type notice struct{ dialed chan struct{} }

// OnBrokerWrite implements kgo.HookBrokerWrite.
func (n *notice) OnBrokerWrite(_ kgo.BrokerMetadata, key int16, _ int, _, _ time.Duration, _ error) {
	const fetch = 1
	if key == fetch {
		select {
		case n.dialed <- struct{}{}:
		default:
		}
	}
}

func TestReadFails(t *testing.T) {
	t.Parallel()
	e := broker(t)
	w := transactional(t, e, "w")
	w.begin(0, "a")
	w.end(kgo.TryCommit)
	full := errors.New("disk full")
	fail := func([]*kgo.Record) error { return full }
	for name, tt := range map[string]struct {
		o    Options
		want string
	}{
		"no topic":     {Options{Topic: "fg.absent"}, `there is no topic "fg.absent" on brokers ["127.0.0.1:`},
		"no partition": {Options{Topic: topic, Partition: 2}, "there is no partition 2, only 0 to 1"},
		"output":       {Options{Topic: topic}, ": disk full"},
	} {
		tt.o.Brokers, tt.o.UntilEnd = e.Brokers(), true
		if err := Read(t.Context(), tt.o, fail); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", name, err, tt.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := Read(ctx, Options{Brokers: e.Brokers(), Topic: topic, UntilEnd: true}, fail)
	if err == nil || err.Error() != `interrupted before the end of topic "fg.alerts": context canceled` {
		t.Errorf("interrupted: error %v", err)
	}
}

// The clock is that of a bubble: no second passes.
func TestReadGivesUpWithoutConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		dials := 0
		o := Options{Brokers: []string{"kafka-1:9092"}, Topic: topic, UntilEnd: true, Client: []kgo.Opt{
			kgo.Dialer(func(context.Context, string, string) (net.Conn, error) { dials++; return nil, refused }),
		}}
		began := time.Now()
		err := Read(t.Context(), o, func([]*kgo.Record) error { return nil })
		took := time.Since(began)
		if err == nil || !strings.Contains(err.Error(), `read topic "fg.alerts" of brokers ["kafka-1:9092"]: no answer within 30s: `) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %q", err)
		}
		if took != 30*time.Second {
			t.Errorf("gave up after %v, want about 30s", took)
		}
		if dials < 5 || dials > 60 {
			t.Errorf("dialed %d times: not at once, and not in a busy loop", dials)
		}
	})
}

func TestParseFrom(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	at := func(s string) From {
		parsed, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return Since(feedgauge.InstantOf(parsed))
	}
	for in, want := range map[string]From{
		"start": Start(), "end": End(),
		"2026-11-25T07:00:00+01:00": at("2026-11-25T06:00:00Z"), "2026-11-25T07:00:00.5Z": at("2026-11-25T07:00:00.5Z"),
		"-2h": at("2026-11-25T10:00:00Z"), "-90s": at("2026-11-25T11:58:30Z"), "-7d": at("2026-11-18T12:00:00Z"), "-0s": at("2026-11-25T12:00:00Z"),
	} {
		if got, err := ParseFrom(in, now); err != nil || got != want {
			t.Errorf("ParseFrom(%q) = %+v, %v; want %+v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "yesterday", "2h", "-", "--2h", "-2", "-1.5d", "-999999999d", "2026-11-25", "2026-11-25T07:00:00"} {
		if got, err := ParseFrom(in, now); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", in)) {
			t.Errorf("ParseFrom(%q) = %+v, %v; want an error that names it", in, got, err)
		}
	}
}
