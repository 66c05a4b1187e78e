package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// AccessCombined accepts lines of the combined log format that Apache httpd and
// nginx write:
//
//	client ident user [time] "request" status bytes "referer" "agent"
//
// Further columns may follow. Quotes inside quotes are escaped by a backslash.
// A column of "-" is blank. Apache documents the format in its module
// mod_log_config, nginx in ngx_http_log_module.
type AccessCombined struct {
	Require []string `hcl:"require,optional" doc:"fields that may not be blank: client, ident, user, time, method, path, protocol, status, bytes, referer, agent" default:"[]"`
}

// NewAccessCombined returns the configuration of format "access_combined".
func NewAccessCombined() feedgauge.FormatConfig { return &AccessCombined{} }

// Build implements [feedgauge.FormatConfig].
func (c *AccessCombined) Build(feedgauge.Env) (feedgauge.Checker, error) {
	need, err := columns(c.Require, accessFields)
	if err != nil {
		return nil, err
	}
	return byLine{accessLine{[accessWidth]bool(need)}}, nil
}

// accessFields are the names of the fields in the order of the constants.
var accessFields = []string{
	"client", "ident", "user", "time", "status", "bytes", "referer", "agent", "method", "path", "protocol",
}

const (
	accessClient = iota
	accessIdent
	accessUser
	accessTime
	accessStatus
	accessBytes
	accessReferer
	accessAgent
	accessMethod
	accessPath
	accessProtocol
	accessWidth
)

// accessRow is a line taken apart.
type accessRow [accessWidth][]byte

type accessLine struct {
	need [accessWidth]bool
}

// line implements lineFormat: first the columns, then whether they are there,
// then their types.
func (a accessLine) line(b []byte) feedgauge.Reason {
	var row accessRow
	if reason := row.split(b); reason != "" {
		return reason
	}
	for i, need := range a.need {
		if need && absent(row[i]) {
			return feedgauge.MissingField
		}
	}
	return row.types()
}

// split cuts b into columns.
func (row *accessRow) split(b []byte) feedgauge.Reason {
	b, reason := row.who(b)
	if reason != "" {
		return reason
	}
	if row[accessTime], b, reason = bracketed(b); reason != "" {
		return reason
	}
	var request []byte
	if request, b, reason = quoted(b); reason != "" {
		return reason
	}
	row.request(request)
	for _, at := range [...]int{accessStatus, accessBytes} {
		if row[at], b, reason = bare(b); reason != "" {
			return reason
		}
	}
	for _, at := range [...]int{accessReferer, accessAgent} {
		if row[at], b, reason = quoted(b); reason != "" {
			return reason
		}
	}
	return extra(b)
}

// who reads the columns before the time. Only a user's name may have spaces, so
// it ends where the time begins.
func (row *accessRow) who(b []byte) ([]byte, feedgauge.Reason) {
	for _, at := range [...]int{accessClient, accessIdent} {
		var reason feedgauge.Reason
		if row[at], b, reason = bare(b); reason != "" {
			return nil, reason
		}
	}
	if len(b) == 0 || b[0] == '[' {
		return nil, feedgauge.Columns
	}
	end := bytes.Index(b, []byte(" ["))
	if end < 0 {
		if bytes.IndexByte(bytes.TrimRight(b, " "), ' ') < 0 {
			return nil, feedgauge.Columns
		}
		return nil, feedgauge.Syntax
	}
	row[accessUser] = b[:end]
	return b[end+1:], ""
}

// request takes the request apart. What clients send may be anything; the
// protocol is told by its name, and a request of HTTP/0.9 has none.
func (row *accessRow) request(b []byte) {
	if absent(b) {
		return
	}
	method, rest, _ := bytes.Cut(b, []byte{' '})
	row[accessMethod] = method
	if i := bytes.LastIndexByte(rest, ' '); i >= 0 && bytes.HasPrefix(rest[i+1:], []byte("HTTP/")) {
		row[accessProtocol] = rest[i+1:]
		rest = rest[:i]
	}
	row[accessPath] = rest
}

