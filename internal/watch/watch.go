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
//
// How many firings one entry may cause is bounded by [Partition.Allow]; what is
// left goes on with [Partition.Resume], and meta remembers where it stood.
package watch

import (
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/rules"
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
	pipe     *pipeline.Pipeline
	index    int32
	next     int64             // offset after the last entry folded
	polled   int64             // offset up to which the journal has been read, if further
	broker   feedgauge.Instant // highest broker time seen
	marks    marks
	sources  []*sourceState // in the order of the configuration
	feeds    map[string]*feed
	groups   map[string]*group
	alone    map[*pipeline.Class][]*rules.Rule // rules of a group's members on their own
	expected []*pipeline.Feed                  // of the inventory, watched here
	inert    []*feed                           // restored further than the fold has come, by foldedTo
	failed   int64                             // conditions that could not be evaluated
	late     int64                             // arrivals after their window was closed
	points   []point                           // places from which a restore may fold again
	saver    saver
	changed  []*feed  // feeds with a step since the last save
	dropped  []string // keys to delete with the next save
	graves   graves
	commands []string
	retired  []string // feeds of the inventory that were retired and have not delivered since
	restored bool     // nothing has been folded since the restore
	strays   []stray

	budget int // firings still allowed, negative for any number
	more   bool
	cursor cursor // where firing stopped, if more

	until   cursor // of a restore: where to stop at the entry at untilAt
	untilAt int64

	heard      feedgauge.Instant // broker time of the last trailer
	blind      selfFinding
	tellsBlind bool
	revision   Revision
	saveAll    bool
}

// Revision is the configuration in force in the journal.
type Revision struct {
	Number      int64
	Fingerprint string
	At          feedgauge.Instant // broker time of its record
}

// cursor is a place in the sequence of firings of one entry.
type cursor struct {
	set    bool
	source int
	due    due
}

type sourceState struct {
	name        string
	conf        *pipeline.Source
	effective   feedgauge.Instant
	queue       queue
	lost        gaps
	runs        feedgauge.Runs // arrivals in any topic, as far back as may be asked
	keep        time.Duration
	longest     time.Duration
	recent      time.Duration
	past        feedgauge.Run // the last outage that runs no longer tell of
	met         bool          // the inventory's feeds have been met
	tellsOutage bool
	outage      selfFinding
	unnamed     selfFinding       // no topic is known; its since is set before it opens
	held        selfFinding       // the watermark stands still; its since is when it last moved
	heldAt      feedgauge.Instant // where it stands
	told        feedgauge.Instant // end of the run after which an outage was last told
}

// New returns the fold of partition index before its first entry.
func New(p *pipeline.Pipeline, index int32) *Partition {
	w := &Partition{
		pipe: p, index: index, broker: feedgauge.Before, marks: newMarks(), heard: feedgauge.Before,
		feeds: make(map[string]*feed), groups: make(map[string]*group), alone: make(map[*pipeline.Class][]*rules.Rule),
		budget: -1,
	}
	w.tellsBlind = w.ours("intake")
	for _, s := range p.Sources {
		w.sources = append(w.sources, &sourceState{
			name: s.Name, conf: s, effective: feedgauge.Before, told: feedgauge.Before, heldAt: feedgauge.Before, past: noRun(),
			tellsOutage: w.ours("source/" + s.Name), keep: keepRuns(p, s), longest: longestSilence(p), recent: recentRuns(p, s),
		})
	}
	w.expected = expected(p, index)
	w.points = []point{w.here()}
	return w
}

// Next returns the offset after the last entry folded.
func (w *Partition) Next() int64 { return w.next }

// Feeds returns how many feeds the partition knows.
func (w *Partition) Feeds() int { return len(w.feeds) }

// Revision returns the last configuration revision folded.
func (w *Partition) Revision() Revision { return w.revision }

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

// Allow sets how many firings may happen until it is called again; negative is
// any number.
func (w *Partition) Allow(n int) { w.budget = n }

// Left returns how many firings are still allowed.
func (w *Partition) Left() int { return w.budget }

// Polled notes how far the journal has been read, which may be further than it
// has been folded: the offset that is committed with the next save.
func (w *Partition) Polled(offset int64) { w.polled = offset }

// More reports that firings are due which the bound did not allow. No further
// entry may be folded before they have happened.
func (w *Partition) More() bool { return w.more }

// Resume goes on with the firings of the last entry.
func (w *Partition) Resume(out Out) {
	w.until = cursor{}
	w.wake(w.next)
	for _, g := range w.groups {
		if g.asleep <= w.next {
			g.asleep = 0
		}
	}
	w.advance(out)
}

