package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// everySave is longer than the time within which each feed is saved once.
const everySave = 10 * 60 * 1000

// markers is more than the transaction markers that can lie behind the last
// record of a journal.
const markers = 1000

// state compares two folds of a partition's journal up to its end: one of all of
// it, and one that begins with what the state topic holds. Both are then told
// that much time has passed, so that they write the state of every feed.
func (o *outcome) state(p *pipeline.Pipeline, k int32, entries, states []*kgo.Record) error {
	if len(entries) == 0 {
		return nil
	}
	newest := make(map[string][]byte)
	for _, r := range states {
		if newest[string(r.Key)] = r.Value; r.Value == nil { // a feed retired
			delete(newest, string(r.Key))
		}
	}
	restored, err := watch.Restore(p, k, newest, 0)
	if err != nil {
		return fmt.Errorf("restoring partition %d: %w", k, err)
	}
	got, err := everything(restored, entries)
	if err != nil {
		return err
	}
	want, err := everything(watch.New(p, k), entries)
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(union(got, want))) {
		if diff := equalBytes(got[key], want[key]); diff != "" {
			name := strings.ReplaceAll(key, "\x00", "/")
			o.states = append(o.states, fmt.Sprintf("state of %s in partition %d %s", name, k, diff))
		}
	}
	return nil
}

// everything folds what the fold has not seen yet and returns all states as they
// are then.
func everything(w *watch.Partition, entries []*kgo.Record) (map[string][]byte, error) {
	for _, r := range entries {
		if r.Offset < w.Next() {
			continue
		}
		e, _, err := journal.Decode(r.Value)
		if err != nil {
			return nil, fmt.Errorf("journal at %d: %w", r.Offset, err)
		}
		e.Offset, e.Time = r.Offset, feedgauge.Instant(r.Timestamp.UnixMilli())
		w.Fold(&e, watch.Out{})
	}
	last := entries[len(entries)-1]
	w.Skip(last.Offset + markers)
	w.Fold(&feedgauge.Entry{
		Offset: w.Next(), Time: feedgauge.Instant(last.Timestamp.UnixMilli()) + everySave,
	}, watch.Out{})
	all := make(map[string][]byte)
	for _, s := range w.Save() {
		if state, err := watch.DecodeState(s.Value); s.Key != watch.MetaKey && (err != nil || state.Gone()) {
			continue // forgotten, which the state topic tells for a while only
		}
		all[s.Key] = s.Value
	}
	return all, nil
}
