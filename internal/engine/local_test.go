package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
	"github.com/feedgauge/feedgauge/sources/memory"
)

// The tests run in bubbles whose clock begins at 2000-01-01 and moves only when
// all else waits, so the traffic, of the two hours before, is always as old.

// openSource opens a source that is there, and counts how often it is closed.
type openSource struct {
	feedgauge.Source
	closed int
}

func (s *openSource) Close() error {
	s.closed++
	return s.Source.Close()
}

// plugin returns a source of a pipeline that is not Kafka.
func plugin(name string, s feedgauge.Source) *pipeline.Source {
	conf := pipelinetest.Source(name)
	conf.Kind, conf.Topics = "test", nil
	conf.Open = func() (feedgauge.Source, error) { return s, nil }
	return conf
}

// memorySink keeps alerts, after refusing as many writes as it is told to.
type memorySink struct {
	refuse int
	alerts []feedgauge.Alert
	closed int
}

func (s *memorySink) Write(_ context.Context, alerts []feedgauge.Alert) error {
	if s.refuse != 0 {
		s.refuse--
		return errors.New("not now")
	}
	s.alerts = append(s.alerts, alerts...)
	return nil
}

func (s *memorySink) Close() error { s.closed++; return nil }

// steps says in one line each what the alerts say, sorted.
func (s *memorySink) steps(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, a := range s.alerts {
		sum, err := ocsf.Summarize(a.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s %s %s %v", sum.Feed, sum.Rule, sum.Activity, a.Time))
	}
	slices.Sort(out)
	return out
}

func localPipeline(t *testing.T, sink *memorySink, sources ...*pipeline.Source) *pipeline.Pipeline {
	t.Helper()
	p := &pipeline.Pipeline{
		Kafka:   pipeline.Kafka{Prefix: "feedgauge", Partitions: 3},
		Sources: sources,
		Sinks: []*pipeline.Sink{
			{Kind: "kafka", Name: "alerts"},
			{Kind: "memory", Name: "kept", Open: func() (feedgauge.Sink, error) { return sink, nil }},
		},
	}
	for _, s := range sources {
		p.Classes = append(p.Classes, pipelinetest.Class(t, "class of "+s.Name, s.Name, "*", time.Minute, time.Second, 10*time.Minute))
	}
	return p
}

func newEngine(t *testing.T, p *pipeline.Pipeline) *engine.Engine {
	t.Helper()
	e, err := engine.New(engine.Options{Pipeline: p, Log: testLog(t), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// minutely is one record a minute in one lane, for an hour.
func minutely(topic string, partition int32, feed string, value func(i int) string) []feedgauge.Record {
	start := feedgauge.InstantOf(time.Now().Add(-2 * time.Hour))
	var out []feedgauge.Record
	for i := range 60 {
		out = append(out, feedgauge.Record{
			Topic: topic, Partition: partition, Offset: int64(i), Key: []byte(feed), Value: []byte(value(i)),
			Time: start.Add(time.Duration(i) * time.Minute),
		})
	}
	return out
}

func good(int) string { return `{"a":1}` }

// mixed puts records of lanes in the order of their times.
func mixed(lanes ...[]feedgauge.Record) []feedgauge.Record {
	all := slices.Concat(lanes...)
	slices.SortStableFunc(all, func(a, b feedgauge.Record) int { return int(a.Time - b.Time) })
	return all
}

// Two sources are read to their ends. However they cut their records into
// batches, the same is counted and found.
func TestRunLocal(t *testing.T) {
	t.Parallel()
	for _, batch := range []int{0, 1, 7} {
		t.Run(fmt.Sprint("batches of ", batch), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { runToTheEnd(t, batch) })
		})
	}
}

func runToTheEnd(t *testing.T, batch int) {
	broken := func(i int) string {
		if i == 30 {
			return "not json"
		}
		return good(i)
	}
	nameless := feedgauge.Record{Topic: "two", Partition: 1, Offset: 0, Value: []byte("x"), Time: feedgauge.InstantOf(time.Now().Add(-90 * time.Minute))}
	one := &openSource{Source: memory.New(mixed(minutely("one", 0, "a-1", good), minutely("one", 1, "a-2", good)), batch)}
	two := &openSource{Source: memory.New(mixed(minutely("two", 0, "b-1", broken), []feedgauge.Record{nameless}), batch)}
	sink := &memorySink{}
	e := newEngine(t, localPipeline(t, sink, plugin("s1", one), plugin("s2", two)))
	if err := e.RunLocal(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"a-1 silent open 1999-12-31T23:09:00.001Z", // its last record came at 22:59
		"a-2 silent open 1999-12-31T23:09:00.001Z",
		"b-1 malformed close 1999-12-31T22:32:00Z",
		"b-1 malformed open 1999-12-31T22:31:00Z",
		"b-1 silent open 1999-12-31T23:09:00.001Z",
	}
	if got := sink.steps(t); !slices.Equal(got, want) {
		t.Errorf("alerts\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	totals := e.Totals()
	if totals.Read != 181 || totals.Accepted != 180 || totals.Rejected[feedgauge.NoFeed] != 1 || totals.Opened != 4 || totals.Closed != 1 {
		t.Errorf("totals %+v", totals)
	}
	if totals.Windows == 0 || one.closed == 0 || two.closed == 0 || sink.closed == 0 {
		t.Errorf("%d windows; closed %d, %d and %d times", totals.Windows, one.closed, two.closed, sink.closed)
	}
}

// funcSource is a source that ends never, and polls by a function.
type funcSource struct {
	poll func(ctx context.Context) (feedgauge.Batch, error)
}

func (s *funcSource) Poll(ctx context.Context) (feedgauge.Batch, error) { return s.poll(ctx) }
func (*funcSource) Ends(context.Context) ([]feedgauge.LaneEnd, error) {
	return nil, errors.New("cannot know")
}
func (*funcSource) Close() error { return nil }

// A source that waits for more is left when the run is stopped, and what it has
// delivered is counted.
func TestRunLocalStops(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		polls := 0
		src := &openSource{Source: &funcSource{poll: func(ctx context.Context) (feedgauge.Batch, error) {
			switch polls++; polls {
			case 1:
				return feedgauge.Batch{Records: minutely("t", 0, "a", good)}, nil
			case 3:
				cancel()
			}
			<-ctx.Done()
			return feedgauge.Batch{}, nil
		}}}
		e := newEngine(t, localPipeline(t, &memorySink{}, plugin("s", src)))
		if err := e.RunLocal(ctx); err != nil {
			t.Fatal(err)
		}
		if polls != 3 || src.closed == 0 || e.Totals().Read != 60 {
			t.Errorf("%d polls, closed %d times, totals %+v", polls, src.closed, e.Totals())
		}
	})
}

// A quiet source does not keep the others from being read.
func TestRunLocalTakesTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		quiet := &funcSource{poll: func(ctx context.Context) (feedgauge.Batch, error) {
			<-ctx.Done()
			return feedgauge.Batch{}, nil
		}}
		left := minutely("t", 0, "a", good)
		busy := &funcSource{poll: func(context.Context) (feedgauge.Batch, error) {
			if len(left) == 0 {
				cancel()
				return feedgauge.Batch{}, nil
			}
			b := feedgauge.Batch{Records: left[:1]}
			left = left[1:]
			return b, nil
		}}
		e := newEngine(t, localPipeline(t, &memorySink{}, plugin("quiet", quiet), plugin("busy", busy)))
		if err := e.RunLocal(ctx); err != nil || e.Totals().Accepted != 60 {
			t.Errorf("totals %+v, %v", e.Totals(), err)
		}
	})
}

