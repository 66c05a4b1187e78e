package format

import (
	"bytes"
	"slices"

	"github.com/feedgauge/feedgauge"
)

// syslogRFC5424 is syslog of RFC 5424:
//
//	<PRI>1 time host app procid msgid [id name="value" ...] message
//
// "-" stands for nothing. Structured data become fields named id.name. The length of
// the message may stand before it, as framed by RFC 6587, and files may lack the
// priority. Names may be longer than the RFC allows, since names of today's hosts
// and containers are.
func syslogRFC5424() dialect {
	d := dialect{
		header: true,
		open:   true, time: "time",
		scanner: func([]string) scanner {
			return &rfc5424Scanner{fields: row(rfc5424Fields)}
		},
	}
	for _, name := range rfc5424Fields {
		d.fields = append(d.fields, known{name: name})
	}
	d.fields[1].typ = "timestamp(rfc3339)"
	return d
}

var rfc5424Fields = []string{"priority", "time", "host", "app", "procid", "msgid", "message"}

const (
	rfc5424Priority = iota
	rfc5424Time
	rfc5424Host
	rfc5424Message = 6
)

// maxParams bounds the fields of structured data; further ones are checked only.
const maxParams = 256

type rfc5424Scanner struct {
	fields []feedgauge.Field
	names  []byte // scratch

	last []byte // names of the structured data of the event before, one behind the other
	ends []int  // where each of them ends
	id   uint64 // of these names
}

// scan implements scanner.
func (s *rfc5424Scanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	reason := s.split(e, b)
	if reason != "" { // what was not read must not be that of the event before
		wipe(s.fields[:len(rfc5424Fields)])
		reason = s.split(e, b)
	}
	return reason
}

// split reads all of an event.
func (s *rfc5424Scanner) split(e *feedgauge.Event, b []byte) feedgauge.Reason {
	s.fields, s.names = s.fields[:len(rfc5424Fields)], s.names[:0]
	e.Fields = s.fields
	b, reason := s.header(e, trimFrame(b))
	if reason == "" {
		b, reason = s.data(b)
	}
	e.Fields = s.fields
	if reason != "" {
		return reason
	}
	s.fields[rfc5424Message].Value = bytes.TrimPrefix(b, []byte(byteOrderMark))
	return ""
}

// form implements formed. Events with structured data have one if the event before had
// the same names.
func (s *rfc5424Scanner) form() uint64 {
	data := s.fields[len(rfc5424Fields):]
	if len(data) == 0 {
		return 1
	}
	if len(data) == len(s.ends) && bytes.Equal(s.names, s.last) && s.alike(data) {
		return s.id
	}
	s.last, s.ends = append(s.last[:0], s.names...), s.ends[:0]
	end := 0
	for i := range data {
		end += len(data[i].Name)
		s.ends = append(s.ends, end)
	}
	s.id = max(s.id, 1) + 1
	return 0
}

// alike reports whether names that are the same one behind the other are the same one
// by one.
func (s *rfc5424Scanner) alike(data []feedgauge.Field) bool {
	end := 0
	for i := range data {
		if end += len(data[i].Name); end != s.ends[i] {
			return false
		}
	}
	return true
}

// trimFrame drops the length of a message before it (RFC 6587, 3.4.1).
func trimFrame(b []byte) []byte {
	n := digitsLen(b)
	if n > 0 && n < 8 && n+1 < len(b) && b[n] == ' ' && b[n+1] == '<' {
		return b[n+1:]
	}
	return b
}

// header reads priority, version and the five words behind them.
func (s *rfc5424Scanner) header(e *feedgauge.Event, b []byte) ([]byte, feedgauge.Reason) {
	r := syslogRow{s.fields}
	s.fields[rfc5424Priority].Value = nil
	b, reason := r.priority(e, b)
	if reason != "" {
		return nil, reason
	}
	n := digitsLen(b)
	switch {
	case n == len(b):
		return nil, feedgauge.Truncated
	case n == 0 || n > 2 || b[0] == '0' || b[n] != ' ':
		return nil, feedgauge.Syntax
	}
	b = b[n+1:]
	for i := rfc5424Time; i < rfc5424Message; i++ {
		end := bytes.IndexByte(b, ' ')
		if end < 0 {
			s.fields[i].Value = b
			return nil, feedgauge.Columns
		}
		if end == 0 {
			return nil, feedgauge.Syntax
		}
		s.fields[i].Value, b = b[:end], b[end+1:]
	}
	return b, ""
}

// data reads the structured data, and the space behind it.
func (s *rfc5424Scanner) data(b []byte) ([]byte, feedgauge.Reason) {
	switch {
	case len(b) == 0:
		return nil, feedgauge.Columns
	case b[0] == '-':
		return gap(b[1:])
	case b[0] != '[':
		return nil, feedgauge.Syntax
	}
	for len(b) > 0 && b[0] == '[' {
		var reason feedgauge.Reason
		if b, reason = s.element(b[1:]); reason != "" {
			return nil, reason
		}
	}
	return gap(b)
}

// element reads an element of structured data behind its bracket.
func (s *rfc5424Scanner) element(b []byte) ([]byte, feedgauge.Reason) {
	n := sdName(b)
	if n == len(b) {
		return nil, feedgauge.Truncated
	}
	if n == 0 {
		return nil, feedgauge.Syntax
	}
	id := b[:n]
	b = b[n:]
	for {
		switch {
		case len(b) == 0:
			return nil, feedgauge.Truncated
		case b[0] == ']':
			return b[1:], ""
		case b[0] != ' ':
			return nil, feedgauge.Syntax
		}
		var reason feedgauge.Reason
		if b, reason = s.param(id, b[1:]); reason != "" {
			return nil, reason
		}
	}
}

// param reads name="value".
func (s *rfc5424Scanner) param(id, b []byte) ([]byte, feedgauge.Reason) {
	n := sdName(b)
	switch {
	case n == len(b), n+1 == len(b) && b[n] == '=':
		return nil, feedgauge.Truncated
	case n == 0 || b[n] != '=' || b[n+1] != '"':
		return nil, feedgauge.Syntax
	}
	name, value := b[:n], b[n+2:]
	escape := feedgauge.Plain
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case '\\':
			escape = feedgauge.Backslash
			i++
		case ']':
			return nil, feedgauge.Syntax
		case '"':
			s.keep(id, name, value[:i], escape)
			return value[i+1:], ""
		}
	}
	return nil, feedgauge.Truncated
}

func (s *rfc5424Scanner) keep(id, name, value []byte, escape feedgauge.Escape) {
	n := len(s.fields)
	if n >= maxParams {
		return
	}
	from := len(s.names)
	s.names = append(append(append(s.names, id...), '.'), name...)
	if n == cap(s.fields) {
		s.fields = slices.Grow(s.fields, 8)
	}
	s.fields = s.fields[:n+1]
	f := &s.fields[n] // in place, since that takes half the time
	f.Name, f.Value, f.Kind, f.Escape = s.names[from:len(s.names):len(s.names)], value, feedgauge.Text, escape
}

// sdName returns the length of an SD-NAME at the start of b: printable ASCII
// without '=', ' ', ']' and '"'.
func sdName(b []byte) int {
	n := 0
	for n < len(b) && b[n] > ' ' && b[n] < 0x7f && b[n] != '=' && b[n] != ']' && b[n] != '"' {
		n++
	}
	return n
}
