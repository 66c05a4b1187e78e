package inspect

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// WriteJSON writes the report as one JSON object on a line.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// shownFields and shownAccessors are how many are written for people.
const (
	shownFields    = 30
	shownAccessors = 4
)

// WriteText writes the report for people.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d lines, %d of them headers, %d records\n", r.Source, r.Lines, r.Headers, r.Records)
	r.guess(&b)
	r.table(&b)
	r.accessors(&b)
	fmt.Fprintf(&b, "\n%s\n%s", r.SourceHCL, r.ClassHCL)
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) guess(b *strings.Builder) {
	switch {
	case r.Guess.Format == Unknown:
		b.WriteString("format: none accepts nine in ten records")
	case r.Records == 0:
		fmt.Fprintf(b, "format: %s, by the header", r.Guess.Format)
	default:
		fmt.Fprintf(b, "format: %s, which accepts %.4g%%", r.Guess.Format, 100*r.Guess.AcceptedRatio)
	}
	if r.Guess.Envelope != "" {
		fmt.Fprintf(b, ", in %s", r.Guess.Envelope)
	}
	if r.Time.Field != "" {
		fmt.Fprintf(b, "\ntime: %s, %s", r.Time.Field, r.Time.Layout)
		if r.Time.Zone != "" {
			fmt.Fprintf(b, ", zone %s", r.Time.Zone)
		}
	}
	b.WriteString("\n")
}

func (r *Report) table(b *strings.Builder) {
	if len(r.Fields) == 0 {
		return
	}
	b.WriteString("\n")
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprint(t, "field\tfilled\tdistinct\ttypes\texample\n")
	for i := range r.Fields[:min(len(r.Fields), shownFields)] {
		f := &r.Fields[i]
		example := ""
		if len(f.Examples) > 0 {
			example = cut(f.Examples[0], 32)
		}
		_, _ = fmt.Fprintf(t, "%s\t%.4g%%\t%d\t%s\t%s\n", cut(f.Name, 32), 100*f.Filled, f.Distinct, strings.Join(slices.Sorted(maps.Keys(f.Types)), ","), example)
	}
	_ = t.Flush()
	if n := len(r.Fields) - shownFields; n > 0 {
		fmt.Fprintf(b, "and %d more, see --json\n", n)
	}
}

func cut(s string, width int) string {
	r := []rune(s)
	if len(r) <= width {
		return s
	}
	return string(r[:width-1]) + "…"
}

func (r *Report) accessors(b *strings.Builder) {
	if len(r.Accessors) == 0 {
		return
	}
	b.WriteString("\n")
	for _, a := range r.Accessors[:min(len(r.Accessors), shownAccessors)] {
		fmt.Fprintf(b, "%s names %.4g%% of the records, %d feeds:", a.Accessor, 100*a.Coverage, a.Feeds)
		for i, n := range a.Names[:min(len(a.Names), 3)] {
			if i > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(b, " %s", cut(n.Name, 32))
			if n.PerMinute != nil {
				fmt.Fprintf(b, " (%.3g/min)", *n.PerMinute)
			}
		}
		b.WriteString("\n")
	}
}
