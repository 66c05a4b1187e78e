// Package intake is the first half of the chain, without Kafka: it names the
// feed of each record, checks the record's form, and sums. It reads no clock and
// does no I/O; the loop around it (internal/engine, or a test) passes in records,
// times and the ends of lanes.
//
// What it has summed since the last commit is an overlay: Commit keeps it, Drop
// forgets all of it, as the transaction around it does.
package intake

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/count"
)

// Intake sums the records of the lanes one worker owns.
type Intake struct {
	pipe    *pipeline.Pipeline
	worker  string
	sums    *count.Sums
	sources map[string]*source
	lanes   map[feedgauge.Lane]*lane
	last    *lane // of the record before, since records come in runs
	topics  map[string]*topic
	read    Read
	dead    []Dead
	exam    exam
	student *student
}

// Read counts what became of the records since the last commit.
type Read struct {
	Records  int64 // read in all, transaction markers aside
	Accepted int64 // counted in a tally
	Rejected map[feedgauge.Reason]int64
	Missed   map[Measure]int64 // events that a measure could not be made of
}

// Measure is a measure of a class.
type Measure struct{ Class, Name string }

func newRead() Read {
	return Read{Rejected: make(map[feedgauge.Reason]int64), Missed: make(map[Measure]int64)}
}

type lane struct {
	feedgauge.Lane
	src      *source
	topic    *topic
	mem      count.Lane
	position int64 // offset of the next record
	proof    feedgauge.Proof
	saved    Memory         // as of the last commit
	gap      *feedgauge.Gap // lost records whose end is not known yet
	stale    bool           // some stamp since the last commit was not believed, or came too late
	listed   listing
	hash     uint64
}

type topic struct {
	feedgauge.TopicMark
	runs feedgauge.Runs // arrivals since the last commit
	told int            // trailers to all that said that it is gone
}

// New returns an intake for one worker that owns no lanes yet.
func New(p *pipeline.Pipeline, worker string) (*Intake, error) {
	in := &Intake{
		pipe: p, worker: worker, sums: count.NewSums(),
		sources: make(map[string]*source), lanes: make(map[feedgauge.Lane]*lane), topics: make(map[string]*topic),
		read: newRead(), student: newStudent(),
	}
	for _, s := range p.Sources {
		namer, err := s.Namer()
		if err != nil {
			return nil, fmt.Errorf("source %q: %w", s.Name, err)
		}
		in.sources[s.Name] = &source{Source: s, namer: namer, feeds: make(map[string]*feed), looks: make(map[string]*looks), known: make(map[string]int)}
	}
	return in, nil
}

// Own takes over a lane of a source with what its last owner remembered.
func (in *Intake) Own(sourceName string, l feedgauge.Lane, m Memory) {
	in.last = nil
	o := &lane{Lane: l, src: in.sources[sourceName], topic: in.topicOf(sourceName, l.Topic), saved: m, hash: hashOf(l)}
	o.restart()
	in.lanes[l] = o
}

// restart puts the lane where it was last committed.
func (l *lane) restart() {
	l.position, l.mem, l.proof, l.gap, l.stale = l.saved.Position, l.saved.Lane, feedgauge.ProofNone, nil, false
	if l.saved.Lost > 0 && l.mem.Watermark != feedgauge.Before {
		l.gap = &feedgauge.Gap{Source: l.src.Name, Lane: l.Lane, From: l.mem.Watermark, To: feedgauge.After, Records: l.saved.Lost}
	}
}

// Disown forgets all lanes and everything not committed.
func (in *Intake) Disown() {
	in.reset()
	clear(in.lanes)
	in.last = nil
}

// SetPartitions says how many lanes a topic of a source has, owned or not.
func (in *Intake) SetPartitions(sourceName, name string, n int32) {
	t := in.topicOf(sourceName, name)
	t.Partitions, t.Retired = n, false
}

// Identify says which topic has the name, and reports whether lanes are owned of
// another that had it before: what is known of them is not true of this one.
func (in *Intake) Identify(name, id string) (owned bool) {
	t := in.topics[name]
	if t == nil || id == "" {
		return false
	}
	another := t.ID != "" && t.ID != id
	t.ID = id
	return another && in.owns(name)
}

// Retire says that a topic is gone: its lanes must not hold back the others.
// Topics that were never named are not told of.
func (in *Intake) Retire(name string) {
	if t := in.topics[name]; t != nil {
		t.Retired = true
	}
}

// Forsake says that a topic was one of a source, perhaps of a former
// configuration, and is none any more: its lanes must not hold back the others.
func (in *Intake) Forsake(sourceName, name string, n int32) {
	t := in.topicOf(sourceName, name)
	t.Partitions, t.Retired = n, true
}

