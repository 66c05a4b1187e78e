package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// Drain lets watch fold what intake has left in the journal, tell what it finds
// there, and stop; then it returns the fold of each journal partition. It is for
// a monitor that is stopped: intake must not run, nor another member of watch.
// A transaction that intake has left open is waited for.
//
// Nothing is done for a journal that is folded to its end already. Neither ticks
// nor heartbeats are written, so that the journal does come to an end, and intake
// is not found to be away, which it is on purpose.
func Drain(ctx context.Context, o Options) ([]*watch.Partition, error) {
	e, err := New(o)
	if err != nil {
		return nil, err
	}
	cl, err := kafka.Dial(o.Pipeline.Kafka.Brokers, append([]kgo.Opt{kgo.WithLogger(kafka.Logger(e.Log.Named("kafka")))}, e.clients...)...)
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	d := &drain{watchLoop: watchLoop{Engine: e, adm: kadm.NewClient(cl)}, cl: cl}
	if err := d.settle(ctx); err != nil {
		return nil, err
	}
	if err := d.run(ctx); err != nil {
		return nil, err
	}
	return d.folds(ctx)
}

// drain is a watch that comes to an end.
type drain struct {
	watchLoop
	cl   *kgo.Client
	ends map[feedgauge.Lane]kafka.End // of the journal
}

// settle waits until no transaction is open in the journal.
func (d *drain) settle(ctx context.Context) (err error) {
	deadline := time.Now().Add(d.patience())
	for {
		if d.ends, err = kafka.Ends(ctx, d.adm, d.topic(kafka.Journal)); err != nil {
			return err
		}
		lane, open := d.unsettled()
		if !open {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("a transaction is still open in partition %d of %q after %v", lane.Partition, lane.Topic, d.patience())
		}
		if !sleep(ctx, 200*time.Millisecond) {
			return ctx.Err()
		}
	}
}

func (d *drain) unsettled() (feedgauge.Lane, bool) {
	for lane, end := range d.ends {
		if end.Stable < end.High {
			return lane, true
		}
	}
	return feedgauge.Lane{}, false
}

// run is the watch role until everything is folded.
func (d *drain) run(ctx context.Context) error {
	if done, err := d.done(ctx); done || err != nil {
		return err
	}
	if err := d.check(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- d.supervise(ctx, "watch 0", func(ctx context.Context) error {
			l := &watchLoop{Engine: d.Engine, quiet: true}
			return l.run(ctx)
		})
	}()
	for {
		select {
		case err := <-ended:
			if err == nil {
				err = ctx.Err()
			}
			return fmt.Errorf("folding what is left in the journal: %w", err)
		case <-time.After(200 * time.Millisecond):
		}
		done, err := d.done(ctx)
		if done || err != nil {
			stop()
			if failed := <-ended; err == nil {
				err = failed
			}
			return err
		}
	}
}

// done reports whether all of the journal is folded, with nothing left to fire.
func (d *drain) done(ctx context.Context) (bool, error) {
	committed, err := d.committed(ctx)
	if err != nil {
		return false, err
	}
	for lane, end := range d.ends {
		if end.High > end.Start && committed[lane].Offset < end.High {
			return false, nil
		}
	}
	for lane, end := range d.ends { // the state takes longer to read
		m, err := d.meta(ctx, lane.Partition)
		if err != nil {
			return false, err
		}
		if m.Partial || end.High > end.Start && m.Next < end.High {
			return false, nil
		}
	}
	return true, nil
}

// check finds out whether a state is lost: a member would wait for it for ever.
func (d *drain) check(ctx context.Context) error {
	committed, err := d.committed(ctx)
	if err != nil {
		return err
	}
	for k := range d.Pipeline.Kafka.Partitions {
		if _, _, err := d.newestState(ctx, k, at(committed, d.lane(k))); err != nil {
			return err
		}
	}
	return nil
}

func (d *drain) committed(ctx context.Context) (map[feedgauge.Lane]kafka.Commit, error) {
	cfg := d.session("watch", 0)
	return kafka.Committed(ctx, d.cl, cfg.Group(), slices.Collect(maps.Keys(d.ends))...)
}

// at is the offset committed for a lane, -1 if there is none.
func at(committed map[feedgauge.Lane]kafka.Commit, lane feedgauge.Lane) int64 {
	if c, ok := committed[lane]; ok {
		return c.Offset
	}
	return -1
}

// meta reads the own record of partition k as it is now.
func (l *watchLoop) meta(ctx context.Context, k int32) (*watch.Meta, error) {
	lane := feedgauge.Lane{Topic: l.topic(kafka.State), Partition: k}
	ends, err := kafka.Ends(ctx, l.adm, lane.Topic)
	if err != nil {
		return nil, err
	}
	state, err := l.readState(ctx, k, ends[lane])
	if err != nil {
		return nil, err
	}
	return metaOf(state)
}

// folds restores all partitions as of their committed offsets.
func (d *drain) folds(ctx context.Context) ([]*watch.Partition, error) {
	committed, err := d.committed(ctx)
	if err != nil {
		return nil, err
	}
	var out []*watch.Partition
	for k := range d.Pipeline.Kafka.Partitions {
		fold, _, err := d.restore(ctx, k, at(committed, d.lane(k)))
		if err != nil {
			return nil, err
		}
		if fold.More() {
			return nil, fmt.Errorf("journal partition %d is not folded to its end", k)
		}
		out = append(out, fold)
	}
	return out, nil
}
