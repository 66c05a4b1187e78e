package scenario_test

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/feedgauge/feedgauge"
)

// A lane's log ends before what was read of it, as after an election by which
// records were lost. Nothing is told of its feeds; what came in between counts as
// lost, and the lane goes on with what is new.
func TestLogEndsBeforeWhatWasRead(t *testing.T) {
	inWorld(t, func(w *world) {
		m := w.start("a", options{})
		w.pass(20 * time.Minute)
		m.end()
		w.calm()
		w.pass(40 * time.Second)
		w.pretend("feedgauge-intake", feedgauge.Lane{Topic: "logs"}, 1000)
		began := feedgauge.InstantOf(time.Now())
		w.start("a", options{})
		w.pass(20 * time.Minute)
		w.calm()
		unknown := 0
		for _, c := range w.history["web-0"] {
			if c.Status == feedgauge.Unknown {
				unknown++
				if c.Window.End.Sub(began).Abs() > 6*every {
					t.Errorf("the window of %v is %s: %s", c.Window.Start, c.Status, c.Reason)
				}
			}
		}
		if unknown == 0 {
			t.Error("all windows were judged, though records are lost")
		}
		if at := w.judged("web-0"); feedgauge.InstantOf(time.Now()).Sub(at) > 2*every {
			t.Errorf("judged up to %v", at)
		}
		w.learnt("web-1")
		w.misses("web-0")
	})
}

// pretend moves the committed offset of a lane so far beyond its end.
func (w *world) pretend(group string, lane feedgauge.Lane, beyond int64) {
	w.t.Helper()
	ends, err := w.adm.ListEndOffsets(w.t.Context(), lane.Topic)
	if err != nil {
		w.t.Fatal(err)
	}
	end, _ := ends.Offsets().Lookup(lane.Topic, lane.Partition)
	fetched, err := w.adm.FetchOffsets(w.t.Context(), group)
	if err != nil {
		w.t.Fatal(err)
	}
	was, _ := fetched.Lookup(lane.Topic, lane.Partition)
	set := make(kadm.Offsets)
	set.Add(kadm.Offset{Topic: lane.Topic, Partition: lane.Partition, At: end.At + beyond, LeaderEpoch: -1, Metadata: was.Metadata})
	resp, err := w.adm.CommitOffsets(w.t.Context(), group, set)
	if err == nil {
		err = resp.Error()
	}
	if err != nil {
		w.t.Fatal(err)
	}
}
