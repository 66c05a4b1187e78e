package feedgauge

import "slices"

// Reason says why a record was rejected or why it counts as malformed. Reasons
// are few and fixed, so that they can be labels of metrics.
type Reason string

// Reasons for which a record is rejected: not counted for any feed.
const (
	NoFeed  Reason = "no_feed"  // nothing in it names a feed
	BadName Reason = "bad_name" // the name is too long or has control characters
	// DeadLetter is a record that the format's check could not bear: it is
	// written to the dead topic, with what went wrong.
	DeadLetter Reason = "dead_letter"
)

// Reasons for which a record breaks its format, in the order in which they are
// told: of several that apply it is the first, and of the first bad event.
const (
	NullValue    Reason = "null"          // the record has no value
	TooLong      Reason = "too_long"      // an event is longer than allowed
	Encoding     Reason = "encoding"      // not valid UTF-8
	Control      Reason = "control"       // control characters other than tabs
	Truncated    Reason = "truncated"     // ends inside a token
	Syntax       Reason = "syntax"        // not in the grammar of the format
	Depth        Reason = "depth"         // nested too deep
	DuplicateKey Reason = "duplicate_key" // a key stands twice in one object
	BadNumber    Reason = "number"        // a number that no computer holds, or none, as NaN
	Columns      Reason = "columns"       // too few columns, or too many
	MissingField Reason = "missing_field" // a required field is absent or blank
	BadType      Reason = "type"          // a field has the wrong type
	BadTimestamp Reason = "timestamp"     // the time in the line cannot be read
	OutOfRange   Reason = "range"         // a number outside the range declared for it
	BadSchema    Reason = "schema"        // breaks the JSON Schema
	BrokenRule   Reason = "rule"          // a condition declared for all events does not hold
)

// FormatReasons lists the reasons for which an event may break its format, in
// their order.
func FormatReasons() []Reason {
	return []Reason{
		NullValue, TooLong, Encoding, Control, Truncated, Syntax, Depth, DuplicateKey, BadNumber, Columns,
		MissingField, BadType, BadTimestamp, OutOfRange, BadSchema, BrokenRule,
	}
}

// Counts are the sums kept of one feed in one window. All are exact and merge
// by addition in any order.
type Counts struct {
	Events  int64 // records that arrived in time (or lines, where the unit is a line)
	Bytes   int64 // length of their values
	Lines   int64 // lines in their values
	Delayed int64 // arrivals whose stamp was below the lane's watermark; not in Events
	Future  int64 // arrivals whose stamp was ahead of the clock; in Events too
	Blank   int64 // arrivals that hold only blank or header lines; in Events or Delayed too
	Errors  Errors

	// What deliveries of a batch feed said of themselves, in headers or a
	// manifest.
	Deliveries    int64 // deliveries announced
	DeclaredBytes int64 // their announced size
	DeclaredLines int64 // their announced lines
}

// Arrivals returns how many records arrived, in time or delayed.
func (c *Counts) Arrivals() int64 { return c.Events + c.Delayed }

// Merge adds d to c.
func (c *Counts) Merge(d *Counts) {
	c.Events += d.Events
	c.Bytes += d.Bytes
	c.Lines += d.Lines
	c.Delayed += d.Delayed
	c.Future += d.Future
	c.Blank += d.Blank
	c.Deliveries += d.Deliveries
	c.DeclaredBytes += d.DeclaredBytes
	c.DeclaredLines += d.DeclaredLines
	for _, e := range d.Errors {
		c.Errors.Put(e)
	}
}

// Errors counts events that broke their format, sorted by reason and field.
type Errors []ErrorCount

// ErrorCount is how many events broke their format in one way.
type ErrorCount struct {
	Reason Reason
	Field  string // the field at fault, empty where it is none or unknown to the format
	N      int64
	First  Instant // first arrival of such an event, After if unknown
	Sample string  // the beginning of one that arrived then, escaped
}

// Add counts n events with reason r.
func (e *Errors) Add(r Reason, n int64) { e.Put(ErrorCount{Reason: r, N: n, First: After}) }

