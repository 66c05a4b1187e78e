package count

import (
	"iter"
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
)

// Sums are the open sums of one worker: what it has counted since its last
// commit, by feed and window. They are not safe for use by several goroutines.
type Sums struct {
	dirty   []*Feed // feeds with an open sum
	records int
	size    int // rough bytes of the tallies to come
}

// NewSums returns empty sums.
func NewSums() *Sums { return &Sums{} }

// Cutter cuts time into windows: half-open, without gap or overlap.
type Cutter interface {
	// Window returns the window that holds t.
	Window(t feedgauge.Instant) feedgauge.Window
}

// Feed is one feed as intake knows it. Its sums are emptied at every commit;
// the rest is fixed.
type Feed struct {
	open      []sum  // almost always one
	first     [1]sum // where open begins, so that a record finds all in one place
	windows   Cutter
	ID        feedgauge.FeedID
	Source    string
	partition int32
}

type sum struct {
	window      feedgauge.Window
	first, last feedgauge.Instant
	counts      feedgauge.Counts
	sketches    feedgauge.Sketches
}

// Init makes f a feed without sums, whose tallies go to that partition of the
// journal. It is part of something larger, which must not be copied from then on.
func (f *Feed) Init(id feedgauge.FeedID, source string, partition int32, windows Cutter) {
	*f = Feed{ID: id, Source: source, partition: partition, windows: windows}
	f.open = f.first[:0]
}

// Arrival is one record as it is counted.
type Arrival struct {
	At      feedgauge.Instant
	Bytes   int
	Delayed bool
	Future  bool
	Verdict feedgauge.Verdict
	// Events is how many events the record counts as, by the unit of its class: 0
	// and 1 stand for one.
	Events int64
	// Faults are the events in it that broke their format; with none, what the
	// verdict says is counted.
	Faults []feedgauge.ErrorCount

	// Manifest is set for a record that only tells of a delivery: it is no part
	// of what it tells of.
	Manifest bool

	// What the record announces of a delivery, if it announces one.
	Delivery                     bool
	Name                         []byte // of the delivery
	DeclaredBytes, DeclaredLines int64
	Sized, Lined                 bool // whether it tells them
}

// Add counts one record of feed f.
func (s *Sums) Add(f *Feed, a *Arrival) {
	o := s.at(f, a.At)
	o.first = min(o.first, a.At)
	o.last = max(o.last, a.At)
	c := &o.counts
	if !a.Manifest {
		content(c, a)
	}
	if a.Verdict.Reason != "" && len(a.Faults) == 0 {
		c.Errors.Put(feedgauge.ErrorCount{Reason: a.Verdict.Reason, N: 1, First: a.At})
	}
	for _, f := range a.Faults {
		c.Errors.Put(f)
		s.size += len(f.Sample)
	}
	if a.Delivery {
		c.Deliveries++
		c.DeclaredBytes += a.DeclaredBytes
		c.DeclaredLines += a.DeclaredLines
	}
	s.records++
}

// content counts what a record holds.
func content(c *feedgauge.Counts, a *Arrival) {
	n := max(1, a.Events)
	if a.Delayed {
		c.Delayed += n
	} else {
		c.Events += n
	}
	c.Bytes += int64(a.Bytes)
	c.Lines += int64(a.Verdict.Lines)
	if a.Future {
		c.Future++
	}
	if a.Verdict.Blank {
		c.Blank++
	}
}

// Sketch returns the sketch of that name of the window that holds t, in which
// something has been counted. One that is missing is made by open; size is about
// how many bytes it will take.
func (s *Sums) Sketch(f *Feed, t feedgauge.Instant, name string, open func(w feedgauge.Window) feedgauge.Sketch, size int) feedgauge.Sketch {
	o := s.at(f, t)
	sk := o.sketches.Get(name)
	if sk == nil {
		sk = open(o.window)
		o.sketches.Put(name, sk)
		s.size += size
	}
	return sk
}

