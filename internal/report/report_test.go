package report

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
	"github.com/feedgauge/feedgauge/processors/forecast"
)

// TestWrite: a page with a picture of each feed, one of each of the worst findings,
// all findings in a table, and nothing that is fetched or run.
func TestWrite(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("feed,timestamp,count\n")
	for i := range 200 {
		n := 100
		if i%30 == 29 {
			n = i
		}
		if i%40 == 39 {
			n = 3
		}
		fmt.Fprintf(&text, "<b>web</b>,%s,%d\n", time.Date(2024, 1, 1, i, 0, 0, 0, time.UTC).Format(time.RFC3339), n)
	}
	text.WriteString("lone,2024-01-01T00:00:00Z,5\n")
	in, err := backtest.Read(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	o := backtest.Options{Model: "trend", Windows: true, Default: func(time.Duration) (feedgauge.Forecaster, error) {
		return forecast.NewTrend().Build(feedgauge.Env{})
	}}
	res, err := backtest.Run(context.Background(), in, o)
	if err != nil {
		t.Fatal(err)
	}
	var page, again bytes.Buffer
	if err := Write(&page, res); err != nil {
		t.Fatal(err)
	}
	if err := Write(&again, res); err != nil || !bytes.Equal(page.Bytes(), again.Bytes()) {
		t.Errorf("the same result gives other pages, %v", err)
	}
	got := page.String()
	for want, n := range map[string]int{"<section>": 2, `role="img"`: 2 + mostCloseUps, "</html>": 1, "&lt;b&gt;web&lt;/b&gt;</h2>": 1} {
		if strings.Count(got, want) != n {
			t.Errorf("%d times %s, want %d", strings.Count(got, want), want, n)
		}
	}
	if n := strings.Count(got, "3 events, "); n < len(res.Feeds[0].Findings) || len(res.Feeds[0].Findings) < 5 {
		t.Errorf("%d reasons of %d findings", n, len(res.Feeds[0].Findings))
	}
	for _, bad := range []string{"<script", "src=", "@import", "url(", "<b>web", "ZgotmplZ", "NaN"} {
		if strings.Contains(got, bad) {
			t.Errorf("%s in the page", bad)
		}
	}
	if rest := strings.ReplaceAll(got, "http://www.w3.org/2000/svg", ""); strings.Contains(rest, "http") {
		t.Error("the page points elsewhere")
	}
}