// Put adds what was counted elsewhere. Of two samples that of the earlier arrival
// stays, of the same instant the lesser one, so that the order of putting does not
// matter.
func (e *Errors) Put(c ErrorCount) {
	at, found := e.find(c.Reason, c.Field)
	if !found {
		*e = slices.Insert(*e, at, c)
		return
	}
	own := &(*e)[at]
	own.N += c.N
	if c.First < own.First || c.First == own.First && c.Sample < own.Sample {
		own.First, own.Sample = c.First, c.Sample
	}
}

// Earlier reports whether an event that arrived at t would be the first of its
// kind, or one of the first.
func (e Errors) Earlier(r Reason, field string, t Instant) bool {
	at, found := e.find(r, field)
	return !found || t <= e[at].First
}

func (e Errors) find(r Reason, field string) (at int, found bool) {
	for at < len(e) && (e[at].Reason < r || e[at].Reason == r && e[at].Field < field) {
		at++
	}
	return at, at < len(e) && e[at].Reason == r && e[at].Field == field
}

// Most returns the way in which most events broke their format, nil if none did.
func (e Errors) Most() *ErrorCount {
	var most *ErrorCount
	for i := range e {
		if most == nil || e[i].N > most.N {
			most = &e[i]
		}
	}
	return most
}

// Total returns the sum over all reasons.
func (e Errors) Total() int64 {
	var n int64
	for _, c := range e {
		n += c.N
	}
	return n
}

// FeedTally is one feed's share of a tally.
type FeedTally struct {
	Feed        FeedID
	First, Last Instant // first and last arrival time among what is summed here
	Counts      Counts
	Sketches    Sketches // what else is known of the records
}

// Merge adds what u counted to t: sums by addition, first and last arrival by
// minimum and maximum. The result does not depend on the order of merging.
func (t *FeedTally) Merge(u *FeedTally) {
	t.First = min(t.First, u.First)
	t.Last = max(t.Last, u.Last)
	t.Counts.Merge(&u.Counts)
	t.Sketches.Merge(u.Sketches)
}

// Tally is a delta: what one worker counted since its last commit, in one
// window, for feeds of one journal partition and one source.
type Tally struct {
	Source string
	Window Window
	Feeds  []FeedTally // sorted by identity
}

// Proof says on what ground a lane's watermark stands.
type Proof string

// The grounds for a watermark.
const (
	ProofActive  Proof = "active"  // records flow: high arrival time less slack
	ProofIdle    Proof = "idle"    // the log's end was reached: nothing more had arrived
	ProofBlocked Proof = "blocked" // an outside transaction holds back committed records
	ProofNone    Proof = "none"    // no statement beyond an earlier one
)

// LaneMark is a worker's word on one lane: everything that arrived before
// Watermark has been counted in this or an earlier transaction.
type LaneMark struct {
	Lane
	Position  int64 // offset of the next record to read
	Watermark Instant
	First     Instant // first arrival time ever counted in the lane, After if none
	Proof     Proof
}

// TopicMark says how many lanes a topic of a source has, so that the reader
// knows of lanes nobody has spoken for.
type TopicMark struct {
	Source     string
	Topic      string
	ID         string // of the topic, which another of the same name would not have; empty if not known
	Partitions int32
	Last       Instant // last arrival time seen by the worker, Before if none
	Retired    bool    // the topic is gone: its lanes hold nothing back any more
	Runs       Runs    // arrivals since the last commit
}

// Trailer is a worker's word on all of its lanes at a commit.
type Trailer struct {
	Worker string
	Lanes  []LaneMark
	Topics []TopicMark
}

// Entry is one record of the journal with its place and the broker's time. At
// most one of the pointers is set, or Tick is true.
type Entry struct {
	Offset   int64
	Time     Instant // the broker's stamp
	Tally    *Tally
	Trailer  *Trailer
	Gap      *Gap
	Command  *Command
	Revision *Revision
	Tick     bool
}
