package format

import (
	"bytes"
	"strings"

	"github.com/feedgauge/feedgauge"
)

// CSV accepts comma-separated values (RFC 4180): columns in quotes may hold commas,
// line ends and, doubled, quotes. All lines have the same columns. Their names are
// declared by the option "fields"; without it the first line of each record or file
// is the header that names them. A line that repeats the declared names is a header
// too.
type CSV struct {
	Options
	Delimiter string `hcl:"delimiter,optional" doc:"the character between columns" default:","`
}

// NewCSV returns the configuration of format "csv".
func NewCSV() feedgauge.FormatConfig { return &CSV{Defaults(), ","} }

// Build implements [feedgauge.FormatConfig].
func (c *CSV) Build(feedgauge.Env) (feedgauge.Checker, error) {
	if len(c.Delimiter) != 1 || strings.ContainsAny(c.Delimiter, "\"\r\n") {
		return nil, &feedgauge.FieldError{Field: "delimiter", Msg: "it is not one character of ASCII", Hint: `for example ";"`}
	}
	k, err := c.build(csvDialect(c.Delimiter[0], true))
	if err != nil {
		return nil, err
	}
	return k, nil
}

// Common returns the options, for whoever sets them by name.
func (c *CSV) Common() *Options { return &c.Options }

// Delimit sets the delimiter.
func (c *CSV) Delimit(d string) { c.Delimiter = d }

// FieldNames returns the declared columns, nil where a header names them.
func (c *CSV) FieldNames() []string {
	d := csvDialect(',', true)
	return c.only(&d)
}

func csvDialect(delimiter byte, quotes bool) dialect {
	d := dialect{
		open: true, named: true,
		scanner: func(columns []string) scanner {
			s := &csvScanner{table: newTable(columns, untyped), delimiter: delimiter, quotes: quotes, declared: columns}
			s.forget()
			return s
		},
	}
	if quotes {
		d.unit = "record"
	}
	return d
}

// tsv is tab-separated values (IANA, text/tab-separated-values): no quotes, and no
// tabs in values. Names are given as for CSV.
func tsv() dialect { return csvDialect('\t', false) }

type csvScanner struct {
	*table
	delimiter byte
	quotes    bool
	declared  []string
	first     bool // the next line is the first
}

// forget implements headed.
func (s *csvScanner) forget() {
	s.table.forget()
	s.first = true
}

// header implements headed.
func (s *csvScanner) header(line []byte) bool {
	first := s.first
	s.first = false
	if !first && len(s.declared) == 0 {
		return false
	}
	if len(s.declared) > 0 {
		return s.repeats(line)
	}
	if s.same(line) {
		return true
	}
	var names []string
	for rest, more := line, true; more; {
		var f feedgauge.Field
		var reason feedgauge.Reason
		if rest, more, reason = s.value(&f, rest); reason != "" {
			return false
		}
		names = append(names, string(bytes.TrimSpace(Unescape(nil, &f))))
	}
	if unclean(line, 0) != "" {
		return false
	}
	s.hold(line, names, nil)
	return true
}

// form implements formed.
func (s *csvScanner) form() uint64 { return s.id }

// repeats reports whether line has the declared names.
func (s *csvScanner) repeats(line []byte) bool {
	n := 0
	for rest, more := line, true; more; n++ {
		var f feedgauge.Field
		var reason feedgauge.Reason
		if rest, more, reason = s.value(&f, rest); reason != "" || n >= len(s.declared) || string(f.Value) != s.declared[n] {
			return false
		}
	}
	return n == len(s.declared)
}

// scan implements scanner.
func (s *csvScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	n := 0
	for rest, more := b, true; more; n++ {
		var f feedgauge.Field
		var reason feedgauge.Reason
		if rest, more, reason = s.value(&f, rest); reason != "" {
			e.Fields = s.row[:min(n, len(s.row))]
			return reason
		}
		if n < len(s.row) {
			s.row[n].Value, s.row[n].Escape = f.Value, f.Escape
		}
	}
	e.Fields = s.row[:min(n, len(s.row))]
	if n != len(s.row) {
		return feedgauge.Columns
	}
	return ""
}

// value cuts a value off b.
func (s *csvScanner) value(f *feedgauge.Field, b []byte) (rest []byte, more bool, reason feedgauge.Reason) {
	if s.quotes && len(b) > 0 && b[0] == '"' {
		return s.quoted(f, b)
	}
	end := bytes.IndexByte(b, s.delimiter)
	if end < 0 {
		f.Value = b
	} else {
		f.Value, rest, more = b[:end], b[end+1:], true
	}
	if s.quotes && bytes.IndexByte(f.Value, '"') >= 0 {
		return nil, false, feedgauge.Syntax
	}
	return rest, more, ""
}

func (s *csvScanner) quoted(f *feedgauge.Field, b []byte) (rest []byte, more bool, reason feedgauge.Reason) {
	for i := 1; ; {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return nil, false, feedgauge.Truncated
		}
		i += n + 1
		switch {
		case i == len(b):
			f.Value = b[1 : i-1]
			return nil, false, ""
		case b[i] == '"':
			f.Escape = feedgauge.Doubled
			i++
		case b[i] == s.delimiter:
			f.Value = b[1 : i-1]
			return b[i+1:], true, ""
		default:
			return nil, false, feedgauge.Syntax
		}
	}
}

// maxExtension bounds how far a quote that is not closed is followed.
const maxExtension = 1 << 20

// extend implements extender: a line end in quotes belongs to the value.
func (s *csvScanner) extend(b []byte, final bool) int {
	inside := false
	for i, c := range b[:min(len(b), maxExtension)] {
		switch {
		case c == '"':
			inside = !inside
		case c == '\n' && !inside:
			return i + 1
		}
	}
	switch {
	case len(b) >= maxExtension:
		return 0
	case !final:
		return -1
	case inside:
		return 0
	}
	return len(b)
}
