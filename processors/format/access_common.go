package format

import "github.com/feedgauge/feedgauge"

// accessCommon is the Common Log Format of NCSA httpd, which Apache httpd calls
// "common" (mod_log_config):
//
//	client ident user [time] "request" status bytes
//
// Further columns may follow.
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
	rest, reason := c.row.common(b)
	if reason != "" {
		return reason
	}
	return extra(rest)
}
