package watch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/intake"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
	"github.com/feedgauge/feedgauge/processors/count"
)

// Wherever the monitor is stopped and whatever number of partitions it goes on
// with, each feed, group and source is told of as if it had never been stopped.
func TestRepartitionTellsTheSame(t *testing.T) {
	t.Parallel()
	p := testPipeline(t)
	rapid.Check(t, func(t *rapid.T) {
		traffic := drawTraffic(t)
		want := traffic.told(t, p, undisturbed{})
		got := traffic.toldResized(t, p, rapid.Int32Range(1, 7).Draw(t, "partitions"), disturbed{t})
		if d := difference(got, want); d != "" {
			t.Fatal(d)
		}
	})
}

// difference is the first line that only one of the two has.
func difference(got, want []string) string {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(want) || i < len(got) && got[i] < want[i]:
			return "told, but not by the undisturbed run:\n" + got[i]
		case i >= len(got) || got[i] > want[i]:
			return "not told, but by the undisturbed run:\n" + want[i]
		}
	}
	return ""
}

// told returns what all partitions tell, in the order of the text: where a feed
// is watched does not show.
func (tr *traffic) told(t *rapid.T, p *pipeline.Pipeline, c chance) []string {
	r := newTeller()
	journals := tr.journal(t, p, c)
	for k, w := range journals {
		w.last()
		w.foldQuietly(t, watch.New(p, int32(k)), r.out())
	}
	return r.lines()
}

// toldResized stops the monitor somewhere, resizes and goes on.
func (tr *traffic) toldResized(t *rapid.T, p *pipeline.Pipeline, partitions int32, c chance) []string {
	r := newTeller()
	run := tr.begin(t, p, c)
	total := 0
	for _, l := range tr.lanes {
		total += len(tr.records[l])
	}
	for range rapid.IntRange(0, total).Draw(t, "records before the stop") {
		run.step()
		if c.often(1, 8) {
			run.commit(false)
		}
	}
	var old []*watch.Partition
	for k, w := range run.out {
		part := watch.New(p, int32(k))
		w.foldQuietly(t, part, r.out())
		old = append(old, part)
	}
	q := *p
	q.Kafka.Partitions = partitions
	dealt := watch.Repartition(&q, old)
	rest := tr.begin(t, &q, c)
	rest.offsets = run.offsets
	rest.join()
	for rest.step() {
		if c.often(1, 8) {
			rest.commit(false)
		}
	}
	rest.commit(true)
	for k, w := range rest.out {
		w.last()
		state := make(map[string][]byte)
		for _, s := range dealt[k] {
			keep(state, s)
		}
		w.foldQuietly(t, w.restore(t, &q, int32(k), state, 0), r.out())
	}
	return r.lines()
}

// begin is intake before its first record.
func (tr *traffic) begin(t *rapid.T, p *pipeline.Pipeline, c chance) *intakeRun {
	r := &intakeRun{t: t, p: p, c: c, traffic: tr, offsets: make(map[feedgauge.Lane]intake.Memory)}
	for range p.Kafka.Partitions {
		r.out = append(r.out, &written{chance: c})
	}
	for _, l := range tr.lanes {
		r.offsets[l] = intake.Memory{Lane: count.NewLane()}
	}
	r.join()
	return r
}

// last lets the broker's time come to its end.
func (w *written) last() {
	w.append(journal.AppendTick(nil))
	w.entries[len(w.entries)-1].time = end + 5_000
}

func (w *written) foldQuietly(t *rapid.T, part *watch.Partition, out watch.Out) {
	for _, e := range w.entries {
		part.Fold(decode(t, e), out)
	}
}

// teller notes what is told.
type teller struct{ told []string }

func newTeller() *teller { return &teller{} }

func (r *teller) out() watch.Out {
	return watch.Out{
		Step: func(s *feedgauge.Step, _ bool) {
			if s.Rule == "blind" || s.Rule == "held" {
				return // timed by the broker
			}
			step := *s
			if s.Rule == "outage" { // the number of feeds is estimated from one partition
				step.Feeds = 0
				step.Message, _, _ = strings.Cut(step.Message, ";")
			}
			r.told = append(r.told, fmt.Sprintf("%+v", step))
		},
		Closed: func(c *feedgauge.Closed) { r.told = append(r.told, fmt.Sprintf("%+v", *c)) },
	}
}

func (r *teller) lines() []string {
	slices.Sort(r.told)
	return r.told
}
