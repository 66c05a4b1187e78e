// Package resize changes the number of partitions of a monitor that is stopped:
// journal and state are made anew, and every feed is watched where it belongs by
// the new number. No finding is lost or told again.
//
// # Steps
//
//  1. The groups of intake and watch must be empty. Whoever has just stopped
//     counts as a member until its session times out.
//  2. Watch folds what is left in the journal (engine.Drain) as it would have done
//     anyway: so findings are told in the order and with the numbers they would
//     have had, and the old journal holds nothing any more that is not in the
//     folds. To carry entries over instead would put commands and watermarks into
//     another order. Intake's offsets are not touched: it goes on where it stood.
//  3. The new state (watch.Repartition) is written to <prefix>.state.resize, and
//     behind all of it a seal.
//  4. Journal and state are deleted and created anew, the new state is copied, the
//     offsets of watch are set to the beginning of the new, empty journal, and
//     topics that are only read grow where there are more partitions now.
//  5. <prefix>.state.resize is deleted.
//
// # When it is cut short
//
// Up to the seal the old topics are whole: a resize that finds a copy without one
// drops it and starts over. From the seal on, the copy holds all there is: a
// resize that finds it does step 4 from its beginning. While the copy is there, a
// monitor does not start (kafka.EnsureTopics).
package resize

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// MembersWait is how long members are waited for that may have stopped: their
// sessions time out after ten seconds.
const MembersWait = kafka.DefaultSessionTimeout + 5*time.Second

// Options say what to change.
type Options struct {
	// Engine is how the monitor is run. The number of partitions in its pipeline
	// does not matter.
	Engine engine.Options
	// Partitions is the number there are to be.
	Partitions int32
	// Wait is for how long members of the groups may be there still, MembersWait
	// if zero.
	Wait time.Duration
	// Confirm is asked before anything is changed; its error is returned. It may
	// be nil. From is how many partitions there are now.
	Confirm func(from, to int32) error
	// Say is told what is done, in one line each. It may be nil.
	Say func(line string)
}

// Run changes the number of partitions. After an error it may be run again, and
// goes on or starts over, whichever loses nothing.
func Run(ctx context.Context, o Options) error {
	if o.Partitions < 1 {
		return fmt.Errorf("%d partitions: at least one is needed", o.Partitions)
	}
	if o.Wait == 0 {
		o.Wait = MembersWait
	}
	cl, err := kafka.Dial(o.Engine.Pipeline.Kafka.Brokers, o.Engine.Opts...)
	if err != nil {
		return err
	}
	defer cl.Close()
	r := &resizer{Options: o, adm: kadm.NewClient(cl), to: o.Engine.Pipeline.Kafka}
	r.to.Partitions = o.Partitions
	return r.run(ctx)
}

type resizer struct {
	Options
	adm *kadm.Client
	to  pipeline.Kafka // with the new number of partitions
}

func (r *resizer) run(ctx context.Context) error {
	have, err := kafka.Counts(ctx, r.adm, r.to, kafka.Journal, kafka.State, kafka.Alerts, kafka.History, kafka.Dead, kafka.Resize)
	if err != nil {
		return err
	}
	sealed, err := r.sealed(ctx, have[kafka.Resize])
	if err != nil {
		return err
	}
	if sealed != nil {
		return r.finish(ctx, sealed)
	}
	from, err := r.from(have)
	if err != nil {
		return err
	}
	if err := r.deserted(ctx); err != nil {
		return err
	}
	if err := r.confirm(from); err != nil {
		return err
	}
	if have[kafka.Resize] > 0 {
		r.say("dropping the copy of an attempt that was cut short")
		if err := kafka.Remove(ctx, r.adm, r.to, kafka.Resize); err != nil {
			return err
		}
	}
	if from == r.Partitions {
		r.say("journal and state have %d partitions already", from)
		return kafka.Grow(ctx, r.adm, r.to, kafka.Alerts, kafka.History, kafka.Dead)
	}
	return r.start(ctx, from)
}

// from is how many partitions there are.
func (r *resizer) from(have map[string]int32) (int32, error) {
	journal, state := have[kafka.Journal], have[kafka.State]
	switch {
	case journal == 0:
		return 0, fmt.Errorf("there is no topic %q: a monitor that has never run needs no resize", r.to.Topic(kafka.Journal))
	case journal != state:
		return 0, fmt.Errorf("topic %q has %d partitions, but %q has %d: which is right cannot be told", r.to.Topic(kafka.Journal), journal, r.to.Topic(kafka.State), state)
	}
	return journal, nil
}

