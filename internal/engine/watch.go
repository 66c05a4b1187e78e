package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
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
	// maxFirings bounds the windows closed and deadlines judged in one
	// transaction; a leap of the watermark may make many due at once.
	maxFirings = 10_000
	// tickAfter is how long a journal partition may bring nothing before its
	// owner writes a tick, so that time is seen to pass. Trailers come every
	// five seconds, and their commits take a moment.
	tickAfter = 8 * time.Second
)

// watchLoop is the watch role of one worker.
type watchLoop struct {
	*Engine
	partial arrivals[partialState] // of restores that were cut short
	worker  int
	quiet   bool      // write no ticks and heartbeats
	beaten  time.Time // when the last heartbeat was written
	sess    *session
	adm     *kadm.Client
	parts   map[int32]*watched
	fresh   arrivals[*watch.Partition] // restored on assignment
}

// watched is one journal partition this worker owns.
type watched struct {
	fold  *watch.Partition
	heard time.Time     // when it last brought a record
	queue []*kgo.Record // polled, but not folded yet
	next  int64         // offset after the last record polled
	saved int64         // what the newest meta says was polled, -1 before the first
}

// watch runs one worker until ctx is done or the session is beyond repair.
func (e *Engine) watch(ctx context.Context, worker int) error {
	l := &watchLoop{Engine: e, worker: worker}
	return l.run(ctx)
}

