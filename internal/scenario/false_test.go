package scenario_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Nothing happens, and nothing is told, until a feed falls silent.
func TestUndisturbed(t *testing.T) {
	inWorld(t, func(w *world) {
		w.start("a", options{})
		w.pass(20 * time.Minute)
		w.calm()
		w.misses("web-0")
		w.whole("web-1", "web-7")
	})
}

// Intake stands still for an hour. That is told; of the feeds nothing, since
// they have delivered all the time.
func TestIntakeStopped(t *testing.T) {
	inWorld(t, func(w *world) {
		w.start("watch", options{only: []string{"watch"}})
		in := w.start("intake", options{only: []string{"intake"}})
		w.pass(20 * time.Minute)
		in.end()
		w.pass(time.Hour)
		if !w.told("blind", feedgauge.Open) {
			t.Error("it was not told that intake says nothing")
		}
		w.calm()
		w.start("intake", options{only: []string{"intake"}})
		w.pass(5 * time.Minute)
		if !w.told("blind", feedgauge.Close) {
			t.Error("it was not told that intake is back")
		}
		w.calm()
		w.misses("web-0")
		w.whole("web-1", "web-7")
	})
}

// The broker is away for longer than any feed may be silent. The collectors keep
// what they have and deliver it when the broker is back: nothing is missing.
func TestBrokerDown(t *testing.T) {
	inWorld(t, func(w *world) {
		w.start("a", options{})
		w.pass(20 * time.Minute)
		w.away(10 * time.Minute)
		w.pass(10 * time.Minute)
		w.calm()
		w.misses("web-0")
		w.whole("web-1", "web-7")
	})
}

// The collectors come back later than the monitor, which sees a source that
// delivers nothing for longer than any feed may be silent. That is told once, of
// the source, and what comes too late to be judged is not learnt from.
func TestSourceDown(t *testing.T) {
	inWorld(t, func(w *world) {
		const outageAfter = 2 * time.Minute
		w.change = func(p *pipeline.Pipeline) { p.Sources[0].OutageAfter = outageAfter }
		w.start("a", options{})
		w.pass(20 * time.Minute)
		w.way.cut()
		began := feedgauge.InstantOf(time.Now())
		w.hole = feedgauge.Run{First: began, Last: began.Add(outageAfter)}
		w.away(10 * time.Minute)
		w.pass(time.Minute)
		w.calm()
		w.way.mend()
		w.pass(10 * time.Minute)
		if !w.told("outage", feedgauge.Open) || !w.told("outage", feedgauge.Close) {
			t.Error("the outage was not told")
		}
		w.calm()
		w.misses("web-0")
		if w.learnt("web-1", "web-7") == 0 {
			t.Error("no window of the outage is unknown")
		}
	})
}

// A lane belongs to a member of the group that does nothing with it. Nothing of
// the source can be judged until it goes, and then all of it is.
func TestLaneWithoutOwner(t *testing.T) {
	inWorld(t, func(w *world) {
		w.start("a", options{})
		w.pass(20 * time.Minute)
		idler := w.idler("logs")
		w.pass(2 * time.Minute) // until it has its lane
		held := w.judged("web-0")
		w.pass(20 * time.Minute)
		for _, feed := range w.feeds {
			if at := w.judged(feed); at > held.Add(every) {
				t.Errorf("feed %s was judged up to %v, though a lane is not read since about %v", feed, at, held)
			}
		}
		idler.Close()
		w.pass(5 * time.Minute)
		w.calm()
		w.misses("web-0")
		w.whole("web-1", "web-7")
	})
}

// A topic has had an owner that does nothing from the first day. Nobody has ever
// spoken for its lane, and that must hold the source as well.
func TestLaneNeverOwned(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("logs-zz", 1)
		idler := w.idler("logs-zz")
		w.pass(time.Minute)
		m := w.start("a", options{})
		w.pass(20 * time.Minute)
		w.look()
		if m.Totals().Read == 0 || len(w.history) > 0 {
			t.Errorf("%d records were read, and windows of %d feeds judged", m.Totals().Read, len(w.history))
		}
		idler.Close()
		w.pass(5 * time.Minute)
		w.calm()
		w.misses("web-0")
		w.whole("web-1", "web-7")
	})
}

// idler is a member of the intake's group that takes lanes of a topic and never
// reads.
func (w *world) idler(topic string) *kgo.Client {
	w.t.Helper()
	cl, err := kafka.Dial([]string{brokerAddr()}, kgo.Dialer(w.net.DialContext),
		kgo.ConsumerGroup("feedgauge-intake"), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit(),
		kgo.Balancers(kgo.CooperativeStickyBalancer()), kgo.ConsumeResetOffset(kgo.NoResetOffset()))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(cl.Close)
	return cl
}

