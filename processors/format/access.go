package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// accessCombined is the combined log format that Apache httpd and nginx write:
//
//	client ident user [time] "request" status bytes "referer" "agent"
//
// Further columns may follow, and the virtual host with its port may stand before
// the client. Where the client is what proxies said of it, it may be a list
// ("203.0.113.5, 10.0.0.1"), of which the first is the client. Quotes inside quotes
// are escaped by a backslash.
// A column of "-" is blank. Apache documents the format in its module
// mod_log_config, nginx in ngx_http_log_module.
func accessCombined() dialect {
	return dialect{
		fields: []known{
			{name: "client", typ: "client"}, {name: "ident"}, {name: "user"}, {name: "time", typ: "timestamp(clf)"},
			{name: "status", typ: "status"}, {name: "bytes", typ: "size"}, {name: "referer"}, {name: "agent"},
			{name: "method"}, {name: "path"}, {name: "protocol"},
		},
		time:    "time",
		scanner: func([]string) scanner { return &accessScanner{row: row(accessFields)} },
	}
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
)

// accessRow is a line taken apart.
type accessRow []feedgauge.Field

type accessScanner struct {
	fixed
	row accessRow
}

// scan implements scanner.
func (a *accessScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	e.Fields = a.row
	reason := a.row.split(b)
	if reason != "" { // what was not read must not be that of the event before
		wipe(a.row)
		reason = a.row.split(b)
	}
	return reason
}

// split cuts b into columns.
func (row accessRow) split(b []byte) feedgauge.Reason {
	b, reason := row.common(b, quoted)
	if reason != "" {
		return reason
	}
	for at := accessReferer; at <= accessAgent; at++ {
		if n := quotedLen(b); n >= 0 {
			row[at].Value, b = b[1:1+n], b[min(n+3, len(b)):]
		} else if row[at].Value, b, reason = quoted(b); reason != "" {
			return reason
		}
	}
	if len(b) == 0 {
		return ""
	}
	return extra(b)
}

// common reads the columns of the common format and returns what follows. Requests
// that are not plain are read by the function.
func (row accessRow) common(b []byte, read func([]byte) (col, rest []byte, reason feedgauge.Reason)) ([]byte, feedgauge.Reason) {
	b, reason := row.who(b)
	if reason != "" {
		return nil, reason
	}
	if row[accessTime].Value, b, reason = bracketed(b); reason != "" {
		return nil, reason
	}
	if n := quotedLen(b); n >= 0 {
		row.request(b[1 : 1+n])
		b = b[min(n+3, len(b)):]
	} else {
		var request []byte
		if request, b, reason = read(b); reason != "" {
			return nil, reason
		}
		row.request(request)
	}
	for at := accessStatus; at <= accessBytes; at++ {
		if n := wordLen(b); n > 0 {
			row[at].Value, b = b[:n], b[n+1:]
		} else if row[at].Value, b, reason = bare(b); reason != "" {
			return nil, reason
		}
	}
	return b, ""
}

// who reads the columns before the time. Only a user's name may have spaces, so
// it ends where the time begins.
func (row accessRow) who(b []byte) ([]byte, feedgauge.Reason) {
	for at := accessClient; at <= accessIdent; at++ {
		var reason feedgauge.Reason
		if n := wordLen(b); n > 0 {
			row[at].Value, b = b[:n], b[n+1:]
		} else if row[at].Value, b, reason = bare(b); reason != "" {
			return nil, reason
		}
	}
	if proxied(row[accessClient].Value) {
		var reason feedgauge.Reason
		if b, reason = row.forwarded(b); reason != "" {
			return nil, reason
		}
	}
	if string(row[accessIdent].Value) != "-" && isVirtualHost(row[accessClient].Value) && isHost(row[accessIdent].Value) {
		row[accessClient].Value = row[accessIdent].Value
		var reason feedgauge.Reason
		if row[accessIdent].Value, b, reason = bare(b); reason != "" {
			return nil, reason
		}
	}
	if len(b) == 0 || b[0] == '[' {
		return nil, feedgauge.Columns
	}
	end := open(b)
	if end < 0 {
		if bytes.IndexByte(bytes.TrimRight(b, " "), ' ') < 0 {
			return nil, feedgauge.Columns
		}
		return nil, feedgauge.Syntax
	}
	row[accessUser].Value = b[:end]
	return b[end+1:], ""
}

