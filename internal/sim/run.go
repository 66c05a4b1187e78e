package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/command"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

const (
	patience  = 4 * time.Minute        // from calm until everything is judged
	forgotten = 20 * time.Second       // from calm until the broker has forgotten who is gone
	pulse     = 250 * time.Millisecond // of the one who looks after the members
)

// run is one run of the monitor over a traffic, from complete raw topics until
// everything is judged.
type run struct {
	ctx       context.Context
	pipe      *pipeline.Pipeline
	plan      *plan
	log       hclog.Logger // nil for none
	broker    *broker
	start     time.Time
	members   []*member
	processes []*process // every life
	named     int        // members that ever joined
	spoils    spoils
	faults    []*kfake.FaultHandle
	story     []string       // what happened
	drop      []string       // topics to be deleted when it is calm
	errands   sync.WaitGroup // of operators
	counts    counts
}

// counts tell what a run, or all of them, went through.
type counts struct{ deaths, pauses, errors, exits, operations int }

func (c *counts) add(d counts) {
	c.deaths += d.deaths
	c.pauses += d.pauses
	c.errors += d.errors
	c.exits += d.exits
	c.operations += d.operations
}

// simulate runs a plan over the traffic of a seed in a bubble of its own, in
// which every run begins at the same time.
func simulate(t *testing.T, pipe *pipeline.Pipeline, seed uint64, p *plan, log hclog.Logger) (out *outcome, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &run{ctx: context.Background(), pipe: pipe, plan: p, log: log, start: time.Now()}
		out, err = r.all(newTraffic(r.start, seed))
	})
	return out, err
}

// all does everything from an empty broker to the outcome.
func (r *run) all(tr *traffic) (*outcome, error) {
	var err error
	if r.broker, err = startBroker(r.plan.nodes, r.plan.older); err != nil {
		return nil, err
	}
	if err := r.broker.fill(r.ctx, tr); err != nil {
		return nil, err
	}
	err = r.live()
	r.errands.Wait()
	r.end()
	out := &outcome{story: r.story, counts: r.counts}
	if err == nil {
		err = out.look(r)
	}
	r.broker.close()
	time.Sleep(time.Minute) // for what still waits for something
	return out, err
}

// live lets members run and things go wrong until everything is judged.
func (r *run) live() error {
	for range r.plan.members {
		r.join()
	}
	if r.plan.cutAt > 0 {
		r.members[0].rest = r.plan.rest
		r.members[0].wire.cutIn(r.plan.cutAt)
	}
	events := slices.Clone(r.plan.events)
	slices.SortStableFunc(events, func(a, b event) int { return int(a.at - b.at) })
	var calm, alone bool
	for r.since() < r.plan.calm+patience {
		for len(events) > 0 && events[0].at <= r.since() {
			r.tell("%s", events[0].what)
			events[0].do(r)
			events = events[1:]
		}
		if !calm && r.since() >= r.plan.calm {
			calm = true
			r.calm()
		}
		if !alone && r.since() >= r.plan.calm+forgotten {
			alone = true
			r.forget()
		}
		if err := r.lookAfter(); err != nil {
			return err
		}
		if calm && r.done() {
			return nil
		}
		time.Sleep(pulse)
	}
	return errNeverDone
}

func (r *run) since() time.Duration { return time.Since(r.start) }

// tell notes what happened.
func (r *run) tell(format string, args ...any) {
	r.story = append(r.story, fmt.Sprintf("%6.2f s  ", r.since().Seconds())+fmt.Sprintf(format, args...))
}

// done reports whether everything has been judged.
func (r *run) done() bool {
	return len(r.members) == 1 && r.members[0].engine.Watermark() >= feedgauge.InstantOf(r.start.Add(horizon))
}

// join adds a member.
func (r *run) join() {
	p, err := r.launch("m" + strconv.Itoa(r.named))
	if err != nil {
		panic(err) // nothing that goes wrong here does it by chance
	}
	r.named++
	r.members = append(r.members, &member{process: p})
}

// pick returns one of the members, by a number that may be any.
func (r *run) pick(who int) *member {
	if len(r.members) == 0 {
		return nil
	}
	return r.members[who%len(r.members)]
}

// lookAfter starts members again that have ended.
func (r *run) lookAfter() error {
	for _, m := range r.members {
		over, why := m.ended()
		switch {
		case !over:
			continue
		case m.since.IsZero():
			m.since = time.Now()
			m.stop()
			if errors.Is(why, errCut) {
				r.counts.deaths++
			} else {
				r.counts.exits++
			}
			r.tell("%s ended: %v", m.instance, why)
		}
		if time.Since(m.since) < m.rest {
			continue
		}
		p, err := r.launch(m.instance)
		if err != nil {
			return err
		}
		r.tell("%s starts again", m.instance)
		m.process, m.since, m.rest = p, time.Time{}, 0
	}
	return nil
}

