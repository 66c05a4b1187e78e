package backtest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/processors/forecast"
)

// history is a file of feeds with a count for each hour from 2024 on; a negative
// count is a missing row.
func history(feeds map[string][]int) string {
	var b strings.Builder
	b.WriteString("feed,timestamp,count\n")
	for name, counts := range feeds {
		for i, n := range counts {
			if n >= 0 {
				fmt.Fprintf(&b, "%s,%s,%d\n", name, time.Date(2024, 1, 1, i, 0, 0, 0, time.UTC).Format(time.RFC3339), n)
			}
		}
	}
	return b.String()
}

func trend() Options {
	return Options{Model: "trend", Windows: true, Default: func(time.Duration) (feedgauge.Forecaster, error) {
		return forecast.NewTrend().Build(feedgauge.Env{})
	}}
}

func ran(t *testing.T, text string, o Options) (alerts, windows string, res *Result) {
	t.Helper()
	in, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if res, err = Run(context.Background(), in, o); err != nil {
		t.Fatal(err)
	}
	var a, w bytes.Buffer
	if err := res.WriteAlerts(&a); err != nil {
		t.Fatal(err)
	}
	if err := res.WriteWindows(&w); err != nil {
		t.Fatal(err)
	}
	return a.String(), w.String(), res
}

// TestRunTrend follows the simplest forecast by hand.
func TestRunTrend(t *testing.T) {
	t.Parallel()
	text := history(map[string][]int{"b": {100, 100, 100, 70, 100, 100, 10}, "a": {8, 8, 8, 0, 8}})
	alerts, windows, res := ran(t, text, trend())
	const want = `feed,timestamp,kind,side,score,actual,expected,lower,upper,first_bad,reason
a,2024-01-01T03:00:00Z,short,low,2.8284,0,8,8,8,2024-01-01T03:00:00Z,"a: 0 events, 8 were expected"
b,2024-01-01T03:00:00Z,short,low,3,70,100,100,100,2024-01-01T03:00:00Z,"b: 70 events, 100 were expected"
b,2024-01-01T06:00:00Z,short,low,9,10,100,100,100,2024-01-01T06:00:00Z,"b: 10 events, 100 were expected"
`
	if alerts != want {
		t.Errorf("alerts\n%swant\n%s", alerts, want)
	}
	for _, line := range []string{
		"a,2024-01-01T02:00:00Z,8,,,,,learning\n",
		"b,2024-01-01T03:00:00Z,70,100,100,100,3,short\n",
		"b,2024-01-01T04:00:00Z,100,100,100,100,0,ok\n",
	} {
		if !strings.Contains(windows, line) {
			t.Errorf("no window %q in\n%s", line, windows)
		}
	}
	s := res.Summary()
	if s.Feeds != 2 || s.Rows != 12 || s.Findings["short"] != 3 || len(s.PerFeed) != 2 || s.PerFeed[1].Judged != 4 {
		t.Errorf("summary %+v", s)
	}
}

// TestMissing: a window without a row is one that nobody observed, or an empty
// one, as was asked.
func TestMissing(t *testing.T) {
	t.Parallel()
	text := history(map[string][]int{"a": {8, 8, 8, -1, 8}})
	o := trend()
	if alerts, _, res := ran(t, text, o); strings.Count(alerts, "\n") != 1 || res.Feeds[0].Rows != 4 {
		t.Errorf("gap: %s", alerts)
	}
	o.Zero = true
	if alerts, _, res := ran(t, text, o); strings.Count(alerts, "\n") != 2 || res.Feeds[0].Rows != 5 {
		t.Errorf("zero: %s", alerts)
	}
}

// TestClasses: a feed that a class of the configuration takes is run by its
// rules, silence among them; others by the default.
func TestClasses(t *testing.T) {
	t.Parallel()
	class := pipelinetest.Class(t, "web", "raw", "web-*", time.Hour, time.Minute, 2*time.Hour)
	o := trend()
	o.Pipeline = &pipeline.Pipeline{Classes: []*pipeline.Class{class}}
	o.Zero = true
	alerts, _, res := ran(t, history(map[string][]int{"web-1": {8, 8, 8, 0, 0, 0, 8}, "other": {8, 8, 8, 0, 0, 0, 8}}), o)
	if res.Feeds[0].Class != DefaultClass || res.Feeds[1].Class != "web" {
		t.Errorf("classes %q and %q", res.Feeds[0].Class, res.Feeds[1].Class)
	}
	if !strings.Contains(alerts, "web-1,2024-01-01T04:00:00Z,silent,low,") {
		t.Errorf("no silence of web-1 in\n%s", alerts)
	}
	if n := strings.Count(alerts, ",silent,"); n != 1 {
		t.Errorf("%d silences, but the default class has no period\n%s", n, alerts)
	}
}

// TestOffGrid: rows that begin no window are counted and change nothing.
func TestOffGrid(t *testing.T) {
	t.Parallel()
	text := history(map[string][]int{"a": {8, 8, 8, 2, 8}})
	want, _, _ := ran(t, text, trend())
	got, _, res := ran(t, text+"a,2024-01-01T02:30:00Z,1\n", trend())
	if got != want || res.Rejected[OffGrid] != 1 {
		t.Errorf("rejected %v, alerts\n%swant\n%s", res.Rejected, got, want)
	}
}

// TestJobs: how many feeds are run at a time, and which others are in the file,
// shows nowhere.
func TestJobs(t *testing.T) {
	t.Parallel()
	feeds := map[string][]int{}
	for i := range 20 {
		feeds[fmt.Sprintf("f%02d", i)] = []int{10, 10, 10, i, 10, 20 - i, 10}
	}
	o := trend()
	o.Jobs = 1
	alerts, windows, _ := ran(t, history(feeds), o)
	o.Jobs = 7
	if a, w, _ := ran(t, history(feeds), o); a != alerts || w != windows {
		t.Error("seven jobs find something else than one")
	}
	alone, _, _ := ran(t, history(map[string][]int{"f03": feeds["f03"]}), o)
	for _, line := range strings.Split(strings.TrimSpace(alone), "\n") {
		if !strings.Contains(alerts, line+"\n") {
			t.Errorf("alone it has %q", line)
		}
	}
}

// TestRefused: a feed in windows that the forecast does not take stops no other.
func TestRefused(t *testing.T) {
	t.Parallel()
	o := adaptively(nil)
	want, _, _ := ran(t, history(map[string][]int{"a": {8, 8, 8}}), o)
	strange := "b,2024-01-01T00:00:00Z,1\nb,2024-01-01T00:00:00.005Z,1\nc,2024-01-01T00:00:00Z,1\nc,2026-01-01T00:00:00Z,1\n"
	got, _, res := ran(t, history(map[string][]int{"a": {8, 8, 8}})+strange, o)
	if got != want || res.Rejected[BadStep] != 4 || len(res.Feeds) != 3 || res.Feeds[0].Rows != 3 {
		t.Errorf("rejected %v, alerts\n%s", res.Rejected, got)
	}
	in, err := Read(strings.NewReader("feed,timestamp,count\n" + strange))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), in, o); err == nil || !strings.Contains(err.Error(), `feed "b"`) {
		t.Errorf("alone: %v", err)
	}
}