// Grow notes that the tallies to come take so many bytes more than was said when
// their sketches were made.
func (s *Sums) Grow(n int) { s.size += n }

// Sketches returns the sketches of the feed's open sums, by window.
func (f *Feed) Sketches() iter.Seq2[feedgauge.Window, feedgauge.Sketches] {
	return func(yield func(feedgauge.Window, feedgauge.Sketches) bool) {
		for i := range f.open {
			if o := &f.open[i]; o.sketches != nil && !yield(o.window, o.sketches) {
				return
			}
		}
	}
}

// at returns the open sum of the window that holds t.
func (s *Sums) at(f *Feed, t feedgauge.Instant) *sum {
	for i := range f.open {
		if f.open[i].window.Holds(t) {
			return &f.open[i]
		}
	}
	return s.openAt(f, t)
}

// openAt opens the sum of the window that holds t.
func (s *Sums) openAt(f *Feed, t feedgauge.Instant) *sum {
	if len(f.open) == 0 {
		s.dirty = append(s.dirty, f)
	}
	s.size += 48 + len(f.ID.Tenant) + len(f.ID.Name)
	f.open = append(f.open, sum{window: f.windows.Window(t), first: feedgauge.After, last: feedgauge.Before})
	return &f.open[len(f.open)-1]
}

// Errors returns what broke the format in the window that holds t, so far.
func (s *Sums) Errors(f *Feed, t feedgauge.Instant) feedgauge.Errors {
	for i := range f.open {
		if f.open[i].window.Holds(t) {
			return f.open[i].counts.Errors
		}
	}
	return nil
}

// Records returns how many records the sums hold.
func (s *Sums) Records() int { return s.records }

// Size returns about how many bytes their tallies will take.
func (s *Sums) Size() int { return s.size }

// Reset empties the sums.
func (s *Sums) Reset() {
	for _, f := range s.dirty {
		clear(f.open) // let go of the error slices
		f.open = f.open[:0]
	}
	clear(s.dirty)
	s.dirty = s.dirty[:0]
	s.records, s.size = 0, 0
}

// Tallies packs the sums: for each journal partition its tallies, by source,
// window start and length, each with its feeds in order of identity. The order
// is fixed by the content, never by the order of arrival.
func (s *Sums) Tallies() map[int32][]feedgauge.Tally {
	type place struct {
		partition int32
		source    string
		window    feedgauge.Window
	}
	slices.SortFunc(s.dirty, compareFeeds)
	packed := make(map[place][]feedgauge.FeedTally)
	for _, f := range s.dirty {
		for i := range f.open {
			o := &f.open[i]
			at := place{f.partition, f.Source, o.window}
			packed[at] = append(packed[at], feedgauge.FeedTally{Feed: f.ID, First: o.first, Last: o.last, Counts: o.counts, Sketches: o.sketches})
		}
	}
	out := make(map[int32][]feedgauge.Tally)
	for at, feeds := range packed {
		out[at.partition] = append(out[at.partition], feedgauge.Tally{Source: at.source, Window: at.window, Feeds: feeds})
	}
	for _, tallies := range out {
		slices.SortFunc(tallies, compareTallies)
	}
	return out
}

// compareFeeds orders by identity. Where tenants are the same, as they mostly
// are, that is the order of names.
func compareFeeds(a, b *Feed) int {
	if a.ID.Tenant == b.ID.Tenant {
		return strings.Compare(a.ID.Name, b.ID.Name)
	}
	return strings.Compare(a.ID.Identity(), b.ID.Identity())
}

func compareTallies(a, b feedgauge.Tally) int {
	if c := strings.Compare(a.Source, b.Source); c != 0 {
		return c
	}
	if a.Window.Start != b.Window.Start {
		return int(a.Window.Start - b.Window.Start)
	}
	return int(a.Window.End - b.Window.End)
}
