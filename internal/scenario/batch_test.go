package scenario_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/processors/rules"
	"github.com/feedgauge/feedgauge/processors/schedule"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
	"github.com/feedgauge/feedgauge/sources/memory"
)

// nightly is a feed whose file is due each night at two, and may come until
// three. The first record of a delivery names the file, its size and its lines.
const (
	nights   = 20
	fileSize = 200 // lines, the header among them
)

// A nightly file is missing, empty, has a header only, or half of its lines. Each
// is found as what it is, when the deadline of that night has passed, and that
// all is well again the night after.
func TestBatchFeeds(t *testing.T) {
	t.Parallel()
	for status, lines := range map[string]int{"missing": -1, "empty": 0, "header_only": 1, "short": fileSize / 2, "": fileSize} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { nightly(t, status, lines) })
		})
	}
}

// nightly delivers whole files but for one night, and looks at what is told.
func nightly(t *testing.T, status string, lines int) {
	bad := time.Now().AddDate(0, 0, -2).Truncate(24 * time.Hour)
	var records []feedgauge.Record
	for night := bad.AddDate(0, 0, 2-nights); night.Before(time.Now()); night = night.AddDate(0, 0, 1) {
		n := fileSize
		if night.Equal(bad) {
			n = lines
		}
		records = appendFile(records, night.Add(2*time.Hour+10*time.Minute), n)
	}
	var want []string
	if status != "" {
		want = []string{
			fmt.Sprint(status, " open at ", feedgauge.InstantOf(bad.Add(3*time.Hour))),
			fmt.Sprint(status, " close at ", feedgauge.InstantOf(bad.Add(27*time.Hour))),
		}
	}
	if got := foundIn(t, records); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// appendFile adds the records of a file with so many lines, none if negative.
func appendFile(records []feedgauge.Record, at time.Time, lines int) []feedgauge.Record {
	if lines < 0 {
		return records
	}
	name := at.Format("orders-2006-01-02.csv")
	add := func(value string, headers ...feedgauge.Header) {
		at = at.Add(10 * time.Millisecond)
		records = append(records, feedgauge.Record{
			Topic: "files", Offset: int64(len(records)), Key: []byte("orders"), Value: []byte(value), Headers: headers, Time: feedgauge.InstantOf(at),
		})
	}
	add("", feedgauge.Header{Key: "file", Value: []byte(name)},
		feedgauge.Header{Key: "size", Value: strconv.AppendInt(nil, int64(lines)*7, 10)},
		feedgauge.Header{Key: "lines", Value: strconv.AppendInt(nil, int64(lines), 10)})
	for range lines {
		add(`{"a":1}`)
	}
	return records
}

// foundIn runs the monitor over records to their end.
func foundIn(t *testing.T, records []feedgauge.Record) []string {
	t.Helper()
	told := &kept{}
	e, err := engine.New(engine.Options{Pipeline: batchPipeline(t, memory.New(records, 50), told), Log: testLog(t), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.RunLocal(t.Context()); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, a := range told.alerts {
		s, err := ocsf.Summarize(a.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s %s at %v", s.Rule, s.Activity, s.Time))
	}
	return out
}

func batchPipeline(t *testing.T, src feedgauge.Source, sink feedgauge.Sink) *pipeline.Pipeline {
	t.Helper()
	due, err := schedule.Cron("0 2 * * *", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	files := pipelinetest.Source("files")
	files.Kind, files.Open = "test", func() (feedgauge.Source, error) { return src, nil }
	class := pipelinetest.Class(t, "nightly", "files", "*", 24*time.Hour, lateness, 0)
	class.Schedule, class.Deadline = due, time.Hour
	class.Delivery = &pipeline.Delivery{Name: "file", Bytes: "size", Lines: "lines"}
	class.Format, class.Checker = "any", nil
	class.Rules = batchRules(t)
	return &pipeline.Pipeline{
		Kafka: pipeline.Kafka{Prefix: "feedgauge", Partitions: 1}, Sources: []*pipeline.Source{files}, Classes: []*pipeline.Class{class},
		Sinks: []*pipeline.Sink{{Kind: "memory", Name: "kept", Open: func() (feedgauge.Sink, error) { return sink, nil }}},
	}
}

func batchRules(t *testing.T) []*rules.Rule {
	t.Helper()
	var out []*rules.Rule
	for name, when := range map[string]string{
		"missing":     "window.deliveries == 0",
		"empty":       "window.deliveries > 0 && window.declared_bytes == 0",
		"header_only": "window.deliveries > 0 && window.declared_lines == 1",
		"short":       "window.declared_lines > 1 && window.events < 0.75 * forecast.events.expected",
	} {
		r, err := rules.Config{Name: name, When: when, For: 1, Clear: 1, Severity: "high"}.Build([]string{"events", "bytes", "lines"}, true)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// kept is a sink that keeps alerts.
type kept struct{ alerts []feedgauge.Alert }

func (k *kept) Write(_ context.Context, alerts []feedgauge.Alert) error {
	k.alerts = append(k.alerts, alerts...)
	return nil
}

func (*kept) Close() error { return nil }
