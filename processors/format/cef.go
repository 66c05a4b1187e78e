package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// cef is the Common Event Format (ArcSight, "Implementing ArcSight Common Event
// Format", version 25 of 2017), with or without a syslog header before:
//
//	CEF:Version|Vendor|Product|Version|Event class|Name|Severity|key=value key=value
//
// A pipe or backslash in the header, and an equals sign, backslash or line end in
// the extension, is escaped by a backslash. A value ends before the last word in
// front of the next equals sign, so it may have spaces, and equals signs that are
// not escaped as in "?a=b", which senders write. Keys of the dictionary have its
// types; others are strings. The notation of times is the sender's choice; see
// loose.
func cef() dialect {
	fields := []known{
		{name: "deviceVendor", need: true}, {name: "deviceProduct", need: true}, {name: "deviceVersion"},
		{name: "deviceEventClassId", need: true}, {name: "name"}, {name: "severity", need: true},
	}
	for _, g := range cefDictionary {
		for _, key := range g.keys {
			fields = append(fields, known{name: key, typ: g.typ})
		}
	}
	return dialect{
		header: true,
		fields: fields, open: true, sparse: true, kind: "deviceEventClassId", time: "rt",
		scanner: func([]string) scanner { return &cefScanner{fields: row(cefHeader)} },
	}
}

// cefHeader are the names of the fields of the header, by the dictionary where it
// has them.
var cefHeader = []string{"cefVersion", "deviceVendor", "deviceProduct", "deviceVersion", "deviceEventClassId", "name", "severity"}

const (
	cefVersion = iota
	cefVendor
	cefProduct
	cefDeviceVersion
	cefClass
	cefName
	cefSeverity
)

// cefDictionary are the keys of the extension dictionary that are no strings.
// Addresses may be of IPv6 too, since senders write them there.
var cefDictionary = []struct {
	typ  string
	keys []string
}{
	{"timestamp(loose)", []string{"rt", "start", "end", "deviceCustomDate1", "deviceCustomDate2", "fileCreateTime", "fileModificationTime", "oldFileCreateTime", "oldFileModificationTime", "flexDate1", "art"}},
	{"ip", []string{"c6a1", "c6a2", "c6a3", "c6a4", "deviceTranslatedAddress", "destinationTranslatedAddress", "sourceTranslatedAddress"}},
	{"address", []string{"src", "dst", "dvc", "agt", "agentTranslatedAddress"}},
	{"port", []string{"spt", "dpt", "destinationTranslatedPort", "sourceTranslatedPort"}},
	{"int", []string{"in", "out", "cnt", "dpid", "spid", "dvcpid", "fsize", "oldFileSize"}},
}

// cefScanner reads events of CEF.
type cefScanner struct{ fields []feedgauge.Field }

// scan implements scanner.
func (s *cefScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	s.fields = s.fields[:len(cefHeader)]
	wipe(s.fields)
	e.Fields = s.fields
	b = marked(b, "CEF:")
	if b == nil {
		return feedgauge.Syntax
	}
	b = bytes.TrimLeft(b, " ")
	if tagged := bytes.TrimPrefix(b, []byte("CEF:")); len(tagged) < len(b) { // the tag of a relay came first
		b = tagged
	}
	b, reason := header(s.fields, bytes.TrimLeft(b, " "))
	if reason != "" {
		return reason
	}
	if !isNumber(s.fields[cefVersion].Value) {
		return feedgauge.Syntax
	}
	reason = s.extension(b)
	e.Fields = s.fields
	if severity := s.fields[cefSeverity].Value; reason == "" && len(severity) > 0 && (!isSeverity(severity) || exchangedName(s.fields[cefName].Value, severity)) {
		e.Fault = "severity"
		return feedgauge.BadType
	}
	s.time(e)
	return reason
}

// time is the end or start of the event where it has no time of receipt.
func (s *cefScanner) time(e *feedgauge.Event) {
	for i := range s.fields {
		switch f := &s.fields[i]; string(f.Name) {
		case "end", "start":
			if at, clock := looseTime(f.Value); clock != feedgauge.NoClock {
				e.Time, e.Clock = at, clock
			}
		}
	}
}

