package engine

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/feedgauge/feedgauge/internal/intake"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
)

// A listing that leaves a topic out may be a broker's error; only when many in a
// row do so is the topic gone.
func TestRetireNeedsManyListings(t *testing.T) {
	t.Parallel()
	p := &pipeline.Pipeline{Sources: []*pipeline.Source{pipelinetest.Source("raw", "raw-.*")}}
	in, err := intake.New(p, "w")
	if err != nil {
		t.Fatal(err)
	}
	in.SetPartitions("raw", "raw-1", 2)
	l := &intakeLoop{in: in, absent: make(map[string]int)}
	gone := func() bool { return in.Trailer().Topics[0].Retired }
	without, with := kadm.TopicDetails{}, kadm.TopicDetails{"raw-1": {}}
	for range goneAfter - 1 {
		l.retire(without)
	}
	if gone() {
		t.Fatal("gone too soon")
	}
	l.retire(with)
	for range goneAfter - 1 {
		l.retire(without)
	}
	if gone() {
		t.Fatal("gone, though it was there in between")
	}
	l.retire(without)
	if !gone() {
		t.Error("never gone")
	}
}

// A topic that the group reads, and that the first listing leaves out, is waited
// for by a worker that owns no lane of it: else it would speak for the source
// before anybody has named that topic. One of no source of ours is not.
func TestFirstCountKnowsWhatTheGroupReads(t *testing.T) {
	t.Parallel()
	l, cl := recaller(t, func(*pipeline.Pipeline) {})
	l.group = "feedgauge-intake"
	for _, topic := range []string{"raw-1", "raw-2", "others"} {
		if _, err := l.adm.CreateTopic(t.Context(), 1, 1, nil, topic); err != nil {
			t.Fatal(err)
		}
	}
	begin := make(kadm.Offsets)
	begin.Add(kadm.Offset{Topic: "raw-2", At: 0})
	begin.Add(kadm.Offset{Topic: "others", At: 0})
	if err := kadm.NewClient(cl).CommitAllOffsets(t.Context(), l.group, begin); err != nil {
		t.Fatal(err)
	}
	if err := l.recollect(t.Context()); err != nil {
		t.Fatal(err)
	}
	without := kadm.TopicDetails{"raw-1": {}}
	for i := range goneAfter - 1 {
		if !l.retire(without) {
			t.Fatalf("listing %d: nothing is missing", i)
		}
	}
	if l.retire(without) {
		t.Error("it is waited for without end")
	}
	if err := l.countLanes(t.Context()); err != nil || l.counted.IsZero() || len(l.begun) > 0 {
		t.Errorf("counted %v, still waited for %v: %v", l.counted, l.begun, err)
	}
}
