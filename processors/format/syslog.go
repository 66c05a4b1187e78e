package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// syslogRFC3164 is BSD syslog as senders and files have it (RFC 3164 only
// describes what was seen in 2001):
//
//	<PRI>Mmm dd hh:mm:ss host tag[pid]: message
//
// The priority may be missing, and so may the tag ("last message repeated 3
// times"). The day may be padded by a space, a zero or not at all. The time may have
// decimals or a year, and may be by RFC 3339 too. A host is told from a tag by the colon or bracket that
// ends the latter. With a priority the host may be missing, since that is how
// programs write to the local daemon; in a file without priorities every line has
// one. Switches and routers by Cisco write a number between priority and time, and
// perhaps a name: "<189>46: sw1: *Oct 11 22:14:15.123: %SYS-5-CONFIG_I: text".
func syslogRFC3164() dialect {
	return dialect{
		header: true,
		fields: []known{
			{name: "priority"}, {name: "time", typ: "timestamp(cisco)"}, {name: "host"}, {name: "tag"}, {name: "pid"}, {name: "message"},
		},
		time: "time", demand: []demand{{"host", "priority"}},
		scanner: func([]string) scanner { return &syslogScanner{row: syslogRow{row(syslogFields)}} },
	}
}

var syslogFields = []string{"priority", "time", "host", "tag", "pid", "message"}

const (
	syslogPriority = iota
	syslogTime
	syslogHost
	syslogTag
	syslogPID
	syslogMessage
)

// syslogRow is a line taken apart.
type syslogRow struct{ fields []feedgauge.Field }

func (row *syslogRow) set(i int, b []byte) { row.fields[i].Value = b }

type syslogScanner struct {
	fixed
	row syslogRow
}

// scan implements scanner.
func (s *syslogScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	for i := range s.row.fields {
		s.row.fields[i].Value = nil
	}
	e.Fields = s.row.fields
	return s.row.split(e, b)
}

func (row *syslogRow) split(e *feedgauge.Event, b []byte) feedgauge.Reason {
	b, reason := row.priority(e, trimFrame(b))
	if reason != "" {
		return reason
	}
	b = row.numbered(b)
	if b, reason = row.stamp(e, b); reason != "" {
		return reason
	}
	if b, reason = gap(b); reason != "" {
		return reason
	}
	if b = bytes.TrimLeft(b, " "); len(b) == 0 {
		return feedgauge.Columns
	}
	if row.fields[syslogHost].Value == nil {
		if b, reason = row.host(b); reason != "" {
			return reason
		}
	}
	return row.tag(b)
}

// priority reads <PRI>, a facility below 24 times 8 plus a severity below 8.
func (row *syslogRow) priority(e *feedgauge.Event, b []byte) ([]byte, feedgauge.Reason) {
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
		e.Fault = "priority"
		return nil, feedgauge.BadType
	}
	row.set(syslogPriority, b[1:end])
	return b[end+1:], ""
}

// numbered reads the number that Cisco's devices count their messages by, of which
// some write the colon alone, and the name some tell between it and the time.
func (row *syslogRow) numbered(b []byte) []byte {
	n := digitsLen(b)
	if row.fields[syslogPriority].Value == nil || n+2 > len(b) || b[n] != ':' || b[n+1] != ' ' {
		return b
	}
	rest := b[n+2:]
	if ciscoStamp(rest) > 0 {
		return rest
	}
	if end := bytes.IndexByte(rest, ' '); end > 1 && rest[end-1] == ':' && ciscoStamp(rest[end+1:]) > 0 {
		row.set(syslogHost, rest[:end-1])
		return rest[end+1:]
	}
	return b
}

// stamp reads the time.
func (row *syslogRow) stamp(e *feedgauge.Event, b []byte) ([]byte, feedgauge.Reason) {
	_, clock, n := ciscoTime(b)
	if clock == feedgauge.NoClock || clock == feedgauge.LocalClock && b[4] == '-' { // a zone is demanded
		reason := badStamp(b)
		if reason == feedgauge.BadTimestamp {
			e.Fault = "time"
		}
		return nil, reason
	}
	row.set(syslogTime, b[:n])
	if b = b[n:]; len(b) > 1 && b[0] == ':' && b[1] == ' ' {
		b = b[1:]
	}
	return b, ""
}

// badStamp tells a line that ends inside the time, or has one of another
// notation, from one without any.
func badStamp(b []byte) feedgauge.Reason {
	switch {
	case len(b) == 0:
		return feedgauge.Columns
	case len(b) >= 3 && month(b[:3]) > 0 && len(b) < len("Mar 01 00:00:00"):
		return feedgauge.Truncated
	case isCutStamp(b):
		return feedgauge.Truncated
	case exchanged(b):
		return feedgauge.Syntax
	case b[0]-'0' <= 9 || len(b) > 3 && b[0] > ' ' && b[3] == ' ':
		return feedgauge.BadTimestamp
	}
	return feedgauge.Syntax
}

// wholeStamps are times of which a line may have the beginning only.
var wholeStamps = [...]string{
	"Nov 11 1111 11:11:11", "Nov 1 1111 11:11:11", "1111 Nov 11 11:11:11", "1111 Nov 1 11:11:11",
	"1111-11-11T11:11:11Z", "1111-11-11T11:11:11+11:11", "1111-11-11T11:11:11.111111+11:11",
}

// isCutStamp reports whether b, where a line ends, is the beginning of a time that the
// rest of another one completes.
func isCutStamp(b []byte) bool {
	for _, whole := range wholeStamps {
		var room [40]byte
		if n := len(b); n < len(whole) && ciscoStamp(append(append(room[:0], b...), whole[n:]...)) == len(whole) {
			return true
		}
	}
	return false
}

// exchanged reports whether a time stands behind the first word.
func exchanged(b []byte) bool {
	_, rest, ok := bytes.Cut(b, []byte{' '})
	return ok && ciscoStamp(bytes.TrimLeft(rest, " ")) > 0
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
	row.set(syslogHost, word)
	if b = bytes.TrimLeft(b[end:], " "); len(b) == 0 {
		return nil, feedgauge.Columns
	}
	return b, ""
}

// tag reads tag[pid]: and the message. A message without tag is one that has a
// space before the first colon or bracket.
func (row *syslogRow) tag(b []byte) feedgauge.Reason {
	row.set(syslogMessage, b)
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
		row.set(syslogPID, rest[1:shut])
		rest = rest[shut+1:]
	}
	row.set(syslogTag, b[:end])
	row.set(syslogMessage, bytes.TrimLeft(bytes.TrimPrefix(rest, []byte{':'}), " "))
	return ""
}