// marked returns what follows the mark: at the start of b, or behind a syslog
// header, which has none of the characters that only messages have.
func marked(b []byte, mark string) []byte {
	at := bytes.Index(b, []byte(mark))
	if at < 0 {
		return nil
	}
	head := b[:at]
	if at > 0 && (bytes.ContainsAny(head, "|={") && !structured(head) || head[at-1] != ' ' && head[at-1] != ':' && head[at-1] != '>') {
		return nil
	}
	return b[at+len(mark):]
}

// structured reports whether head is a syslog header with structured data, which
// may have equals signs.
func structured(head []byte) bool {
	open := bytes.IndexByte(head, '[')
	return priorityLen(head) > 0 && open > 0 && structuredLen(head[open:]) > 0 && !bytes.ContainsAny(head[:open], "|={")
}

// header reads fields that each end with a pipe, with pipes and backslashes
// escaped, and returns what follows.
func header(fields []feedgauge.Field, b []byte) (rest []byte, reason feedgauge.Reason) {
	for i := range fields {
		end, escape := 0, feedgauge.Plain
		for end < len(b) && b[end] != '|' {
			if b[end] == '\\' && end+1 < len(b) {
				escape = feedgauge.Backslash
				end++
			}
			end++
		}
		if end >= len(b) {
			return nil, feedgauge.Columns
		}
		fields[i].Value, fields[i].Escape = b[:end], escape
		b = b[end+1:]
	}
	return b, ""
}

// isSeverity reports whether b is a number from 0 to 10 or a word such as "High".
func isSeverity(b []byte) bool {
	if n, ok := float(b); ok {
		return n >= 0 && n <= 10
	}
	if string(b) == "Very High" { // CEF has "Very-High"
		return true
	}
	for _, c := range b {
		if (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' {
			return false
		}
	}
	return len(b) <= 16
}

// exchangedName reports whether name and severity stand in each other's place: the
// name is a number that only a severity is, and the severity a word that is none.
func exchangedName(name, severity []byte) bool {
	if n, ok := float(name); !ok || n > 10 || isNumber(severity) {
		return false
	}
	for _, word := range [...]string{"unknown", "low", "medium", "high", "very-high", "very high"} {
		if bytes.EqualFold(severity, []byte(word)) {
			return false
		}
	}
	return true
}

// extension reads the pairs behind the header.
func (s *cefScanner) extension(b []byte) feedgauge.Reason {
	b = bytes.Trim(b, " \t")
	if len(b) == 0 {
		return ""
	}
	if escaped(b) {
		return feedgauge.Truncated
	}
	var ok bool
	if s.fields, ok = spacedPairs(s.fields, b); !ok {
		return feedgauge.Syntax
	}
	return ""
}

// spacedPairs appends the pairs in b, whose values may have spaces: a key is a word
// before an equals sign that is not escaped. It reports false if b begins with no
// key.
func spacedPairs(fields []feedgauge.Field, b []byte) ([]feedgauge.Field, bool) {
	word, good := 0, true // where the word began, and whether it can be a key
	first := len(fields)
	value, escape := 0, feedgauge.Plain
	shut := func(end int) {
		f := &fields[len(fields)-1]
		f.Value, f.Escape = bytes.TrimRight(b[value:end], " \t"), escape
	}
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == ' ' || c == '\t':
			word, good = i+1, len(fields) > first
		case c == '\\':
			escape, good = feedgauge.Backslash, false
			i++
		case c == '=' && good && i > word:
			if len(fields) > first {
				shut(word)
			}
			fields = append(fields, feedgauge.Field{Name: b[word:i]})
			value, escape, good = i+1, feedgauge.Plain, false
		case !keyByte[c]:
			good = false
		}
		if len(fields) == first && !good {
			return fields, false
		}
	}
	if len(fields) == first {
		return fields, false
	}
	shut(len(b))
	return fields, true
}

// keyByte are the characters of keys: letters, digits and "_", ".", "-", "[", "]",
// "@", "/".
var keyByte = func() (set [256]bool) { //nolint:gochecknoglobals // a table that nothing writes to
	for c := range set {
		set[c] = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '.' || c == '-' || c == '[' || c == ']' || c == '@' || c == '/'
	}
	return set
}()
