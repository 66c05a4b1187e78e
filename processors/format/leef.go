package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// leef is the Log Event Extended Format of IBM QRadar (LEEF Format Guide, version
// 2), with or without a syslog header before:
//
//	LEEF:1.0|Vendor|Product|Version|EventID|key=value<tab>key=value
//	LEEF:2.0|Vendor|Product|Version|EventID|Delimiter|key=value^key=value
//
// The delimiter of version 2 is one character or its code, as "x09" or "0x5E"; it
// may be empty or left out, which means a tab. Attributes that no tab
// separates are cut at their keys, since relays turn tabs into spaces. A value may
// have equals signs. Predefined keys have their types; the notation of times is
// the sender's choice, told by devTimeFormat.
func leef() dialect {
	fields := []known{{name: "vendor", need: true}, {name: "product", need: true}, {name: "version"}, {name: "eventId", need: true}}
	for _, g := range leefKeys {
		for _, key := range g.keys {
			fields = append(fields, known{name: key, typ: g.typ})
		}
	}
	return dialect{
		header: true,
		fields: fields, open: true, sparse: true, kind: "eventId", clock: true,
		scanner: func([]string) scanner { return &leefScanner{fields: row(leefHeader)} },
	}
}

var leefHeader = []string{"leefVersion", "vendor", "product", "version", "eventId"}

// leefKeys are the predefined keys that are no strings.
var leefKeys = []struct {
	typ  string
	keys []string
}{
	{"ip", []string{"srcPreNAT", "dstPreNAT", "srcPostNAT", "dstPostNAT"}},
	{"address", []string{"src", "dst", "identSrc"}},
	{"port", []string{"srcPort", "dstPort", "srcPreNATPort", "dstPreNATPort", "srcPostNATPort", "dstPostNATPort"}},
	{"int", []string{"srcBytes", "dstBytes", "srcPackets", "dstPackets", "totalPackets"}},
	{"mac", []string{"srcMAC", "dstMAC", "identMac"}},
}

// leefScanner reads events of LEEF.
type leefScanner struct{ fields []feedgauge.Field }

// scan implements scanner.
func (s *leefScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	s.fields = s.fields[:len(leefHeader)]
	wipe(s.fields)
	e.Fields = s.fields
	if b = marked(b, "LEEF:"); b == nil {
		return feedgauge.Syntax
	}
	b, reason := header(s.fields, bytes.TrimLeft(b, " "))
	if reason != "" {
		return reason
	}
	version := s.fields[0].Value
	if !isNumber(version) || version[0] != '1' && version[0] != '2' {
		return feedgauge.Syntax
	}
	delimiter := tab
	if version[0] == '2' {
		if delimiter, b = leefDelimiter(b); delimiter == nil {
			return feedgauge.Syntax
		}
	}
	reason = s.attributes(b, delimiter)
	e.Fields = s.fields
	if reason == "" {
		return s.devTime(e)
	}
	return reason
}

var tab = []byte{'\t'}

// leefDelimiter reads the delimiter of version 2 and returns it and what follows;
// nil if there is one that cannot be.
func leefDelimiter(b []byte) (delimiter, rest []byte) {
	end := bytes.IndexByte(b, '|')
	if end < 0 || bytes.IndexByte(b[:end], '=') > 0 {
		return tab, b
	}
	code, rest := b[:end], b[end+1:]
	switch {
	case len(code) == 0:
		return tab, rest
	case len(code) == 1:
		return code, rest
	case code[0] == '\\' && len(code) == 2 && code[1] == 't':
		return tab, rest
	}
	hex := bytes.TrimLeft(bytes.TrimPrefix(code, []byte{'0'}), "xX")
	if len(hex) == len(code) || len(hex) == 0 || len(hex) > 4 || hexDigits(hex) < len(hex) {
		return nil, rest
	}
	n := 0
	for _, c := range hex {
		n = n<<4 | int(hexValue(c))
	}
	if n > 0x7f {
		return nil, rest
	}
	return ascii[n : n+1], rest
}

// ascii are all characters of ASCII, of which a delimiter is one.
var ascii = func() (all [128]byte) { //nolint:gochecknoglobals // a table that nothing writes to
	for i := range all {
		all[i] = byte(i)
	}
	return all
}()

func hexValue(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// attributes reads the pairs behind the header.
func (s *leefScanner) attributes(b, delimiter []byte) feedgauge.Reason {
	b = bytes.Trim(b, " \t")
	if len(b) == 0 {
		return ""
	}
	if delimiter[0] == '\t' && bytes.IndexByte(b, '\t') < 0 {
		var ok bool
		if s.fields, ok = spacedPairs(s.fields, b); !ok {
			return feedgauge.Syntax
		}
		return ""
	}
	first := len(s.fields)
	for start := 0; start <= len(b); {
		end := len(b)
		if n := bytes.IndexByte(b[start:], delimiter[0]); n >= 0 {
			end = start + n
		}
		if reason := s.attribute(b[start:end], first, end == len(b)); reason != "" {
			return reason
		}
		start = end + 1
	}
	return ""
}

// attribute reads a pair. What has no equals sign is the rest of a value that had a
// delimiter in it, or a key that was cut.
func (s *leefScanner) attribute(b []byte, first int, last bool) feedgauge.Reason {
	b = bytes.TrimLeft(b, " ")
	equals := bytes.IndexByte(b, '=')
	switch {
	case len(b) == 0:
	case equals > 0 && isKey(b[:equals]):
		s.fields = append(s.fields, feedgauge.Field{Name: b[:equals], Value: b[equals+1:]})
	case len(s.fields) == first:
		return feedgauge.Syntax
	case last && isKey(b):
		return feedgauge.Truncated
	}
	return ""
}

func isKey(b []byte) bool {
	for _, c := range b {
		if !keyByte[c] {
			return false
		}
	}
	return len(b) > 0
}

// devTime checks the time of the event, unless it says that its notation is one of
// its own.
func (s *leefScanner) devTime(e *feedgauge.Event) feedgauge.Reason {
	var at *feedgauge.Field
	for i := range s.fields {
		switch f := &s.fields[i]; string(f.Name) {
		case "devTime":
			at = f
		case "devTimeFormat":
			return ""
		}
	}
	if at == nil || at.Blank() {
		return ""
	}
	if e.Time, e.Clock = looseTime(at.Value); e.Clock == feedgauge.NoClock {
		e.Fault = "devTime"
		return feedgauge.BadTimestamp
	}
	return ""
}
