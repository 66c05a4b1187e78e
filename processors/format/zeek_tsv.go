package format

import (
	"bytes"
	"strings"

	"github.com/feedgauge/feedgauge"
)

// zeekTSV is the ASCII log of Zeek, formerly Bro (docs.zeek.org, "Zeek Log
// Formats"): columns between tabs, named and typed by header lines:
//
//	#separator \x09
//	#set_separator	,
//	#empty_field	(empty)
//	#unset_field	-
//	#path	conn
//	#fields	ts	uid	id.orig_h	...
//	#types	time	string	addr	...
//
// Other separators and marks are understood as the header tells. Without header
// and without the option "fields", columns are checked as far as all logs agree:
// a time first, then, where a connection's uid follows, the four of its addresses
// and ports.
func zeekTSV() dialect {
	return dialect{
		fields: []known{{name: "ts", typ: "timestamp(epoch)"}}, open: true, time: "ts", named: true,
		scanner: func(columns []string) scanner {
			z := &zeekScanner{table: newTable(columns, zeekType), plain: row(zeekBare)}
			z.forget()
			return z
		},
	}
}

// zeekBare names the columns of a line without header.
var zeekBare = []string{"ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p"}

// zeekTypes are the types of fields that mean the same in all logs of Zeek, in the
// words of "#types".
var zeekTypes = map[string]string{
	"ts": "time", "id.orig_h": "addr", "id.orig_p": "port", "id.resp_h": "addr", "id.resp_p": "port", "duration": "interval",
	"orig_bytes": "count", "resp_bytes": "count", "missed_bytes": "count", "orig_pkts": "count", "orig_ip_bytes": "count",
	"resp_pkts": "count", "resp_ip_bytes": "count", "trans_id": "count", "qclass": "count", "qtype": "count", "rcode": "count",
	"AA": "bool", "TC": "bool", "RD": "bool", "RA": "bool", "rejected": "bool", "trans_depth": "count",
	"request_body_len": "count", "response_body_len": "count", "status_code": "count", "resumed": "bool", "established": "bool",
	"is_orig": "bool", "seen_bytes": "count", "total_bytes": "count", "overflow_bytes": "count", "timedout": "bool",
	"rtt": "interval", "local_orig": "bool", "local_resp": "bool",
}

func zeekType(name string) string { return zeekTyped(zeekTypes[name]) }

// zeekTyped is a type of Zeek in our words, empty for one whose values may be
// anything. Sets are looked at by the scanner.
func zeekTyped(name string) string {
	switch name {
	case "time":
		return "timestamp(epoch)"
	case "interval", "double":
		return "number"
	case "count":
		return "size"
	case "int":
		return "int"
	case "bool":
		return "enum(T|F)"
	case "addr":
		return "ip"
	case "port":
		return "port"
	case "subnet":
		return "cidr"
	}
	return ""
}

type zeekScanner struct {
	*table
	plain []feedgauge.Field // fields of a line without header

	separator byte
	unset     []byte
	path      []byte
	fields    []byte // the header line "#fields"
	pending   bool   // it has not been read, since types may follow
	both      []byte // scratch: that line and its types
}

// forget implements headed.
func (z *zeekScanner) forget() {
	z.table.forget()
	z.separator, z.path, z.fields, z.pending = '\t', z.path[:0], z.fields[:0], false
	z.unset = append(z.unset[:0], '-')
}

// header implements headed.
func (z *zeekScanner) header(line []byte) bool {
	if line[0] != '#' {
		return false
	}
	key, value := line[1:], []byte(nil)
	if at := bytes.IndexAny(key, " \t"+string(rune(z.separator))); at >= 0 {
		key, value = key[:at], key[at+1:]
	}
	switch string(key) {
	case "separator":
		z.separator = zeekByte(bytes.TrimSpace(value))
	case "unset_field":
		z.unset = append(z.unset[:0], value...)
	case "path":
		z.path = append(z.path[:0], value...)
	case "fields":
		z.fields, z.pending = append(z.fields[:0], line...), len(value) > 0
	case "types":
		if z.pending {
			z.both = append(append(append(z.both[:0], z.fields...), '\n'), line...)
			z.read(z.both, value)
		}
	}
	return true
}

// settle reads names for which no types followed.
func (z *zeekScanner) settle() {
	if z.pending {
		z.read(z.fields, nil)
	}
}

// read takes the names and types of the columns from header lines.
func (z *zeekScanner) read(line, types []byte) {
	z.pending = false
	if z.same(line) {
		return
	}
	sep := string(rune(z.separator))
	var list []string
	if types != nil {
		list = strings.Split(string(types), sep)
		for i, t := range list {
			list[i] = zeekTyped(t)
		}
	}
	z.hold(line, strings.Split(string(z.fields[len("#fields "):]), sep), list)
}

// zeekByte reads a separator, as "\x09" or itself.
func zeekByte(b []byte) byte {
	if len(b) == 4 && b[0] == '\\' && b[1] == 'x' && hexDigit(b[2]) && hexDigit(b[3]) {
		return unhex(b[2])<<4 | unhex(b[3])
	}
	if len(b) == 1 {
		return b[0]
	}
	return '\t'
}

func unhex(c byte) byte {
	if c-'0' <= 9 {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// types implements typed.
func (z *zeekScanner) types() []check { return z.checks }

// scan implements scanner.
func (z *zeekScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	if len(z.path) > 0 {
		e.Kind = z.path
	}
	z.settle()
	if !z.known() {
		return z.bare(e, b)
	}
	n := 0
	for ; n < len(z.row); n++ {
		end := bytes.IndexByte(b, z.separator)
		last := end < 0
		if last {
			end = len(b)
		}
		z.set(&z.row[n], b[:end])
		if last {
			n++
			break
		}
		b = b[end+1:]
		if n == len(z.row)-1 {
			n = len(z.row) + 1 // more follows
			break
		}
	}
	if n > len(z.row) {
		e.Fields = z.row
		return feedgauge.Columns
	}
	e.Fields = z.row[:n]
	if n < len(z.row) {
		return feedgauge.Columns
	}
	return ""
}

func (z *zeekScanner) set(f *feedgauge.Field, value []byte) {
	f.Value, f.Kind = value, feedgauge.Text
	if bytes.Equal(value, z.unset) {
		f.Kind = feedgauge.Null
	}
}

// bare checks a line without header.
func (z *zeekScanner) bare(e *feedgauge.Event, b []byte) feedgauge.Reason {
	n := 0
	for n < len(z.plain) {
		end := bytes.IndexByte(b, '\t')
		if end < 0 {
			z.set(&z.plain[n], b)
			n++
			break
		}
		z.set(&z.plain[n], b[:end])
		n++
		b = b[end+1:]
	}
	e.Fields = z.plain[:n]
	switch {
	case n < 2:
		return feedgauge.Columns
	case !isZeekUID(z.plain[1].Value):
		e.Fields = z.plain[:1]
		return ""
	case n < len(z.plain):
		return feedgauge.Columns
	}
	for i := 2; i < len(z.plain); i++ {
		v := z.plain[i].Value
		if i%2 == 0 && !isIP(v) || i%2 == 1 && (len(v) > 5 || !allDigits(v) || !within(v, 0, 65535)) {
			e.Fault = zeekBare[i]
			return feedgauge.BadType
		}
	}
	return ""
}

// isZeekUID reports whether b is the uid of a connection: a "C" and some 17 digits
// to the base of 62.
func isZeekUID(b []byte) bool {
	if len(b) < 12 || len(b) > 24 || b[0] != 'C' {
		return false
	}
	for _, c := range b {
		if c-'0' > 9 && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}
