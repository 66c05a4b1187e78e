package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// standingOf is what an engine tells of itself whose clock is moved by hand, and a
// partition judged up to that time, with one feed that delivers and one of the
// inventory that another source should bring, and that is not met yet.
func standingOf(t *testing.T) (m *metrics, now *feedgauge.Instant, fold *watch.Partition) {
	t.Helper()
	m, err := newMetrics(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	at := feedgauge.Instant(1_800_000_000_000)
	now = &at
	m.begin(func() feedgauge.Instant { return *now })
	ghost := feedgauge.FeedID{Tenant: "main", Name: "ghost"}
	p := &pipeline.Pipeline{
		Kafka:   pipeline.Kafka{Partitions: 1},
		Sources: []*pipeline.Source{pipelinetest.Source("raw", "raw"), pipelinetest.Source("other", "other")},
		Classes: []*pipeline.Class{
			pipelinetest.Class(t, "web", "raw", "web", time.Minute, 0, time.Hour),
			pipelinetest.Class(t, "ghosts", "other", "ghost", time.Minute, 0, time.Hour),
		},
		Feeds: map[feedgauge.FeedID]*pipeline.Feed{ghost: {ID: ghost, Class: "ghosts"}},
	}
	fold = watch.New(p, 0)
	fold.Fold(&feedgauge.Entry{Time: at, Tally: &feedgauge.Tally{Source: "raw", Window: feedgauge.WindowOf(at, time.Minute), Feeds: []feedgauge.FeedTally{
		{Feed: feedgauge.FeedID{Tenant: "main", Name: "web"}, First: at, Last: at, Counts: feedgauge.Counts{Events: 1}},
	}}}, watch.Out{})
	fold.Fold(&feedgauge.Entry{Offset: 1, Time: at, Trailer: &feedgauge.Trailer{
		Topics: []feedgauge.TopicMark{{Source: "raw", Topic: "raw", Partitions: 1}},
		Lanes:  []feedgauge.LaneMark{{Lane: feedgauge.Lane{Topic: "raw"}, Watermark: at}},
	}}, watch.Out{})
	return m, now, fold
}

func (m *metrics) want(t *testing.T, when string, coverage, lag float64) {
	t.Helper()
	if c, l := m.coverage(), m.lag(); c != coverage || l != lag {
		t.Errorf("%s: coverage %v and lag %v, want %v and %v", when, c, l, coverage, lag)
	}
}

// Coverage and lag are those of the moment somebody asks, whatever is committed or
// is not. Before anything is known they do not say that all is well.
func TestStandingIsThatOfNow(t *testing.T) {
	t.Parallel()
	m, now, fold := standingOf(t)
	*now += 7000
	m.want(t, "as nothing is known", 0, 7)
	m.stand(0, 0, fold, []string{"raw"})
	m.keep(0, map[int32]*watched{0: {}})
	m.want(t, "at work", 0.5, 7)
	*now += 3_600_000
	m.want(t, "after an hour without Kafka", 0, 3607)
	m.keep(0, nil)
	m.want(t, "with nothing to do", 1, 0)
	m.stand(0, 0, fold, []string{"raw", "other"})
	m.want(t, "with a source of which nothing is known", 0, 3607)
}

// A partition that went to another owner leaves nothing behind, also when it went
// in an earlier life of the role; what another worker here owns stays.
func TestStandingOfPartitionsThatWent(t *testing.T) {
	t.Parallel()
	m, _, fold := standingOf(t)
	m.stand(0, 0, fold, []string{"raw"})
	m.stand(1, 1, fold, []string{"raw"})
	m.stand(1, 0, fold, []string{"raw"}) // moved from one worker to the other
	m.keep(0, nil)
	if n := len(values(m.effective)); n != 2 {
		t.Errorf("%d watermarks are shown, of two partitions", n)
	}
	m.keep(1, map[int32]*watched{1: {}})
	if a, b := len(values(m.effective)), len(values(m.feeds)); a != 1 || b != 1 {
		t.Errorf("%d watermarks and %d numbers of feeds are shown, of one partition", a, b)
	}
}

// Each worker knows of its own lanes alone.
func TestBlockedLanesOfAllWorkers(t *testing.T) {
	t.Parallel()
	m, _, _ := standingOf(t)
	lane := func(topic string) feedgauge.Lane { return feedgauge.Lane{Topic: topic} }
	for _, step := range []struct {
		worker int
		lanes  []feedgauge.Lane
		a, b   float64
	}{
		{0, []feedgauge.Lane{lane("a"), lane("b")}, 1, 1},
		{1, nil, 1, 1},
		{1, []feedgauge.Lane{lane("a")}, 2, 1},
		{0, nil, 1, 0},
		{1, nil, 0, 0},
	} {
		m.block(step.worker, step.lanes)
		all := values(m.blocked)
		a, b := all["a"], all["b"]
		if a != step.a || b != step.b {
			t.Errorf("worker %d says %v: %v and %v are blocked, want %v and %v", step.worker, step.lanes, a, b, step.a, step.b)
		}
	}
}

// values are what a metric shows, by its labels.
func values(c prometheus.Collector) map[string]float64 {
	r := prometheus.NewRegistry()
	r.MustRegister(c)
	families, err := r.Gather()
	if err != nil {
		panic(err)
	}
	out := make(map[string]float64)
	for _, f := range families {
		for _, m := range f.Metric {
			key := ""
			for _, l := range m.Label {
				key = l.GetValue() + " " + key
			}
			out[strings.TrimSpace(key)] = m.GetGauge().GetValue()
		}
	}
	return out
}