// Topics returns the names of all topics that have been named.
func (in *Intake) Topics() []string { return slices.Sorted(maps.Keys(in.topics)) }

// Partitions returns how many lanes each topic that is not retired has.
func (in *Intake) Partitions() map[string]int32 {
	out := make(map[string]int32)
	for name, t := range in.topics {
		if !t.Retired {
			out[name] = t.Partitions
		}
	}
	return out
}

func (in *Intake) topicOf(sourceName, name string) *topic {
	t := in.topics[name]
	if t == nil {
		t = &topic{TopicMark: feedgauge.TopicMark{Source: sourceName, Topic: name, Last: feedgauge.Before}}
		in.topics[name] = t
	}
	return t
}

// Add takes in one record. now is the time of the poll that returned it. A
// record of a lane that is not owned is ignored and reported by false.
func (in *Intake) Add(r *feedgauge.Record, now feedgauge.Instant) bool {
	l := in.last
	if l == nil || l.Partition != r.Partition || l.Topic != r.Topic {
		if l = in.lanes[feedgauge.Lane{Topic: r.Topic, Partition: r.Partition}]; l == nil {
			return false
		}
		in.last = l
	}
	l.position = r.Offset + 1
	if r.Control {
		return true
	}
	l.proof = feedgauge.ProofActive
	in.read.Records++
	at, delayed, future := l.mem.Arrive(r.Time, r.Stamp, now, l.src.slack(r.Stamp))
	l.stale = l.stale || delayed || future
	l.topic.Last = max(l.topic.Last, at)
	if l.src.OutageAfter > 0 {
		l.topic.runs.Add(feedgauge.Run{First: at, Last: at})
	}
	if l.gap != nil && l.gap.To == feedgauge.After {
		l.gap.To = at
	}
	f, reason := l.src.feed(in, r)
	if f == nil {
		in.read.Rejected[reason]++
		return true
	}
	a := &count.Arrival{At: at, Bytes: len(r.Value), Delayed: delayed, Future: future}
	if f.delivery == nil || !readManifest(a, f.delivery, r) {
		if !in.check(f, r, a) {
			in.read.Rejected[feedgauge.DeadLetter]++
			return true
		}
	}
	if f.delivery != nil {
		announce(a, f.delivery, r)
	}
	in.read.Accepted++
	in.sums.Add(&f.Feed, a)
	if !a.Manifest && in.exam.metered {
		in.measure(f, at)
	}
	if f.clocks && !a.Manifest {
		in.noteTimes(f, at)
	}
	if f.whole {
		in.gather(l, f, r, a)
	}
	f.last = max(f.last, at)
	if f.learns && !a.Manifest {
		in.learn(l, f, r, at)
	}
	return true
}

// Ends takes in the ends of lanes, listed after the moment asked: on them rests
// the proof that a quiet lane is idle. A lane that has delivered since the last
// commit keeps its own watermark, unless its stamps do not carry it on: then it
// is moved to where the ends were listed before, once all up to there is read.
func (in *Intake) Ends(asked feedgauge.Instant, ends []feedgauge.LaneEnd) {
	for _, e := range ends {
		l := in.lanes[e.Lane]
		if l == nil {
			continue
		}
		l.carry()
		l.listed = listing{known: true, asked: asked, high: e.High}
		if l.proof == feedgauge.ProofActive {
			continue
		}
		switch {
		case l.position >= e.High:
			l.proof = feedgauge.ProofIdle
			l.mem.Idle(asked, l.src.slack(l.mem.Stamp))
		case l.position >= e.Stable:
			l.proof = feedgauge.ProofBlocked
		default:
			l.proof = feedgauge.ProofNone
		}
	}
}

// listing is where a lane ended when somebody asked.
type listing struct {
	known bool
	asked feedgauge.Instant
	high  int64
}

// carry moves the watermark of a lane whose records have old stamps, or stamps
// that are not believed. They would leave it where it is, and so hold back the
// source; and when the lane is idle for a moment at last, its feeds would seem
// to have been silent all the while.
func (l *lane) carry() {
	if l.stale && l.listed.known && l.position >= l.listed.high {
		l.mem.Idle(l.listed.asked, l.src.slack(l.mem.Stamp))
	}
}

// Tallies packs what has been summed since the last commit, by journal
// partition.
func (in *Intake) Tallies() map[int32][]feedgauge.Tally { return in.sums.Tallies() }

