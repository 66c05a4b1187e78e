package journal

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

func TestClosedRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawFeed(t)
		in := &feedgauge.Closed{
			Feed: f.Feed, Counts: f.Counts, Status: feedgauge.Short, Late: rapid.Bool().Draw(t, "late"),
			Window: feedgauge.Window{Start: f.First, End: f.First + 60_000},
		}
		if rapid.Bool().Draw(t, "ready") {
			in.Forecast = feedgauge.Forecast{
				Expected: rapid.Float64().Draw(t, "expected"), Lower: -1, Upper: 1e300, Score: 0.1, Ready: true,
			}
		}
		for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"hosts", "bytes", "x"}), rapid.ID).Draw(t, "measures") {
			r := feedgauge.Reading{Measure: name, Value: rapid.Float64().Draw(t, "value")}
			if rapid.Bool().Draw(t, "forecast") {
				r.Forecast = feedgauge.Forecast{Expected: rapid.Float64().Draw(t, "expected"), Upper: 5, Ready: true}
			}
			in.Readings = append(in.Readings, r)
		}
		if rapid.Bool().Draw(t, "clocks") {
			in.Clocks = feedgauge.Clocks{Events: 7, Timeless: 1, Future: 2, Delay: time.Second, Least: -time.Hour, Most: 8760 * time.Hour}
		}
		got, err := DecodeClosed(AppendClosed(nil, in))
		if err != nil || !reflect.DeepEqual(got, in) {
			t.Fatalf("%v: got %+v, want %+v", err, got, in)
		}
	})
}

func FuzzDecodeClosed(f *testing.F) {
	f.Add(AppendClosed(nil, &feedgauge.Closed{Status: feedgauge.OK, Forecast: feedgauge.Forecast{Ready: true}}))
	f.Add(AppendClosed(nil, &feedgauge.Closed{Readings: feedgauge.Readings{{Measure: "hosts", Value: 50, Forecast: feedgauge.Forecast{Ready: true}}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := DecodeClosed(b)
		if (c == nil) == (err == nil) {
			t.Errorf("closed %v with error %v", c, err)
		}
	})
}
