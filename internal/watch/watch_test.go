package watch_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/internal/watch"
)

const minute = feedgauge.Instant(60_000)

// epoch is a round time at which the tests begin.
const epoch = 28_333_000 * minute

// bench folds hand-made entries of one lane and one feed in windows of a minute,
// without lateness, with a period of two minutes.
type bench struct {
	*watch.Partition
	pipe    *pipeline.Pipeline
	index   int32  // of the partition
	source  string // of what is folded, raw if empty
	offset  int64
	told    []string
	steps   []*feedgauge.Step
	live    []bool
	self    []string
	history []feedgauge.Closed
	last    feedgauge.Instant // broker's time of the newest entry
}

func newBench(t *testing.T) *bench {
	t.Helper()
	p := &pipeline.Pipeline{
		Kafka:   pipeline.Kafka{Partitions: 1},
		Sources: []*pipeline.Source{pipelinetest.Source("raw", "a")},
		Classes: []*pipeline.Class{pipelinetest.Class(t, "c", "raw", "*", time.Minute, 0, 2*time.Minute)},
	}
	return &bench{Partition: watch.New(p, 0), pipe: p}
}

func (b *bench) fold(at feedgauge.Instant, e feedgauge.Entry) {
	e.Offset, e.Time, b.last = b.offset, at, at
	b.offset++
	b.Fold(&e, watch.Out{
		Step: func(s *feedgauge.Step, live bool) {
			if s.Feed.Tenant == pipeline.Self {
				b.self = append(b.self, fmt.Sprintf("%v %s at %v", s.Activity, s.Rule, relative(s.At)))
				return
			}
			b.told = append(b.told, fmt.Sprintf("%v %s at %v since %v end %v", s.Activity, s.Rule, relative(s.At), relative(s.Since), relative(s.End)))
			b.steps, b.live = append(b.steps, s), append(b.live, live)
		},
		Closed: func(c *feedgauge.Closed) { b.history = append(b.history, *c) },
	})
}

func relative(i feedgauge.Instant) string {
	if i == feedgauge.Before {
		return "-"
	}
	return i.Sub(epoch).String()
}

// arrive folds a tally of n events at one instant.
func (b *bench) arrive(at feedgauge.Instant, n int64) {
	b.fold(at, feedgauge.Entry{Tally: &feedgauge.Tally{
		Source: "raw", Window: feedgauge.WindowOf(at, time.Minute),
		Feeds: []feedgauge.FeedTally{{
			Feed: feedgauge.FeedID{Tenant: "main", Name: "f"}, First: at, Last: at, Counts: feedgauge.Counts{Events: n},
		}},
	}})
}

// mark folds a trailer for lane 0 of a topic with so many lanes.
func (b *bench) mark(broker, at feedgauge.Instant, lanes int32) {
	b.fold(broker, feedgauge.Entry{Trailer: &feedgauge.Trailer{
		Topics: []feedgauge.TopicMark{{Source: "raw", Topic: "a", Partitions: lanes, Last: feedgauge.Before}},
		Lanes:  []feedgauge.LaneMark{{Lane: feedgauge.Lane{Topic: "a"}, Watermark: at, Proof: feedgauge.ProofIdle}},
	}})
}

func (b *bench) want(t *testing.T, told ...string) {
	t.Helper()
	if !reflect.DeepEqual(b.told, told) {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(b.told, "\n"), strings.Join(told, "\n"))
	}
	b.told = nil
}

func TestSilenceOpensAndCloses(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.arrive(epoch+5_000, 10)
	b.mark(epoch+5*minute, epoch+2*minute+5_000, 1)
	b.want(t) // the period is not over by less than a millisecond
	b.mark(epoch+5*minute, epoch+2*minute+5_001, 1)
	b.want(t, "open silent at 2m5.001s since 5s end -")
	b.arrive(epoch+4*minute+30_000, 1)
	b.mark(epoch+6*minute, epoch+5*minute, 1)
	b.want(t, "close silent at 5m0s since 5s end 4m30s")
}

