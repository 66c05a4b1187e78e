package backtest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/series"
	"github.com/feedgauge/feedgauge/processors/forecast/adaptive"
)

// The laws hold for the forecast by default, on real and simulated feeds with
// faults.

func adaptively(zone *time.Location) Options {
	return Options{Model: "adaptive", Windows: true, Default: func(every time.Duration) (feedgauge.Forecaster, error) {
		return adaptive.New().Build(feedgauge.Env{Every: every, Zone: zone})
	}}
}

// some are the feeds on which laws are tried: short and long windows, real and
// simulated, with gaps and without.
func some(t *testing.T) string {
	t.Helper()
	all, err := series.CSV("../../testdata/series", "data.csv")
	if err != nil {
		t.Fatal(err)
	}
	return string(series.Only(all, "nasa_http_15m", "nyc_taxi_30m", "ped_birrarung_1h", "metro_i94_1h", "sim_poisson_low1_1h", "sim_heartbeat1_1h", "sim_nightly1_1h"))
}

// edit changes the rows of a CSV text.
func edit(t *testing.T, text string, change func(row []string) []string) string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for i, row := range rows {
		if i > 0 {
			row = change(row)
		}
		if row != nil {
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.Flush()
	return b.String()
}

// moved is a time in RFC 3339 moved by d.
func moved(t *testing.T, at string, d time.Duration) string {
	t.Helper()
	x, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		t.Fatal(err)
	}
	return feedgauge.InstantOf(x.Add(d)).String()
}

// movedRows moves the times of alerts or windows.
func movedRows(t *testing.T, text string, d time.Duration) string {
	return edit(t, text, func(row []string) []string {
		row[1] = moved(t, row[1], d)
		if len(row) > 9 {
			row[9] = moved(t, row[9], d)
		}
		return row
	})
}

// before keeps the rows before a time.
func before(t *testing.T, text, end string) string {
	return edit(t, text, func(row []string) []string {
		if row[1] >= end {
			return nil
		}
		return row
	})
}

// TestCutting: what comes later changes nothing of what was said.
func TestCutting(t *testing.T) {
	t.Parallel()
	text := some(t)
	alerts, windows, _ := ran(t, text, adaptively(nil))
	if strings.Count(alerts, "\n") < 20 {
		t.Fatalf("hardly anything is found:\n%s", alerts)
	}
	for _, name := range []string{"nasa_http_15m", "nyc_taxi_30m", "ped_birrarung_1h", "metro_i94_1h", "sim_poisson_low1_1h", "sim_heartbeat1_1h", "sim_nightly1_1h"} {
		one := string(series.Only([]byte(text), name))
		wantA, wantW := string(series.Only([]byte(alerts), name)), string(series.Only([]byte(windows), name))
		lines := strings.SplitAfter(one, "\n")
		for _, keep := range []int{401, 777, 1300} {
			cut := strings.Join(lines[:keep+1], "")
			end := strings.Split(lines[keep+1], ",")[1]
			a, w, _ := ran(t, cut, adaptively(nil))
			if a != before(t, wantA, end) || w != before(t, wantW, end) {
				t.Errorf("%s, cut at %s, has other rows before", name, end)
			}
		}
	}
}

// TestNamesAndDates: renamed feeds, and times moved by 52 weeks, change nothing
// but names and times.
func TestNamesAndDates(t *testing.T) {
	t.Parallel()
	const year = 364 * 24 * time.Hour
	text := some(t)
	alerts, windows, _ := ran(t, text, adaptively(nil))
	rename := func(row []string) []string {
		row[0] = "x" + row[0]
		return row
	}
	a, w, _ := ran(t, edit(t, movedCounts(t, text, year), rename), adaptively(nil))
	if a != edit(t, movedRows(t, alerts, year), rename) {
		t.Error("moved and renamed, other alerts are found")
	}
	if w != edit(t, movedRows(t, windows, year), rename) {
		t.Error("moved and renamed, windows have other forecasts")
	}
}

func movedCounts(t *testing.T, text string, d time.Duration) string {
	return edit(t, text, func(row []string) []string {
		row[1] = moved(t, row[1], d)
		return row
	})
}

// TestZones: a feed elsewhere on the globe, told in its own zone, is judged alike.
func TestZones(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Asia/Kathmandu") // 5:45 ahead of UTC, all year
	if err != nil {
		t.Fatal(err)
	}
	const ahead = 5*time.Hour + 45*time.Minute
	text := some(t)
	// Before 1986 the zone was another one; the series are younger.
	alerts, windows, _ := ran(t, text, adaptively(nil))
	a, w, _ := ran(t, movedCounts(t, text, -ahead), adaptively(zone))
	if a != movedRows(t, alerts, -ahead) || w != movedRows(t, windows, -ahead) {
		t.Error("in another zone other rows are found")
	}
}

// TestAlone: a feed's rows do not depend on its company, nor on the jobs.
func TestAlone(t *testing.T) {
	t.Parallel()
	text := some(t)
	o := adaptively(nil)
	o.Jobs = 1
	alerts, windows, _ := ran(t, text, o)
	for i, name := range []string{"nasa_http_15m", "metro_i94_1h", "sim_nightly1_1h"} {
		o.Jobs = 2 + i
		a, w, _ := ran(t, string(series.Only([]byte(text), name)), o)
		if a != string(series.Only([]byte(alerts), name)) || w != string(series.Only([]byte(windows), name)) {
			t.Errorf("alone, %s has other rows", name)
		}
	}
	o.Jobs = 5
	if a, w, _ := ran(t, text, o); a != alerts || w != windows {
		t.Error("with more jobs other rows are found")
	}
}

// TestOrder: in which order feeds and rows stand in the file does not matter.
func TestOrder(t *testing.T) {
	t.Parallel()
	text := string(series.Only([]byte(some(t)), "sim_heartbeat1_1h", "ped_birrarung_1h"))
	alerts, windows, _ := ran(t, text, adaptively(nil))
	lines := strings.Split(strings.TrimSpace(text), "\n")
	var b strings.Builder
	fmt.Fprintln(&b, lines[0])
	for i := len(lines) - 1; i > 0; i-- {
		fmt.Fprintln(&b, lines[i])
	}
	if a, w, _ := ran(t, b.String(), adaptively(nil)); a != alerts || w != windows {
		t.Error("backwards, other rows are found")
	}
}

// TestSensitivity: a model that can say how soon it notices losses is asked at the
// end of its history, and says that silence is noticed soonest.
func TestSensitivity(t *testing.T) {
	t.Parallel()
	o := adaptively(nil)
	o.Sensitivity = true
	_, _, res := ran(t, string(series.Only([]byte(some(t)), "sim_heartbeat1_1h", "nyc_taxi_30m")), o)
	for _, f := range res.Summary().PerFeed {
		silence, ok := f.NoticedSeconds["100"]
		if !ok || silence > 24*3600 {
			t.Errorf("%s: silence is noticed within %v s", f.Feed, silence)
		}
		for loss, s := range f.NoticedSeconds {
			if s < silence {
				t.Errorf("%s: a loss of %s%% is noticed before silence", f.Feed, loss)
			}
		}
	}
}
