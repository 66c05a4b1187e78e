package adaptive

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

func shared(t testing.TB, budget float64, share int, measure string) feedgauge.Forecaster {
	t.Helper()
	f, err := (&Config{Budget: budget}).Build(feedgauge.Env{Every: time.Hour, Share: share, Measure: measure})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Measures of a feed share its budget evenly; one alone has all of it.
func TestShares(t *testing.T) {
	t.Parallel()
	for share, budget := range map[int]float64{0: 0.5, 1: 0.5, 2: 0.25, 5: 0.1} {
		got, want := shared(t, 0.5, share, "").(*forecaster).p, shared(t, budget, 1, "").(*forecaster).p
		if math.Abs(got.logB-want.logB) > 1e-12 || math.Abs(got.budget-want.budget) > 1e-12 {
			t.Errorf("of %d measures each has %v, want %v", share, got.budget, want.budget)
		}
	}
}

// relayed is what a relay passes on in a window: events of many hosts, their bytes, and
// how many hosts there were. All three go up and down together, and each has its own
// noise.
func relayed(r *rand.Rand, hour, hosts int) [3]float64 {
	day := 1 + 0.6*math.Sin(2*math.Pi*float64(hour%24)/24)
	load := day * math.Exp(0.15*r.NormFloat64())
	up := float64(hosts)
	for range hosts {
		if r.Float64() < 0.01 { // is restarted, or has nothing to say
			up--
		}
	}
	mean := up * 20 * load
	events := math.Max(0, math.Round(mean+math.Sqrt(mean)*r.NormFloat64()))
	bytes := math.Round(events * 300 * math.Exp(0.1*r.NormFloat64()))
	return [3]float64{events, bytes, up}
}

// TestShareKeepsTheBudget: three measures of feeds in which nothing is ever wrong
// raise together no more than the feed may, however they hang together.
func TestShareKeepsTheBudget(t *testing.T) {
	t.Parallel()
	const feeds, hours = 12, 24 * 365
	r := rand.New(rand.NewPCG(1, 2))
	for _, budget := range []float64{0.5, 2} {
		found, together := 0, 0
		for range feeds {
			var models []feedgauge.Judge
			for _, m := range []string{"events", "bytes", "hosts"} {
				models = append(models, shared(t, budget, 3, m).New().(feedgauge.Judge))
			}
			w, hosts, open := feedgauge.WindowOf(0, time.Hour), 10+r.IntN(60), false
			for h := range hours {
				some := false
				for i, v := range relayed(r, h, hosts) {
					f := models[i].Judge(w, v)
					if f.Anomaly.Reason != "" {
						found++
					}
					some = some || f.Anomaly.Kind != ""
				}
				if some && !open {
					together++
				}
				open, w = some, w.Next()
			}
		}
		months := feeds * (hours/24.0 - warmDays) / daysToMonth
		each, told := float64(found)/months, float64(together)/months
		t.Logf("budget %v: %.2f episodes per feed and month, told together %.2f", budget, each, told)
		if told > 1.2*budget {
			t.Errorf("budget %v: %.2f per feed and month", budget, told)
		}
		if told < budget/10 {
			t.Errorf("budget %v: %.2f per feed and month are too few to show anything", budget, told)
		}
	}
}

// A relay that loses 20 of its 50 hosts is told of at once, with both numbers, by
// their name.
func TestNamesTheMeasure(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	m := shared(t, 0.5, 3, "hosts").New().(feedgauge.Judge)
	w := feedgauge.WindowOf(0, time.Hour)
	for h := range 24 * 30 {
		m.Judge(w, relayed(r, h, 50)[2])
		w = w.Next()
	}
	f := m.Judge(w, 30)
	if f.Anomaly.Kind != feedgauge.Short || f.Anomaly.Reason != "30 hosts, 50 were expected" {
		t.Errorf("%+v", f)
	}
	quiet := shared(t, 0.5, 1, "hosts").New().(feedgauge.Judge)
	w = feedgauge.WindowOf(0, time.Hour)
	var reasons []string
	for h := range 24 * 60 {
		v := relayed(r, h, 50)[2]
		if h > 24*40 {
			v = 0
		}
		if f := quiet.Judge(w, v); f.Anomaly.Reason != "" {
			reasons = append(reasons, f.Anomaly.Reason)
		}
		w = w.Next()
	}
	if len(reasons) == 0 || !strings.Contains(reasons[len(reasons)-1], "hosts") {
		t.Errorf("%q", reasons)
	}
}
