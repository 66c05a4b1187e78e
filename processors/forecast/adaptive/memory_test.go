package adaptive

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
	"github.com/feedgauge/feedgauge/internal/series"
)

// feeds reads some of the committed series.
func feeds(t testing.TB, names ...string) []*backtest.Series {
	t.Helper()
	b, err := series.CSV("../../../testdata/series", "data.csv")
	if err != nil {
		t.Fatal(err)
	}
	if names != nil {
		b = series.Only(b, names...)
	}
	in, err := backtest.Read(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return in.Feeds
}

// longer are feeds of all sorts with windows that are not so many.
var longer = []string{
	"nyc_taxi_30m", "capbike_registered_1h", "ped_southerncross_1h", "bgt_ped_south_1h", "fremont_west_1h", "metro_i94_1h",
	"sim_nightly1_1h", "sim_latefiles1_1h", "sim_dst_utc1_1h", "sim_poisson_low1_1h", "sim_heartbeat1_1h",
}

func every(s *backtest.Series) time.Duration { return s.Rows[1].Start.Sub(s.Rows[0].Start) }

func window(s *backtest.Series, i int) feedgauge.Window {
	at := s.Rows[i].Start
	return feedgauge.Window{Start: at, End: at.Add(every(s))}
}

// TestRestore: saved and loaded at any point, a model goes on as if nothing had
// happened.
func TestRestore(t *testing.T) {
	t.Parallel()
	for _, s := range feeds(t, "nasa_http_15m", "ped_birrarung_1h", "sim_nightly1_1h", "sim_poisson_low1_1h") {
		f := built(t, Config{Budget: 2, Compact: len(s.Rows)%2 == 0}, feedgauge.Env{Every: every(s)})
		whole, moved := f.New().(feedgauge.Judge), f.New().(feedgauge.Judge)
		rng := rand.New(rand.NewPCG(1, uint64(len(s.Rows))))
		found := 0
		for i, r := range s.Rows {
			if rng.IntN(20) == 0 {
				next := f.New().(feedgauge.Judge)
				if err := next.Load(moved.Append(nil)); err != nil {
					t.Fatal(err)
				}
				moved = next
			}
			want, got := whole.Judge(window(s, i), r.Count), moved.Judge(window(s, i), r.Count)
			if got != want {
				t.Fatalf("%s, %s: %+v, undisturbed %+v", s.Feed, r.Start, got, want)
			}
			if want.Anomaly.Reason != "" {
				found++
			}
		}
		if found < 3 {
			t.Errorf("%s: only %d episodes", s.Feed, found)
		}
	}
}

// TestSinglePrecision: a memory in float32 finds what one in float64 finds, with
// scores that differ by less than anybody can see.
func TestSinglePrecision(t *testing.T) {
	t.Parallel()
	worst := 0.0
	for _, s := range feeds(t) {
		f := built(t, Config{Budget: 0.5}, feedgauge.Env{Every: every(s)}).(*forecaster)
		single, double := newModel[float32](f), newModel[float64](f)
		for i, r := range s.Rows {
			a, b := single.Judge(window(s, i), r.Count), double.Judge(window(s, i), r.Count)
			if a.Anomaly.Kind != b.Anomaly.Kind || (a.Anomaly.Reason == "") != (b.Anomaly.Reason == "") {
				t.Fatalf("%s, %s: %+v, in double precision %+v", s.Feed, r.Start, a, b)
			}
			d := math.Abs(a.Score-b.Score) / math.Max(1, math.Abs(b.Score))
			worst = math.Max(worst, d)
		}
	}
	if worst > 1e-4 {
		t.Errorf("scores differ by %g", worst)
	}
	t.Logf("scores differ by %.2g at most", worst)
}