// A sink that refuses alerts gets them again, and only what it took is over.
func TestRunLocalRepeatsAlerts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sink := &memorySink{refuse: 3}
		src := memory.New(minutely("t", 0, "a", good), 0)
		if err := newEngine(t, localPipeline(t, sink, plugin("s", src))).RunLocal(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := sink.steps(t); len(got) != 1 || !strings.HasPrefix(got[0], "a silent open") {
			t.Errorf("alerts %q", got)
		}
	})
}

// What is found in the last records is told, though the run has been stopped by
// then and the sink refuses once.
func TestRunLocalTellsWhatIsLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		lane := minutely("t", 0, "a", func(int) string { return "not json" })
		src := &funcSource{poll: func(context.Context) (feedgauge.Batch, error) {
			cancel()
			return feedgauge.Batch{Records: lane}, nil
		}}
		sink := &memorySink{refuse: 1}
		if err := newEngine(t, localPipeline(t, sink, plugin("s", src))).RunLocal(ctx); err != nil {
			t.Fatal(err)
		}
		if got := sink.steps(t); len(got) != 1 || !strings.HasPrefix(got[0], "a malformed open") {
			t.Errorf("alerts %q", got)
		}
	})
}

// A sink that never takes them does not keep the process from stopping.
func TestRunLocalStopsWithAlertsInHand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		src := memory.New(minutely("t", 0, "a", good), 0)
		err := newEngine(t, localPipeline(t, &memorySink{refuse: -1}, plugin("s", src))).RunLocal(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), `sink "kept" has not taken 1 alerts`) {
			t.Errorf("stopped with %v, want an error that an alert was left", err)
		}
	})
}

