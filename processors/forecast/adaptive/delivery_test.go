package adaptive

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/schedule"
)

// deliveries cuts time as a class with deliveries does: a window ends so long after a
// delivery is due.
type deliveries struct {
	schedule.Schedule
	deadline time.Duration
}

func (b deliveries) Window(t feedgauge.Instant) feedgauge.Window {
	slot := b.Slot(t.Add(-b.deadline))
	return feedgauge.Window{Start: slot.Add(b.deadline), End: b.Next(slot).Add(b.deadline)}
}

func (b deliveries) due(w feedgauge.Window) time.Time { return w.End.Add(-b.deadline).Time() }

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// delivering returns a forecast of deliveries as the configuration builds it.
func delivering(t testing.TB, line string, deadline, gap time.Duration, holiday func(feedgauge.Instant) bool) (deliveries, *model[float32]) {
	t.Helper()
	s, err := schedule.Cron(line, berlin(t))
	if err != nil {
		t.Fatal(err)
	}
	b := deliveries{s, deadline}
	f, err := New().Build(feedgauge.Env{Every: gap, Window: b.Window, Deadline: deadline, Zone: berlin(t), Holiday: holiday, Measure: "bytes"})
	if err != nil {
		t.Fatal(err)
	}
	return b, f.New().(*model[float32])
}

// batchSize is how large a batch is that is due at t: of Mondays three times, of the
// evening a tenth, with some scatter.
func batchSize(r *rand.Rand, t time.Time) float64 {
	size := 2e6
	if t.Weekday() == time.Monday {
		size *= 3
	}
	if t.Hour() > 12 {
		size /= 10
	}
	return math.Round(size * math.Exp(0.2*r.NormFloat64()))
}

var plans = []struct {
	line     string
	deadline time.Duration
	gap      time.Duration // mean, as internal/config works it out
}{
	{"0 2 * * *", 3 * time.Hour, 24 * time.Hour},
	{"0 2 * * 1-5", 3 * time.Hour, 33*time.Hour + 36*time.Minute},
	{"0 2,20 * * 1-5", 5 * time.Hour, 16*time.Hour + 48*time.Minute},
	{"30 23 * * 0", 2 * time.Hour, 168 * time.Hour},
}

// TestDeliveriesKeepTheBudget: sizes of batches that are as they should be, each of
// its own slot and weekday, raise no more false alarms than the budget has, however
// far apart they are due.
func TestDeliveriesKeepTheBudget(t *testing.T) {
	t.Parallel()
	for _, p := range plans {
		found, months := 0, 0.0
		for feed := range uint64(20) {
			b, m := delivering(t, p.line, p.deadline, p.gap, nil)
			r := rand.New(rand.NewPCG(feed, 7))
			w := b.Window(feedgauge.InstantOf(time.Date(2023, 1, 2, 12, 0, 0, 0, time.UTC)))
			first := w.Start
			for range 400 {
				if f := m.Judge(w, batchSize(r, b.due(w).In(berlin(t)))); f.Anomaly.Reason != "" {
					found++
				}
				w = b.Window(w.End)
			}
			months += w.Start.Sub(first).Hours() / 24 / daysToMonth
		}
		rate := float64(found) / months
		t.Logf("%-15s %.2f false alarms per feed and month", p.line, rate)
		if rate > 1.2*DefaultBudget {
			t.Errorf("%s: %.2f false alarms per feed and month", p.line, rate)
		}
	}
}

// TestShortDeliveries: a batch of less than half of what its slot and weekday has is
// told of with its window, dated to it, and what is usual for another slot is not
// excused.
func TestShortDeliveries(t *testing.T) {
	t.Parallel()
	for _, p := range plans {
		told, all := 0, 0
		for feed := range uint64(30) {
			b, m := delivering(t, p.line, p.deadline, p.gap, nil)
			r := rand.New(rand.NewPCG(feed, 9))
			w := b.Window(feedgauge.InstantOf(time.Date(2023, 1, 2, 12, 0, 0, 0, time.UTC)))
			for range 150 + feed {
				m.Judge(w, batchSize(r, b.due(w).In(berlin(t))))
				w = b.Window(w.End)
			}
			if m.core.m.Episode.Open {
				continue // a false alarm, which is another matter
			}
			f := m.Judge(w, 0.4*batchSize(r, b.due(w).In(berlin(t))))
			if all++; f.Anomaly.Kind == feedgauge.Short && f.Anomaly.Reason != "" {
				told++
				if f.Anomaly.FirstBad > w.Start || w.Start.Sub(f.Anomaly.FirstBad) > 8*24*time.Hour {
					t.Errorf("%s: that of %v is dated %v", p.line, w, f.Anomaly.FirstBad)
				}
			}
		}
		t.Logf("%-15s %d of %d told", p.line, told, all)
		if told*10 < all*6 {
			t.Errorf("%s: %d of %d are told of", p.line, told, all)
		}
	}
}

// The place of a delivery is that of the time at which it is due, on clocks that
// change, and its day is what may be a holiday.
func TestDeliveriesHaveTheirSlot(t *testing.T) {
	t.Parallel()
	holiday := func(at feedgauge.Instant) bool { return at.Time().In(berlin(t)).Format("01-02") == "05-01" }
	b, m := delivering(t, "30 23 * * *", 4*time.Hour, 24*time.Hour, holiday)
	for due, want := range map[string]struct {
		bin     int
		holiday bool
	}{
		"2026-04-30T21:30:00Z": {3*hours + 23, false}, // Thursday
		"2026-05-01T21:30:00Z": {4*hours + 23, true},  // ends on Saturday
		"2026-03-28T22:30:00Z": {5*hours + 23, false}, // clocks are put forward before it ends
	} {
		at, err := time.Parse(time.RFC3339, due)
		if err != nil {
			t.Fatal(err)
		}
		w := b.Window(feedgauge.InstantOf(at))
		if pl := m.clock.at(w); b.due(w) != at || pl.bin != want.bin || pl.holiday != want.holiday {
			t.Errorf("due %s, or %v: %+v, want %+v", due, b.due(w), pl, want)
		}
	}
}
