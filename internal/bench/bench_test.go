package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafkatest"
)

// Every record has its size and the fields that are demanded, or the benchmark
// would measure how fast bad records are found.
func TestRecordsAreGood(t *testing.T) {
	t.Parallel()
	check, err := child{}.pipeline().Classes[0].NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	r := newRand()
	for i := range 1000 {
		value := appendRecord(nil, r, time.UnixMilli(int64(i)), feedName(i*99))
		if v := check.Check(&feedgauge.Record{Value: value}); v.Reason != "" || len(value) != recordSize {
			t.Fatalf("%q: %d bytes, %+v", value, len(value), v)
		}
	}
}

func TestPicker(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]load{"alike": {feeds: 10}, "zipf": {feeds: 10, zipf: 1.1}} {
		pick, seen := l.picker(), make([]int, 10)
		for range 10_000 {
			seen[pick()]++
		}
		if low, high := seen[9], seen[0]; low < 100 || (high > 2*low) != (l.zipf > 0) {
			t.Errorf("%s: %v", name, seen)
		}
	}
}

func seconds(plain, few, many float64) round {
	of := func(s float64) usage { return usage{cpu: time.Duration(s * float64(time.Second)), rss: 100 << 20} }
	return round{plain: of(plain), few: of(few), many: of(many)}
}

// Ratios are those of a round, not of medians: a machine that was slow for one
// round changes nothing.
func TestSummary(t *testing.T) {
	t.Parallel()
	o := options{records: 2_000_000, rounds: 3, feeds: 1000}
	s := summarize(o, []round{seconds(1, 2, 2), seconds(6, 10, 12), seconds(1, 1.25, 2)}, 0)
	if s.share != 0.6 || s.growth != 1.2 {
		t.Errorf("share %v, growth %v", s.share, s.growth)
	}
	if err := s.verdict(); err != nil {
		t.Errorf("verdict: %v", err)
	}
	var out bytes.Buffer
	if err := s.print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"intake reaches 60% of plain consumption (target 50%)\n", "costs 1.20 times one of 1000 feeds",
		"intake of 1000 feeds                1.00    100 MiB", "allocates 0 times",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]summary{
		"intake is too slow":       {share: 0.49, growth: 1.5},
		"many feeds cost too much": {share: 0.5, growth: 1.51},
		"allocates":                {share: 0.5, growth: 1.5, allocs: 0.001},
	} {
		if err := s.verdict(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("verdict %v, want %q", err, want)
		}
	}
	if err := (summary{share: 0.5, growth: 1.5}).verdict(); err != nil {
		t.Errorf("targets met, but %v", err)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	if n, err := allocsPerRecord(); n != 0 || err != nil {
		t.Errorf("%v allocations per record (%v)", n, err)
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	if err := run(options{records: 1, rounds: 0, feeds: 1}); err == nil || !strings.Contains(err.Error(), "-rounds") {
		t.Errorf("error %v", err)
	}
}

// A small run in full, in this process: what a child does, the check of what it
// counted, and the check that the check would notice.
func TestReaders(t *testing.T) {
	broker := kafkatest.Shared(t)
	l := load{topic: "bench", records: 5000, feeds: 10}
	if err := l.produce(t.Context(), broker.Brokers()); err != nil {
		t.Fatal(err)
	}
	plain := child{Plain: true, Brokers: broker.Brokers(), Topic: l.topic, Records: 5000}
	if err := plain.plain(t.Context()); err != nil {
		t.Errorf("plain: %v", err)
	}
	c := child{Brokers: broker.Brokers(), Topic: l.topic, Records: 5000, Prefix: "out"}
	if err := c.intake(t.Context()); err != nil {
		t.Fatalf("intake: %v", err)
	}
	k := c.pipeline().Kafka
	if err := checkJournal(t.Context(), k, 5000); err != nil {
		t.Error(err)
	}
	if err := checkJournal(t.Context(), k, 5001); err == nil {
		t.Error("one record too few was not noticed")
	}
}

func TestMain(m *testing.M) { kafkatest.Main(m) }
