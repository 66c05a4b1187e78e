package watch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
	"github.com/feedgauge/feedgauge/processors/profile"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// learner is a bench whose class learns what lines are like, and finds nothing
// else.
func learner(t *testing.T) *bench {
	t.Helper()
	return with(t, func(p *pipeline.Pipeline) {
		r, err := rules.Drifting().Build([]string{"events", rules.Lines}, true)
		if err != nil {
			t.Fatal(err)
		}
		p.Classes[0].Learn, p.Classes[0].Rules = true, []*rules.Rule{r}
	})
}

// lines folds a window of sixty lines, each with its number in place of %d, as the
// tallies of two workers.
func (b *bench) lines(minutes int, format string) {
	at := epoch + feedgauge.Instant(minutes)*minute
	g := profile.NewGuesser()
	for worker := range 2 {
		p := profile.New()
		for i := range 30 {
			ev, st := g.Read([]byte(strings.ReplaceAll(format, "%d", fmt.Sprint(i))))
			p.Add(ev, st, uint64(minutes*60+worker*30+i+1)*0x9e3779b97f4a7c15)
		}
		var sketches feedgauge.Sketches
		sketches.Put(journal.ProfileName, p)
		b.fold(at, feedgauge.Entry{Tally: &feedgauge.Tally{
			Source: "raw", Window: feedgauge.WindowOf(at, time.Minute),
			Feeds: []feedgauge.FeedTally{{
				Feed: feedgauge.FeedID{Tenant: "main", Name: "f"}, First: at, Last: at, Counts: feedgauge.Counts{Events: 30}, Sketches: sketches,
			}},
		}})
	}
	b.until(at + minute)
}

const (
	withIP    = `{"EventID":4624,"ip":"10.0.0.%d","user":"u%d"}`
	withoutIP = `{"EventID":4624,"user":"u%d"}`
)

// A field that vanishes is told once, with its name, since when, and a line; it is
// told again when it is back.
func TestDrifting(t *testing.T) {
	t.Parallel()
	b := learner(t)
	for i := range 20 {
		b.lines(i, withIP)
	}
	b.want(t)
	for i := range 5 {
		b.lines(20+i, withoutIP)
	}
	b.want(t, "open drifting at 22m0s since 20m0s end -")
	b.lines(25, withIP)
	b.want(t, "close drifting at 26m0s since 20m0s end 25m0s")
}

// The step names the field, since when, the shares and a line.
func TestDriftIsTold(t *testing.T) {
	t.Parallel()
	b := learner(t)
	for i := range 20 {
		b.lines(i, withIP)
	}
	b.lines(20, withoutIP)
	b.lines(21, withoutIP)
	if len(b.steps) != 1 || len(b.steps[0].Drifts) != 1 {
		t.Fatalf("told %+v", b.steps)
	}
	step := b.steps[0]
	d := step.Drifts[0]
	if d.Kind != "field_missing" || d.Field != "ip" || d.Before != 1 || d.After != 0 || d.Since != epoch+20*minute || !strings.HasPrefix(d.Sample, `{"EventID":4624,"user":"u`) {
		t.Errorf("drift %+v", d)
	}
	if want := "f: field ip is missing (there in 100% before, 0% now), since " + d.Since.String(); step.Message != want {
		t.Errorf("message %q, want %q", step.Message, want)
	}
}

// What was learnt is saved: a restore tells the same.
func TestLearntIsSaved(t *testing.T) {
	t.Parallel()
	whole, cut := learner(t), learner(t)
	state := map[string][]byte{}
	for i := range 25 {
		line := withIP
		if i >= 20 {
			line = withoutIP
		}
		whole.lines(i, line)
		cut.lines(i, line)
		if i%4 != 1 {
			continue
		}
		cut.fold(epoch+feedgauge.Instant(i+1)*minute, feedgauge.Entry{Revision: &feedgauge.Revision{Number: int64(i), Fingerprint: fmt.Sprint(i)}})
		whole.fold(epoch+feedgauge.Instant(i+1)*minute, feedgauge.Entry{Revision: &feedgauge.Revision{Number: int64(i), Fingerprint: fmt.Sprint(i)}})
		for _, s := range cut.Save() {
			state[s.Key] = s.Value
		}
		part, err := watch.Restore(cut.pipe, 0, state, 0)
		if err != nil {
			t.Fatal(err)
		}
		cut.Partition = part
	}
	if len(whole.told) != 1 || fmt.Sprint(cut.told) != fmt.Sprint(whole.told) {
		t.Errorf("told %q, without a restore %q", cut.told, whole.told)
	}
}
