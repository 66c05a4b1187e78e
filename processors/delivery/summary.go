// Package delivery puts together what the records of a delivery are, such as the
// lines of a file that is sent each night, and tells whether it is whole: empty, a
// header and nothing else, one that came before, cut off, or less or more than was
// announced.
package delivery

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/feedgauge/feedgauge"
)

// Summary is what the deliveries of a feed and window are. It implements
// [feedgauge.Sketch]: everything in it is a sum, or of a bounded number of places
// those that come first in a fixed order, so it does not depend on how records were
// cut and dealt out.
type Summary struct {
	records int64  // records with something in them
	open    int64  // of those, records that do not end with a line end
	lines   int64  // lines in them
	filled  int64  // lines that are not blank
	bytes   int64  // length of the values
	headers int64  // of those, header lines
	hidden  int64  // header lines that stand in envelopes, and are not among the lines
	events  int64  // events, by the unit of the class
	bad     int64  // of those, events that break the format
	cut     int64  // records whose last line is cut off, and whose others are good
	content uint64 // sum of the hashes of the lines that are not blank
	least   []line // the lines of least hash
	first   first
	lanes   []lane // those of least hash
	told    told
	names   []name // the announcements of least hash
}

// line is a line and how often it came.
type line struct {
	hash uint64
	n    int64
}

// first is where the first record stands, and its first line.
type first struct {
	set    bool
	at     feedgauge.Instant
	lane   uint64
	offset int64
	hash   uint64
}

// lane is the last record of a lane.
type lane struct {
	hash   uint64
	offset int64
	open   bool   // does not end with a line end
	cut    bool   // its last event is cut off
	sample string // the beginning of that event, escaped
}

// told sums up what deliveries announced.
type told struct {
	n        int64 // announcements
	carriers int64 // of those, in records of the delivery itself
	sized    int64 // that told bytes
	lined    int64 // that told lines
	empty    int64 // that told of no bytes, or no lines
	bytes    int64
	lines    int64
}

// name is a name that was announced with a size.
type name struct {
	hash  uint64 // of all that tells announcements apart
	of    uint64 // of the name alone
	bytes int64  // -1 where it was not told
	lines int64  // likewise
	n     int64  // how often
	text  string // the beginning of the name, escaped
}

// Bounds of what is kept of a window. Of lines it takes only some to tell whether all
// came twice.
const (
	maxLeast = 32
	maxLanes = 16
	maxNames = 32
)

// Size is about how many bytes a summary takes in the journal.
const Size = 400

// Record is one record of a delivery.
type Record struct {
	At      feedgauge.Instant // its arrival
	Lane    uint64            // hash of its lane
	Offset  int64             // its place there
	Value   []byte            // what is in it; of events in envelopes those alone, joined by line ends
	Verdict feedgauge.Verdict
	Single  bool             // it is one event, whatever is in it
	Wrapped bool             // its events stand in envelopes
	Tail    feedgauge.Reason // why its last event breaks the format, empty if it does not
	Sample  string           // the beginning of that event, escaped, if it does
}

// Add takes in a record. One with nothing in it is no part of the content.
func (s *Summary) Add(r *Record) {
	if r.Wrapped {
		s.hidden += int64(r.Verdict.Headers)
		s.lines += max(0, int64(r.Verdict.Lines)-lines(r.Value)) // those that are blank, or headers
	} else {
		s.headers += int64(r.Verdict.Headers)
	}
	if len(r.Value) == 0 {
		return
	}
	open := r.Value[len(r.Value)-1] != '\n'
	s.records++
	s.bytes += int64(len(r.Value))
	s.events += events(r)
	s.bad += bad(r)
	if open {
		s.open++
		if !r.Single && !r.Wrapped && r.Tail != "" && r.Verdict.Bad == 1 && r.Verdict.Events > 1 {
			s.cut++
		}
	}
	s.split(r)
	one := lane{hash: r.Lane, offset: r.Offset, open: open, cut: cut(r, open)}
	if one.cut {
		one.sample = r.Sample
	}
	s.lane(one)
}

// lines counts lines, of which the last one may have no end.
func lines(b []byte) int64 {
	n := bytes.Count(b, []byte{'\n'})
	if len(b) > 0 && b[len(b)-1] != '\n' {
		n++
	}
	return int64(n)
}

func events(r *Record) int64 {
	if r.Single && !r.Wrapped {
		return 1
	}
	return int64(r.Verdict.Events)
}

func bad(r *Record) int64 {
	if r.Single && !r.Wrapped && r.Verdict.Reason != "" {
		return 1
	}
	return int64(r.Verdict.Bad)
}

// cut reports whether the end of a record looks cut off: its last line breaks the
// format and has no line end. Of a record that is one event, or holds them in
// envelopes, and so mostly has none, more is asked: that it ends too early.
func cut(r *Record, open bool) bool {
	if r.Single || r.Wrapped {
		return r.Tail == feedgauge.Truncated || r.Tail == feedgauge.Columns
	}
	return open && r.Tail != ""
}

