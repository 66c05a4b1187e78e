package check

import (
	"fmt"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/processors/profile"
)

// Learned is one way in which lines are no longer like those before. Lines are
// counted through all files, which are one feed.
type Learned struct {
	Line      int     `json:"line"`
	Kind      string  `json:"kind"`
	Field     string  `json:"field"`
	EventKind string  `json:"event_kind"`
	Before    float64 `json:"before"`
	After     float64 `json:"after"`
	Severity  string  `json:"severity"` // "info" or "finding"
	Detail    string  `json:"detail"`
	Text      string  `json:"text"` // the line, its beginning
}

// mostBare is how many header lines and blank ones in a row are looked at: more
// would say no more.
const mostBare = 500

// student learns what the lines of all files are like.
type student struct {
	guess  *profile.Guesser
	stream *profile.Stream
	any    bool // no format is declared
	before int  // lines of the files before
	last   int  // line of this file that was last looked at
	found  []Learned
}

func newStudent(o Options) *student {
	return &student{guess: profile.NewGuesser(), stream: profile.NewStream(), any: o.Format == "any", found: []Learned{}}
}

// begin starts a file behind so many lines.
func (s *student) begin(before int64) { s.before, s.last = int(before), 0 }

// see takes in an event, and the lines without one before it.
func (s *student) see(e *feedgauge.Event) {
	s.bare(e.Line)
	s.last = e.Line + max(e.Lines, 1) - 1
	if s.any {
		ev, st := s.guess.Read(e.Text)
		s.tell(s.stream.Add(ev, st, s.before+e.Line))
		return
	}
	s.tell(s.stream.Add(e, s.guess.Describe(e), s.before+e.Line))
}

// bare takes in the lines up to next, in which there was no event.
func (s *student) bare(next int) {
	for line := s.last + 1; line < min(next, s.last+1+mostBare); line++ {
		s.tell(s.stream.Add(&feedgauge.Event{}, profile.Header, s.before+line))
	}
}

// end takes in the lines behind the last event.
func (s *student) end(lines int64) { s.bare(int(lines) + 1) }

func (s *student) tell(found []profile.Found) {
	for i := range found {
		f := &found[i]
		severity := "finding"
		if f.Info() {
			severity = "info"
		}
		s.found = append(s.found, Learned{
			Line: f.Line, Kind: string(f.Kind), Field: f.Field, EventKind: f.EventKind, Before: f.Before, After: f.After,
			Severity: severity, Detail: f.String(), Text: format.Sample([]byte(f.Text), sampleWidth),
		})
	}
}

// close returns all that was found.
func (s *student) close() []Learned {
	s.tell(s.stream.Flush())
	return s.found
}

// Findings counts what was learnt that is more than information.
func (r *Report) Findings() (n int) {
	if r.Learned == nil {
		return 0
	}
	for _, l := range *r.Learned {
		if l.Severity == "finding" {
			n++
		}
	}
	return n
}

// learned writes what was learnt.
func (r *Report) learned(b *strings.Builder) {
	if r.Learned == nil {
		return
	}
	if len(*r.Learned) == 0 {
		b.WriteString("learned: the lines are alike throughout\n")
	}
	for _, l := range *r.Learned {
		fmt.Fprintf(b, "learned: line %d: %s: %s\n", l.Line, l.Severity, l.Detail)
		if l.Text != "" && l.Severity == "finding" {
			fmt.Fprintf(b, "    %s\n", l.Text)
		}
	}
}
