package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// SyslogRFC3164 accepts BSD syslog as senders and files have it (RFC 3164 only
// describes what was seen in 2001):
//
//	<PRI>Mmm dd hh:mm:ss host tag[pid]: message
//
// The priority may be missing, and so may the tag ("last message repeated 3
// times"). The day may be padded by a space, a zero or not at all. A time by RFC
// 3339 is accepted too. A host is told from a tag by the colon or bracket that
// ends the latter.
type SyslogRFC3164 struct {
	Require []string `hcl:"require,optional" doc:"fields that may not be blank: priority, time, host, tag, message; the time is demanded in any case" default:"[\"host\"]"`
}

// NewSyslogRFC3164 returns the configuration of format "syslog_rfc3164".
func NewSyslogRFC3164() feedgauge.FormatConfig {
	return &SyslogRFC3164{Require: []string{"host"}}
}

// Build implements [feedgauge.FormatConfig].
func (c *SyslogRFC3164) Build(feedgauge.Env) (feedgauge.Checker, error) {
	need, err := columns(c.Require, syslogFields)
	if err != nil {
		return nil, err
	}
	return byLine{syslogLine{[syslogWidth]bool(need)}}, nil
}

// syslogFields are the names of the fields in the order of the constants.
var syslogFields = []string{"priority", "time", "host", "tag", "message"}

const (
	syslogPriority = iota
	syslogTime
	syslogHost
	syslogTag
	syslogMessage
	syslogWidth
)

// syslogRow is a line taken apart.
type syslogRow [syslogWidth][]byte

type syslogLine struct {
	need [syslogWidth]bool
}

// line implements lineFormat.
func (s syslogLine) line(b []byte) feedgauge.Reason {
	var row syslogRow
	if reason := row.split(b); reason != "" {
		return reason
	}
	for i, need := range s.need {
		if need && absent(row[i]) {
			return feedgauge.MissingField
		}
	}
	return ""
}

func (row *syslogRow) split(b []byte) feedgauge.Reason {
	b, reason := row.priority(b)
	if reason != "" {
		return reason
	}
	if b, reason = row.stamp(b); reason != "" {
		return reason
	}
	if b, reason = gap(b); reason != "" {
		return reason
	}
	if b = bytes.TrimLeft(b, " "); len(b) == 0 {
		return feedgauge.Columns
	}
	if b, reason = row.host(b); reason != "" {
		return reason
	}
	return row.tag(b)
}

// priority reads <PRI>, a facility below 24 times 8 plus a severity below 8.
func (row *syslogRow) priority(b []byte) ([]byte, feedgauge.Reason) {
	if b[0] != '<' {
		return b, ""
	}
	end := 1
	for end < len(b) && b[end]-'0' <= 9 {
		end++
	}
	switch {
	case end == len(b):
		return nil, feedgauge.Truncated
	case b[end] != '>' || end == 1 || end > 4:
		return nil, feedgauge.Syntax
	case decimal(b[1:end]) > 191:
		return nil, feedgauge.BadType
	}
	row[syslogPriority] = b[1:end]
	return b[end+1:], ""
}

// stamp reads the time.
func (row *syslogRow) stamp(b []byte) ([]byte, feedgauge.Reason) {
	n := bsdStamp(b)
	if n == 0 {
		if n = bytes.IndexByte(b, ' '); n < 0 {
			n = len(b)
		}
		if !rfc3339(b[:n]) {
			return nil, badStamp(b)
		}
	}
	row[syslogTime] = b[:n]
	return b[n:], ""
}

// bsdStamp returns the length of a time "Mmm dd hh:mm:ss" at the start of b, 0 if
// there is none.
func bsdStamp(b []byte) int {
	if len(b) < len("Mar 1 00:00:00") || b[3] != ' ' {
		return 0
	}
	mon := month(b[:3])
	if mon == 0 {
		return 0
	}
	i := 4
	if b[i] == ' ' {
		i++
	}
	day := i
	for i < day+2 && b[i]-'0' <= 9 {
		i++
	}
	if i == day || !within(b[day:i], 1, daysIn(0, mon)) || b[i] != ' ' || len(b) < i+9 || !clock(b[i+1:i+9]) {
		return 0
	}
	return i + 9
}

// badStamp tells a line that ends inside the time, or has one of another
// notation, from one without any.
func badStamp(b []byte) feedgauge.Reason {
	switch {
	case len(b) == 0:
		return feedgauge.Columns
	case len(b) >= 3 && month(b[:3]) > 0 && len(b) < len("Mar 01 00:00:00"):
		return feedgauge.Truncated
	case b[0]-'0' <= 9 || len(b) > 3 && b[0] > ' ' && b[3] == ' ':
		return feedgauge.BadTimestamp
	}
	return feedgauge.Syntax
}

// host reads the host, if what comes next is not a tag.
func (row *syslogRow) host(b []byte) ([]byte, feedgauge.Reason) {
	end := bytes.IndexByte(b, ' ')
	if end < 0 {
		end = len(b)
	}
	word := b[:end]
	if !isIP(word) && (word[end-1] == ':' || bytes.IndexByte(word, '[') >= 0) {
		return b, ""
	}
	if !printable(word) {
		return nil, feedgauge.BadType
	}
	row[syslogHost] = word
	if b = bytes.TrimLeft(b[end:], " "); len(b) == 0 {
		return nil, feedgauge.Columns
	}
	return b, ""
}

// tag reads tag[pid]: and the message. A message without tag is one that has a
// space before the first colon or bracket.
func (row *syslogRow) tag(b []byte) feedgauge.Reason {
	row[syslogMessage] = b
	end := bytes.IndexAny(b, ":[ ")
	if end <= 0 || b[end] == ' ' {
		return ""
	}
	rest := b[end:]
	if b[end] == '[' {
		shut := bytes.IndexAny(rest, "] ")
		if shut < 0 {
			return feedgauge.Truncated
		}
		if rest[shut] == ' ' {
			return ""
		}
		rest = rest[shut+1:]
	}
	if !printable(b[:end]) {
		return feedgauge.BadType
	}
	row[syslogTag] = b[:end]
	row[syslogMessage] = bytes.TrimLeft(bytes.TrimPrefix(rest, []byte{':'}), " ")
	return ""
}

// printable reports whether b has no control characters.
func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c == 0x7f {
			return false
		}
	}
	return true
}
