// Package inspect looks at some records of a topic, or lines of a file, and says
// what they are: their format, their fields, the feeds they would belong to, and
// the configuration to watch them with.
package inspect

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/profile"
)

// Unknown is the guess where no format takes most of the lines.
const Unknown = "unknown"

// enough is the part of the records a format has to accept to be the guess.
const enough = 0.9

// Report is what was found.
type Report struct {
	Version    int         `json:"version"`
	Source     string      `json:"source"`
	Lines      int         `json:"lines"`
	Headers    int         `json:"headers"`
	Records    int         `json:"records"`
	Guess      Guess       `json:"guess"`
	Candidates []Candidate `json:"candidates"`
	Delimiter  string      `json:"delimiter"`
	Time       Time        `json:"time"`
	Fields     []Field     `json:"fields"`
	Accessors  []Accessor  `json:"accessors"`
	SourceHCL  string      `json:"source_hcl"`
	ClassHCL   string      `json:"class_hcl"`

	inFormat bool // the format reads the envelope itself
	mixed    bool // many lines are in another notation than that of the format
}

// Guess is what the lines most likely are.
type Guess struct {
	Format        string  `json:"format"`
	AcceptedRatio float64 `json:"accepted_ratio"`
	Envelope      string  `json:"envelope"` // what the lines are wrapped in, empty for nothing
}

// Candidate is a format and the part of the records that it accepts.
type Candidate struct {
	Format        string  `json:"format"`
	AcceptedRatio float64 `json:"accepted_ratio"`
}

// Input is what to look at.
type Input struct {
	Source  string             // as the user named it
	Topic   string             // empty for a file
	Records []feedgauge.Record // of a topic its records, of a file its lines
	Text    []byte             // of a file, as far as it was read
	Lines   int
}

// look is an input with what was found by trying formats on it.
type look struct {
	in    *Input
	shape *shape
	tried []*attempt
	best  *attempt // nil if no format accepts enough
}

func lookAt(in *Input, formats map[string]func() feedgauge.FormatConfig) *look {
	l := &look{in: in, shape: survey(in)}
	l.tried = tryAll(in, formats, l.shape)
	if l.shape.records > 0 {
		l.best = choose(l.tried)
	}
	return l
}

// Look inspects an input by the formats there are.
func Look(in *Input, formats map[string]func() feedgauge.FormatConfig) *Report {
	r := &Report{Version: 1, Source: in.Source, Lines: in.Lines, Fields: []Field{}, Accessors: []Accessor{}}
	l := lookAt(in, formats)
	r.Headers, r.Records, r.Candidates = l.shape.headers, l.shape.records, candidates(l.tried)
	outer := l
	if name, sure := envelope(in); name != "" {
		if within, headers := unwrap(in, name); within != nil {
			if inner := lookAt(within, formats); preferred(name, sure, inner.best, l.best) {
				l, r.Guess.Envelope = inner, name
				r.Headers, r.Records, r.Candidates = headers+l.shape.headers, l.shape.records, candidates(l.tried)
			}
		}
	}
	r.guessed(l, formats)
	if d := l.shape.delimiter(); d != 0 {
		r.Delimiter = string(d)
	}
	t := newTable(l.in, l.best)
	r.Fields, r.Time = t.fields(), t.time()
	if l.best != nil && t.timed == 0 {
		t.retime(l.in, formats[l.best.name](), r.Time)
	}
	named := t
	if l != outer {
		named = newTable(in, outer.best) // feeds are named by the records as they come
	}
	r.Accessors = accessors(in, named)
	r.SourceHCL, r.ClassHCL = sourceHCL(in, r), classHCL(in, r, t)
	return r
}

// guessed fills in the guess.
func (r *Report) guessed(l *look, formats map[string]func() feedgauge.FormatConfig) {
	switch {
	case l.best != nil:
		r.Guess.Format, r.Guess.AcceptedRatio = l.best.name, l.best.ratio()
		if r.Guess.Envelope == "" {
			if r.Guess.Envelope = l.shape.envelope(l.best.name); r.Guess.Envelope != "" {
				r.inFormat = true
			}
		}
	case l.shape.records > 0:
		if a := l.mixture(); a != nil {
			r.Guess.Format, r.Guess.AcceptedRatio, r.mixed = a.name, a.ratio(), true
		}
	default:
		r.Guess.Format = byHeader(l.shape.header, formats)
	}
	if r.Guess.Format == "" {
		r.Guess.Format = Unknown
	}
}

// events hands the events of an input to visit, as its format reads them, or as
// they look if best is nil.
func events(in *Input, best *attempt, visit func(*feedgauge.Event)) {
	if best != nil {
		best.run(in, visit)
		return
	}
	g := profile.NewGuesser()
	for i := range in.Records {
		eachLine(in.Records[i].Value, func(line []byte) {
			if ev, st := g.Read(line); !bare(st) {
				visit(ev)
			}
		})
	}
}
