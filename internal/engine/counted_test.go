package engine

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/feedgauge/feedgauge/internal/intake"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
)

// Topics of which the broker does not say how many lanes they have must not pass
// for counted: the source would be judged by the others alone.
func TestLanesOfALeaderlessTopicAreNotCounted(t *testing.T) {
	t.Parallel()
	p := &pipeline.Pipeline{
		Kafka:   pipeline.Kafka{Prefix: "feedgauge", Partitions: 1, Instance: "test"},
		Sources: []*pipeline.Source{pipelinetest.Source("raw", "raw-.*")},
		Classes: []*pipeline.Class{pipelinetest.Class(t, "web", "raw", "web-*", time.Second, time.Second, 5*time.Second)},
	}
	topics, err := newTopicTable(p)
	if err != nil {
		t.Fatal(err)
	}
	in, err := intake.New(p, "test-0")
	if err != nil {
		t.Fatal(err)
	}
	l := &intakeLoop{in: in, topics: topics}
	listed := kadm.TopicDetails{
		"raw-1": {Topic: "raw-1", Partitions: kadm.PartitionDetails{0: {}, 1: {}}},
		"raw-2": {Topic: "raw-2", Err: kerr.LeaderNotAvailable},
		"other": {Topic: "other", Err: kerr.LeaderNotAvailable}, // of no source
	}
	err = l.setPartitions(listed)
	if !errors.Is(err, kerr.LeaderNotAvailable) || !strings.Contains(err.Error(), `"raw-2"`) || strings.Contains(err.Error(), "other") {
		t.Errorf("error %v", err)
	}
	listed["raw-2"] = kadm.TopicDetail{Topic: "raw-2", Partitions: kadm.PartitionDetails{0: {}}}
	if err := l.setPartitions(listed); err != nil {
		t.Errorf("error %v", err)
	}
}