func TestRunLocalErrors(t *testing.T) {
	t.Parallel()
	down := errors.New("it is down")
	fails := &funcSource{poll: func(context.Context) (feedgauge.Batch, error) { return feedgauge.Batch{}, down }}
	for name, tt := range map[string]struct {
		spoil func(p *pipeline.Pipeline)
		want  string
	}{
		"poll":   {func(p *pipeline.Pipeline) { p.Sources[1].Open = func() (feedgauge.Source, error) { return fails, nil } }, `source "s2"`},
		"source": {func(p *pipeline.Pipeline) { p.Sources[1].Open = func() (feedgauge.Source, error) { return nil, down } }, `opening source "s2"`},
		"sink":   {func(p *pipeline.Pipeline) { p.Sinks[1].Open = func() (feedgauge.Sink, error) { return nil, down } }, `opening sink "kept"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				one := &openSource{Source: memory.New(minutely("t", 0, "a", good), 1)}
				p := localPipeline(t, &memorySink{}, plugin("s1", one), plugin("s2", memory.New(nil, 0)))
				tt.spoil(p)
				err := newEngine(t, p).RunLocal(t.Context())
				if !errors.Is(err, down) || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("error %v, want one of %s", err, tt.want)
				}
				if one.closed == 0 {
					t.Error("the other source was left open")
				}
			})
		})
	}
}

// Two sources may not deliver one topic, whether they say so at once or only with
// its first record.
func TestRunLocalRefusesOneTopicTwice(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]func() feedgauge.Source{
		"known from the ends": func() feedgauge.Source { return memory.New(minutely("t", 1, "b", good), 1) },
		"seen in a record": func() feedgauge.Source {
			return &funcSource{poll: func(context.Context) (feedgauge.Batch, error) {
				return feedgauge.Batch{Records: minutely("t", 0, "b", good)}, nil
			}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				one := memory.New(minutely("t", 0, "a", good), 1)
				err := newEngine(t, localPipeline(t, &memorySink{}, plugin("s1", one), plugin("s2", second()))).RunLocal(t.Context())
				if err == nil || !strings.Contains(err.Error(), `sources "s1" and "s2" both deliver topic "t"`) {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	kafka, own := pipelinetest.Source("raw", "logs"), plugin("s", memory.New(nil, 0))
	for _, tt := range []struct {
		sources []*pipeline.Source
		want    bool
		fails   bool
	}{
		{nil, false, false},
		{[]*pipeline.Source{kafka, kafka}, false, false},
		{[]*pipeline.Source{own, own}, true, false},
		{[]*pipeline.Source{kafka, own}, false, true},
		{[]*pipeline.Source{own, kafka}, false, true},
	} {
		got, err := engine.Local(&pipeline.Pipeline{Sources: tt.sources})
		if got != tt.want || (err != nil) != tt.fails {
			t.Errorf("%d sources: local %v, %v", len(tt.sources), got, err)
		}
	}
}
