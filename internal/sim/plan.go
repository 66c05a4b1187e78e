package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge"
)

// fetchBytes bounds what one fetch returns of a partition, so that reading the raw
// topics takes several fetches and, with the lag of each, several commits. A bound
// for all partitions together would do the same, but where kfake reaches that, it
// forgets to name the aborted transactions.
const fetchBytes = 700

// plan is what a run is made of and what goes wrong in it.
type plan struct {
	nodes   int           // brokers
	older   bool          // brokers that know no KIP-890
	lag     time.Duration // of fetches
	members int           // at the start
	workers int           // of each role in a member
	cutAt   int           // operation at which the first process dies, 0 for never
	rest    time.Duration // before who has died is started again
	calm    time.Duration // from when on nothing goes wrong any more
	events  []event
}

// event is something that happens at a time from the start.
type event struct {
	at   time.Duration
	what string
	do   func(*run)
}

// undisturbed is one member on one broker.
func undisturbed() *plan { return &plan{nodes: 1, lag: 400 * time.Millisecond, members: 1, workers: 1} }

// deathAt is the undisturbed run but for one death.
func deathAt(k int) *plan {
	p := undisturbed()
	p.cutAt = k
	if r := rand.New(rand.NewPCG(uint64(k), 2)); r.IntN(2) == 0 {
		p.rest = time.Duration(r.Int64N(int64(15 * time.Second)))
	}
	return p
}

// chaos draws a run in which several things go wrong.
func chaos(seed uint64) *plan {
	r := rand.New(rand.NewPCG(seed, 3))
	p := &plan{
		nodes: 1 + r.IntN(2), older: r.IntN(2) == 0, lag: time.Duration(50+r.IntN(450)) * time.Millisecond,
		members: 1 + r.IntN(4)*r.IntN(2), workers: 1 + r.IntN(3)/2, calm: time.Duration(15+r.IntN(20)) * time.Second,
	}
	for range 1 + r.IntN(8) {
		e := drawEvent(r)
		e.at = time.Duration(r.Int64N(int64(p.calm)))
		p.events = append(p.events, e)
	}
	return p
}

// drawEvent draws what happens; who it happens to is a number that stands for
// whoever runs then.
func drawEvent(r *rand.Rand) event {
	who := r.IntN(8)
	switch n := r.IntN(100); {
	case n < 25:
		return drawDeath(r, who)
	case n < 45:
		return drawPause(r, who)
	case n < 75:
		return drawError(r)
	case n < 85:
		return drawChurn(r, who)
	case n < 91:
		return drawClock(r, who)
	case n < 95:
		return drawCommand(r)
	}
	return drawTopic(r)
}

func drawDeath(r *rand.Rand, who int) event {
	in, rest := 1+r.IntN(60), time.Duration(0)
	if r.IntN(2) == 0 {
		rest = time.Duration(r.Int64N(int64(20 * time.Second)))
	}
	return event{what: fmt.Sprintf("member %d dies in %d operations and rests for %v", who, in, rest), do: func(s *run) {
		if m := s.pick(who); m != nil {
			m.rest = rest
			m.wire.cutIn(in)
		}
	}}
}

// drawPause lets a process sleep, perhaps past its session; sometimes it is
// replaced meanwhile by another under its name.
func drawPause(r *rand.Rand, who int) event {
	for_, replaced := time.Duration(r.Int64N(int64(3*session))), r.IntN(4) == 0
	return event{what: fmt.Sprintf("member %d sleeps for %v, replaced: %v", who, for_, replaced), do: func(s *run) {
		if m := s.pick(who); m != nil {
			s.pause(m, for_, replaced)
		}
	}}
}

func drawChurn(r *rand.Rand, who int) event {
	switch r.IntN(3) {
	case 0:
		return event{what: fmt.Sprintf("member %d leaves", who), do: func(s *run) { s.leave(s.pick(who), false) }}
	case 1:
		return event{what: fmt.Sprintf("member %d dies for good", who), do: func(s *run) { s.leave(s.pick(who), true) }}
	}
	return event{what: "a member joins", do: func(s *run) { s.join() }}
}

// drawClock moves a process's clock.
func drawClock(r *rand.Rand, who int) event {
	skews := []time.Duration{time.Hour, 24 * time.Hour, 3 * time.Second, -3 * time.Second, -time.Hour, -24 * time.Hour}
	skew := skews[r.IntN(len(skews))]
	for_ := time.Duration(r.Int64N(int64(20 * time.Second)))
	return event{what: fmt.Sprintf("member %d has its clock wrong by %v for %v", who, skew, for_), do: func(s *run) {
		if m := s.pick(who); m != nil {
			p := m.process
			p.setClock(skew)
			time.AfterFunc(for_, func() { p.setClock(0) })
		}
	}}
}

// drawCommand lets an operator say something of the feed that is there for it.
func drawCommand(r *rand.Rand) event {
	verbs := []feedgauge.Verb{feedgauge.Mute, feedgauge.Unmute, feedgauge.Ack, feedgauge.Approve, feedgauge.Retire}
	verb, until := verbs[r.IntN(len(verbs))], time.Duration(r.IntN(240))*time.Second
	return event{what: fmt.Sprintf("an operator says %s of %s", verb, ordered), do: func(s *run) { s.command(verb, first+until) }}
}

