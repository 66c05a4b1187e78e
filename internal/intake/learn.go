package intake

import (
	"bytes"
	"hash/fnv"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/processors/profile"
)

const (
	// maxEvents is how many events of one record are looked at, and maxEvent how
	// long one may be, in bytes: a profile needs a few of a feed, not all.
	maxEvents = 16
	maxEvent  = 64 << 10
	// profileSize is about what a profile takes in the journal, in bytes.
	profileSize = 2048
)

// student looks at what the lines of feeds are like. Which of them it looks at
// depends on where they stand in their topics and on nothing else, so the sum of
// what all workers have seen is the same however lanes and batches were cut.
type student struct {
	guess   *profile.Guesser
	profile *profile.Profile // of the record that is being looked at
	hash    uint64
	events  int
	visit   func(*feedgauge.Event) // takes one event of a declared format
	opened  func(*feedgauge.Event) // takes one of a format that is not, out of its envelope
	touched map[*feed]struct{}     // since the last commit
}

// known is what is known of a profile whose beginning is written: records below
// that level will be left out of the whole.
type known struct {
	window feedgauge.Window
	level  uint8
}

func newStudent() *student {
	s := &student{guess: profile.NewGuesser(), touched: make(map[*feed]struct{})}
	s.visit, s.opened = s.declared, s.undeclared
	return s
}

// hashOf is the hash of a lane.
func hashOf(l feedgauge.Lane) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(l.Topic))
	return mix(h.Sum64() + uint64(uint32(l.Partition)))
}

// mix spreads the bits of x (Steele, Lea and Flood 2014, the finalizer of
// SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// learn looks at a record that has been counted. A check that panics has been
// put aside before; should looking closer panic all the same, the record is
// counted and not learnt from.
func (in *Intake) learn(l *lane, f *feed, r *feedgauge.Record, at feedgauge.Instant) {
	if len(r.Value) == 0 {
		return
	}
	s := in.student
	s.hash, s.events = mix(l.hash^uint64(r.Offset)), 0
	if f.known.window.Holds(at) && !s.wanted(f.known.level) {
		return
	}
	p, ok := in.sums.Sketch(&f.Feed, at, journal.ProfileName, func(w feedgauge.Window) feedgauge.Sketch {
		fresh := profile.New()
		if f.known.window == w {
			fresh.Raise(f.known.level)
		}
		return fresh
	}, profileSize).(*profile.Profile)
	if !ok {
		return
	}
	s.touched[f] = struct{}{}
	s.profile = p
	defer func() { _ = recover() }()
	if f.reader != nil {
		visit := s.visit
		if f.guess {
			visit = s.opened
		}
		if s.wanted(p.Level()) {
			f.reader.Read(r, visit)
		}
		return
	}
	s.lines(r.Value)
}

// wanted reports whether one of the events that would be looked at is wanted by a
// profile of that level.
func (s *student) wanted(level uint8) bool {
	for i := range uint64(maxEvents) {
		if profile.LevelOf(mix(s.hash+i)) >= level {
			return true
		}
	}
	return false
}

// lines looks at a value whose format is not declared.
func (s *student) lines(b []byte) {
	for len(b) > 0 && s.events < maxEvents {
		var line []byte
		if line, b, _ = bytes.Cut(b, []byte{'\n'}); len(line) > maxEvent {
			s.events++
			continue
		}
		hash := mix(s.hash + uint64(s.events))
		s.events++
		if s.profile.Wants(hash) {
			ev, st := s.guess.Read(line)
			s.profile.Add(ev, st, hash)
		}
	}
}

// declared looks at an event as its format has read it.
func (s *student) declared(ev *feedgauge.Event) {
	hash := mix(s.hash + uint64(s.events))
	s.events++
	if s.events <= maxEvents && len(ev.Text) <= maxEvent && s.profile.Wants(hash) {
		s.profile.Add(ev, s.guess.Describe(ev), hash)
	}
}

// undeclared looks at an event that was taken out of its envelope, and of which no
// more is known than its text.
func (s *student) undeclared(ev *feedgauge.Event) {
	hash := mix(s.hash + uint64(s.events))
	s.events++
	if s.events <= maxEvents && len(ev.Text) <= maxEvent && s.profile.Wants(hash) {
		guessed, st := s.guess.Read(ev.Text)
		s.profile.Add(guessed, st, hash)
	}
}

// remember notes the levels of the profiles that are written with this commit.
func (in *Intake) remember() {
	for f := range in.student.touched {
		for w, sketches := range f.Sketches() {
			if p, ok := sketches.Get(journal.ProfileName).(*profile.Profile); ok && w.Start >= f.known.window.Start {
				f.known = known{w, p.Level()}
			}
		}
	}
}
