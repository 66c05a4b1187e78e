package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/watch"
)

const (
	// watchPoll bounds the journal records of one transaction.
	watchPoll = 500
	// tickAfter is how long a journal partition may bring nothing before its
	// owner writes a tick, so that time is seen to pass. Trailers come every
	// five seconds, and their commits take a moment.
	tickAfter = 8 * time.Second
)

// watchLoop is the watch role of one worker.
type watchLoop struct {
	*Engine
	sess  *session
	adm   *kadm.Client
	parts map[int32]*watched

	mu     sync.Mutex
	joined map[int32]*watch.Partition // restored on assignment since the loop last looked
}

// watched is one journal partition this worker owns.
type watched struct {
	fold  *watch.Partition
	heard time.Time // when it last brought a record
}

// watch runs one worker until ctx is done or the session is beyond repair.
func (e *Engine) watch(ctx context.Context) error {
	l := &watchLoop{Engine: e, parts: make(map[int32]*watched), joined: make(map[int32]*watch.Partition)}
	cfg := e.session("watch")
	cfg.Topics, cfg.Adjust = []string{l.topic(kafka.Journal)}, l.adjust
	cl, err := kafka.Dial(cfg.Brokers, e.Opts...)
	if err != nil {
		return err
	}
	defer cl.Close()
	l.adm = kadm.NewClient(cl)
	if l.sess, err = e.open(ctx, cfg); err != nil {
		return err
	}
	defer l.sess.close()
	for ctx.Err() == nil {
		if err := l.turn(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (l *watchLoop) topic(name string) string { return l.Pipeline.Kafka.Topic(name) }

// turn polls once, folds what came and commits what it brought forth.
func (l *watchLoop) turn(ctx context.Context) error {
	fetches, err := l.sess.poll(ctx, time.Now().Add(time.Second), watchPoll)
	if err != nil {
		return err
	}
	if err := l.sync(ctx); err != nil {
		return err
	}
	out := &output{loop: l}
	fetches.EachPartition(func(p kgo.FetchTopicPartition) {
		w := l.parts[p.Partition]
		if w == nil {
			return // gone since; its new owner folds it
		}
		for _, r := range p.Records {
			l.fold(w, p.Partition, r, out)
		}
	})
	l.tick(out)
	if len(out.touched) == 0 {
		return nil
	}
	return l.commit(ctx, out)
}

// fold takes one journal record in.
func (l *watchLoop) fold(w *watched, k int32, r *kgo.Record, out *output) {
	w.heard = time.Now()
	out.touch(k)
	e, ok := l.entry(r)
	if !ok {
		w.fold.Skip(r.Offset)
		return
	}
	w.fold.Fold(&e, out.of(k))
}

// entry decodes a journal record; ok is false for markers and for records that
// cannot be read, which are counted.
func (l *watchLoop) entry(r *kgo.Record) (e feedgauge.Entry, ok bool) {
	if r.Attrs.IsControl() {
		return e, false
	}
	e, _, err := journal.Decode(r.Value)
	if err != nil {
		l.metrics.unreadable.Inc()
		l.sess.log.Error("a journal record cannot be read", "partition", r.Partition, "offset", r.Offset, "error", err)
		return e, false
	}
	e.Offset, e.Time = r.Offset, feedgauge.Instant(r.Timestamp.UnixMilli())
	return e, true
}

// tick adds a tick for each partition that has been quiet for long.
func (l *watchLoop) tick(out *output) {
	for k, w := range l.parts {
		if time.Since(w.heard) < tickAfter {
			continue
		}
		w.heard = time.Now()
		out.touch(k)
		out.records = append(out.records, &kgo.Record{Topic: l.topic(kafka.Journal), Partition: k, Value: journal.AppendTick(nil)})
	}
}

// commit writes findings, history and state with the offsets of all owned
// partitions.
func (l *watchLoop) commit(ctx context.Context, out *output) error {
	for k := range out.touched {
		for _, s := range l.parts[k].fold.Save() {
			out.records = append(out.records, &kgo.Record{
				Topic: l.topic(kafka.State), Partition: k, Key: []byte(s.Key), Value: s.Value,
			})
		}
	}
	claims := make(map[feedgauge.Lane]claim, len(l.parts))
	for k, w := range l.parts {
		claims[feedgauge.Lane{Topic: l.topic(kafka.Journal), Partition: k}] = claim{offset: w.fold.Next()}
	}
	ok, err := l.sess.commit(out.records, claims)
	if err != nil {
		return err
	}
	if !ok {
		return l.restoreAll(ctx)
	}
	l.metrics.stepsDone(out.steps, out.windows)
	l.show(out)
	return nil
}

func (l *watchLoop) show(out *output) {
	for k := range out.touched {
		fold, name := l.parts[k].fold, strconv.Itoa(int(k))
		l.metrics.feeds.WithLabelValues(name).Set(float64(fold.Feeds()))
		late, failed := fold.Drain()
		l.metrics.late.Add(float64(late))
		l.metrics.failedRules.Add(float64(failed))
		low := feedgauge.After
		for _, s := range l.Pipeline.Sources {
			at := fold.Effective(s.Name)
			low = min(low, at)
			if at != feedgauge.Before {
				l.metrics.effective.WithLabelValues(s.Name, name).Set(float64(at) / 1000)
			}
		}
		l.metrics.mark(name, low)
	}
}

// sync makes the partitions folded here those the member owns.
func (l *watchLoop) sync(ctx context.Context) error {
	have := owned(l.sess.Client())
	l.mu.Lock()
	joined := maps.Clone(l.joined)
	l.mu.Unlock()
	lost := false
	for k := range l.parts {
		_, still := have[l.lane(k)]
		_, again := joined[k]
		lost = lost || !still || again
	}
	if lost {
		if err := l.sess.rewind(); err != nil {
			return err
		}
		l.forget(have)
	}
	for lane := range have {
		if fold := joined[lane.Partition]; fold != nil {
			l.parts[lane.Partition] = &watched{fold: fold, heard: time.Now()}
			l.mu.Lock()
			delete(l.joined, lane.Partition)
			l.mu.Unlock()
		}
	}
	l.metrics.lanes.WithLabelValues("watch").Set(float64(len(l.parts)))
	return nil
}

// forget lets go of partitions that went. Nothing is folded but uncommitted
// between two turns, so those that stay need no restore.
func (l *watchLoop) forget(have map[feedgauge.Lane]int64) {
	for k := range l.parts {
		if _, still := have[l.lane(k)]; !still {
			delete(l.parts, k)
			l.metrics.unmark(strconv.Itoa(int(k)))
			l.metrics.feeds.DeleteLabelValues(strconv.Itoa(int(k)))
		}
	}
}

func (l *watchLoop) lane(k int32) feedgauge.Lane {
	return feedgauge.Lane{Topic: l.topic(kafka.Journal), Partition: k}
}

// restoreAll brings every owned partition back to where it is committed, after
// a transaction that did not happen.
func (l *watchLoop) restoreAll(ctx context.Context) error {
	clear(l.parts)
	for lane, offset := range owned(l.sess.Client()) {
		fold, begin, err := l.restore(ctx, lane.Partition, offset)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		case begin != offset:
			return fmt.Errorf("partition %d is committed at %d, but its state is at %d", lane.Partition, offset, begin)
		}
		l.parts[lane.Partition] = &watched{fold: fold, heard: time.Now()}
	}
	return nil
}

// adjust is called on assignment, after the stable offsets are known and before
// anything is fetched: the place where each partition is restored.
func (l *watchLoop) adjust(ctx context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	for _, partitions := range offsets {
		for k, o := range partitions {
			fold, begin, err := l.restore(ctx, k, o.EpochOffset().Offset)
			if err != nil {
				l.Log.Warn("a partition could not be restored, trying again", "partition", k, "error", err)
				return nil, err
			}
			partitions[k] = kgo.NewOffset().At(begin)
			l.mu.Lock()
			l.joined[k] = fold
			l.mu.Unlock()
		}
	}
	return offsets, nil
}

// restore builds the fold of partition k as of the committed offset, from the
// newest state of each feed and a silent fold of the journal behind it. Without
// a committed offset, or with one behind what the state says was committed, the
// state is believed.
func (l *watchLoop) restore(ctx context.Context, k int32, committed int64) (fold *watch.Partition, begin int64, err error) {
	ends, err := kafka.Ends(ctx, l.adm, l.topic(kafka.State), l.topic(kafka.Journal))
	if err != nil {
		return nil, 0, err
	}
	state, err := l.readState(ctx, k, ends[feedgauge.Lane{Topic: l.topic(kafka.State), Partition: k}])
	if err != nil {
		return nil, 0, err
	}
	log := ends[l.lane(k)]
	begin = max(committed, log.Start)
	if b := state[watch.MetaKey]; b != nil {
		m, err := watch.DecodeMeta(b)
		if err != nil {
			return nil, 0, fmt.Errorf("partition %d: %w", k, err)
		}
		begin = max(begin, m.Next)
	}
	fold, err = watch.Restore(l.Pipeline, k, state, begin)
	if err != nil {
		return nil, 0, fmt.Errorf("restoring partition %d: %w", k, err)
	}
	span := kafka.Span{Topic: l.topic(kafka.Journal), Partition: k, From: max(fold.Next(), log.Start), To: begin}
	err = kafka.ReadPartition(ctx, l.Pipeline.Kafka.Brokers, span, func(r *kgo.Record) error {
		if e, ok := l.entry(r); ok {
			fold.Fold(&e, watch.Out{})
		}
		return nil
	}, l.Opts...)
	if err != nil {
		return nil, 0, fmt.Errorf("folding partition %d again: %w", k, err)
	}
	fold.Skip(begin - 1)
	fold.Drain() // counted when it was first folded
	return fold, begin, nil
}

// readState returns the newest record of each key.
func (l *watchLoop) readState(ctx context.Context, k int32, end kafka.End) (map[string][]byte, error) {
	state := make(map[string][]byte)
	span := kafka.Span{Topic: l.topic(kafka.State), Partition: k, From: end.Start, To: end.Stable}
	err := kafka.ReadPartition(ctx, l.Pipeline.Kafka.Brokers, span, func(r *kgo.Record) error {
		if r.Value == nil {
			delete(state, string(r.Key))
			return nil
		}
		state[string(r.Key)] = r.Value
		return nil
	}, l.Opts...)
	if err != nil && !errors.Is(err, context.Canceled) {
		return nil, fmt.Errorf("reading the state of partition %d: %w", k, err)
	}
	return state, err
}
