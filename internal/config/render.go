package config

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
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
// with an empty line behind each.
func (ds Diagnostics) WriteText(w io.Writer) error {
	var out strings.Builder
	for i := range ds {
		ds[i].text(&out)
		out.WriteByte('\n')
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func (d *Diagnostic) text(out *strings.Builder) {
	kind := "Error"
	if d.Severity == Warning {
		kind = "Warning"
	}
	fmt.Fprintf(out, "%s: %s\n  on %s", kind, d.Summary, d.Range.Filename)
	if d.Range.Start.Line == 0 {
		out.WriteString(":\n")
	} else {
		fmt.Fprintf(out, " line %d", d.Range.Start.Line)
		if d.Snippet != nil && d.Snippet.Context != "" {
			out.WriteString(", in " + d.Snippet.Context)
		}
		fmt.Fprintf(out, ": (%s)\n", d.Range)
	}
	if d.Snippet != nil {
		d.Snippet.text(out)
	}
	paragraph(out, d.Detail)
	if d.Hint != "" {
		paragraph(out, "Hint: "+d.Hint)
	}
}

func paragraph(out *strings.Builder, s string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimRight(line, "\n"); line != "" {
			out.WriteString("  " + line + "\n")
		}
	}
}

// text writes the line of source, and carets below what is meant. Tabs are kept
// in the line of carets, so that they stand below whatever width tabs have.
func (s *Snippet) text(out *strings.Builder) {
	number := fmt.Sprintf("  %d: ", s.StartLine)
	out.WriteString(strings.TrimRight(number+s.Code, " ") + "\n")
	out.WriteString(strings.Repeat(" ", len(number)))
	for _, r := range s.Code[:s.HighlightStart] {
		if r != '\t' {
			r = ' '
		}
		out.WriteRune(r)
	}
	carets := max(1, utf8.RuneCountInString(s.Code[s.HighlightStart:s.HighlightEnd]))
	out.WriteString(strings.Repeat("^", carets) + "\n")
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
