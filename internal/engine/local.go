package engine

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/intake"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
	"github.com/feedgauge/feedgauge/processors/count"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

// Local reports whether the pipeline reads from plugins instead of Kafka. Such a
// pipeline runs in memory: the same halves of the chain around a journal that is
// not kept, so a restart begins anew. Sources of both kinds in one pipeline are
// an error, since a transaction cannot span them.
func Local(p *pipeline.Pipeline) (bool, error) {
	plugins := 0
	for _, s := range p.Sources {
		if s.Open != nil {
			plugins++
		}
	}
	if plugins > 0 && plugins < len(p.Sources) {
		return false, errors.New("a pipeline reads either from Kafka or from plugins, not from both")
	}
	return plugins > 0, nil
}

// RunLocal runs a pipeline in memory until its sources have ended or ctx is
// done.
func (e *Engine) RunLocal(ctx context.Context) error {
	l := &localRun{Engine: e, owners: make(map[string]*localSource)}
	defer l.close()
	if err := l.open(ctx); err != nil {
		return err
	}
	for ctx.Err() == nil && len(l.sources) > 0 {
		if err := l.turn(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
	// What was found before the stop is still to be told, but a sink that
	// refuses must not hold up the stop.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
	defer cancel()
	return l.flush(last)
}

// lastWords is how long sinks have to take what is left at the end.
const lastWords = 10 * time.Second

type localRun struct {
	*Engine
	in      *intake.Intake
	sources []*localSource
	owners  map[string]*localSource // by topic
	sinks   map[string]feedgauge.Sink
	folds   []*watch.Partition
	offset  int64
	alerts  []feedgauge.Alert
	steps   []stepDone
	windows int64
}

type localSource struct {
	feedgauge.Source
	conf  *pipeline.Source
	lanes map[feedgauge.Lane]bool
}

func (l *localRun) open(ctx context.Context) error {
	var err error
	if l.in, err = intake.New(l.Pipeline, "local"); err != nil {
		return err
	}
	for k := range l.Pipeline.Kafka.Partitions {
		l.folds = append(l.folds, watch.New(l.Pipeline, k))
	}
	for _, s := range l.Pipeline.Sources {
		src, err := s.Open()
		if err != nil {
			return fmt.Errorf("opening source %q: %w", s.Name, err)
		}
		local := &localSource{Source: src, conf: s, lanes: make(map[feedgauge.Lane]bool)}
		l.sources = append(l.sources, local)
		// Lanes known from the start hold the watermark from the start.
		ends, err := src.Ends(ctx)
		for i := 0; err == nil && i < len(ends); i++ {
			if err := l.meet(local, ends[i].Lane); err != nil {
				return err
			}
		}
	}
	l.sinks = make(map[string]feedgauge.Sink)
	for _, s := range l.Pipeline.Sinks {
		if s.Open == nil {
			continue // the alerts topic
		}
		sink, err := s.Open()
		if err != nil {
			return fmt.Errorf("opening sink %q: %w", s.Name, err)
		}
		l.sinks[s.Name] = sink
	}
	return nil
}

func (l *localRun) close() {
	for _, s := range l.sources {
		_ = s.Close()
	}
	for _, s := range l.sinks {
		_ = s.Close()
	}
}

// turn polls each source for a while and commits what came.
func (l *localRun) turn(ctx context.Context) error {
	const patience = 200 * time.Millisecond
	left := l.sources[:0]
	for _, s := range l.sources {
		pollCtx, cancel := context.WithTimeout(ctx, patience)
		batch, err := s.Poll(pollCtx)
		cancel()
		if err != nil {
			return fmt.Errorf("source %q: %w", s.conf.Name, err)
		}
		if err := l.add(s, batch.Records); err != nil {
			return err
		}
		if err := l.prove(ctx, s, batch.Done); err != nil {
			return err
		}
		if !batch.Done {
			left = append(left, s)
			continue
		}
		if err := s.Close(); err != nil {
			return fmt.Errorf("closing source %q: %w", s.conf.Name, err)
		}
	}
	l.sources = left
	return l.flush(ctx)
}

func (l *localRun) add(s *localSource, records []feedgauge.Record) error {
	at := l.now()
	for i := range records {
		r := &records[i]
		if err := l.meet(s, feedgauge.Lane{Topic: r.Topic, Partition: r.Partition}); err != nil {
			return err
		}
		l.in.Add(r, at)
	}
	return nil
}

// meet owns a lane the first time it shows. Its position is that of a lane of
// which nothing has been read, so that it is not called idle before its end. Two
// sources with one topic are an error: its lanes and their watermarks belong to
// one source.
func (l *localRun) meet(s *localSource, lane feedgauge.Lane) error {
	if s.lanes[lane] {
		return nil
	}
	if other := l.owners[lane.Topic]; other != nil && other != s {
		return fmt.Errorf("sources %q and %q both deliver topic %q: give one of them another",
			other.conf.Name, s.conf.Name, lane.Topic)
	}
	s.lanes[lane], l.owners[lane.Topic] = true, s
	l.in.Own(s.conf.Name, lane, intake.Memory{Lane: count.NewLane()})
	n := int32(0)
	for other := range s.lanes {
		if other.Topic == lane.Topic {
			n = max(n, other.Partition+1)
		}
	}
	l.in.SetPartitions(s.conf.Name, lane.Topic, n)
	return nil
}

// prove asks the source for the ends of its lanes. A source that has ended will
// deliver nothing more, whatever it says of its ends.
func (l *localRun) prove(ctx context.Context, s *localSource, done bool) error {
	asked := l.now()
	ends, err := s.Ends(ctx)
	if err != nil && !done {
		return nil // no answer is no proof
	}
	for _, e := range ends {
		if err := l.meet(s, e.Lane); err != nil {
			return err
		}
	}
	if done {
		l.commit() // what came last keeps its own watermark; the proof comes after it
		ends = ends[:0]
		for lane := range s.lanes {
			m, _ := l.in.Memory(lane)
			ends = append(ends, feedgauge.LaneEnd{Lane: lane, High: m.Position, Stable: m.Position})
		}
	}
	l.in.Ends(asked, ends)
	return nil
}

// commit folds what has been summed, as one transaction.
func (l *localRun) commit() {
	tallies, trailer := l.in.Tallies(), l.in.Trailer()
	for k, fold := range l.folds {
		for i := range tallies[int32(k)] {
			l.fold(fold, &feedgauge.Entry{Tally: &tallies[int32(k)][i]})
		}
		l.fold(fold, &feedgauge.Entry{Trailer: trailer})
	}
	l.metrics.readDone(l.in.Commit())
}

func (l *localRun) fold(fold *watch.Partition, e *feedgauge.Entry) {
	e.Offset, e.Time = l.offset, l.now()
	l.offset++
	fold.Fold(e, watch.Out{Step: l.step, Closed: func(*feedgauge.Closed) { l.windows++ }})
}

func (l *localRun) step(s *feedgauge.Step, live bool) {
	value, err := ocsf.Encode(nil, s, l.ocsf())
	if err != nil {
		value = []byte(strconv.Quote(s.UID + ": " + err.Error()))
	}
	l.alerts = append(l.alerts, feedgauge.Alert{Key: s.UID, Value: value, Time: s.At, Live: live})
	l.steps = append(l.steps, stepDone{rule: s.Rule, activity: s.Activity, live: live})
}

// flush commits and hands the alerts to the sinks.
func (l *localRun) flush(ctx context.Context) error {
	l.commit()
	l.metrics.stepsDone(l.steps, l.windows)
	l.steps, l.windows = nil, 0
	for name, sink := range l.sinks {
		if err := l.hand(ctx, sink, name, l.alerts); err != nil {
			return fmt.Errorf("sink %q has not taken %d alerts: %w", name, len(l.alerts), err)
		}
	}
	l.alerts = nil
	return nil
}