// forwarded skips the addresses behind that of the client, up to one without a comma,
// which stands for the proxy next to the server.
func (row accessRow) forwarded(b []byte) ([]byte, feedgauge.Reason) {
	client, proxy := row[accessClient].Value, row[accessIdent].Value
	var reason feedgauge.Reason
	for proxied(proxy) {
		if proxy, b, reason = bare(b); reason != "" {
			return nil, reason
		}
	}
	if !isIP(proxy) {
		return nil, feedgauge.Syntax
	}
	row[accessClient].Value = client[:len(client)-1]
	row[accessIdent].Value, b, reason = bare(b)
	return b, reason
}

// proxied reports whether b is an address with a comma behind it.
func proxied(b []byte) bool {
	return len(b) > 0 && b[len(b)-1] == ',' && isIP(b[:len(b)-1])
}

// open returns the position of the first space before a bracket, -1 if there is none.
func open(b []byte) int {
	for i := 0; ; {
		n := bytes.IndexByte(b[i:], '[')
		if n < 0 {
			return -1
		}
		if i += n; i > 0 && b[i-1] == ' ' {
			return i - 1
		}
		i++
	}
}

// isVirtualHost reports whether b is host:port, which Debian's format
// "vhost_combined" puts before the client.
func isVirtualHost(b []byte) bool {
	colon := bytes.LastIndexByte(b, ':')
	if colon <= 0 || len(b)-colon > 6 || !allDigits(b[colon+1:]) {
		return false
	}
	name := b[:colon]
	if len(name) > 2 && name[0] == '[' && name[len(name)-1] == ']' { // an address of IPv6
		return isIP(name[1 : len(name)-1])
	}
	return isHost(name)
}

// request takes the request apart. What clients send may be anything; the
// protocol is told by its name, and a request of HTTP/0.9 has none.
func (row accessRow) request(b []byte) {
	row[accessMethod].Value, row[accessPath].Value, row[accessProtocol].Value = nil, nil, nil
	if len(b) == 0 || string(b) == "-" {
		return
	}
	space := bytes.IndexByte(b, ' ')
	if space < 0 {
		row[accessMethod].Value = b
		return
	}
	row[accessMethod].Value = b[:space]
	rest := b[space+1:]
	if i := protocol(rest); i >= 0 {
		row[accessProtocol].Value = rest[i+1:]
		rest = rest[:i]
	}
	row[accessPath].Value = rest
}

// protocol returns the position of the space before the protocol, -1 if there is none.
func protocol(b []byte) int {
	at := len(b) - len(" HTTP/1.1") // as almost all have it
	if at < 0 || string(b[at:at+len(" HTTP/")]) != " HTTP/" || bytes.IndexByte(b[at+1:], ' ') >= 0 {
		if at = bytes.LastIndexByte(b, ' '); at < 0 || !bytes.HasPrefix(b[at+1:], []byte("HTTP/")) {
			return -1
		}
	}
	return at
}

// wordLen returns the length of the word at the start of b that a space ends, -1 if
// there is none.
func wordLen(b []byte) int {
	for i, c := range b {
		if c <= ' ' {
			if c == ' ' {
				return i
			}
			break
		}
	}
	return -1
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
		if c < ' ' {
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

// quotedLen returns the length of the column in quotes at the start of b, -1 if there is
// none, or one with a quote that is escaped.
func quotedLen(b []byte) int {
	if len(b) < 2 || b[0] != '"' {
		return -1
	}
	n := bytes.IndexByte(b[1:], '"')
	if n < 0 || b[n] == '\\' || n+2 < len(b) && b[n+2] != ' ' {
		return -1
	}
	return n
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
