package produce

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge/internal/kafka"
)

const topic = "raw"

func broker(t *testing.T) (*kafka.Embedded, *kadm.Client) {
	t.Helper()
	e, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	cl, err := kafka.Dial(e.Brokers())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cl.Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e, kadm.NewClient(cl)
}

func text(s string) Input { return Input{Name: "test.log", Reader: strings.NewReader(s)} }

// stored returns the records of the topic, in order within each partition.
func stored(t *testing.T, e *kafka.Embedded, adm *kadm.Client) []*kgo.Record {
	t.Helper()
	ends, err := kafka.Ends(t.Context(), adm, topic)
	if err != nil {
		t.Fatal(err)
	}
	var out []*kgo.Record
	for lane, end := range ends {
		span := kafka.Span{Topic: topic, Partition: lane.Partition, From: end.Start, To: end.Stable}
		err := kafka.ReadPartition(t.Context(), e.Brokers(), span, func(r *kgo.Record) error { out = append(out, r); return nil })
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func named(t *testing.T, feed string) Namer {
	t.Helper()
	n, err := Named(feed)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRun(t *testing.T) {
	t.Parallel()
	e, adm := broker(t)
	began := time.Now().Truncate(time.Millisecond)
	read := 0
	o := Options{
		Brokers: e.Brokers(), Topic: topic, Partitions: 3, Name: named(t, "web-01"), Tenant: "acme",
		Progress: func(n int) { read += n },
	}
	in := "one\r\n\ntwo \x00\xff\tü\n" + "last"
	report, err := Run(t.Context(), o, []Input{text(in), text("next")})
	if err != nil || report.Err() != nil {
		t.Fatal(err, report.Err())
	}
	if report.Sent != 5 || report.Bytes != int64(len("onetwo \x00\xff\tülastnext")) || report.Unnamed != 0 || read != len(in)+4 {
		t.Errorf("report %+v after %d bytes", report, read)
	}
	want := []string{"one", "", "two \x00\xff\tü", "last", "next"}
	for i, r := range stored(t, e, adm) {
		if i >= len(want) || string(r.Value) != want[i] || r.Value == nil {
			t.Errorf("record %d is %q", i, r.Value)
		}
		if string(r.Key) != "web-01" || fmt.Sprintf("%s", r.Headers) != "[{feed web-01} {tenant acme}]" {
			t.Errorf("record %d has key %q, headers %s", i, r.Key, r.Headers)
		}
		if r.Timestamp.Before(began) || r.Timestamp.After(time.Now()) {
			t.Errorf("record %d is stamped %v", i, r.Timestamp)
		}
		if codec := r.Attrs.CompressionType(); codec != 3 && codec != 0 { // lz4, or none where that is shorter
			t.Errorf("record %d is compressed by codec %d", i, codec)
		}
	}
	if topics, err := adm.ListTopics(t.Context(), topic); err != nil || len(topics[topic].Partitions) != 3 {
		t.Errorf("topic %+v, %v", topics[topic], err)
	}
}

func TestRunNamesAndStampsByLine(t *testing.T) {
	t.Parallel()
	e, adm := broker(t)
	n, err := NamedBy("json:host.name")
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Brokers: e.Brokers(), Topic: topic, Partitions: 1, Name: n, ByLine: true}
	report, err := Run(t.Context(), o, []Input{text(`{"host":{"name":"a"},"t":"2020-02-03T04:05:06.789Z"}
{"host":{"name":"b"}}
no name`)})
	if err != nil || report.Sent != 3 || report.Unnamed != 1 || report.Untimed != 2 {
		t.Fatalf("%v: %+v", err, report)
	}
	records := stored(t, e, adm)
	var keys []string
	for _, r := range records {
		keys = append(keys, fmt.Sprintf("%s%s", r.Key, r.Headers))
	}
	if want := []string{"a[{feed a}]", "b[{feed b}]", "[]"}; !slices.Equal(keys, want) {
		t.Errorf("keys and headers %q, want %q", keys, want)
	}
	if got := records[0].Timestamp.UTC().Format(time.RFC3339Nano); got != "2020-02-03T04:05:06.789Z" {
		t.Errorf("stamp %s", got)
	}
	summary := report.Summary(topic)
	for _, want := range []string{"produced 3 records, ", " to raw\n", "1 of the lines name no feed", "2 of the lines have no time"} {
		if !strings.Contains(summary, want) {
			t.Errorf("summary %q lacks %q", summary, want)
		}
	}
}

// Large lines go through if the broker takes them, in their place; one that is
// too large fails alone.
func TestRunLargeLines(t *testing.T) {
	t.Parallel()
	e, adm := broker(t)
	noise := make([]byte, 2<<20)
	for i := range noise {
		noise[i] = 'a' + byte(rand.IntN(26))
		if i%2 == 0 {
			noise[i] = byte(0x80 + rand.IntN(128))
		}
	}
	lines := []string{"before", strings.Repeat("x", 1<<20), "between", string(noise), strings.Repeat("y", 3<<20), strings.Repeat("z", MaxLine+1), "after"}
	o := Options{Brokers: e.Brokers(), Topic: topic, Partitions: 1, Name: named(t, "web")}
	report, err := Run(t.Context(), o, []Input{text(strings.Join(lines, "\n"))})
	if err != nil || report.Sent != 5 || report.Failed != 2 {
		t.Fatalf("%v: %+v", err, report)
	}
	if err := report.Err(); err == nil || err.Error() != "2 of 7 records failed: 2 too large for the topic (MESSAGE_TOO_LARGE, see its max.message.bytes)" {
		t.Errorf("error %v", err)
	}
	var sizes []int
	for _, r := range stored(t, e, adm) {
		sizes = append(sizes, len(r.Value))
	}
	if want := []int{6, 1 << 20, 7, 3 << 20, 5}; !slices.Equal(sizes, want) {
		t.Errorf("sizes %v, want %v", sizes, want)
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	e, adm := broker(t)
	o := Options{Brokers: e.Brokers(), Topic: topic}
	_, err := Run(t.Context(), o, []Input{text("a")})
	if err == nil || !strings.Contains(err.Error(), `topic "raw" of brokers`) || !strings.Contains(err.Error(), "--create-partitions") {
		t.Errorf("no topic: error %v", err)
	}
	if topics, err := adm.ListTopics(t.Context()); err != nil || topics.Has(topic) {
		t.Errorf("the topic was created without being asked for (%v)", err)
	}

	o.Partitions = 1
	broken := errors.New("disk on fire")
	in := Input{Name: "bad.log", Reader: io.MultiReader(strings.NewReader("one\ntwo"), failing{broken})}
	report, err := Run(t.Context(), o, []Input{in, text("never read")})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), `"bad.log"`) || report.Sent != 1 {
		t.Errorf("broken input: error %v, report %+v", err, report)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// An interrupt ends the reading, also where it blocks, and what was sent is
// confirmed.
func TestRunInterrupted(t *testing.T) {
	t.Parallel()
	e, adm := broker(t)
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe() // never closed while Run is at work, as a terminal
	defer w.Close()
	go func() { _, _ = io.WriteString(w, "one\ntwo\nhalf a li") }()
	sent := 0
	o := Options{Brokers: e.Brokers(), Topic: topic, Partitions: 1, Progress: func(int) {
		if sent++; sent == 2 {
			cancel()
		}
	}}
	report, err := Run(ctx, o, []Input{{Name: "-", Reader: r}})
	if err != nil || report.Sent != 2 || report.Failed != 0 {
		t.Errorf("%v: %+v", err, report)
	}
	if n := len(stored(t, e, adm)); n != 2 {
		t.Errorf("%d records arrived, want 2", n)
	}
}

// The clock is that of a bubble: no second passes.
func TestRunGivesUpWithoutConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		o := Options{Brokers: []string{"kafka-1:9092"}, Topic: topic, Client: []kgo.Opt{
			kgo.Dialer(func(context.Context, string, string) (net.Conn, error) { return nil, refused }),
		}}
		began := time.Now()
		_, err := Run(t.Context(), o, []Input{text("a")})
		if err == nil || !strings.Contains(err.Error(), `brokers ["kafka-1:9092"]: no answer within 30s: `) {
			t.Errorf("error %v", err)
		}
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("gave up after %v", took)
		}
	})
}

