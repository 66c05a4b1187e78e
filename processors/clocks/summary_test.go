package clocks

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// noted is one event for a summary.
type noted struct {
	at, event feedgauge.Instant
	clock     feedgauge.Clock
}

// drawNoted draws events with delays of all sizes, ahead and behind.
func drawNoted(t *rapid.T) []noted {
	one := rapid.Custom(func(t *rapid.T) noted {
		at := start + feedgauge.Instant(rapid.Int64Range(0, 100*day).Draw(t, "at"))
		most := rapid.SampledFrom([]int64{minute, hour, 30 * hour, 400 * day, longest, 2 * longest}).Draw(t, "most")
		clock := feedgauge.Clock(rapid.IntRange(0, int(feedgauge.DatelessClock)).Draw(t, "clock"))
		return noted{at, at - feedgauge.Instant(rapid.Int64Range(-most, most).Draw(t, "delay")), clock}
	})
	return rapid.SliceOfN(one, 0, 60).Draw(t, "events")
}

func sum(events []noted) *Summary {
	s := &Summary{}
	for _, e := range events {
		s.Note(e.at, e.event, e.clock, nil)
	}
	return s
}

// However events are dealt out and merged, the summary has the same bytes.
func TestSummariesMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := drawNoted(t)
		want := sum(events).Append(nil)
		parts := make([][]noted, 4)
		for _, e := range rapid.Permutation(events).Draw(t, "order") {
			i := rapid.IntRange(0, 3).Draw(t, "part")
			parts[i] = append(parts[i], e)
		}
		got := &Summary{}
		for _, p := range parts {
			one := sum(p)
			before := one.Append(nil)
			got.Merge(one)
			if !bytes.Equal(one.Append(nil), before) {
				t.Fatal("what is merged in has changed")
			}
		}
		if !bytes.Equal(got.Append(nil), want) {
			t.Fatalf("merged %x, whole %x", got.Append(nil), want)
		}
		again, err := Decode(want)
		if err != nil || !bytes.Equal(again.Append(nil), want) {
			t.Fatalf("%x is read as %+v, %v", want, again, err)
		}
		copied := again.Clone()
		copied.Merge(again)
		if !bytes.Equal(again.Append(nil), want) {
			t.Fatal("a clone shares what changes")
		}
	})
}

