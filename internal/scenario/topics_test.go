package scenario_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge"
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

// The expressions of the only source match no topic, until there is one.
func TestNoTopic(t *testing.T) {
	inWorld(t, func(w *world) {
		w.change = func(p *pipeline.Pipeline) { p.Sources[0].Topics = []string{"lgos.*"} }
		m := w.start("a", options{})
		w.pass(5 * time.Minute)
		if err := m.Ready(); err == nil || !strings.Contains(err.Error(), `a topic of source "raw"`) {
			t.Errorf("ready: %v", err)
		}
		for _, rule := range []string{"no_topic", "blind"} {
			if !w.told(rule, feedgauge.Open) {
				t.Errorf("%s was not told", rule)
			}
		}
		w.create("lgos", 1)
		w.pass(5 * time.Minute)
		if err := m.Ready(); err != nil {
			t.Errorf("ready: %v", err)
		}
		for _, rule := range []string{"no_topic", "blind"} {
			if !w.told(rule, feedgauge.Close) {
				t.Errorf("it was not told that %s is over", rule)
			}
		}
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

// A topic is deleted and made again, with as many partitions or fewer, soon or
// after its end was noticed, and delivers as before or not at all. What it holds
// anew is counted from its first record on, and holds back nobody.
func TestTopicMadeAnew(t *testing.T) {
	for _, partitions := range []int32{3, 1} {
		for _, after := range []time.Duration{0, 3 * time.Minute} {
			for _, empty := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d after %v, empty %t", partitions, after, empty), func(t *testing.T) {
					inWorld(t, func(w *world) { topicMadeAnew(w, partitions, after, empty) })
				})
			}
		}
	}
}

func topicMadeAnew(w *world, partitions int32, after time.Duration, empty bool) {
	w.takeTime()
	w.create("logs-b", 3)
	w.more = func() { w.send("logs-b", "other", 0, time.Now()) }
	w.start("a", options{})
	w.start("b", options{})
	w.pass(20 * time.Minute)
	more := w.more
	w.more = nil
	w.pass(20 * time.Second)
	if _, err := w.adm.DeleteTopic(w.t.Context(), "logs-b"); err != nil {
		w.t.Fatal(err)
	}
	w.pass(after)
	w.create("logs-b", partitions)
	w.cl.PurgeTopicsFromProducing("logs-b") // else it would insist on the former one
	began := w.sent["other"]
	if !empty {
		w.more = more
	}
	w.pass(10 * time.Minute)
	w.more = nil
	w.pass(2 * time.Minute)
	w.look()
	var counted int64
	for _, c := range w.history["other"] {
		counted += c.Counts.Arrivals()
	}
	if counted != w.sent["other"] {
		w.t.Errorf("%d records were counted of %d before and %d after", counted, began, w.sent["other"]-began)
	}
	w.calm()
	w.misses("web-0")
	w.learnt("web-1", "web-7")
}

// takeTime lets each fetch take a moment. While a topic is gone, clients ask for
// it as often as they are answered.
func (w *world) takeTime() {
	w.broker.ControlKey(int16(kmsg.Fetch), func(kmsg.Request) (kmsg.Response, error, bool) {
		w.broker.SleepControl(func() { time.Sleep(200 * time.Millisecond) })
		return nil, nil, false
	})
}
