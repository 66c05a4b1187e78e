package count

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// minutes cuts time into minutes.
type minutes struct{}

func (minutes) Window(t feedgauge.Instant) feedgauge.Window {
	return feedgauge.WindowOf(t, time.Minute)
}

var reasons = []feedgauge.Reason{"", "", feedgauge.Syntax, feedgauge.BadType, feedgauge.Encoding}

func drawArrivals(t *rapid.T) []Arrival {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Arrival {
		return Arrival{
			At:      feedgauge.Instant(rapid.Int64Range(-200_000, 400_000).Draw(t, "at")),
			Bytes:   rapid.IntRange(0, 1000).Draw(t, "bytes"),
			Delayed: rapid.Bool().Draw(t, "delayed"),
			Future:  rapid.Bool().Draw(t, "future"),
			Verdict: feedgauge.Verdict{
				Reason: rapid.SampledFrom(reasons).Draw(t, "reason"),
				Lines:  rapid.IntRange(0, 3).Draw(t, "lines"),
				Blank:  rapid.Bool().Draw(t, "blank"),
			},
		}
	}), 1, 60).Draw(t, "arrivals")
}

// Merging the tallies of any split of the arrivals over any number of workers
// in any order gives the same windows.
func TestMergeLaw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := feedgauge.FeedID{Tenant: "main", Name: "f"}
		arrivals := drawArrivals(t)
		whole := tallied(id, arrivals)

		workers := rapid.IntRange(1, 4).Draw(t, "workers")
		parts := make([][]Arrival, workers)
		for _, a := range arrivals {
			w := rapid.IntRange(0, workers-1).Draw(t, "worker")
			parts[w] = append(parts[w], a)
		}
		var tallies []feedgauge.Tally
		for _, p := range parts {
			tallies = append(tallies, tallied(id, p)...)
		}
		shuffled := rapid.Permutation(tallies).Draw(t, "order")
		if got, want := merged(shuffled), merged(whole); !reflect.DeepEqual(got, want) {
			t.Fatalf("merged in parts:\n%+v\nas a whole:\n%+v", got, want)
		}
		var n int64
		for _, p := range merged(whole).All() {
			n += p.Tally.Counts.Arrivals()
		}
		if n != int64(len(arrivals)) {
			t.Fatalf("%d arrivals counted, %d made", n, len(arrivals))
		}
	})
}

func tallied(id feedgauge.FeedID, arrivals []Arrival) []feedgauge.Tally {
	s := NewSums()
	f := newFeed(id, "raw", 1, minutes{})
	for i := range arrivals {
		s.Add(f, &arrivals[i])
	}
	return s.Tallies()[1]
}

func merged(tallies []feedgauge.Tally) *Windows {
	w := &Windows{}
	for _, t := range tallies {
		for i := range t.Feeds {
			w.Merge(t.Window, &t.Feeds[i])
		}
	}
	return w
}

func TestTalliesAreOrderedByContent(t *testing.T) {
	t.Parallel()
	build := func(order []string) map[int32][]feedgauge.Tally {
		s := NewSums()
		for _, name := range order {
			f := newFeed(feedgauge.FeedID{Tenant: "main", Name: name}, "raw", 0, minutes{})
			s.Add(f, &Arrival{At: 61_000})
			s.Add(f, &Arrival{At: 1_000})
		}
		return s.Tallies()
	}
	got, want := build([]string{"b", "a", "c"}), build([]string{"c", "b", "a"})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("order of arrival shows:\n%+v\n%+v", got, want)
	}
	if names := got[0][0].Feeds; len(got[0]) != 2 || names[0].Feed.Name != "a" || got[0][0].Window.Start != 0 {
		t.Errorf("tallies %+v", got[0])
	}
}

func TestResetForgets(t *testing.T) {
	t.Parallel()
	s := NewSums()
	f := newFeed(feedgauge.FeedID{Name: "f"}, "raw", 0, minutes{})
	s.Add(f, &Arrival{At: 1, Verdict: feedgauge.Verdict{Reason: feedgauge.Syntax}})
	s.Reset()
	if s.Records() != 0 || s.Size() != 0 || len(s.Tallies()) != 0 {
		t.Error("sums are left after a reset")
	}
	s.Add(f, &Arrival{At: 2})
	got := s.Tallies()[0][0].Feeds[0]
	if got.Counts.Events != 1 || got.First != 2 || got.Counts.Errors != nil {
		t.Errorf("tally after a reset: %+v", got)
	}
}

func TestAddAllocatesNothing(t *testing.T) {
	s := NewSums()
	f := newFeed(feedgauge.FeedID{Name: "f"}, "raw", 0, minutes{})
	a := &Arrival{At: 1, Bytes: 310, Verdict: feedgauge.Verdict{Lines: 1}}
	s.Add(f, a)
	if n := testing.AllocsPerRun(1000, func() { s.Add(f, a) }); n != 0 {
		t.Errorf("%v allocations per record", n)
	}
}

func TestTake(t *testing.T) {
	t.Parallel()
	w := merged(tallied(feedgauge.FeedID{Name: "f"}, []Arrival{{At: 61_000}, {At: 125_000}}))
	first := feedgauge.WindowOf(0, time.Minute)
	if _, ok := w.Take(first); ok {
		t.Error("took a window in which nothing arrived")
	}
	if !w.ArrivedBefore(61_001) || w.ArrivedBefore(61_000) {
		t.Error("ArrivedBefore is not exact")
	}
	if got, ok := w.Take(first.Next()); !ok || got.First != 61_000 {
		t.Errorf("took %+v, %v", got, ok)
	}
	starts := slices.Collect(func(yield func(feedgauge.Instant) bool) {
		for _, p := range w.All() {
			yield(p.Window.Start)
		}
	})
	if !slices.Equal(starts, []feedgauge.Instant{120_000}) {
		t.Errorf("left: %v", starts)
	}
}

func newFeed(id feedgauge.FeedID, source string, partition int32, windows Cutter) *Feed {
	f := new(Feed)
	f.Init(id, source, partition, windows)
	return f
}
