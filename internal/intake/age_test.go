package intake

import (
	"fmt"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/count"
)

// Pods come and go, ten minutes each, and as long after are forgotten. However
// many there are in the end, only those of the time take places and memory.
func TestPodsThatComeAndGo(t *testing.T) {
	t.Parallel()
	in := newIntake(t)
	in.pipe.Sources[0].MaxFeeds, in.pipe.Classes[0].RetireAfter = 5, 10*time.Minute
	in.Know("raw", feedgauge.FeedID{Tenant: "main", Name: "web-known"})
	offset := int64(0)
	for i := range feedgauge.Instant(1000) {
		at := now + i*60_000
		pods := []string{fmt.Sprint("web-pod-", i/10), "web-always"}
		if i == 900 {
			pods = append(pods, "web-pod-3") // back after a long time
		}
		for _, pod := range pods {
			in.Add(record(offset, pod, good, at), at)
			offset++
		}
		for _, tallies := range in.Tallies() {
			for _, f := range tallies[0].Feeds {
				if f.Feed.Name[:4] != "web-" {
					t.Fatalf("minute %d: %v takes what comes", i, f.Feed)
				}
			}
		}
		in.Commit()
		s := in.sources["raw"]
		bounded := 0
		for _, f := range s.feeds {
			if f.bounded {
				bounded++
			}
		}
		if bounded != s.known["main"] || len(s.feeds) > 5 {
			t.Fatalf("minute %d: %d feeds are remembered, %d take a place, %d are counted", i, len(s.feeds), bounded, s.known["main"])
		}
	}
}

// A feed is not forgotten while a lane is behind, in which its records may lie,
// nor if its class forgets none.
func TestFeedsAreNotForgottenTooSoon(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		retire time.Duration
		behind bool
		left   int
	}{
		"forgotten":           {10 * time.Minute, false, 1},
		"a lane is behind":    {10 * time.Minute, true, 2},
		"forgotten by nobody": {0, false, 2},
	} {
		in := newIntake(t)
		in.pipe.Classes[0].RetireAfter = c.retire
		if c.behind {
			in.Own("raw", lane1, Memory{Lane: count.NewLane()})
		}
		in.Add(record(0, "web-1", good, now), now)
		in.Commit()
		in.Add(record(1, "web-2", good, now+3_600_000), now+3_600_000)
		in.Commit()
		if got := len(in.sources["raw"].feeds); got != c.left {
			t.Errorf("%s: %d feeds are remembered, want %d", name, got, c.left)
		}
	}
}
