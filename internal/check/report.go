package check

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/feedgauge/feedgauge"
)

// Report is what was found in all files.
type Report struct {
	Version int     `json:"version"`
	Format  string  `json:"format"`
	Files   []*File `json:"files"`
	Total   Counts  `json:"total"`

	Learned *[]Learned `json:"learned,omitempty"` // nil if nothing was to be learnt
}

func newReport(o Options) *Report {
	return &Report{Version: 1, Format: o.Format, Files: []*File{}, Total: newCounts(o)}
}

func (r *Report) add(f *File) {
	r.Files = append(r.Files, f)
	r.Total.add(&f.Counts)
}

// WriteJSON writes the report as one JSON object on a line.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// WriteText writes the report for people: a table of the files, then what was
// wrong, with samples.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "lines\theaders\tblank\trecords\taccepted\trejected\tratio\t  file\n")
	for _, f := range r.Files {
		row(t, &f.Counts, f.Name)
	}
	if len(r.Files) > 1 {
		row(t, &r.Total, "total")
	}
	if err := t.Flush(); err != nil {
		return err
	}
	reasons(&b, &r.Total)
	for _, f := range r.Files {
		f.samples(&b)
	}
	r.learned(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func row(w io.Writer, c *Counts, name string) {
	ratio := "-"
	if c.AcceptedRatio != nil {
		ratio = fmt.Sprintf("%.4g%%", 100**c.AcceptedRatio)
	}
	if c.HeaderOnly {
		name += " (header only)"
	}
	if c.TruncatedTail {
		name += " (cut at the end)"
	}
	_, _ = fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%d\t%d\t%s\t  %s\n", c.Lines, c.Headers, c.Blank, c.Records, c.Accepted, c.Rejected, ratio, name)
}

// reasons writes why events were rejected, the most frequent reason first, and
// of which fields.
func reasons(b *strings.Builder, c *Counts) {
	order := slices.SortedFunc(maps.Keys(c.Reasons), func(x, y feedgauge.Reason) int {
		return cmp.Or(cmp.Compare(c.Reasons[y], c.Reasons[x]), cmp.Compare(x, y))
	})
	for _, r := range order {
		fmt.Fprintf(b, "%8d  %s", c.Reasons[r], r)
		sep := ": "
		for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
			if n := c.Fields[name][faultName(r)]; n > 0 {
				fmt.Fprintf(b, "%s%s %d", sep, name, n)
				sep = ", "
			}
		}
		b.WriteByte('\n')
	}
}

func (f *File) samples(b *strings.Builder) {
	for _, s := range f.Samples {
		what := string(s.Reason)
		if s.Field != "" {
			what += " (" + s.Field + ")"
		}
		fmt.Fprintf(b, "%s:%d: %s: %s\n", f.Name, s.Line, what, s.Text)
	}
}
