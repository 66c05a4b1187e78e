package check

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/format"
)

// Counts are what was found in one file, or in all.
type Counts struct {
	Bytes         int64                       `json:"bytes"`
	Lines         int64                       `json:"lines"`
	Headers       int64                       `json:"headers"`
	Blank         int64                       `json:"blank"`
	Records       int64                       `json:"records"`
	Accepted      int64                       `json:"accepted"`
	Rejected      int64                       `json:"rejected"`
	AcceptedRatio *float64                    `json:"accepted_ratio"`
	HeaderOnly    bool                        `json:"header_only"`
	TruncatedTail bool                        `json:"truncated_tail"`
	Reasons       map[feedgauge.Reason]int64  `json:"reasons"`
	Fields        map[string]map[string]int64 `json:"fields"`
}

// File is what was found in one file.
type File struct {
	Name string `json:"file"`
	Counts
	Samples       []Sample `json:"samples"`
	RejectedLines []int    `json:"rejected_lines,omitzero"` // nil if not asked for
	Error         string   `json:"error,omitempty"`         // why it could not be read to its end

	o      Options
	taken  map[fault]int // samples by what they show
	inside int64         // lines inside of events
	tail   feedgauge.Reason
}

// Sample is a rejected event.
type Sample struct {
	Line   int              `json:"line"`
	Reason feedgauge.Reason `json:"reason"`
	Field  string           `json:"field"`
	Text   string           `json:"text"`
}

// fault is one way in which events break the format.
type fault struct {
	reason feedgauge.Reason
	field  string
}

// Samples are kept of each fault, but not too many, nor too long.
const (
	maxSamples  = 20
	perFault    = 3
	sampleWidth = 240
)

func newFile(name string, o Options) *File {
	f := &File{Name: name, Counts: newCounts(o), Samples: []Sample{}, o: o, taken: map[fault]int{}}
	if o.RejectedLines {
		f.RejectedLines = []int{}
	}
	return f
}

func newCounts(o Options) Counts {
	c := Counts{Reasons: map[feedgauge.Reason]int64{}, Fields: map[string]map[string]int64{}}
	for _, f := range o.Fields {
		c.field(f)
	}
	return c
}

// field returns the counts of a field, by what was wrong with it.
func (c *Counts) field(name string) map[string]int64 {
	counts := c.Fields[name]
	if counts == nil {
		counts = map[string]int64{"missing": 0, "type": 0}
		c.Fields[name] = counts
	}
	return counts
}

// visit takes in one event.
func (f *File) visit(e *feedgauge.Event) {
	f.Records++
	f.inside += int64(e.Lines)
	f.tail = e.Reason
	if e.Reason != "" {
		f.reject(e)
	}
	if f.o.Observe != nil {
		f.o.Observe(e)
	}
}

func (f *File) reject(e *feedgauge.Event) {
	f.Rejected++
	f.Reasons[e.Reason]++
	if e.Fault != "" {
		f.field(e.Fault)[faultName(e.Reason)]++
	}
	if f.o.RejectedLines {
		f.RejectedLines = append(f.RejectedLines, e.Line)
	}
	at := fault{e.Reason, e.Fault}
	if f.taken[at] < perFault && len(f.Samples) < maxSamples {
		f.taken[at]++
		f.Samples = append(f.Samples, Sample{e.Line, e.Reason, e.Fault, format.Sample(e.Text, sampleWidth)})
	}
}

// faultName is the reason as it is counted for a field.
func faultName(r feedgauge.Reason) string {
	if r == feedgauge.MissingField {
		return "missing"
	}
	return string(r)
}

// close works out what depends on the whole file. ended says that it ends in a
// line end.
func (f *File) close(v feedgauge.Verdict, ended bool) {
	f.Lines, f.Headers = int64(v.Lines), int64(v.Headers)
	f.Blank = f.Lines - f.Headers - f.inside
	f.TruncatedTail = f.tail == feedgauge.Truncated || !ended && f.tail != ""
	f.HeaderOnly = f.Headers > 0 && f.Records == 0
	f.settle()
}

// settle works out what follows from other counts.
func (c *Counts) settle() {
	c.Accepted = c.Records - c.Rejected
	if c.Records > 0 {
		ratio := float64(c.Accepted) / float64(c.Records)
		c.AcceptedRatio = &ratio
	}
}

// add adds what was found in another file.
func (c *Counts) add(d *Counts) {
	c.Bytes += d.Bytes
	c.Lines += d.Lines
	c.Headers += d.Headers
	c.Blank += d.Blank
	c.Records += d.Records
	c.Rejected += d.Rejected
	c.HeaderOnly = c.Headers > 0 && c.Records == 0
	c.TruncatedTail = c.TruncatedTail || d.TruncatedTail
	for r, n := range d.Reasons {
		c.Reasons[r] += n
	}
	for name, counts := range d.Fields {
		mine := c.field(name)
		for what, n := range counts {
			mine[what] += n
		}
	}
	c.settle()
}
