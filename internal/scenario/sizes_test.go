package scenario_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/config"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/forecast"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
	"github.com/feedgauge/feedgauge/sources/memory"
)

// A batch comes on workdays, on Mondays with three days in it. One Wednesday it has
// all of its lines, but most are cut short: told as that, with what a Wednesday has.
// Weekends, Mondays and the days after are as usual.
func TestSizesOfDeliveries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		now := time.Now() // a Saturday, as synctest has it
		bad := now.AddDate(0, 0, -10).Truncate(24 * time.Hour)
		if bad.Weekday() != time.Wednesday {
			t.Fatalf("%v is no Wednesday", bad)
		}
		var records []feedgauge.Record
		r := rand.New(rand.NewPCG(1, 2))
		for day := bad.AddDate(0, 0, -100); day.Before(now); day = day.AddDate(0, 0, 1) {
			lines := 60 + r.IntN(12)
			weekday := day.Weekday()
			if weekday == time.Saturday || weekday == time.Sunday {
				continue
			}
			if weekday == time.Monday {
				lines *= 3
			}
			text := strings.Repeat("x", 40)
			if day.Equal(bad) {
				text = "x"
			}
			for i := range lines {
				records = append(records, feedgauge.Record{
					Topic: "files", Offset: int64(len(records)), Key: []byte("orders"), Value: fmt.Appendf(nil, `{"day":%q,"n":%d,"text":%q}`, day.Format(time.DateOnly), i, text),
					Time: feedgauge.InstantOf(day.Add(2*time.Hour + time.Duration(i)*time.Second)),
				})
			}
		}
		got := batched(t, sizesHCL, records)
		want := []string{
			fmt.Sprint("short open at ", feedgauge.InstantOf(bad.Add(4*time.Hour))),
			fmt.Sprint("short close at ", feedgauge.InstantOf(bad.Add(28*time.Hour))),
		}
		for i, told := range got {
			if i < len(want) && strings.HasPrefix(told, want[i]) {
				want[i] = told
			}
		}
		if !slices.Equal(got, want) || !strings.Contains(got[0], " bytes, ") || !strings.HasSuffix(got[0], " were expected") {
			t.Errorf("told %q, want %q with both numbers", got, want)
		}
	})
}

const sizesHCL = `
source "batches" "files" { feed = ["key"] }
class "orders" {
  match = ["*"]
  delivery {
    schedule = "0 2 * * 1-5"
    deadline = "2h"
  }
  format "json" {}
  forecast "adaptive" { measures = ["events", "bytes", "lines"] }
}
`

type batches struct{ records []feedgauge.Record }

// Build implements [feedgauge.SourceConfig].
func (b *batches) Build(feedgauge.Env) (feedgauge.Source, error) {
	return memory.New(b.records, 50), nil
}

// batched runs a class of deliveries, of a source of kind "batches", over records to
// their end, and returns what is told.
func batched(t *testing.T, hcl string, records []feedgauge.Record) (out []string) {
	t.Helper()
	p, ds := config.Parse("batches.hcl", []byte(hcl), config.Plugins{
		Sources:    map[string]func() feedgauge.SourceConfig{"batches": func() feedgauge.SourceConfig { return &batches{records} }},
		Processors: feedgauge.Processors{Formats: format.All(), Forecasts: forecast.All()},
	})
	if ds.HasErrors() {
		t.Fatal(ds)
	}
	told := &kept{}
	p.Sinks = []*pipeline.Sink{{Kind: "memory", Name: "kept", Open: func() (feedgauge.Sink, error) { return told, nil }}}
	e, err := engine.New(engine.Options{Pipeline: p, Log: testLog(t), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.RunLocal(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, a := range told.alerts {
		s, err := ocsf.Summarize(a.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s %s at %v: %s", s.Rule, s.Activity, s.Time, s.Message))
	}
	return out
}