// drawTopic changes topics in ways that change no finding: a lane or a topic
// more, with nothing in it, or less of what has been read already.
func drawTopic(r *rand.Rand) event {
	topic := topics[r.IntN(len(topics))]
	extra := fmt.Sprintf("raw-x%d", r.IntN(2))
	switch r.IntN(5) {
	case 0:
		return event{what: "partitions are added to " + topic.name, do: func(s *run) { s.grow(topic.name) }}
	case 1:
		return event{what: "what has been read of " + topic.name + " is deleted", do: func(s *run) { s.trim(topic.name) }}
	case 2:
		return event{what: "topic " + extra + " is created", do: func(s *run) { s.create(extra) }}
	case 3:
		return event{what: "topic " + extra + " is created and soon deleted", do: func(s *run) {
			s.create(extra)
			s.drop = append(s.drop, extra)
		}}
	}
	return event{what: "leaders and coordinators move", do: func(s *run) {
		s.broker.cluster.ShufflePartitionLeaders()
		s.broker.cluster.RehashCoordinators()
	}}
}

// failures are errors that a broker may answer with, by request.
var failures = []struct {
	key  kmsg.Key
	errs []*kerr.Error
}{
	{kmsg.Produce, []*kerr.Error{kerr.NotLeaderForPartition, kerr.RequestTimedOut, kerr.NotEnoughReplicas, kerr.NotEnoughReplicasAfterAppend, kerr.UnknownServerError, kerr.ConcurrentTransactions}},
	{kmsg.Fetch, []*kerr.Error{kerr.NotLeaderForPartition, kerr.UnknownServerError, kerr.OffsetOutOfRange, kerr.KafkaStorageError}},
	{kmsg.ListOffsets, []*kerr.Error{kerr.NotLeaderForPartition, kerr.UnknownServerError, kerr.RequestTimedOut}},
	{kmsg.Metadata, []*kerr.Error{kerr.LeaderNotAvailable, kerr.UnknownServerError, kerr.UnknownTopicOrPartition}},
	{kmsg.OffsetCommit, coordination},
	{kmsg.OffsetFetch, append(coordination, kerr.UnstableOffsetCommit)},
	{kmsg.FindCoordinator, []*kerr.Error{kerr.CoordinatorNotAvailable, kerr.UnknownServerError}},
	{kmsg.JoinGroup, append(coordination, kerr.UnknownMemberID, kerr.RebalanceInProgress)},
	{kmsg.Heartbeat, append(coordination, kerr.UnknownMemberID, kerr.IllegalGeneration, kerr.RebalanceInProgress)},
	{kmsg.SyncGroup, append(coordination, kerr.UnknownMemberID, kerr.IllegalGeneration, kerr.RebalanceInProgress)},
	{kmsg.InitProducerID, append(coordination, kerr.ConcurrentTransactions, kerr.ProducerFenced)},
	{kmsg.AddPartitionsToTxn, append(coordination, kerr.ConcurrentTransactions, kerr.ProducerFenced)},
	{kmsg.AddOffsetsToTxn, append(coordination, kerr.ConcurrentTransactions, kerr.ProducerFenced)},
	{kmsg.TxnOffsetCommit, append(coordination, kerr.ConcurrentTransactions, kerr.IllegalGeneration, kerr.UnknownMemberID)},
	{kmsg.EndTxn, append(coordination, kerr.ConcurrentTransactions, kerr.InvalidProducerEpoch, kerr.ProducerFenced)},
	{kmsg.EndTxn, append(coordination, kerr.ConcurrentTransactions)},
	{kmsg.CreateTopics, []*kerr.Error{kerr.NotController, kerr.RequestTimedOut}},
}

var coordination = []*kerr.Error{
	kerr.CoordinatorNotAvailable, kerr.NotCoordinator, kerr.CoordinatorLoadInProgress, kerr.RequestTimedOut, kerr.UnknownServerError,
}

// drawError lets requests fail: before they are applied, or after, or after with
// the connection broken instead of an answer.
func drawError(r *rand.Rand) event {
	f := failures[r.IntN(len(failures))]
	err, times := f.errs[r.IntN(len(f.errs))], 1+r.IntN(3)
	switch r.IntN(3) {
	case 0:
		return event{what: fmt.Sprintf("%v is answered with %s before it is applied, %d times", f.key.Name(), err.Message, times), do: func(s *run) {
			s.fault(kfake.Fault{Keys: []kmsg.Key{f.key}, Err: err, Count: times})
		}}
	case 1:
		return event{what: fmt.Sprintf("%v is answered with %s after it was applied, %d times", f.key.Name(), err.Message, times), do: func(s *run) {
			s.spoils.add(spoil{key: int16(f.key), code: err.Code, left: times})
		}}
	}
	return event{what: fmt.Sprintf("the connection breaks after %v was applied, %d times", f.key.Name(), times), do: func(s *run) {
		s.spoils.add(spoil{key: int16(f.key), left: times})
	}}
}
