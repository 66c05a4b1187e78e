package watch_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
)

// The same journal, with the word of operators anywhere in it, gives the same
// findings and states however it is batched, and over any save and restore.
func TestCommandsOverRestores(t *testing.T) {
	t.Parallel()
	p := testPipeline(t)
	rapid.Check(t, func(t *rapid.T) {
		for k, w := range drawTraffic(t).journal(t, p, disturbed{t}) {
			for i := range rapid.IntRange(1, 6).Draw(t, "commands") {
				w.insert(t, drawCommand(t, i))
			}
			w.append(journal.AppendTick(nil))
			w.entries[len(w.entries)-1].time = end + 5_000
			calm := &written{chance: undisturbed{}, entries: w.entries}
			want, got := calm.fold(t, p, int32(k)), w.fold(t, p, int32(k))
			compare(t, k, "findings", got.findings, want.findings)
			compare(t, k, "history", got.history, want.history)
		}
	})
}

// insert puts a record somewhere in the journal.
func (w *written) insert(t *rapid.T, c *feedgauge.Command) {
	i := rapid.IntRange(0, len(w.entries)).Draw(t, "place")
	e := entry{time: w.chance.broker(), value: journal.AppendCommand(nil, c)}
	if i > 0 {
		e.offset = w.entries[i-1].offset + 1
	}
	w.entries = slices.Insert(w.entries, i, e)
	for j := i + 1; j < len(w.entries); j++ {
		w.entries[j].offset++
	}
}

func drawCommand(t *rapid.T, i int) *feedgauge.Command {
	c := &feedgauge.Command{ID: fmt.Sprint(i), Who: "kim", Why: "why", Until: feedgauge.After}
	c.Verb = rapid.SampledFrom([]feedgauge.Verb{
		feedgauge.Mute, feedgauge.Mute, feedgauge.Unmute, feedgauge.Ack, feedgauge.Retire, feedgauge.Approve,
	}).Draw(t, "verb")
	name := rapid.SampledFrom([]string{"quick-1", "quick-2", "slow-1", "slow-2", "quick-3", "quick-4", "pair", "slow-9", "x", "y", "z"}).Draw(t, "feed")
	c.Feed = feedgauge.FeedID{Tenant: "main", Name: name}
	if rapid.Bool().Draw(t, "for a while") {
		c.Until = feedgauge.Instant(rapid.Int64Range(int64(start), int64(end)).Draw(t, "until"))
	}
	return c
}
