// Package format checks the form of records. Each format is one file: its
// configuration, what it demands, and the check, which allocates nothing.
//
// All formats agree on this: a record without a value is [feedgauge.NullValue];
// a value of white space only is blank and no error, since a rule of its own
// looks after those; a byte order mark at the start and carriage returns at line
// ends are skipped; lines are separated by line feeds, and one at the end begins
// no further line; the first thing wrong in the first bad line is the reason.
package format

import (
	"bytes"
	"unicode/utf8"

	"github.com/feedgauge/feedgauge"
)

// All returns the formats by name. Each function returns a new configuration
// with its defaults filled in.
func All() map[string]func() feedgauge.FormatConfig {
	return map[string]func() feedgauge.FormatConfig{
		"any":             NewAny,
		"json":            NewJSON,
		"access_combined": NewAccessCombined,
		"syslog_rfc3164":  NewSyslogRFC3164,
	}
}

// survey says what holds of r in every format, and returns the bytes to check:
// none if the record is null or blank.
func survey(r *feedgauge.Record) (feedgauge.Verdict, []byte) {
	if r.Value == nil {
		return feedgauge.Verdict{Reason: feedgauge.NullValue, Blank: true}, nil
	}
	v := feedgauge.Verdict{Lines: countLines(r.Value)}
	body := trimMark(r.Value)
	if blank(body) {
		v.Blank = true
		return v, nil
	}
	return v, body
}

func countLines(b []byte) int {
	n := bytes.Count(b, []byte{'\n'})
	if len(b) > 0 && b[len(b)-1] != '\n' {
		n++
	}
	return n
}

// trimMark drops a byte order mark.
func trimMark(b []byte) []byte {
	if len(b) >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf {
		return b[3:]
	}
	return b
}

// blank reports whether b is ASCII white space only.
func blank(b []byte) bool {
	for _, c := range b {
		if c != ' ' && (c < '\t' || c > '\r') {
			return false
		}
	}
	return true
}

// lineFormat is a format whose lines stand alone. The line is not blank, and
// valid UTF-8 without line end.
type lineFormat interface {
	line(b []byte) feedgauge.Reason
}

// byLine checks each line of a record.
type byLine struct{ lineFormat }

// Check implements [feedgauge.Checker].
func (c byLine) Check(r *feedgauge.Record) feedgauge.Verdict {
	v, body := survey(r)
	valid := utf8.Valid(body)
	for len(body) > 0 && v.Reason == "" {
		var line []byte
		line, body = cutLine(body)
		switch {
		case blank(line):
		case !valid && !utf8.Valid(line):
			v.Reason = feedgauge.Encoding
		default:
			v.Reason = c.line(line)
		}
	}
	return v
}

// cutLine returns the first line of b, without its end, and the rest.
func cutLine(b []byte) (line, rest []byte) {
	line = b
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		line, rest = b[:i], b[i+1:]
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line, rest
}