// An arrival after the deadline, counted before it is judged, changes nothing;
// one before it excuses.
func TestDeadlineIsJudgedAsOfItself(t *testing.T) {
	t.Parallel()
	late, timely := newBench(t), newBench(t)
	for _, b := range []*bench{late, timely} {
		b.arrive(epoch, 10)
	}
	late.arrive(epoch+2*minute+2, 10)
	timely.arrive(epoch+2*minute, 10)
	for _, b := range []*bench{late, timely} {
		b.mark(epoch+9*minute, epoch+3*minute, 1)
	}
	late.want(t, "open silent at 2m0.001s since 0s end -", "close silent at 3m0s since 0s end 2m0.002s")
	timely.want(t)
}

func TestUnknownLaneHoldsTheWatermark(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.arrive(epoch, 1)
	b.mark(epoch+9*minute, epoch+9*minute, 2) // a second lane, of which nobody has spoken
	b.want(t)
	if at := b.Effective("raw"); at != feedgauge.Before {
		t.Errorf("effective watermark %v with an unknown lane", at)
	}
}

// The watermark is never believed ahead of the broker, and a tick moves the
// broker's time on.
func TestBrokerTimeCapsTheWatermark(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.arrive(epoch, 1)
	b.mark(epoch+minute, epoch+60*minute, 1)
	b.want(t)
	b.fold(epoch+3*minute, feedgauge.Entry{Tick: true})
	b.want(t, "open silent at 2m0.001s since 0s end -")
	if at := b.Effective("raw"); at != epoch+3*minute {
		t.Errorf("effective watermark %v", relative(at))
	}
	b.fold(epoch+minute, feedgauge.Entry{Tick: true}) // a broker's clock set back
	if at := b.Effective("raw"); at != epoch+3*minute {
		t.Errorf("effective watermark went back to %v", relative(at))
	}
}

func TestLiveIsAboutTheBrokersTime(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.arrive(epoch, 1)
	due := epoch + 2*minute + 1
	b.mark(due+feedgauge.Instant(watch.LiveWithin.Milliseconds()), due, 1)
	old := newBench(t)
	old.arrive(epoch, 1)
	old.mark(due+feedgauge.Instant(watch.LiveWithin.Milliseconds())+1, due, 1)
	if !reflect.DeepEqual(b.live, []bool{true}) || !reflect.DeepEqual(old.live, []bool{false}) {
		t.Errorf("live %v and %v, want true and false", b.live, old.live)
	}
}

// An outage is not learnt, unless it lasts so long that it is the new level.
func TestFrozenLearning(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for i := range feedgauge.Instant(60) {
		n := int64(100)
		if i >= 10 {
			n = 40
		}
		b.arrive(epoch+i*minute, n)
	}
	b.mark(epoch+90*minute, epoch+60*minute, 1)
	for i, want := range map[int]float64{3: 100, 10: 100, 11: 100, 33: 100, 34: 100, 35: 40, 40: 40} {
		if got := b.history[i].Forecast.Expected; got != want {
			t.Errorf("window %d: expected %v, want %v", i, got, want)
		}
	}
	b.want(t, "open short at 12m0s since 10m0s end -", "close short at 36m0s since 10m0s end 35m0s")
}

// One record stamped in 1970 must not make the fold close a window for every
// minute since.
func TestLeapInTimeIsCheap(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.arrive(5, 1)
	b.mark(epoch, epoch, 1)
	if n := len(b.history); n > 1100 {
		t.Fatalf("%d windows closed", n)
	}
	b.told = nil
	b.arrive(epoch+90_000, 7)
	b.mark(epoch+2*minute, epoch+2*minute, 1)
	if last := b.history[len(b.history)-1]; last.Window.Start != epoch+minute || last.Counts.Events != 7 {
		t.Errorf("last window %+v", last)
	}
	if len(b.told) != 1 || !strings.HasPrefix(b.told[0], "close silent") {
		t.Errorf("told %v", b.told)
	}
}

func TestLateTallyIsCounted(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.arrive(epoch, 1)
	b.mark(epoch+minute, epoch+minute, 1)
	b.arrive(epoch+1, 5)
	if late, _ := b.Drain(); late != 5 {
		t.Errorf("%d late arrivals, want 5", late)
	}
	if len(b.history) != 2 || b.history[0].Counts.Events != 1 || b.history[0].Late {
		t.Fatalf("history %+v", b.history)
	}
	if again := b.history[1]; again.Counts.Events != 5 || again.Window != b.history[0].Window || !again.Late {
		t.Errorf("the history is corrected by %+v", again)
	}
}

