package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// script is a source that plays batches, one a poll, and then ends, unless
// endless. It keeps the contract as long as the batches do.
type script struct {
	batches [][]feedgauge.Record
	ends    [][]feedgauge.LaneEnd // by poll; nil is no answer
	endless bool
	polled  int
	closed  int
	strict  bool // an error where the context is done
	undone  bool // goes on after its end
	once    bool // refuses to be closed twice
}

func (s *script) Poll(ctx context.Context) (feedgauge.Batch, error) {
	if s.strict && ctx.Err() != nil {
		return feedgauge.Batch{}, ctx.Err()
	}
	s.polled++
	if s.polled > len(s.batches) {
		return feedgauge.Batch{Done: !s.endless && (!s.undone || s.polled == len(s.batches)+1)}, nil
	}
	return feedgauge.Batch{Records: s.batches[s.polled-1], Done: !s.endless && s.polled == len(s.batches)}, nil
}

func (s *script) Ends(context.Context) ([]feedgauge.LaneEnd, error) {
	if s.ends == nil {
		return nil, errors.New("cannot know")
	}
	return s.ends[min(s.polled, len(s.ends)-1)], nil
}

func (s *script) Close() error {
	if s.closed++; s.once && s.closed > 1 {
		return errors.New("closed before")
	}
	return nil
}

func records(topic string, offsets ...int64) []feedgauge.Record {
	var out []feedgauge.Record
	for _, o := range offsets {
		out = append(out, feedgauge.Record{Topic: topic, Offset: o})
	}
	return out
}

func end(topic string, high, stable int64) feedgauge.LaneEnd {
	return feedgauge.LaneEnd{Lane: feedgauge.Lane{Topic: topic}, High: high, Stable: stable}
}

// opener returns a function that opens copies of s.
func opener(s script) func() feedgauge.Source {
	return func() feedgauge.Source { c := s; return &c }
}

func TestSourcePasses(t *testing.T) {
	t.Parallel()
	Source(t, opener(script{batches: [][]feedgauge.Record{records("a", 0, 1, 7), nil, records("a", 8)}}), 4)
	Source(t, opener(script{endless: true, batches: [][]feedgauge.Record{records("a", 5), records("b", 0), records("a", 6)}}), 3)
	Source(t, opener(script{
		batches: [][]feedgauge.Record{records("a", 0), records("b", 3)},
		ends:    [][]feedgauge.LaneEnd{{end("a", 1, 0)}, {end("b", 4, 4), end("a", 1, 1)}},
	}), 2)
	Source(t, opener(script{batches: [][]feedgauge.Record{nil}}), 0)
}

// TestSourceFinds breaks each clause of the contract.
func TestSourceFinds(t *testing.T) {
	t.Parallel()
	one := [][]feedgauge.Record{records("a", 0, 1)}
	for want, s := range map[string]script{
		"context canceled":             {batches: one, strict: true},
		"offset 1 of lane {a 0} comes": {batches: [][]feedgauge.Record{records("a", 2), records("a", 1)}},
		"offset 4 of lane {a 0} comes": {batches: [][]feedgauge.Record{records("a", 4, 4)}},
		"no place":                     {batches: [][]feedgauge.Record{records("", 0)}},
		"after its end come 0 records": {batches: one, undone: true},
		"ended after 2 records":        {batches: [][]feedgauge.Record{records("a", 0, 1), nil}[:1]},
		"twice":                        {batches: one, ends: [][]feedgauge.LaneEnd{{end("a", 2, 2), end("a", 2, 2)}}},
		"stable to 3":                  {batches: one, ends: [][]feedgauge.LaneEnd{{end("a", 2, 3)}}},
		"offset 1 was delivered":       {batches: one, ends: [][]feedgauge.LaneEnd{{end("a", 1, 1)}}},
		"ended at 9 and now at 2":      {batches: one, ends: [][]feedgauge.LaneEnd{{end("a", 9, 9)}, {end("a", 2, 2)}}},
		"do not name lane {a 0}":       {batches: one, ends: [][]feedgauge.LaneEnd{{end("b", 0, 0)}}},
		"the second time":              {batches: one, once: true},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			n := 2
			if strings.Contains(want, "no place") {
				n = 1
			}
			if strings.Contains(want, "ended after") {
				n = 3
			}
			r := &recorder{TB: t}
			done := make(chan struct{})
			go func() { // a fatal failure ends the goroutine, as in a test
				defer close(done)
				Source(r, opener(s), n)
			}()
			<-done
			if !strings.Contains(r.said, want) {
				t.Errorf("said %q, want a failure that says %q", r.said, want)
			}
		})
	}
}

// recorder is a test that remembers how it failed.
type recorder struct {
	TB
	said string
}

func (r *recorder) Helper() {}

func (r *recorder) Fatalf(format string, args ...any) {
	r.said = fmt.Sprintf(format, args...)
	runtime.Goexit()
}