// A broker that takes nothing is tried for two minutes, whatever the records'
// own times. The clock is that of a bubble.
func TestRunGivesUpWithoutConfirmation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var network kfake.VirtualNetwork
		cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.ListenFn(network.Listen), kfake.SeedTopics(1, topic))
		if err != nil {
			t.Fatal(err)
		}
		defer cluster.Close()
		tries := 0
		cluster.ControlKey(kmsg.Produce.Int16(), func(kmsg.Request) (kmsg.Response, error, bool) {
			cluster.KeepControl()
			tries++
			return nil, errors.New("cut off"), true
		})
		o := Options{
			Brokers: cluster.ListenAddrs(), Topic: topic, ByLine: true,
			Client: []kgo.Opt{kgo.Dialer(network.DialContext)},
		}
		began := time.Now()
		report, err := Run(t.Context(), o, []Input{text("2001-02-03T04:05:06Z one\ntwo")})
		if took := time.Since(began); took < delivery || took > delivery+grace+delivery/10 {
			t.Errorf("gave up after %v", took)
		}
		if report.Sent != 0 || report.Failed != 2 || report.Err() == nil || !strings.Contains(report.Err().Error(), "2 of 2 records failed: 2 not confirmed in time") {
			t.Errorf("%v: %+v", err, report)
		}
		if tries < 10 || tries > 500 {
			t.Errorf("tried %d times: not once, and not in a busy loop", tries)
		}
	})
}

