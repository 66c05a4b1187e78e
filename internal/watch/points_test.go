package watch_test

import (
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// A partition that was first restored from nothing, as every new one is, must
// not be folded again from its beginning forever.
func TestReplayFromMovesOn(t *testing.T) {
	t.Parallel()
	w, err := watch.Restore(testPipeline(t), 0, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.Save() // before time is known
	var from int64
	for i := range int64(100) {
		w.Fold(&feedgauge.Entry{Offset: i, Time: start + feedgauge.Instant(20_000*i)}, watch.Out{})
		for _, s := range w.Save() {
			m, err := watch.DecodeMeta(s.Value)
			if err != nil {
				t.Fatal(err)
			}
			from = m.ReplayFrom
		}
	}
	if from < 99 {
		t.Errorf("folds again from %d, 100 entries are folded", from)
	}
}
