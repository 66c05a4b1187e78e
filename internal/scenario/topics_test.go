package scenario_test

import (
	"testing"
	"time"

	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// A new configuration no longer takes one of the source's topics. What nobody
// reads any more holds nothing back.
func TestTopicDropped(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("logs-b", 1)
		m := w.start("a", options{})
		w.pass(20 * time.Minute)
		m.end()
		w.change = func(p *pipeline.Pipeline) { p.Sources[0].Topics, p.Fingerprint = []string{"logs"}, "two" }
		w.start("a", options{})
		w.pass(10 * time.Minute)
		w.calm()
		w.misses("web-0")
		w.whole("web-1", "web-7")
	})
}

// A topic is deleted while the monitor is stopped, and the journal tells of it no
// more, as after a change of its partitions.
func TestTopicGoneWhileStopped(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("logs-b", 1)
		m := w.start("a", options{})
		w.pass(20 * time.Minute)
		m.end()
		if _, err := w.adm.DeleteTopic(w.t.Context(), "logs-b"); err != nil {
			w.t.Fatal(err)
		}
		ends, err := w.adm.ListEndOffsets(w.t.Context(), "feedgauge.journal")
		if err != nil {
			w.t.Fatal(err)
		}
		if _, err := w.adm.DeleteRecords(w.t.Context(), ends.Offsets()); err != nil {
			w.t.Fatal(err)
		}
		w.start("a", options{})
		w.pass(10 * time.Minute)
		w.calm()
		w.misses("web-0")
	})
}