func TestFailures(t *testing.T) {
	t.Parallel()
	s := &sender{failures: make(map[string]int64)}
	for _, err := range []error{
		fmt.Errorf("%w (uncompressed_bytes=1)", kerr.MessageTooLarge), fmt.Errorf("%w (uncompressed_bytes=2)", kerr.MessageTooLarge),
		kerr.InvalidTimestamp, context.Canceled, errors.New("broken"),
	} {
		s.begun++
		s.confirm(&kgo.Record{}, err)
		if s.hopeless() != nil {
			t.Errorf("%v would stop everything", err)
		}
	}
	report := s.done.with(s.failures)
	if report.Failed != 5 || len(report.Failures) != 4 {
		t.Errorf("report %+v", report)
	}
	s.confirm(&kgo.Record{}, kerr.TopicAuthorizationFailed)
	if !errors.Is(s.hopeless(), kerr.TopicAuthorizationFailed) {
		t.Error("a missing right does not stop what cannot succeed")
	}
}

func TestLineReader(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"":               nil,
		"\n":             {""},
		"a":              {"a"},
		"a\n":            {"a"},
		"a\r\nb\n\r\n":   {"a", "b", ""},
		"a\rb\r\r\nc\r":  {"a\rb\r", "c\r"},
		"abcd\n":         {"abcd"},
		"abcd\r\n":       {"abcd"},
		"abcde\nf":       {"LONG", "f"},
		"abcdefghijklmn": {"LONG"},
		"abcde\r\nf":     {"LONG", "f"},
		"abcdefgh\r\nf":  {"LONG", "f"},
	} {
		r := lineReader{newSmallReader(in), 4}
		var got []string
		size := 0
		for {
			l, err := r.next()
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Errorf("%q: %v", in, err)
				}
				break
			}
			size += l.size
			if l.long {
				l.value = []byte("LONG")
			}
			got = append(got, string(l.value))
		}
		if !slices.Equal(got, want) || size != len(in) {
			t.Errorf("%q: lines %q of %d bytes, want %q", in, got, size, want)
		}
	}
}

// Put together again, the lines are the input.
func FuzzLineReader(f *testing.F) {
	f.Add([]byte("a\nb\r\n\n"), 16)
	f.Fuzz(func(t *testing.T, in []byte, limit int) {
		if limit < 1 || limit > 1<<20 {
			return
		}
		r := lineReader{newSmallReader(string(in)), limit}
		var out []byte
		for {
			l, err := r.next()
			if err != nil {
				break
			}
			if len(l.value) > limit || l.value == nil || bytes.Contains(l.value, []byte("\n")) {
				t.Fatalf("line %q with limit %d", l.value, limit)
			}
			start := len(out)
			out = append(out, in[start:start+l.size]...)
			if !l.long && !bytes.HasPrefix(out[start:], l.value) {
				t.Fatalf("line %q is not %q", l.value, out[start:])
			}
		}
		if !bytes.Equal(out, in) {
			t.Errorf("lines cover %q of %q", out, in)
		}
	})
}
