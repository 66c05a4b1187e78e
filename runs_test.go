package feedgauge

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// However arrivals are dealt to workers and their runs merged, the runs are the
// same, and tell exactly whether nothing came for longer than any time of at
// least MaxGap.
func TestRunsLaw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.SliceOfN(rapid.Int64Range(0, 300_000), 0, 40).Draw(t, "arrivals")
		parts := make([]Runs, rapid.IntRange(1, 4).Draw(t, "workers"))
		var whole Runs
		for _, a := range at {
			r := Run{Instant(a), Instant(a)}
			whole.Add(r)
			parts[rapid.IntRange(0, len(parts)-1).Draw(t, "worker")].Add(r)
		}
		var merged Runs
		for _, p := range rapid.Permutation(parts).Draw(t, "order") {
			for _, r := range p {
				merged.Add(r)
			}
		}
		if len(merged)+len(whole) > 0 && !reflect.DeepEqual(merged, whole) {
			t.Fatalf("merged %v, whole %v", merged, whole)
		}
		now := Instant(rapid.Int64Range(0, 400_000).Draw(t, "now"))
		limit := MaxGap + time.Duration(rapid.IntRange(0, 60_000).Draw(t, "limit"))*time.Millisecond
		quiet := !slices.ContainsFunc(at, func(a int64) bool { return Instant(a) < now && now.Sub(Instant(a)) <= limit })
		last := whole.Before(now)
		if got := last == Before || now.Sub(last) > limit; got != quiet {
			t.Fatalf("quiet for %v before %d: %v, want %v (last %d, arrivals %v)", limit, now, got, quiet, last, at)
		}
	})
}

func TestRunsAfter(t *testing.T) {
	t.Parallel()
	r := Runs{{10, 20}, {40_000, 50_000}}
	for at, want := range map[Instant]Instant{0: 10, 15: 15, 20: 20, 21: 40_000, 45_000: 45_000, 50_001: After} {
		if got := r.After(at); got != want {
			t.Errorf("After(%d) = %d, want %d", at, got, want)
		}
	}
}