// leave takes a member out, in order or dead.
func (r *run) leave(m *member, dead bool) {
	if m == nil || len(r.members) == 1 {
		return
	}
	r.members = slices.DeleteFunc(r.members, func(o *member) bool { return o == m })
	if dead {
		r.counts.deaths++
		m.die()
		return
	}
	m.stop()
}

// pause lets a process sleep for so long. Replaced, it is started again under its
// name meanwhile, and wakes up next to its successor.
func (r *run) pause(m *member, length time.Duration, replaced bool) {
	r.counts.pauses++
	p := m.process
	p.wire.freeze()
	time.AfterFunc(length, p.wire.thaw)
	if !replaced {
		return
	}
	q, err := r.launch(m.instance)
	if err != nil {
		panic(err)
	}
	m.process, m.since, m.rest = q, time.Time{}, 0
}

// command writes an operator's word into the journal, or fails to.
func (r *run) command(verb feedgauge.Verb, until time.Duration) {
	at := r.pipe.Kafka
	at.Brokers = r.broker.addrs
	req := &command.Request{
		Verb: verb, Feeds: []feedgauge.FeedID{{Tenant: "main", Name: ordered}}, Who: "kim", Why: "looked after",
	}
	if verb == feedgauge.Mute {
		req.Until = feedgauge.InstantOf(r.start.Add(until))
	}
	r.errands.Go(func() {
		// What it does is in the journal, whether it was told so or not.
		_, _ = command.Send(r.ctx, command.Options{Kafka: at, Client: r.broker.options(), Pipeline: r.pipe, Patience: session}, req)
	})
}

// fault lets requests fail before they are applied.
func (r *run) fault(f kfake.Fault) { r.faults = append(r.faults, r.broker.cluster.Fault(f)) }

// grow adds a lane to a raw topic.
func (r *run) grow(topic string) {
	if _, err := kadm.NewClient(r.broker.client).CreatePartitions(r.ctx, 1, topic); err != nil {
		r.tell("no lane added: %v", err)
	}
}

// create adds a topic with nothing in it.
func (r *run) create(topic string) {
	if _, err := kadm.NewClient(r.broker.client).CreateTopic(r.ctx, 2, 1, nil, topic); err != nil {
		r.tell("no topic created: %v", err)
	}
}

// trim deletes what intake has committed of a topic, as retention does.
func (r *run) trim(topic string) {
	adm := kadm.NewClient(r.broker.client)
	committed, err := adm.FetchOffsets(r.ctx, r.pipe.Kafka.Prefix+"-intake")
	if err != nil {
		return // the group has not begun
	}
	upTo := make(kadm.Offsets)
	committed.Each(func(o kadm.OffsetResponse) {
		if o.Topic == topic && o.At >= 0 {
			upTo.Add(o.Offset)
		}
	})
	if len(upTo) > 0 {
		_, err = adm.DeleteRecords(r.ctx, upTo)
	}
	if err != nil {
		r.tell("nothing deleted: %v", err)
	}
}

// calm ends everything that goes wrong and lets all members but one leave. Those
// who slept wake up now, and have some time to do harm.
func (r *run) calm() {
	r.tell("calm")
	for _, f := range r.faults {
		r.counts.errors += f.Hits()
		f.Remove()
	}
	r.counts.errors += r.spoils.clear()
	for _, topic := range r.drop {
		if _, err := kadm.NewClient(r.broker.client).DeleteTopic(r.ctx, topic); err != nil {
			r.tell("topic %s not deleted: %v", topic, err)
		}
	}
	for i := len(r.members) - 1; i > 0; i-- {
		r.leave(r.members[i], i%2 == 0)
	}
	for _, p := range r.processes {
		p.wire.thaw()
		p.setClock(0)
		if p != r.members[0].process {
			time.AfterFunc(session, p.stop)
		}
	}
}

// forget lets the broker forget the members that are gone. Kafka does so by
// itself; kfake remembers one forever that died while it waited to join.
func (r *run) forget() {
	adm := kadm.NewClient(r.broker.client)
	for _, role := range []string{"-intake", "-watch"} {
		b := kadm.LeaveGroup(r.pipe.Kafka.Prefix + role)
		for i := range r.named {
			if name := "m" + strconv.Itoa(i); name != r.members[0].instance {
				for worker := range r.plan.workers {
					b = b.InstanceIDs(name + "-" + strconv.Itoa(worker))
				}
			}
		}
		_, _ = adm.LeaveGroup(r.ctx, b) // most of them are not known
	}
}

// end stops whatever still runs.
func (r *run) end() {
	for _, p := range r.processes {
		p.wire.thaw()
		p.stop()
	}
	for _, p := range r.processes {
		<-p.done
		r.counts.operations += p.wire.operations()
	}
}