// split takes in the lines of a record.
func (s *Summary) split(r *Record) {
	begun := false
	for rest := r.Value; len(rest) > 0; {
		var text []byte
		text, rest, _ = bytes.Cut(rest, []byte{'\n'})
		s.lines++
		if text = bytes.TrimRight(text, " \t\r"); len(text) == 0 {
			continue
		}
		h := xxhash.Sum64(text)
		s.filled++
		s.content += h
		s.line(line{h, 1})
		if !begun {
			s.begin(first{true, r.At, r.Lane, r.Offset, h})
			begun = true
		}
	}
}

func (s *Summary) line(l line) {
	if len(s.least) == maxLeast && l.hash > s.least[maxLeast-1].hash {
		return
	}
	s.least = keep(s.least, l, maxLeast, func(a, b line) int { return cmp.Compare(a.hash, b.hash) }, func(own *line) { own.n += l.n })
}

func (s *Summary) begin(f first) {
	if f.set && (!s.first.set || cmp.Or(cmp.Compare(f.at, s.first.at), cmp.Compare(f.lane, s.first.lane), cmp.Compare(f.offset, s.first.offset)) < 0) {
		s.first = f
	}
}

func (s *Summary) lane(l lane) {
	s.lanes = keep(s.lanes, l, maxLanes, func(a, b lane) int { return cmp.Compare(a.hash, b.hash) }, func(own *lane) {
		if l.offset > own.offset {
			*own = l
		}
	})
}

// Announcement is what was said of one delivery beforehand.
type Announcement struct {
	Name     []byte
	Shown    string // the beginning of the name, escaped
	Bytes    int64  // -1 where it was not told
	Lines    int64  // likewise
	Manifest bool   // it came in a record of its own
}

// Announce takes in what was said of a delivery.
func (s *Summary) Announce(a *Announcement) {
	t := announced(a.Bytes, a.Lines)
	if !a.Manifest {
		t.carriers = 1
	}
	s.told.add(&t)
	if len(a.Name) > 0 {
		n := name{of: xxhash.Sum64(a.Name), bytes: a.Bytes, lines: a.Lines, n: 1, text: a.Shown}
		n.hash = n.of ^ spread(uint64(a.Bytes)) ^ spread(^uint64(a.Lines))
		if a.Manifest {
			n.hash = spread(n.hash)
		}
		s.name(n)
	}
}

// announced is one announcement of a size.
func announced(bytes, lines int64) told {
	t := told{n: 1}
	if bytes >= 0 {
		t.sized, t.bytes = 1, bytes
	}
	if lines >= 0 {
		t.lined, t.lines = 1, lines
	}
	if t.sized+t.lined > 0 && t.bytes+t.lines == 0 {
		t.empty = 1
	}
	return t
}

// spread spreads the bits of x (Steele, Lea and Flood 2014, the finalizer of
// SplitMix64).
func spread(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (t *told) add(u *told) {
	t.n += u.n
	t.carriers += u.carriers
	t.sized += u.sized
	t.lined += u.lined
	t.empty += u.empty
	t.bytes += u.bytes
	t.lines += u.lines
}

func (s *Summary) name(n name) {
	s.names = keep(s.names, n, maxNames, func(a, b name) int { return cmp.Compare(a.hash, b.hash) }, func(own *name) {
		own.n += n.n
		own.text = min(own.text, n.text)
	})
}

// keep puts one into a sorted list, in which the least stay: joined to the one that
// is like it, if there is one. What has been left out never comes back, since
// there are enough that are less, so it does not matter in which order things come.
func keep[T any](list []T, one T, bound int, compare func(a, b T) int, join func(own *T)) []T {
	at, found := slices.BinarySearchFunc(list, one, compare)
	switch {
	case found:
		join(&list[at])
	case at < bound:
		list = slices.Insert(list, at, one)
	}
	return list[:min(len(list), bound)]
}

// Kind implements [feedgauge.Sketch].
func (s *Summary) Kind() feedgauge.SketchKind { return feedgauge.DeliverySketch }

// Merge implements [feedgauge.Sketch].
func (s *Summary) Merge(other feedgauge.Sketch) {
	o, ok := other.(*Summary)
	if !ok {
		return
	}
	for i, v := range o.sums() {
		*s.sums()[i] += *v
	}
	s.content += o.content
	s.told.add(&o.told)
	s.begin(o.first)
	for _, l := range o.least {
		s.line(l)
	}
	for _, l := range o.lanes {
		s.lane(l)
	}
	for _, n := range o.names {
		s.name(n)
	}
}

// sums are the sums of what records hold, in the order in which they are written.
func (s *Summary) sums() [10]*int64 {
	return [...]*int64{&s.records, &s.open, &s.lines, &s.filled, &s.bytes, &s.headers, &s.hidden, &s.events, &s.bad, &s.cut}
}

// sums are those of announcements.
func (t *told) sums() [7]*int64 {
	return [...]*int64{&t.n, &t.carriers, &t.sized, &t.lined, &t.empty, &t.bytes, &t.lines}
}

// Clone implements [feedgauge.Sketch].
func (s *Summary) Clone() feedgauge.Sketch {
	out := *s
	out.least, out.lanes, out.names = slices.Clone(s.least), slices.Clone(s.lanes), slices.Clone(s.names)
	return &out
}