func (l *watchLoop) run(ctx context.Context) error {
	l.parts = make(map[int32]*watched)
	cfg := l.session("watch", l.worker)
	cfg.Topics, cfg.Adjust = []string{l.topic(kafka.Journal)}, l.adjust
	cl, err := kafka.Dial(cfg.Brokers, l.clients...)
	if err != nil {
		return err
	}
	defer cl.Close()
	l.adm = kadm.NewClient(cl)
	if l.sess, err = l.open(ctx, cfg); err != nil {
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

// turn polls once, folds what came and commits what it brought forth. While
// something polled is still to be folded, it does not poll.
func (l *watchLoop) turn(ctx context.Context) error {
	var fetches kgo.Fetches
	if !l.behind() {
		var err error
		if fetches, err = l.sess.poll(ctx, time.Now().Add(time.Second), watchPoll); err != nil {
			return err
		}
	}
	rewound, err := l.sync(ctx)
	if err != nil || rewound {
		return err // what was polled will come again
	}
	fetches.EachPartition(func(p kgo.FetchTopicPartition) {
		if w := l.parts[p.Partition]; w != nil && len(p.Records) > 0 { // else gone since; its new owner folds it
			w.queue = append(w.queue, p.Records...)
			w.next = p.Records[len(p.Records)-1].Offset + 1
			w.heard = time.Now()
		}
	})
	out := &output{loop: l, left: maxFirings}
	for _, k := range slices.Sorted(maps.Keys(l.parts)) {
		if err := l.foldAll(k, l.parts[k], out); err != nil {
			return err
		}
	}
	if !l.quiet {
		l.tick(out)
		l.beat(out)
	}
	if len(out.touched) == 0 {
		return nil
	}
	if err := l.commit(ctx, out); err != nil {
		return err
	}
	return l.yields()
}

// behind reports whether anything polled is still to be folded.
func (l *watchLoop) behind() bool {
	for _, w := range l.parts {
		if len(w.queue) > 0 || w.fold.More() {
			return true
		}
	}
	return false
}

// errTwice means that a lane has delivered what is counted already. Nothing of
// it may be committed.
var errTwice = errors.New("records came twice")

// foldAll folds what came of one partition, as far as the transaction's firings
// allow. What is left waits for the next one.
func (l *watchLoop) foldAll(k int32, w *watched, out *output) error {
	w.fold.Allow(out.left)
	defer func() { out.left = w.fold.Left() }()
	if w.fold.More() && out.left > 0 {
		out.touch(k)
		w.fold.Resume(out.of(k))
	}
	for len(w.queue) > 0 && !w.fold.More() && w.fold.Left() > 0 {
		r := w.queue[0]
		w.queue = w.queue[1:]
		if r.Offset < w.fold.Next() {
			return fmt.Errorf("journal partition %d at %d delivers %d: %w", r.Partition, w.fold.Next(), r.Offset, errTwice)
		}
		out.touch(k)
		e, ok, err := l.entry(r)
		switch {
		case err != nil:
			return err
		case ok:
			w.fold.Fold(&e, out.of(k))
		default:
			w.fold.Skip(r.Offset)
		}
	}
	return nil
}

// entry decodes a journal record; ok is false for markers and for records that
// cannot be read, which are counted. A record in a newer format is an error: to
// skip it would lose what it says, a newer program can read it.
func (l *watchLoop) entry(r *kgo.Record) (e feedgauge.Entry, ok bool, err error) {
	if r.Attrs.IsControl() {
		return e, false, nil
	}
	e, _, err = journal.Decode(r.Value)
	if errors.Is(err, journal.ErrNewer) {
		return e, false, fmt.Errorf("journal partition %d at %d: %w", r.Partition, r.Offset, err)
	}
	if err != nil {
		l.metrics.unreadable.Inc()
		l.Log.Error("a journal record cannot be read", "partition", r.Partition, "offset", r.Offset, "error", err)
		return e, false, nil
	}
	e.Offset, e.Time = r.Offset, feedgauge.Instant(r.Timestamp.UnixMilli())
	return e, true, nil
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
	for k, w := range l.parts {
		at := w.committing()
		if w.saved == at && !out.touched[k] {
			continue // else a restore would look for a state that tells of so much
		}
		w.saved = at
		w.fold.Polled(at)
		for _, s := range w.fold.Save() {
			out.records = append(out.records, &kgo.Record{
				Topic: l.topic(kafka.State), Partition: k, Key: []byte(s.Key), Value: s.Value,
			})
		}
	}
	claims := make(map[feedgauge.Lane]claim, len(l.parts))
	for k, w := range l.parts {
		claims[feedgauge.Lane{Topic: l.topic(kafka.Journal), Partition: k}] = claim{offset: w.committing()}
	}
	ok, err := l.sess.commit(out.records, claims)
	if err != nil {
		return err
	}
	if !ok {
		clear(l.parts) // they are restored before anything is folded again
		return nil
	}
	l.metrics.stepsDone(out.steps, out.windows)
	l.show(out)
	return nil
}

// committing is the offset the partition is committed at: how far it has been
// polled. Meta tells how far that has been folded.
func (w *watched) committing() int64 { return max(w.next, w.fold.Next()) }

func (l *watchLoop) show(out *output) {
	for k := range out.touched {
		fold := l.parts[k].fold
		l.stand(k, fold)
		late, failed := fold.Drain()
		l.metrics.late.Add(float64(late))
		l.metrics.failedRules.Add(float64(failed))
	}
}

func (l *watchLoop) stand(k int32, fold *watch.Partition) {
	var sources []string
	for _, s := range l.Pipeline.Sources {
		sources = append(sources, s.Name)
	}
	l.metrics.stand(l.worker, k, fold, sources)
}

// sync makes the partitions folded here those the member owns. If any is gone,
// or was gone and came back, the session goes back to its last commit, and what
// has been polled must be dropped.
func (l *watchLoop) sync(ctx context.Context) (rewound bool, err error) {
	have := l.sess.owned()
	fresh := l.fresh.take(have)
	for k := range l.parts {
		_, still := have[l.lane(k)]
		_, again := fresh[l.lane(k)]
		rewound = rewound || !still || again
	}
	if rewound {
		if err := l.sess.rewind(); err != nil {
			return true, err
		}
		l.forget(have)
	}
	for lane, offset := range have {
		if fold := fresh[lane]; fold != nil {
			l.parts[lane.Partition] = newWatched(fold)
			l.stand(lane.Partition, fold)
			continue
		}
		if l.parts[lane.Partition] != nil {
			continue
		}
		// A transaction did not happen.
		if l.parts[lane.Partition], err = l.again(ctx, lane.Partition, offset); err != nil {
			delete(l.parts, lane.Partition)
			return rewound, err
		}
	}
	l.metrics.lanes.WithLabelValues("watch", strconv.Itoa(l.worker)).Set(float64(len(l.parts)))
	if l.sess.member() {
		l.metrics.keep(l.worker, l.parts)
		l.ready.done("watch", l.worker)
	}
	return rewound, nil
}

// forget lets go of partitions that went. Nothing is folded but uncommitted
// between two turns, so those that stay need no restore.
func (l *watchLoop) forget(have map[feedgauge.Lane]int64) {
	for k := range l.parts {
		if _, still := have[l.lane(k)]; !still {
			delete(l.parts, k)
		}
	}
}

func (l *watchLoop) lane(k int32) feedgauge.Lane {
	return feedgauge.Lane{Topic: l.topic(kafka.Journal), Partition: k}
}

// again restores a partition at the offset where the client stands. The fold may
// have been behind it: what lies between is polled no more, so it is read here.
func (l *watchLoop) again(ctx context.Context, k int32, offset int64) (*watched, error) {
	fold, begin, err := l.restore(ctx, k, offset)
	if err != nil {
		return nil, err
	}
	if begin > offset {
		return nil, fmt.Errorf("partition %d stands at %d, but its state is at %d", k, offset, begin)
	}
	w := newWatched(fold)
	w.next = offset
	span := kafka.Span{Topic: l.topic(kafka.Journal), Partition: k, From: begin, To: offset}
	err = kafka.ReadPartition(ctx, l.Pipeline.Kafka.Brokers, span, func(r *kgo.Record) error {
		w.queue = append(w.queue, r)
		return nil
	}, l.clients...)
	if err != nil {
		return nil, fmt.Errorf("reading partition %d again: %w", k, err)
	}
	return w, nil
}

func newWatched(fold *watch.Partition) *watched {
	return &watched{fold: fold, heard: time.Now(), saved: -1}
}

// adjust is called on assignment, after the stable offsets are known and before
// anything is fetched: the place where each partition is restored.
func (l *watchLoop) adjust(ctx context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	for _, partitions := range offsets {
		for k, o := range partitions {
			fold, begin, err := l.restore(ctx, k, o.EpochOffset().Offset)
			if err != nil {
				if ctx.Err() == nil {
					l.Log.Warn("a partition could not be restored, trying again", "partition", k, "error", err)
				}
				return nil, err
			}
			partitions[k] = kgo.NewOffset().At(begin)
			l.fresh.put(l.lane(k), fold)
		}
	}
	return offsets, nil
}