func TestUnclassifiedFeedsAreCountedNotAlarmed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.pipe.Classes = nil
	b.arrive(epoch, 3)
	b.mark(epoch+90*minute, epoch+60*minute, 1)
	b.want(t)
	if len(b.history) == 0 || b.history[0].Counts.Events != 3 || b.history[0].Status != feedgauge.OK {
		t.Errorf("history %+v", b.history)
	}
}

// The saved state tells an inventory what it needs.
func TestSavedStateIsReadable(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.arrive(epoch, 3)
	b.mark(epoch+5*minute, epoch+5*minute, 1)
	var got *watch.State
	for _, s := range b.Save() {
		if s.Key == watch.MetaKey {
			m, err := watch.DecodeMeta(s.Value)
			if err != nil || m.Next != 2 || m.Partitions != 1 {
				t.Errorf("meta %+v, %v", m, err)
			}
			continue
		}
		var err error
		if got, err = watch.DecodeState(s.Value); err != nil {
			t.Fatal(err)
		}
	}
	if got == nil || got.Class != "c" || got.Format != "json" || got.Period != 120_000 || got.First != epoch || got.Last != epoch ||
		got.Status != feedgauge.Silent || len(got.Findings) != 1 || got.Feed.Name != "f" {
		t.Errorf("state %+v", got)
	}
}

func TestSaveIsLazy(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.arrive(epoch, 100)
	for i := range feedgauge.Instant(400) { // a transaction a second for over a round
		b.arrive(epoch+i*1000, 1)
		b.mark(epoch+i*1000, epoch+i*1000, 1)
		saves := b.Save()
		if len(saves) == 2 && i > 0 && i < 5 {
			t.Errorf("second %d: saved %q without need", i, saves[0].Key)
		}
	}
	b.told = nil
	saved := 0
	for i := range feedgauge.Instant(300) {
		b.arrive(epoch+(400+i)*1000, 1)
		b.mark(epoch+(400+i)*1000, epoch+(400+i)*1000, 1)
		saved += len(b.Save()) - 1
	}
	if saved != 1 {
		t.Errorf("saved %d times in five minutes, want once", saved)
	}
}

func TestRestoreRefusesAnotherPartitionCount(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.mark(epoch, epoch, 1)
	state := map[string][]byte{}
	for _, s := range b.Save() {
		state[s.Key] = s.Value
	}
	b.pipe.Kafka.Partitions = 2
	if _, err := watch.Restore(b.pipe, 0, state, 0); err == nil || !strings.Contains(err.Error(), "partitions") {
		t.Errorf("restore: %v", err)
	}
}

// A change of the window length keeps what is known of a feed and starts its
// windows anew.
func TestRestoreWithAnotherWindowLength(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for i := range feedgauge.Instant(7) {
		b.arrive(epoch+i*minute, 100)
	}
	b.mark(epoch+7*minute, epoch+7*minute, 1)
	b.arrive(epoch+7*minute, 100)
	state := map[string][]byte{"main\x00f": nil}
	for _, s := range forced(b) {
		state[s.Key] = s.Value
	}
	b.pipe.Classes[0].Every, b.pipe.Classes[0].Period = 5*time.Minute, time.Hour
	w, err := watch.Restore(b.pipe, 0, state, 0)
	if err != nil {
		t.Fatal(err)
	}
	b.Partition = w
	b.history = nil
	b.arrive(epoch+10*minute, 100)
	b.mark(epoch+20*minute, epoch+20*minute, 1)
	if len(b.history) == 0 || b.history[0].Window.Len() != 5*time.Minute || b.history[0].Window.Start%(5*minute) != 0 {
		t.Errorf("history %+v", b.history)
	}
}

// forced saves with a full round of broker time gone by.
func forced(b *bench) []watch.Saved {
	b.Save()
	b.fold(epoch+400*minute, feedgauge.Entry{Tick: true})
	return b.Save()
}

func FuzzDecodeState(f *testing.F) {
	f.Add([]byte{1})
	f.Add([]byte{2, 1, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := watch.DecodeState(b); (s == nil) == (err == nil) {
			t.Errorf("state %v with error %v", s, err)
		}
		if m, err := watch.DecodeMeta(b); (m == nil) == (err == nil) {
			t.Errorf("meta %v with error %v", m, err)
		}
	})
}
