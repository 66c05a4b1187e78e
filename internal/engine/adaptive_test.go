package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/internal/series"
	"github.com/feedgauge/feedgauge/processors/forecast/adaptive"
	"github.com/feedgauge/feedgauge/processors/rules"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

// What the adaptive forecast finds in history it finds on Kafka too: three feeds
// are played through a topic, event by event, moved by whole weeks to end some
// days ago. After their end they are silent, which tells that all was judged.
func TestAdaptiveOnKafka(t *testing.T) {
	t.Parallel()
	data, err := series.CSV("../../testdata/series", "data.csv")
	if err != nil {
		t.Fatal(err)
	}
	in, err := backtest.Read(bytes.NewReader(series.Only(data, "sim_poisson_low1_1h", "sim_heartbeat1_1h", "bgt_ped_south_1h")))
	if err != nil {
		t.Fatal(err)
	}
	now := feedgauge.InstantOf(time.Now())
	ends := map[string]feedgauge.Instant{}
	var records []*kgo.Record
	for _, s := range in.Feeds {
		ends[s.Feed] = toRecentWeeks(s, now)
		records = append(records, events(s)...)
	}
	slices.SortStableFunc(records, func(a, b *kgo.Record) int { return a.Timestamp.Compare(b.Timestamp) })
	want := backtested(t, in)
	if len(want) < 10 {
		t.Fatalf("hardly anything is found: %q", want)
	}

	broker, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	p := adaptivePipeline(t, broker.Brokers())
	produce(t, broker.Brokers(), "raw", 1, records)
	e, err := engine.New(engine.Options{Pipeline: p, Log: testLog(t), Boot: "1", Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	run(t, e)
	got := openedUntil(t, broker.Brokers(), p.Kafka.Topic(kafka.Alerts), ends)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found on Kafka\n%q\nin history\n%q", got, want)
	}
}

// toRecentWeeks moves a series by whole weeks, so that it ends two to nine days
// before now, and returns its end. It begins with its first event, as a feed does.
func toRecentWeeks(s *backtest.Series, now feedgauge.Instant) feedgauge.Instant {
	const day, week = 24 * time.Hour, 7 * 24 * time.Hour
	for s.Rows[0].Count == 0 {
		s.Rows = s.Rows[1:]
	}
	last := s.Rows[len(s.Rows)-1].Start
	shift := now.Add(-2 * day).Sub(last).Truncate(week)
	for i := range s.Rows {
		s.Rows[i].Start = s.Rows[i].Start.Add(shift)
	}
	return s.Rows[len(s.Rows)-1].Start.Add(time.Hour)
}

// events are the events of a series, spread over their windows.
func events(s *backtest.Series) []*kgo.Record {
	var out []*kgo.Record
	for _, r := range s.Rows {
		n := int(r.Count)
		for i := range n {
			at := r.Start.Add(time.Duration(i) * time.Hour / time.Duration(n))
			out = append(out, record("raw", s.Feed, "{}", at.Time()))
		}
	}
	return out
}

func hourly(t *testing.T) feedgauge.Forecaster {
	t.Helper()
	f, err := adaptive.New().Build(feedgauge.Env{Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// backtested are the findings in history, as feed, rule and window.
func backtested(t *testing.T, in *backtest.Input) []string {
	t.Helper()
	res, err := backtest.Run(context.Background(), in, backtest.Options{Model: "adaptive", Zero: true, Default: func(time.Duration) (feedgauge.Forecaster, error) { return hourly(t), nil }})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range res.Findings() {
		out = append(out, fmt.Sprintf("%s %s %s: %s", f.Feed, f.Kind, f.At.Add(time.Hour), f.Reason))
	}
	return out
}

func adaptivePipeline(t *testing.T, brokers []string) *pipeline.Pipeline {
	class := pipelinetest.Class(t, "all", "raw", "*", time.Hour, time.Second, 0)
	class.Forecaster, class.Forecast, class.Rules = hourly(t), "adaptive", nil
	for _, c := range rules.Judged() {
		r, err := c.Build([]string{"events"}, true)
		if err != nil {
			t.Fatal(err)
		}
		class.Rules = append(class.Rules, r)
	}
	return &pipeline.Pipeline{
		Kafka:   pipeline.Kafka{Brokers: brokers, Prefix: "feedgauge", Partitions: 1, Replication: 1, Instance: "test", MetadataAge: time.Second},
		Sources: []*pipeline.Source{pipelinetest.Source("raw", "raw")},
		Classes: []*pipeline.Class{class}, Embedded: &pipeline.Embedded{},
	}
}

// openedUntil reads alerts until each feed has one from after its end, and returns
// the findings opened before.
func openedUntil(t *testing.T, brokers []string, topic string, ends map[string]feedgauge.Instant) []string {
	t.Helper()
	cl, err := kafka.Dial(brokers, kgo.ConsumeTopics(topic), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.MetadataMinAge(100*time.Millisecond), kgo.UnknownTopicRetries(-1))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	var out []string
	done := map[string]bool{}
	for len(done) < len(ends) {
		fetches := cl.PollFetches(ctx)
		if ctx.Err() != nil {
			t.Fatalf("the end of all feeds was not told; so far %q", out)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			s, err := ocsf.Summarize(r.Value)
			if err != nil {
				t.Errorf("alert %s: %v", r.Value, err)
			}
			end, known := ends[s.Feed]
			switch {
			case !known || s.Activity != feedgauge.Open:
			case s.Time > end:
				done[s.Feed] = true
			default:
				out = append(out, fmt.Sprintf("%s %s %s: %s", s.Feed, s.Rule, s.Time, s.Message[len(s.Feed)+2:]))
			}
		})
	}
	return out
}
