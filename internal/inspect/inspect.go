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

// Look inspects an input by the formats there are.
func Look(in *Input, formats map[string]func() feedgauge.FormatConfig) *Report {
	r := &Report{Version: 1, Source: in.Source, Lines: in.Lines, Fields: []Field{}, Accessors: []Accessor{}}
	shape := survey(in)
	r.Headers, r.Records = shape.headers, shape.records
	tried := tryAll(in, formats, shape)
	r.Candidates = candidates(tried)
	best := choose(tried)
	if shape.records == 0 {
		best = nil
		r.Guess = Guess{Format: byHeader(shape.header, formats)}
	}
	if best != nil {
		r.Guess = Guess{Format: best.name, AcceptedRatio: best.ratio(), Envelope: shape.envelope(best.name)}
	} else if r.Guess.Format == "" {
		r.Guess.Format = Unknown
	}
	if d := shape.delimiter(); d != 0 {
		r.Delimiter = string(d)
	}
	t := newTable(in, best)
	r.Fields, r.Time = t.fields(), t.time()
	if best != nil && t.timed == 0 {
		t.retime(in, formats[best.name](), r.Time)
	}
	r.Accessors = accessors(in, t)
	r.SourceHCL, r.ClassHCL = sourceHCL(in, r), classHCL(in, r, t)
	return r
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
