package config

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity grades a diagnostic.
type Severity string

// The two severities. Only errors make a configuration invalid.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Diagnostic is one mistake in a configuration, where it is, and what to do.
type Diagnostic struct {
	Severity Severity
	Summary  string // what kind of mistake, without names
	Detail   string // what is wrong here, in one or two sentences
	Hint     string // what to write instead, may be empty
	Range    Range
	Snippet  *Snippet // nil where there is no source to show
}

// Range is the place of a mistake, half open. A Start without a line means that
// only the file is known.
type Range struct {
	Filename   string
	Start, End Pos
}

// Pos is a place in a file: line and column from 1, the column in characters as
// a reader counts them (grapheme clusters), and the byte from 0.
type Pos struct {
	Line, Column, Byte int
}

// String returns file:line:column, or the file alone.
func (r Range) String() string {
	if r.Start.Line == 0 {
		return r.Filename
	}
	return fmt.Sprintf("%s:%d:%d", r.Filename, r.Start.Line, r.Start.Column)
}

// Snippet is the line of source around a mistake. Long lines are cut on both
// sides, control characters and broken UTF-8 shown as '?'.
type Snippet struct {
	Context        string // the blocks around it, such as class "web"; may be empty
	Code           string
	StartLine      int
	HighlightStart int // bytes of Code to point at
	HighlightEnd   int
}

// Diagnostics are the mistakes of a configuration, sorted by file and place.
type Diagnostics []Diagnostic

// HasErrors reports whether the configuration is invalid.
func (ds Diagnostics) HasErrors() bool { return ds.Count(Error) > 0 }

// Count returns how many diagnostics have the severity.
func (ds Diagnostics) Count(s Severity) int {
	n := 0
	for i := range ds {
		if ds[i].Severity == s {
			n++
		}
	}
	return n
}

// Err returns the errors as one error, nil if there are none.
func (ds Diagnostics) Err() error {
	for i := range ds {
		if d := &ds[i]; d.Severity == Error {
			err := fmt.Errorf("%s: %s: %s", d.Range, d.Summary, d.Detail)
			if n := ds.Count(Error); n > 1 {
				return fmt.Errorf("%w (and %d more)", err, n-1)
			}
			return err
		}
	}
	return nil
}

// maxDiagnostics bounds the report on a file that is no configuration at all.
const maxDiagnostics = 1000

// arrange sorts ds by file (in the order given) and place, and drops what is
// said twice.
func (ds Diagnostics) arrange(files []string) Diagnostics {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(slices.Index(files, a.Range.Filename), slices.Index(files, b.Range.Filename)),
			cmp.Compare(a.Range.Start.Byte, b.Range.Start.Byte),
			cmp.Compare(a.Range.End.Byte, b.Range.End.Byte),
		)
	})
	ds = slices.CompactFunc(ds, func(a, b Diagnostic) bool { return a == b })
	if extra := len(ds) - maxDiagnostics; extra > 0 {
		ds = append(ds[:maxDiagnostics:maxDiagnostics], Diagnostic{
			Severity: Error, Summary: "Too many mistakes",
			Detail: fmt.Sprintf("%d more are not shown.", extra),
			Range:  Range{Filename: ds[maxDiagnostics].Range.Filename},
		})
	}
	return ds
}
