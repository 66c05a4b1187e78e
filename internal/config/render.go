package config

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/feedgauge/feedgauge/internal/screen"
)

// WriteText writes the diagnostics for people, each as
//
//	Error: Unknown option
//	  on pipeline.hcl line 12, in class "web": (pipeline.hcl:12:3)
//	  12:   evry = "1m"
//	        ^^^^
//	  Class "web" has no option "evry".
//	  Hint: did you mean "every"?
//
// with an empty line behind each. On a terminal its width is minded.
func (ds Diagnostics) WriteText(w io.Writer) error {
	out := report{on: screen.Of(w)}
	for i := range ds {
		ds[i].text(&out)
		out.WriteByte('\n')
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// report is what is written for a screen.
type report struct {
	strings.Builder
	on screen.Screen
}

func (d *Diagnostic) text(out *report) {
	kind := out.on.Paint(screen.Red, "Error:")
	if d.Severity == Warning {
		kind = out.on.Paint(screen.Yellow, "Warning:")
	}
	out.WriteString(kind + " " + d.Summary + "\n")
	out.paragraph("on " + d.place())
	if d.Snippet != nil {
		d.Snippet.text(out)
	}
	out.paragraph(d.Detail)
	if d.Hint != "" {
		out.paragraph("Hint: " + d.Hint)
	}
}

// place says where a mistake is, for people and, in brackets, for their editors.
func (d *Diagnostic) place() string {
	if d.Range.Start.Line == 0 {
		return d.Range.Filename + ":"
	}
	in := ""
	if d.Snippet != nil && d.Snippet.Context != "" {
		in = ", in " + d.Snippet.Context
	}
	return fmt.Sprintf("%s line %d%s: (%s)", d.Range.Filename, d.Range.Start.Line, in, d.Range)
}

func (out *report) paragraph(s string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimRight(line, "\n"); line != "" {
			out.WriteString(out.on.Fold("  "+line, 2) + "\n")
		}
	}
}

// text writes the line of source, and carets below what is meant. Tabs are kept
// in the line of carets, so that they stand below whatever width tabs have.
func (s *Snippet) text(out *report) {
	number := fmt.Sprintf("  %d: ", s.StartLine)
	if room := out.on.Width - len(number); out.on.Width > 0 && room > 0 {
		s = s.crop(room)
	}
	out.WriteString(strings.TrimRight(number+s.Code, " ") + "\n")
	out.WriteString(strings.Repeat(" ", len(number)))
	for _, r := range s.Code[:s.HighlightStart] {
		if r != '\t' {
			r = ' '
		}
		out.WriteRune(r)
	}
	carets := max(1, utf8.RuneCountInString(s.Code[s.HighlightStart:s.HighlightEnd]))
	out.WriteString(out.on.Paint(screen.Red, strings.Repeat("^", carets)) + "\n")
}

// crop returns the snippet with what has no room left away: at the end, and at the
// beginning where what is pointed at would be lost else.
func (s *Snippet) crop(room int) *Snippet {
	if screen.Width(s.Code) <= room {
		return s
	}
	const left = "…"
	c := *s
	if over := screen.Width(c.Code[:c.HighlightEnd]) + 1 - room; over > 0 {
		from := min(past(c.Code, over+1), c.HighlightStart)
		c.Code = left + c.Code[from:]
		c.HighlightStart += len(left) - from
		c.HighlightEnd += len(left) - from
	}
	if to := fits(c.Code, room-1); to < len(c.Code) {
		c.HighlightEnd = min(c.HighlightEnd, to)
		c.Code = c.Code[:to] + left
	}
	return &c
}

// fits returns how many bytes of text take no more than so many columns, and at
// least one character.
func fits(text string, columns int) int {
	at := 0
	for i, r := range text {
		if columns -= screen.Width(string(r)); columns < 0 && i > 0 {
			break
		}
		at = i + utf8.RuneLen(r)
	}
	return at
}

// past returns how many bytes of text take at least so many columns.
func past(text string, columns int) int {
	for i, r := range text {
		if columns <= 0 {
			return i
		}
		columns -= screen.Width(string(r))
	}
	return len(text)
}

// The shape of `terraform validate -json`, format version 1.0, as documented on
// https://developer.hashicorp.com/terraform/cli/commands/validate.
type (
	jsonReport struct {
		FormatVersion string           `json:"format_version"`
		Valid         bool             `json:"valid"`
		ErrorCount    int              `json:"error_count"`
		WarningCount  int              `json:"warning_count"`
		Diagnostics   []jsonDiagnostic `json:"diagnostics"`
	}
	jsonDiagnostic struct {
		Severity Severity     `json:"severity"`
		Summary  string       `json:"summary"`
		Detail   string       `json:"detail"`
		Range    jsonRange    `json:"range"`
		Snippet  *jsonSnippet `json:"snippet,omitempty"`
	}
	jsonRange struct {
		Filename string  `json:"filename"`
		Start    jsonPos `json:"start"`
		End      jsonPos `json:"end"`
	}
	jsonPos struct {
		Line   int `json:"line"`
		Column int `json:"column"`
		Byte   int `json:"byte"`
	}
	jsonSnippet struct {
		Context        *string  `json:"context"`
		Code           string   `json:"code"`
		StartLine      int      `json:"start_line"`
		HighlightStart int      `json:"highlight_start_offset"`
		HighlightEnd   int      `json:"highlight_end_offset"`
		Values         []string `json:"values"`
	}
)

// WriteJSON writes the diagnostics in the shape of Terraform's validate command.
// A hint follows the detail on a line of its own. A range of which only the file
// is known has zeros for its places.
func (ds Diagnostics) WriteJSON(w io.Writer) error {
	report := jsonReport{
		FormatVersion: "1.0", Valid: !ds.HasErrors(),
		ErrorCount: ds.Count(Error), WarningCount: ds.Count(Warning),
		Diagnostics: make([]jsonDiagnostic, len(ds)),
	}
	for i := range ds {
		report.Diagnostics[i] = ds[i].json()
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(report)
}

func (d *Diagnostic) json() jsonDiagnostic {
	j := jsonDiagnostic{
		Severity: d.Severity, Summary: d.Summary, Detail: d.Detail,
		Range: jsonRange{Filename: d.Range.Filename, Start: jsonPos(d.Range.Start), End: jsonPos(d.Range.End)},
	}
	if d.Hint != "" {
		j.Detail += "\nHint: " + d.Hint
	}
	if s := d.Snippet; s != nil {
		j.Snippet = &jsonSnippet{
			Code: s.Code, StartLine: s.StartLine,
			HighlightStart: s.HighlightStart, HighlightEnd: s.HighlightEnd, Values: []string{},
		}
		if s.Context != "" {
			j.Snippet.Context = &s.Context
		}
	}
	return j
}
