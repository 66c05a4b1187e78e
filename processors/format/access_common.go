package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// accessCommon is the Common Log Format of NCSA httpd, which Apache httpd calls
// "common" (mod_log_config):
//
//	client ident user [time] "request" status bytes
//
// Further columns may follow. Servers of that age did not escape quotes in requests.
func accessCommon() dialect {
	d := accessCombined()
	d.fields = append(d.fields[:accessReferer:accessReferer], d.fields[accessMethod:]...)
	d.scanner = func([]string) scanner { return &commonScanner{accessScanner{row: row(accessFields)}} }
	return d
}

type commonScanner struct{ accessScanner }

// scan implements scanner.
func (c *commonScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	e.Fields = c.row
	reason := c.split(b)
	if reason != "" {
		wipe(c.row)
		reason = c.split(b)
	}
	return reason
}

func (c *commonScanner) split(b []byte) feedgauge.Reason {
	rest, reason := c.row.common(b, unescaped)
	if reason != "" {
		return reason
	}
	return extra(rest)
}

// unescaped reads a request that may have quotes in it: it ends at the first quote
// that a status follows. A time in brackets before that is of another line, where two
// ran into each other.
func unescaped(b []byte) (request, rest []byte, reason feedgauge.Reason) {
	if request, rest, reason = quoted(b); reason != feedgauge.Syntax || b[0] != '"' {
		return request, rest, reason
	}
	for i := 1; i+len(`" 200 `) <= len(b); i++ {
		if b[i] != '"' || b[i+1] != ' ' || b[i+5] != ' ' || !allDigits(b[i+2:i+5]) {
			continue
		}
		if bytes.Contains(b[1:i], []byte(`] "`)) {
			break
		}
		return b[1:i], b[i+2:], ""
	}
	return nil, nil, feedgauge.Syntax
}
