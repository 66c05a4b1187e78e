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
