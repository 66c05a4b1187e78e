// Package sourcetest holds the contract of sources as a test. Whoever writes a
// source calls it from a test of their own; the built-in ones are held to the
// same.
//
//	func TestContract(t *testing.T) {
//		sourcetest.Source(t, func() feedgauge.Source { return open("testdata/lines") }, 3)
//	}
package sourcetest

import (
	"context"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// TB is what the contract needs of a test: [testing.T] has it.
type TB = rapid.TB

// Source tests that a source keeps the contract of [feedgauge.Source]:
//
//   - Poll with a context that is done returns, and without an error;
//   - offsets rise within each lane, also over several polls;
//   - Ends, where it gives an answer, names each lane once, those of all records
//     delivered so far among them, with Stable not above High; an end does not
//     step back, and no record that was delivered lies behind it;
//   - Done is final: what follows is nothing, and Done;
//   - Close may be called twice, since an engine that fails half way closes what
//     it has closed before.
//
// open returns a source, a new one at each call, that will deliver at least n
// records. One that ends is read to its end, one that does not until n records
// have come.
func Source(t TB, open func() feedgauge.Source, n int) {
	t.Helper()
	done, cancel := context.WithCancel(context.Background())
	cancel()
	s := &reader{Source: open(), lanes: make(map[feedgauge.Lane]*lane)}
	s.ends(t)
	s.poll(done, t) // what it has is part of the n
	for !s.done && (s.records < n || s.polls < 2) {
		s.poll(context.Background(), t)
		s.ends(t)
	}
	switch {
	case s.records < n:
		t.Fatalf("it has ended after %d records, want %d", s.records, n)
	case s.done:
		s.poll(context.Background(), t)
		s.poll(done, t)
		s.ends(t)
	default:
		s.poll(done, t)
	}
	s.closes(t)

	unread := &reader{Source: open()}
	unread.closes(t)
}

// reader reads a source and remembers what it said.
type reader struct {
	feedgauge.Source
	lanes   map[feedgauge.Lane]*lane
	records int
	polls   int
	done    bool
}

// lane is what is known of one lane.
type lane struct {
	next int64 // offset behind the last record delivered
	high int64 // end last told
}

func (s *reader) lane(l feedgauge.Lane) *lane {
	if s.lanes[l] == nil {
		s.lanes[l] = &lane{}
	}
	return s.lanes[l]
}

func (s *reader) poll(ctx context.Context, t TB) {
	t.Helper()
	s.polls++
	batch, err := s.Poll(ctx)
	if err != nil {
		t.Fatalf("poll %d (context: %v): %v", s.polls, ctx.Err(), err)
	}
	if s.done && (len(batch.Records) > 0 || !batch.Done) {
		t.Fatalf("poll %d: after its end come %d records, and Done is %v", s.polls, len(batch.Records), batch.Done)
	}
	s.done = batch.Done
	s.records += len(batch.Records)
	for i := range batch.Records {
		s.record(t, &batch.Records[i])
	}
}

func (s *reader) record(t TB, r *feedgauge.Record) {
	t.Helper()
	at := feedgauge.Lane{Topic: r.Topic, Partition: r.Partition}
	if r.Topic == "" || r.Partition < 0 || r.Offset < 0 {
		t.Fatalf("poll %d: a record has no place: topic %q, partition %d, offset %d", s.polls, r.Topic, r.Partition, r.Offset)
	}
	l := s.lane(at)
	if r.Offset < l.next {
		t.Fatalf("poll %d: offset %d of lane %v comes after offset %d", s.polls, r.Offset, at, l.next-1)
	}
	l.next = r.Offset + 1
}

func (s *reader) ends(t TB) {
	t.Helper()
	ends, err := s.Ends(context.Background())
	if err != nil {
		return // it cannot know, and says so
	}
	seen := make(map[feedgauge.Lane]bool, len(ends))
	for _, e := range ends {
		l := s.lane(e.Lane)
		switch {
		case seen[e.Lane]:
			t.Fatalf("the ends name lane %v twice", e.Lane)
		case e.Stable > e.High:
			t.Fatalf("lane %v is stable to %d, behind its end at %d", e.Lane, e.Stable, e.High)
		case e.High < l.next:
			t.Fatalf("lane %v ends at %d, but offset %d was delivered", e.Lane, e.High, l.next-1)
		case e.High < l.high:
			t.Fatalf("lane %v ended at %d and now at %d", e.Lane, l.high, e.High)
		}
		seen[e.Lane], l.high = true, e.High
	}
	for at := range s.lanes {
		if !seen[at] {
			t.Fatalf("the ends do not name lane %v", at)
		}
	}
}

func (s *reader) closes(t TB) {
	t.Helper()
	for _, nth := range []string{"first", "second"} {
		if err := s.Close(); err != nil {
			t.Fatalf("closing it the %s time: %v", nth, err)
		}
	}
}