// types checks the columns that have one.
func (row *accessRow) types() feedgauge.Reason {
	switch {
	case !isClient(row[accessClient]):
		return feedgauge.BadType
	case !accessStamp(row[accessTime]):
		return feedgauge.BadTimestamp
	case !absent(row[accessStatus]) && (len(row[accessStatus]) != 3 || !within(row[accessStatus], 100, 599)):
		return feedgauge.BadType
	case !absent(row[accessBytes]) && !allDigits(row[accessBytes]):
		return feedgauge.BadType
	}
	return ""
}

// isClient also takes "unix:", which nginx writes for a Unix socket.
func isClient(b []byte) bool {
	return absent(b) || isHost(b) || string(b) == "unix:"
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}

// accessStamp reports whether b is dd/Mon/yyyy:hh:mm:ss +hhmm.
func accessStamp(b []byte) bool {
	if len(b) != 26 || b[2] != '/' || b[6] != '/' || b[11] != ':' || b[20] != ' ' {
		return false
	}
	year, mon := decimal(b[7:11]), month(b[3:6])
	return year >= 0 && mon > 0 && within(b[:2], 1, daysIn(year, mon)) && clock(b[12:20]) && offset(b[21:], false)
}

// bare reads a column without quotes and the space behind it.
func bare(b []byte) (col, rest []byte, reason feedgauge.Reason) {
	for i, c := range b {
		if c == ' ' {
			if i == 0 {
				return nil, nil, feedgauge.Syntax
			}
			return b[:i], b[i+1:], ""
		}
		if c < ' ' || c == 0x7f {
			return nil, nil, feedgauge.Syntax
		}
	}
	if len(b) == 0 {
		return nil, nil, feedgauge.Columns
	}
	return b, nil, ""
}

// bracketed reads a column in brackets.
func bracketed(b []byte) (col, rest []byte, reason feedgauge.Reason) {
	end := bytes.IndexByte(b, ']')
	if end < 0 {
		return nil, nil, feedgauge.Truncated
	}
	rest, reason = gap(b[end+1:])
	return b[1:end], rest, reason
}

// quoted reads a column in quotes. Escapes are not resolved.
func quoted(b []byte) (col, rest []byte, reason feedgauge.Reason) {
	if len(b) == 0 {
		return nil, nil, feedgauge.Columns
	}
	if b[0] != '"' {
		return nil, nil, feedgauge.Syntax
	}
	for i := 1; ; i++ {
		next := bytes.IndexByte(b[i:], '"')
		if next < 0 {
			return nil, nil, feedgauge.Truncated
		}
		if i += next; !escaped(b[1:i]) {
			rest, reason = gap(b[i+1:])
			return b[1:i], rest, reason
		}
	}
}

// escaped reports whether the byte behind b is: b ends in an odd number of
// backslashes.
func escaped(b []byte) bool {
	n := len(b)
	for n > 0 && b[n-1] == '\\' {
		n--
	}
	return (len(b)-n)%2 == 1
}

// gap reads the space between columns, which the end of the line may stand for.
func gap(b []byte) (rest []byte, reason feedgauge.Reason) {
	if len(b) == 0 {
		return nil, ""
	}
	if b[0] != ' ' {
		return nil, feedgauge.Syntax
	}
	return b[1:], ""
}

// extra walks over columns behind the agent: anything, but what opens with a
// quote must close.
func extra(b []byte) feedgauge.Reason {
	for len(b) > 0 {
		var reason feedgauge.Reason
		if b[0] == '"' {
			if _, b, reason = quoted(b); reason != "" {
				return reason
			}
			continue
		}
		space := bytes.IndexByte(b, ' ')
		if space < 0 {
			return ""
		}
		b = b[space+1:]
	}
	return ""
}
