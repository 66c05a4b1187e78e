package engine

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/intake"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/processors/count"
)

// intakeOf is the loop of a worker without a session, which owns two lanes, both
// read and committed up to ten.
func intakeOf(t *testing.T) *intakeLoop {
	t.Helper()
	p := &pipeline.Pipeline{
		Kafka:   pipeline.Kafka{Prefix: "feedgauge", Partitions: 3, Instance: "test"},
		Sources: []*pipeline.Source{pipelinetest.Source("raw", "raw")},
		Classes: []*pipeline.Class{pipelinetest.Class(t, "web", "raw", "*", time.Minute, 0, time.Minute)},
	}
	e, err := New(Options{Pipeline: p})
	if err != nil {
		t.Fatal(err)
	}
	l := &intakeLoop{Engine: e}
	if l.topics, err = newTopicTable(p); err != nil {
		t.Fatal(err)
	}
	if l.in, err = intake.New(p, "test-0"); err != nil {
		t.Fatal(err)
	}
	for i := range int32(2) {
		l.in.Own("raw", lane("raw", i), intake.Memory{Position: 10, Lane: count.NewLane()})
	}
	return l
}

// polled are n records of a lane from an offset on.
func polled(p int32, from int64, n int) kgo.FetchTopicPartition {
	out := kgo.FetchTopicPartition{Topic: "raw", FetchPartition: kgo.FetchPartition{Partition: p}}
	for i := range int64(n) {
		out.Records = append(out.Records, &kgo.Record{
			Topic: "raw", Partition: p, Offset: from + i, Key: []byte{'a' + byte(i%8)}, Value: []byte(`{}`), Timestamp: time.UnixMilli(from + i),
		})
	}
	return out
}

// A lane that delivers again what is counted, as after an assignment that was
// missed, is refused before anything of it is counted.
func TestRecordsThatComeTwiceAreRefused(t *testing.T) {
	t.Parallel()
	l := intakeOf(t)
	if err := l.addLane(polled(0, 10, 5), 1000); err != nil {
		t.Fatal(err)
	}
	for _, from := range []int64{14, 10, 0} {
		if err := l.addLane(polled(0, from, 5), 1000); !errors.Is(err, errTwice) {
			t.Errorf("from %d again: %v", from, err)
		}
	}
	if err := l.addLane(polled(0, 17, 1), 1000); err != nil { // offsets have holes where markers lie
		t.Errorf("a hole: %v", err)
	}
	if n := l.in.Records(); n != 6 {
		t.Errorf("%d records are counted, want 6", n)
	}
}

// When a lane goes, all that is not committed is dropped, of the lanes that stay
// too: the session has gone back, and it will come again.
func TestLanesThatStayStandAtTheirLastCommit(t *testing.T) {
	t.Parallel()
	l := intakeOf(t)
	for p := range int32(2) {
		if err := l.addLane(polled(p, 10, 5), 1000); err != nil {
			t.Fatal(err)
		}
	}
	l.keep(map[feedgauge.Lane]int64{lane("raw", 1): 10}, nil)
	if lanes := l.in.Lanes(); !slices.Equal(lanes, []feedgauge.Lane{lane("raw", 1)}) {
		t.Errorf("lanes %v are left", lanes)
	}
	if m, _ := l.in.Memory(lane("raw", 1)); m.Position != 10 {
		t.Errorf("the lane that stayed stands at %d, committed is 10", m.Position)
	}
	if n := l.in.Records(); n != 0 {
		t.Errorf("%d records are still counted", n)
	}
	if err := l.addLane(polled(1, 10, 5), 1000); err != nil {
		t.Errorf("what comes again is refused: %v", err)
	}
}

// The trailer says that all before its watermarks is counted, so it must not come
// before the tallies it speaks of.
func TestTrailerComesAfterItsTallies(t *testing.T) {
	t.Parallel()
	l := intakeOf(t)
	if err := l.addLane(polled(0, 10, 40), 1000); err != nil {
		t.Fatal(err)
	}
	tallies, trailed := 0, make(map[int32]bool)
	for _, r := range l.output(true) {
		e, _, err := journal.Decode(r.Value)
		if err != nil {
			t.Fatal(err)
		}
		if trailed[r.Partition] {
			t.Errorf("partition %d: something lies behind the trailer", r.Partition)
		}
		if e.Tally != nil {
			tallies++
		}
		trailed[r.Partition] = e.Trailer != nil
	}
	if tallies < 3 || len(trailed) != 3 {
		t.Errorf("%d tallies, %d partitions: too little to tell", tallies, len(trailed))
	}
	for p, ok := range trailed {
		if !ok {
			t.Errorf("partition %d got no trailer", p)
		}
	}
}