func (r *resizer) confirm(from int32) error {
	if r.Confirm == nil || from == r.Partitions {
		return nil
	}
	return r.Confirm(from, r.Partitions)
}

func (r *resizer) say(format string, args ...any) {
	if r.Say != nil {
		r.Say(fmt.Sprintf(format, args...))
	}
}

func (r *resizer) group(role string) string { return r.to.Prefix + "-" + role }

func (r *resizer) deserted(ctx context.Context) error {
	return kafka.Deserted(ctx, r.adm, r.Wait, r.group("intake"), r.group("watch"))
}

// start makes the copy, and goes on with it.
func (r *resizer) start(ctx context.Context, from int32) error {
	r.say("folding what is left in the journal of %d partitions", from)
	o := r.Engine
	o.Pipeline = sized(o.Pipeline, from)
	folds, err := engine.Drain(ctx, o)
	if err != nil {
		return err
	}
	state := watch.Repartition(sized(o.Pipeline, r.Partitions), folds)
	s := &seal{from: from, to: r.Partitions}
	for _, part := range state {
		s.records += int64(len(part))
	}
	r.say("writing the state of %d partitions to %s", r.Partitions, r.to.Topic(kafka.Resize))
	if err := kafka.Create(ctx, r.adm, r.to, kafka.Resize); err != nil {
		return err
	}
	if err := r.writeCopy(ctx, state); err != nil {
		return fmt.Errorf("writing the new state: %w", err)
	}
	// The drain was a member itself. Whoever has begun to run since has changed
	// what the copy is of.
	if err := r.deserted(ctx); err != nil {
		return errors.Join(err, kafka.Remove(ctx, r.adm, r.to, kafka.Resize))
	}
	if err := r.writeSeal(ctx, s); err != nil {
		return fmt.Errorf("sealing the new state: %w", err)
	}
	return r.swap(ctx, s)
}

// finish goes on with a copy that is sealed.
func (r *resizer) finish(ctx context.Context, s *seal) error {
	if s.to != r.Partitions {
		return fmt.Errorf("a resize from %d to %d partitions was cut short: finish it first, with --partitions %d", s.from, s.to, s.to)
	}
	if err := r.deserted(ctx); err != nil {
		return err
	}
	if err := r.confirm(s.from); err != nil {
		return err
	}
	r.say("finishing the resize from %d to %d partitions that was cut short", s.from, s.to)
	return r.swap(ctx, s)
}

// swap puts the copy in place. It may be done any number of times.
func (r *resizer) swap(ctx context.Context, s *seal) error {
	r.say("making %s and %s anew", r.to.Topic(kafka.Journal), r.to.Topic(kafka.State))
	if err := kafka.Remove(ctx, r.adm, r.to, kafka.Journal, kafka.State); err != nil {
		return err
	}
	if err := kafka.Create(ctx, r.adm, r.to, kafka.Journal, kafka.State); err != nil {
		return err
	}
	if err := r.copyBack(ctx, s); err != nil {
		return fmt.Errorf("copying the new state: %w", err)
	}
	if err := r.rewind(ctx); err != nil {
		return err
	}
	if err := kafka.Grow(ctx, r.adm, r.to, kafka.Alerts, kafka.History, kafka.Dead); err != nil {
		return err
	}
	return kafka.Remove(ctx, r.adm, r.to, kafka.Resize)
}

// rewind sets the offsets of watch to the beginning of the new journal: brokers
// forget those of a deleted topic in their own time.
func (r *resizer) rewind(ctx context.Context) error {
	begin := make(kadm.Offsets)
	for k := range r.Partitions {
		begin.AddOffset(r.to.Topic(kafka.Journal), k, 0, -1)
	}
	responses, err := r.adm.CommitOffsets(ctx, r.group("watch"), begin)
	if err := errors.Join(err, responses.Error()); err != nil {
		return fmt.Errorf("setting the offsets of group %q: %w", r.group("watch"), err)
	}
	return nil
}

// sized is the pipeline with another number of partitions.
func sized(p *pipeline.Pipeline, partitions int32) *pipeline.Pipeline {
	q := *p
	q.Kafka.Partitions = partitions
	return &q
}

// writer makes a client whose records go where they say.
func (r *resizer) writer() (*kgo.Client, error) {
	opts := append([]kgo.Opt{kgo.RecordPartitioner(kgo.ManualPartitioner())}, r.Engine.Opts...)
	return kafka.Dial(r.to.Brokers, opts...)
}