// Quantiles lie in the bin of the exact ones, and a cluster is known to the
// millisecond.
func TestQuantiles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		delays := rapid.SliceOfN(rapid.Int64Range(-100*hour, 100*hour), 1, 50).Draw(t, "delays")
		s := &Summary{}
		for _, d := range delays {
			s.Note(start, start-feedgauge.Instant(d), feedgauge.ZonedClock, nil)
		}
		slices.Sort(delays)
		n := int64(len(delays))
		for _, q := range []struct{ num, den int64 }{{1, 20}, {1, 2}, {19, 20}} {
			exact := delays[(n*q.num+q.den-1)/q.den-1]
			if got := s.quantile(q.num, q.den); indexOf(got) != indexOf(exact) && abs(got-exact) > second {
				t.Fatalf("quantile %d of %d is %d, exactly %d", q.num, q.den, got, exact)
			}
		}
		future := int64(0)
		for _, d := range delays {
			if d < -Tolerance.Milliseconds() {
				future++
			}
		}
		if got := s.future(); got != future {
			t.Fatalf("%d events of the future, want %d", got, future)
		}
	})
	s := &Summary{}
	for i := range int64(3) {
		s.Note(start, start-feedgauge.Instant(2*hour+i*2000), feedgauge.ZonedClock, nil)
	}
	want := feedgauge.Clocks{Events: 3, Delay: 2*time.Hour + 2*time.Second, Least: 2*time.Hour + 2*time.Second, Most: 2*time.Hour + 2*time.Second}
	if got := s.Clocks(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// Bins are in order and leave nothing out.
func TestBins(t *testing.T) {
	t.Parallel()
	if !slices.IsSorted(bounds) || len(slices.Compact(slices.Clone(bounds))) != len(bounds) {
		t.Fatalf("bounds %v", bounds)
	}
	for _, b := range bounds {
		if indexOf(b) != indexOf(b-1)+1 || indexOf(-b) != indexOf(-b-1)+1 {
			t.Errorf("bins at %d: %d and %d, %d and %d", b, indexOf(b-1), indexOf(b), indexOf(-b-1), indexOf(-b))
		}
	}
	if indexOf(0) != 0 || indexOf(-1) != -1 {
		t.Errorf("bins at 0: %d and %d", indexOf(-1), indexOf(0))
	}
	full := &Summary{}
	for _, b := range bounds {
		for _, d := range []int64{b, -b, b - 1, 1 - b} {
			full.add(d, 1_000_000)
		}
	}
	if n := len(full.Append(nil)); n > 4096 {
		t.Errorf("%d bytes", n)
	}
}

// Times that are not whole are completed by the arrival and the zone.
func TestWhole(t *testing.T) {
	t.Parallel()
	berlin := mustZone(t, "Europe/Berlin")
	date := func(text string) feedgauge.Instant {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return feedgauge.InstantOf(at)
	}
	for _, tt := range []struct {
		at, stamp string
		clock     feedgauge.Clock
		zone      *time.Location
		want      string
	}{
		{"2026-07-01T12:00:05Z", "2026-07-01T12:00:00Z", feedgauge.ZonedClock, berlin, "2026-07-01T12:00:00Z"},
		{"2026-07-01T12:00:05Z", "2026-07-01T14:00:00Z", feedgauge.LocalClock, berlin, "2026-07-01T12:00:00Z"},
		{"2026-01-01T12:00:05Z", "2026-01-01T13:00:00Z", feedgauge.LocalClock, berlin, "2026-01-01T12:00:00Z"},
		{"2026-10-25T08:00:00Z", "2026-10-24T22:00:00Z", feedgauge.LocalClock, berlin, "2026-10-24T20:00:00Z"}, // before summer time ended
		{"2027-01-01T00:00:01Z", "1970-12-31T23:59:59Z", feedgauge.YearlessClock, nil, "2026-12-31T23:59:59Z"},
		{"2026-12-31T23:59:59Z", "1970-01-01T00:00:01Z", feedgauge.YearlessClock, nil, "2027-01-01T00:00:01Z"},
		{"2026-12-31T23:30:00Z", "1970-01-01T00:29:00Z", feedgauge.YearlessClock, berlin, "2026-12-31T23:29:00Z"},
		{"2026-06-15T00:00:00Z", "1970-01-10T00:00:00Z", feedgauge.YearlessClock, nil, "2026-01-10T00:00:00Z"},
		{"2028-02-29T12:00:01Z", "1970-03-01T12:00:00Z", feedgauge.YearlessClock, nil, "2028-02-29T12:00:00Z"}, // read of February 29
		{"2028-03-01T12:00:01Z", "1970-03-01T12:00:00Z", feedgauge.YearlessClock, nil, "2028-03-01T12:00:00Z"},
		{"2028-04-01T12:00:01Z", "1970-04-01T12:00:00Z", feedgauge.YearlessClock, nil, "2028-04-01T12:00:00Z"},
		{"2026-05-05T00:00:02Z", "1970-01-01T23:59:59Z", feedgauge.DatelessClock, nil, "2026-05-04T23:59:59Z"},
		{"2026-05-05T23:59:59Z", "1970-01-01T00:00:01Z", feedgauge.DatelessClock, nil, "2026-05-06T00:00:01Z"},
		{"2026-05-05T22:00:02Z", "1970-01-01T00:00:00Z", feedgauge.DatelessClock, berlin, "2026-05-05T22:00:00Z"},
	} {
		s := &Summary{}
		s.Note(date(tt.at), date(tt.stamp), tt.clock, tt.zone)
		if got := date(tt.at).Add(-s.Clocks().Delay); got != date(tt.want) && abs(int64(got-date(tt.want))) > second {
			t.Errorf("%s arrived at %s: of %v, want %s", tt.stamp, tt.at, got, tt.want)
		}
	}
}

// Bytes of anybody are refused, or read and written again as something of the
// same meaning.
func FuzzDecode(f *testing.F) {
	f.Add(sum([]noted{{start, start - 5000, feedgauge.ZonedClock}, {start, start + 7_200_000, feedgauge.LocalClock}, {clock: feedgauge.NoClock}}).Append(nil))
	f.Add((&Watcher{levels: []level{{1, 2, 3}}, growth: growth{hours: []int64{4}}}).Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := Decode(b); err == nil {
			if again, err := Decode(s.Append(nil)); err != nil || !bytes.Equal(again.Append(nil), s.Append(nil)) {
				t.Errorf("%x: %v", b, err)
			}
			s.Clocks()
		}
		if w, err := Load(b); err == nil {
			w.Observe(sum([]noted{{start, start, feedgauge.ZonedClock}}), feedgauge.WindowOf(start, time.Minute), false)
			if again, err := Load(w.Append(nil)); err != nil || !bytes.Equal(again.Append(nil), w.Append(nil)) {
				t.Errorf("watcher %x: %v", b, err)
			}
		}
	})
}