// Fold takes in one entry of the journal. Entries come in the order of their
// offsets.
func (w *Partition) Fold(e *feedgauge.Entry, out Out) {
	w.wake(e.Offset)
	w.next = e.Offset + 1
	before := w.broker
	w.broker = max(w.broker, e.Time)
	w.excuse(before)
	if w.restored && out.Step != nil {
		w.moveIn(e.Offset, w.emit(out, w.broker, 0))
	}
	switch {
	case e.Tally != nil:
		w.tally(e, out)
	case e.Trailer != nil:
		w.trailer(e.Trailer, out)
	case e.Gap != nil:
		if s := w.source(e.Gap.Source); s != nil {
			s.lost.add(e.Gap.From, e.Gap.To)
		}
	case e.Command != nil:
		w.command(e.Command, w.emit(out, w.broker, 0))
	case e.Revision != nil:
		w.revise(e)
	}
	w.watchIntake(e.Trailer != nil, out)
	w.watchTopics(out)
	for _, turn := range w.marks.forget(w.broker) {
		w.turned(&turn, out)
	}
	for _, s := range w.sources {
		w.see(s, e.Offset)
	}
	w.watchHeld(out)
	w.advance(out)
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
		if s := w.source(f.facts.Source); s != nil && !f.gone {
			s.queue.set(f)
		}
	}
}

// revise folds a change of configuration: from here on another pipeline may be
// in force, so everything folded by this one is saved.
func (w *Partition) revise(e *feedgauge.Entry) {
	if e.Revision.Fingerprint == w.revision.Fingerprint {
		w.revision.Number = max(w.revision.Number, e.Revision.Number)
		return // two members came with it at a time
	}
	w.revision = Revision{Number: e.Revision.Number, Fingerprint: e.Revision.Fingerprint, At: e.Time}
	w.saveAll = true
	for _, s := range w.sources {
		if s.met {
			w.meetExpected(s, s.effective, e.Offset)
		}
	}
}

func (w *Partition) tally(e *feedgauge.Entry, out Out) {
	for i := range e.Tally.Feeds {
		t := &e.Tally.Feeds[i]
		key := t.Feed.Identity()
		f := w.feeds[key]
		if f == nil && w.graves.holds(key, e.Offset) {
			continue // it was counted before the feed was forgotten
		}
		if f == nil {
			if f = w.meetBy(e.Tally.Source, t.Feed, e.Offset); f == nil {
				continue
			}
		}
		w.unretire(f.key)
		if f.foldedTo > e.Offset {
			continue
		}
		if f.merge(e.Tally.Window, t) {
			w.lateTally(f, e.Tally.Window, t, out)
		}
		if owner := w.source(f.facts.Source); owner != nil {
			owner.queue.set(f)
		}
	}
}

// meetBy adds a feed that a tally tells of, if it is to be watched here: another
// configuration may have had another partition watch it. One of a source that is no
// more belongs to the one that takes it now.
func (w *Partition) meetBy(source string, id feedgauge.FeedID, offset int64) *feed {
	if w.pipe.PartitionOf(id) != w.index {
		return nil
	}
	s := w.source(source)
	if s == nil {
		s = w.source(w.pipe.SourceFor(id))
	}
	if s == nil {
		return nil
	}
	return w.meet(s, id, offset)
}

// lateTally takes in arrivals whose window is closed. They cannot be judged any
// more, but they correct the history, and may show that a silence never was.
func (w *Partition) lateTally(f *feed, win feedgauge.Window, t *feedgauge.FeedTally, out Out) {
	w.late += t.Counts.Arrivals()
	m := f.moment(t.Last, win)
	m.Counts, m.First = t.Counts, t.First
	before := f.dirty
	f.book.Retract(w.ownRules(f), m, t.First, t.Last, func(s *feedgauge.Step) {
		f.dirty = true
		w.emit(out, t.Last, f.class.Lateness).feed(f, t.Last)(s)
	})
	if f.last = max(f.last, t.Last); f.last == t.Last {
		f.deadline = f.silentAfter(f.last)
	}
	w.retractGroup(f, m, t, w.emit(out, t.Last, f.class.Lateness))
	if f.dirty && !before {
		f.status = f.book.Status(w.ownRules(f), false)
		w.changed = append(w.changed, f)
	}
	if out.Closed != nil {
		out.Closed(&feedgauge.Closed{
			Feed: f.facts.Feed, Window: f.own(win, t), Counts: t.Counts, Readings: f.came(t), Clocks: clocksOf(t.Sketches), Status: f.status, Late: true,
		})
	}
}

// meet adds a feed seen for the first time.
func (w *Partition) meet(s *sourceState, id feedgauge.FeedID, offset int64) *feed {
	f := newFeed(w.pipe, s.name, id)
	f.foldedTo = offset
	w.feeds[f.key] = f
	w.join(f)
	w.saver.add(f, w.broker)
	return f
}

// emit returns the receiver of steps due at the given time.
func (w *Partition) emit(out Out, at feedgauge.Instant, lateness time.Duration) *emit {
	return &emit{
		step: func(step *feedgauge.Step) {
			if out.Step != nil {
				out.Step(step, w.broker.Sub(at) <= LiveWithin+lateness)
			}
		},
		closed: func(c *feedgauge.Closed) {
			if out.Closed != nil {
				out.Closed(c)
			}
		},
	}
}