// The clock of one of two members is an hour ahead. Lane by lane, all feeds of a
// lane pause, for less than they may: whoever called the lane idle by that clock
// would miss them.
func TestClockAhead(t *testing.T) {
	inWorld(t, func(w *world) {
		w.start("a", options{})
		w.start("b", options{ahead: time.Hour})
		w.pass(20 * time.Minute)
		all := w.feeds
		for lane := range lanes {
			w.feeds = without(all, lane)
			w.pass(period - every)
			w.feeds = all
			w.pass(2 * every)
		}
		w.calm()
		w.misses("web-0")
	})
}

// The clock of the only member is behind, and set right again while it runs. Its
// feeds are judged all the while by the broker's: by its own, no stamp of a
// collector would be believed.
func TestClockBehind(t *testing.T) {
	for _, behind := range []time.Duration{5 * time.Second, 10 * time.Minute, time.Hour} {
		t.Run(behind.String(), func(t *testing.T) {
			inWorld(t, func(w *world) {
				var off atomic.Int64
				off.Store(int64(-behind))
				w.start("a", options{clock: func() time.Time { return time.Now().Add(time.Duration(off.Load())) }})
				w.pass(20 * time.Minute)
				w.calm()
				off.Store(0)
				w.pass(20 * time.Minute)
				w.calm()
				w.misses("web-0")
				w.whole("web-1", "web-7")
			})
		})
	}
}

// without returns feeds less those of a lane.
func without(feeds []string, lane int) []string {
	out := append([]string(nil), feeds...)
	for i := lane; i < len(out); i += lanes {
		out[i] = ""
	}
	return out
}

// One record is stamped 2099, another is the first of its lane.
func TestFutureStamp(t *testing.T) {
	inWorld(t, func(w *world) {
		future := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
		w.send("logs", "web-2", 2, future)
		w.start("a", options{})
		w.pass(20 * time.Minute)
		w.send("logs", "web-0", 0, future)
		w.pass(20 * time.Minute)
		w.calm()
		w.misses("web-0")
		w.whole("web-1", "web-7")
	})
}

// A feed sends its last four weeks once more, while it and the others deliver.
// All of it is too old to be judged, and changes no judgement.
func TestBackfillIntoLanesAtWork(t *testing.T) {
	inWorld(t, func(w *world) {
		w.start("a", options{})
		w.pass(20 * time.Minute)
		for hour := range 4 * 7 * 24 {
			w.send("logs", "web-1", 1, time.Now().Add(time.Duration(hour-4*7*24)*time.Hour))
		}
		w.pass(20 * time.Minute)
		w.calm()
		w.misses("web-0")
		w.whole("web-1", "web-4", "web-7")
		delayed := int64(0)
		for _, c := range w.history["web-1"] {
			delayed += c.Counts.Delayed
		}
		if delayed != 4*7*24 {
			t.Errorf("%d records of the backfill were counted, %d sent", delayed, 4*7*24)
		}
	})
}

// A partition is blocked by the transaction of somebody else that does not end.
// Nothing of the source can be judged until it does, and then all of it is.
func TestBlockedPartition(t *testing.T) {
	inWorld(t, func(w *world) {
		w.start("a", options{})
		w.pass(20 * time.Minute)
		release := w.block("logs", 1)
		blocked := feedgauge.InstantOf(time.Now())
		w.pass(12 * time.Minute)
		for _, feed := range w.feeds {
			if at := w.judged(feed); at > blocked {
				t.Errorf("feed %s was judged up to %v, though a lane is blocked since %v", feed, at, blocked)
			}
		}
		w.calm()
		release()
		w.pass(5 * time.Minute)
		w.calm()
		w.misses("web-0")
		w.whole("web-1", "web-7")
	})
}

// block writes a record in a transaction that stays open until release is
// called.
func (w *world) block(topic string, partition int32) (release func()) {
	w.t.Helper()
	cl, err := kafka.Dial([]string{brokerAddr()}, kgo.Dialer(w.net.DialContext),
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.TransactionalID("outside"), kgo.TransactionTimeout(15*time.Minute))
	if err == nil {
		err = cl.BeginTransaction()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(cl.Close)
	if err := cl.ProduceSync(w.t.Context(), &kgo.Record{Topic: topic, Partition: partition, Key: []byte("web-x"), Value: []byte("{}")}).FirstErr(); err != nil {
		w.t.Fatal(err)
	}
	return func() {
		if err := cl.EndTransaction(context.Background(), kgo.TryAbort); err != nil {
			w.t.Fatal(err)
		}
	}
}
