package format

import (
	"bytes"
	"strings"

	"github.com/feedgauge/feedgauge"
)

// w3cIIS is the Extended Log File Format (W3C working draft WD-logfile-960323) as
// IIS and others write it: columns between spaces or tabs, named by the directive
// "#Fields". A value of "-" is none; one in quotes may have spaces, with quotes in
// it doubled. Where tabs part the names, as Forefront TMG has them, tabs alone part the
// values, which then may have spaces. Without the directive and without the option "fields", lines of as
// many columns as IIS writes by default have those; of others only date and time
// are looked at.
func w3cIIS() dialect {
	return dialect{
		fields: []known{{name: "date", typ: "timestamp(2006-01-02)"}}, open: true, named: true, clock: true,
		scanner: func(columns []string) scanner {
			w := &w3cScanner{table: newTable(columns, w3cType)}
			w.plain = map[int]*table{
				len(iis7()): newTable(iis7(), w3cType), len(iis8()): newTable(iis8(), w3cType), 2: newTable([]string{"date", "time"}, w3cType),
			}
			w.forget()
			return w
		},
	}
}

// iis7 returns the columns that IIS 6 to 7.5 writes by default.
func iis7() []string {
	return strings.Fields("date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken")
}

// iis8 returns those of IIS 8 to 10.
func iis8() []string {
	return strings.Fields("date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken")
}

// w3cType is the type of a column by the identifiers of the draft, behind a prefix
// for the parties, and those of IIS and the Windows firewall.
func w3cType(name string) string {
	name = strings.ToLower(name)
	switch name {
	case "time":
		return "timestamp(w3c)"
	case "date":
		return "" // of the dialect
	case "time-taken", "duration":
		return "number"
	case "size":
		return "size"
	case "cs-method", "c-method", "s-method":
		return "method"
	}
	prefix, id, found := strings.Cut(name, "-")
	if !found {
		prefix, id = "", name
	}
	switch prefix {
	case "", "c", "s", "r", "cs", "sc", "sr", "rs", "src", "dst":
	default:
		return ""
	}
	switch id {
	case "ip":
		return "ip"
	case "port":
		return "port"
	case "status", "substatus", "win32-status", "bytes":
		return "size"
	}
	return ""
}

type w3cScanner struct {
	*table
	plain map[int]*table // columns of lines without header, by their number
	used  *table
	local bool // times are those of the machine
	tabs  bool // spaces are part of values
	date  feedgauge.Instant
}

// forget implements headed.
func (w *w3cScanner) forget() {
	w.table.forget()
	w.local, w.tabs, w.date = false, false, 0
}

// header implements headed.
func (w *w3cScanner) header(line []byte) bool {
	if line[0] != '#' {
		return false
	}
	key, value, _ := bytes.Cut(line[1:], []byte{':'})
	value = bytes.TrimSpace(value)
	switch string(key) {
	case "Fields":
		w.tabs = bytes.IndexByte(value, '\t') >= 0
		if len(value) > 0 && !w.same(line) {
			w.hold(line, strings.Fields(string(value)), nil)
		}
	case "Time Format":
		w.local = string(value) == "Local"
	case "Date":
		if len(value) >= 10 {
			w.date, _ = w3cDate(value[:10])
		}
	}
	return true
}

// types implements typed.
func (w *w3cScanner) types() []check {
	if w.used == nil {
		return nil
	}
	return w.used.checks
}

// scan implements scanner.
func (w *w3cScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	if w.used = w.table; !w.known() {
		w.used = w.plain[w3cCount(b)]
		if w.used == nil {
			w.used = w.plain[2]
		}
	}
	row, n := w.used.row, 0
	for len(b) > 0 {
		if n == len(row) {
			if w.used == w.plain[2] {
				break
			}
			e.Fields = row
			return feedgauge.Columns
		}
		var value []byte
		row[n].Kind, row[n].Escape = feedgauge.Text, feedgauge.Plain
		if w.tabs {
			value, b, _ = bytes.Cut(b, tab)
		} else {
			value, b = w3cValue(b, &row[n])
		}
		row[n].Value = value
		n++
	}
	e.Fields = row[:n]
	if n < len(row) {
		return feedgauge.Columns
	}
	w.time(e)
	return ""
}

// w3cCount returns the number of columns.
func w3cCount(b []byte) int {
	n := 0
	var f feedgauge.Field
	for len(b) > 0 {
		_, b = w3cValue(b, &f)
		n++
	}
	return n
}

// w3cValue cuts a value off b, and the separator behind it.
func w3cValue(b []byte, f *feedgauge.Field) (value, rest []byte) {
	if b[0] == '"' {
		if end := w3cQuoted(b); end > 0 {
			f.Escape = feedgauge.Doubled
			return b[1:end], w3cSkip(b[end+1:])
		}
	}
	for i, c := range b {
		if c == ' ' || c == '\t' {
			return b[:i], w3cSkip(b[i:])
		}
	}
	return b, nil
}

// w3cSkip drops spaces or tabs.
func w3cSkip(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	return b
}

// w3cQuoted returns where the quote at b[0] is closed, 0 if that is no end of a
// value: browsers send quotes too.
func w3cQuoted(b []byte) int {
	for i := 1; i < len(b); i++ {
		if b[i] != '"' {
			continue
		}
		if i+1 < len(b) && b[i+1] == '"' {
			i++
			continue
		}
		if i+1 == len(b) || b[i+1] == ' ' || b[i+1] == '\t' {
			return i
		}
		return 0
	}
	return 0
}

// time puts date and time together; the date may stand in the header only.
func (w *w3cScanner) time(e *feedgauge.Event) {
	date, ok := w.date, w.date > 0
	var clock []byte
	for i := range min(len(e.Fields), 4) {
		switch f := &e.Fields[i]; string(f.Name) {
		case "date":
			date, ok = w3cDate(f.Value)
		case "time":
			clock = f.Value
		}
	}
	at, good := w3cClock(clock)
	if !ok || !good {
		return
	}
	e.Time, e.Clock = date+at, feedgauge.ZonedClock
	if w.local {
		e.Clock = feedgauge.LocalClock
	}
}

// w3cDate reads YYYY-MM-DD.
func w3cDate(b []byte) (feedgauge.Instant, bool) {
	if len(b) != 10 || b[4] != '-' || b[7] != '-' {
		return 0, false
	}
	year, month, day := decimal(b[:4]), decimal(b[5:7]), decimal(b[8:])
	if year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	return instantOf(year, month, day, 0, 0, 0), true
}

// w3cClock reads hh:mm, perhaps with seconds, and those with decimals.
func w3cClock(b []byte) (feedgauge.Instant, bool) {
	if len(b) == 5 && b[2] == ':' && within(b[:2], 0, 23) && within(b[3:], 0, 59) {
		return feedgauge.Instant(decimal(b[:2])*3_600_000 + decimal(b[3:])*60_000), true
	}
	if len(b) < 8 || !clock(b[:8]) || len(b) > 8 && fractionLen(b[8:]) != len(b)-8 {
		return 0, false
	}
	at := feedgauge.Instant(decimal(b[:2])*3_600_000 + decimal(b[3:5])*60_000 + decimal(b[6:8])*1000)
	if len(b) > 9 {
		at += feedgauge.Instant(thousandths(b[9:]))
	}
	return at, true
}