// Trailer is the worker's word on its lanes, in order of topic and partition.
func (in *Intake) Trailer() *feedgauge.Trailer {
	t := &feedgauge.Trailer{Worker: in.worker}
	for _, l := range in.lanes {
		t.Lanes = append(t.Lanes, feedgauge.LaneMark{Lane: l.Lane, Position: l.position, Watermark: l.mem.Watermark, First: l.mem.First, Proof: l.proof})
	}
	slices.SortFunc(t.Lanes, func(a, b feedgauge.LaneMark) int {
		if c := strings.Compare(a.Topic, b.Topic); c != 0 {
			return c
		}
		return int(a.Partition - b.Partition)
	})
	for _, topic := range in.topics {
		m := topic.TopicMark
		m.Runs = topic.runs
		t.Topics = append(t.Topics, m)
	}
	slices.SortFunc(t.Topics, func(a, b feedgauge.TopicMark) int { return strings.Compare(a.Topic, b.Topic) })
	return t
}

// Memory returns what must travel with the committed offset of a lane.
func (in *Intake) Memory(l feedgauge.Lane) (Memory, bool) {
	o := in.lanes[l]
	if o == nil {
		return Memory{}, false
	}
	return Memory{Position: o.position, Lane: o.mem, Revision: o.saved.Revision, Fingerprint: o.saved.Fingerprint, Lost: o.saved.Lost}, true
}

// Gaps returns the stretches of which records were lost. One whose end no record
// has shown yet ends now.
func (in *Intake) Gaps(now feedgauge.Instant) []feedgauge.Gap {
	var out []feedgauge.Gap
	for _, l := range in.lanes {
		if l.gap != nil {
			g := *l.gap
			g.To = min(g.To, now)
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b feedgauge.Gap) int {
		if a.Lane.Less(b.Lane) {
			return -1
		}
		return 1
	})
	return out
}

// Everywhere reports that the trailer must reach all journal partitions: it
// tells of arrivals on which an outage is judged.
func (in *Intake) Everywhere() bool {
	for _, t := range in.topics {
		if len(t.runs) > 0 {
			return true
		}
	}
	return false
}

// Lowest returns the lowest lane owned, and whether there is any. It keeps the
// revision that this member has written.
func (in *Intake) Lowest() (lowest feedgauge.Lane, ok bool) {
	for l := range in.lanes {
		if !ok || l.Less(lowest) {
			lowest, ok = l, true
		}
	}
	return lowest, ok
}

// Newest returns the newest revision that the owned lanes remember, zero if none
// does.
func (in *Intake) Newest() (number int64, fingerprint string) {
	for _, l := range in.lanes {
		if l.saved.Revision > number {
			number, fingerprint = l.saved.Revision, l.saved.Fingerprint
		}
	}
	return number, fingerprint
}

// longTold is after how many trailers to all journal partitions a topic that is
// gone is told of no more.
const longTold = 60

// Told notes that a trailer to all journal partitions is committed.
func (in *Intake) Told() {
	for name, t := range in.topics {
		if !t.Retired {
			t.told = 0
		} else if t.told++; t.told >= longTold && !in.owns(name) {
			delete(in.topics, name)
		}
	}
}

// owns reports whether a lane of a topic is owned, though the topic be gone.
func (in *Intake) owns(topic string) bool {
	for l := range in.lanes {
		if l.Topic == topic {
			return true
		}
	}
	return false
}

// Lanes returns the owned lanes, in no order.
func (in *Intake) Lanes() []feedgauge.Lane {
	out := make([]feedgauge.Lane, 0, len(in.lanes))
	for l := range in.lanes {
		out = append(out, l)
	}
	return out
}

// Records and Size tell how much has been summed since the last commit.
func (in *Intake) Records() int { return in.sums.Records() }

// Size returns about how many bytes the tallies will take.
func (in *Intake) Size() int { return in.sums.Size() }

// Commit makes everything since the last commit final and returns what was
// read.
func (in *Intake) Commit() Read {
	done := in.read
	in.remember()
	in.reset()
	for _, l := range in.lanes {
		l.saved.Position, l.saved.Lane = l.position, l.mem
		l.saved.Lost, l.gap = 0, nil
		l.proof, l.stale = feedgauge.ProofNone, false
	}
	in.age()
	return done
}

// Drop forgets everything since the last commit; lanes stand again where they
// stood then.
func (in *Intake) Drop() {
	in.reset()
	for _, l := range in.lanes {
		l.restart()
	}
}

func (in *Intake) reset() {
	in.sums.Reset()
	in.dead = nil
	clear(in.student.touched)
	in.read = newRead()
	for _, t := range in.topics {
		t.runs = nil // not reused: a trailer may still hold it
	}
}

// Revise notes that a revision of the configuration is written with the next
// commit of this lane.
func (in *Intake) Revise(l feedgauge.Lane, number int64, fingerprint string) {
	if o := in.lanes[l]; o != nil {
		o.saved.Revision, o.saved.Fingerprint = number, fingerprint
	}
}
