// Package watch is the second half of the chain, without Kafka: a fold of one
// journal partition into windows, statuses and findings. It reads no clock; the
// same journal and the same configuration give the same findings byte for byte.
//
// # Firing
//
// A due time t (the end of a window, or the first instant at which a feed has
// been silent for longer than its period) fires when the effective watermark of
// the feed's source has reached t plus the lateness of its class, and is judged
// as of t: arrivals from t on wait in their window. The effective watermark is
// the source's, but never ahead of the broker's time, and never goes back. All
// firings of a source happen in the order of (t + lateness, t, window ends
// before deadlines, identity, rule order in the file): so the sequence is the
// same in whatever steps the watermark came.
//
// A deadline lies a period after the last arrival of a closed window, and a
// period is never shorter than a window, so when it fires that window is
// complete, and the first arrival of the one open window tells whether it was
// kept.
package watch

import (
	"container/heap"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// LiveWithin is how long after its due time a finding still counts as live, on
// top of the class's lateness.
const LiveWithin = 2 * time.Minute

// Out receives what folding an entry brings forth, in order. Nil functions are
// not called.
type Out struct {
	// Step gets one step of a finding; live is false when it was found in a
	// replay or while catching up.
	Step func(s *feedgauge.Step, live bool)
	// Closed gets one closed window.
	Closed func(c *feedgauge.Closed)
}

// Partition is the fold of one journal partition.
type Partition struct {
	pipe    *pipeline.Pipeline
	index   int32
	next    int64             // offset after the last entry folded
	broker  feedgauge.Instant // highest broker time seen
	marks   marks
	sources []*sourceState // in the order of the configuration
	feeds   map[string]*feed
	inert   []*feed // restored further than the fold has come, by foldedTo
	failed  int64   // conditions that could not be evaluated
	late    int64   // arrivals after their window was closed
	points  []point // places from which a restore may fold again
	saver   saver
	changed []*feed // feeds with a step since the last save
}

type sourceState struct {
	name      string
	effective feedgauge.Instant
	queue     queue
}

// New returns the fold of partition index before its first entry.
func New(p *pipeline.Pipeline, index int32) *Partition {
	w := &Partition{
		pipe: p, index: index, broker: feedgauge.Before, marks: newMarks(), feeds: make(map[string]*feed),
	}
	for _, s := range p.Sources {
		w.sources = append(w.sources, &sourceState{name: s.Name, effective: feedgauge.Before})
	}
	return w
}

// Next returns the offset after the last entry folded.
func (w *Partition) Next() int64 { return w.next }

// Feeds returns how many feeds the partition knows.
func (w *Partition) Feeds() int { return len(w.feeds) }

// Drain returns how many arrivals came after their window was closed and how
// many conditions could not be evaluated since the last call.
func (w *Partition) Drain() (late, failed int64) {
	late, failed = w.late, w.failed
	w.late, w.failed = 0, 0
	return late, failed
}

// Effective returns the effective watermark of a source, Before if it has none.
func (w *Partition) Effective(source string) feedgauge.Instant {
	if s := w.source(source); s != nil {
		return s.effective
	}
	return feedgauge.Before
}

func (w *Partition) source(name string) *sourceState {
	for _, s := range w.sources {
		if s.name == name {
			return s
		}
	}
	return nil
}

// Fold takes in one entry of the journal. Entries come in the order of their
// offsets.
func (w *Partition) Fold(e *feedgauge.Entry, out Out) {
	w.wake(e.Offset)
	w.next = e.Offset + 1
	w.broker = max(w.broker, e.Time)
	switch {
	case e.Tally != nil:
		w.tally(e)
	case e.Trailer != nil:
		w.marks.fold(e.Trailer)
	}
	w.fire(out)
}

// Skip moves past an offset that holds nothing for the fold.
func (w *Partition) Skip(offset int64) { w.next = max(w.next, offset+1) }

// wake lets restored feeds take part from the offset up to which their saved
// state is folded.
func (w *Partition) wake(offset int64) {
	for len(w.inert) > 0 && w.inert[0].foldedTo <= offset {
		f := w.inert[0]
		w.inert[0] = nil
		w.inert = w.inert[1:]
		if s := w.source(f.facts.Source); s != nil {
			s.queue.set(f)
		}
	}
}

func (w *Partition) tally(e *feedgauge.Entry) {
	s := w.source(e.Tally.Source)
	if s == nil {
		return // of a source that the configuration no longer has
	}
	for i := range e.Tally.Feeds {
		t := &e.Tally.Feeds[i]
		f := w.feeds[t.Feed.Identity()]
		if f == nil {
			f = w.meet(s, t.Feed, e.Offset)
		}
		if f.foldedTo > e.Offset {
			continue
		}
		before := f.late
		f.merge(e.Tally.Window, t)
		w.late += f.late - before
		if owner := w.source(f.facts.Source); owner != nil {
			owner.queue.set(f)
		}
	}
}

// meet adds a feed seen for the first time.
func (w *Partition) meet(s *sourceState, id feedgauge.FeedID, offset int64) *feed {
	f := newFeed(w.pipe, s.name, id)
	f.foldedTo = offset
	w.feeds[f.key] = f
	w.saver.add(f, w.broker)
	return f
}

// fire acts on everything due.
func (w *Partition) fire(out Out) {
	for _, s := range w.sources {
		s.effective = max(s.effective, min(w.marks.source(s.name), w.broker))
		for len(s.queue) > 0 && s.queue[0].due.fire <= s.effective {
			w.fireOnce(s, out)
		}
	}
}

func (w *Partition) fireOnce(s *sourceState, out Out) {
	f := s.queue[0]
	d := f.due
	f.fireOnce(d, &emit{
		step: func(step *feedgauge.Step) {
			if out.Step != nil {
				out.Step(step, w.broker.Sub(d.at) <= LiveWithin+f.class.Lateness)
			}
		},
		closed: func(c *feedgauge.Closed) {
			if out.Closed != nil {
				out.Closed(c)
			}
		},
		failed: func(n int) { w.failed += int64(n) },
	})
	if f.dirty {
		w.changed = append(w.changed, f)
	}
	f.due = f.next()
	heap.Fix(&s.queue, 0)
}
