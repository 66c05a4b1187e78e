package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge/internal/kafkatest"
)

// The measurement in small, in this process: every feed is met, saved, restored
// and judged, or the numbers would be those of something else.
func TestMeasureWatch(t *testing.T) {
	broker := kafkatest.Shared(t)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	const feeds = 2000
	runs := 0
	u, err := measureWatch(ctx, broker.Brokers(), feeds, func(w watcher, ctx context.Context) (watched, error) {
		runs++
		w.Every = time.Second // or a minute would have to pass
		return w.watch(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	if runs != 3 || u.Restore <= 0 || u.Restore > time.Minute {
		t.Errorf("%d runs, restored in %v", runs, u.Restore)
	}
	if states, err := countKeys(ctx, broker.Brokers(), "bench-watch-out.state"); states != feeds || err != nil {
		t.Errorf("the state holds %d feeds, want %d (%v)", states, feeds, err)
	}
}

func TestWatchVerdict(t *testing.T) {
	t.Parallel()
	if err := (watched{Restore: mostRestore - 1, RSS: mostRSS}).verdict(); err != nil {
		t.Errorf("targets met, but %v", err)
	}
	for want, u := range map[string]watched{"memory": {RSS: mostRSS + 1}, "restoring": {Restore: mostRestore}} {
		if err := u.verdict(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("verdict %v, want %q", err, want)
		}
	}
	var out bytes.Buffer
	if err := (watched{Restore: 2500 * time.Millisecond, RSS: 300 << 20}).print(&out, 5); err != nil || !strings.Contains(out.String(), "5 feeds watched in one process take 300 MiB (target at most 1024 MiB)\n") ||
		!strings.Contains(out.String(), "restored in 2.5 s") {
		t.Errorf("printed %q (%v)", out.String(), err)
	}
}
