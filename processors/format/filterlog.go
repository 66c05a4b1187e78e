package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// pfsenseFilterlog is what the packet filter of pfSense and OPNsense writes
// (Netgate, "Raw Filter Log Format"), with or without a syslog header before:
// columns separated by commas. The ninth is the version of IP, which says what the
// next ones are; the protocol says what follows the addresses. There may be more
// columns than the grammar has.
func pfsenseFilterlog() dialect {
	fields := make([]known, len(filterlogFields))
	for i, name := range filterlogFields {
		fields[i] = known{name: name, typ: filterlogTypes[name]}
	}
	return dialect{
		header: true,
		fields: fields, kind: "proto", sparse: true,
		scanner: func([]string) scanner { return &filterlogScanner{row(filterlogFields)} },
	}
}

var filterlogFields = []string{
	"rule", "subrule", "anchor", "tracker", "interface", "reason", "action", "dir", "ipversion",
	"tos", "ecn", "ttl", "id", "offset", "flags", "protoid", "proto", "class", "flowlabel", "hoplimit",
	"length", "src", "dst", "srcport", "dstport", "datalen", "tcpflags", "seq", "ack", "window", "urg", "options",
	"icmptype", "icmpdata", "carptype", "carpttl", "vhid", "version", "advskew", "advbase",
}

var filterlogTypes = map[string]string{
	"rule": "size", "reason": "code", "action": "enum(pass|block|match|reject|nat|rdr|binat|scrub|unkn(0))",
	"dir": "enum(in|out|in/out|unkn(0))", "ipversion": "enum(4|6)",
	"ttl": "size", "id": "size", "offset": "size", "protoid": "size", "hoplimit": "size", "length": "size",
	"src": "ip", "dst": "ip", "srcport": "port", "dstport": "port", "datalen": "int",
}

// Places in filterlogFields.
const (
	filterVersion = 8
	filterTOS     = 9
	filterOffset  = 13
	filterProtoID = 15
	filterProto   = 16
	filterClass   = 17
	filterHops    = 19
	filterLength  = 20
	filterSource  = 21
	filterDest    = 22
	filterPort    = 23
	filterDataLen = 25
	filterOptions = 31
	filterICMP    = 32
	filterMore    = 33
	filterCARP    = 34
	filterAdvBase = 39
)

// filterlogScanner reads lines of filterlog.
type filterlogScanner struct{ row []feedgauge.Field }

// scan implements scanner.
func (s *filterlogScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	for i := range s.row {
		s.row[i].Value = nil
	}
	e.Fields = s.row
	if b = behindHeader(b, startsFilterlog); b == nil {
		return feedgauge.Syntax
	}
	rest, n := s.columns(b, 0, filterVersion)
	if n <= filterVersion {
		return feedgauge.Columns
	}
	var ok bool
	switch string(s.row[filterVersion].Value) {
	case "4":
		if rest, n = s.columns(rest, filterTOS, filterProto); n <= filterProto {
			return feedgauge.Columns
		}
	case "6":
		if rest, ok = s.version6(rest); !ok {
			return feedgauge.Columns
		}
	default:
		e.Fault = "ipversion"
		return feedgauge.BadType
	}
	if rest, n = s.columns(rest, filterLength, filterDest); n <= filterDest {
		return feedgauge.Columns
	}
	if reason := s.demanded(e); reason != "" {
		return reason
	}
	return s.protocol(rest)
}

// startsFilterlog reports whether b begins with the number of a rule, perhaps
// missing, and further columns.
func startsFilterlog(b []byte) bool {
	n := 0
	for n < len(b) && n < 8 && b[n]-'0' <= 9 {
		n++
	}
	return n < len(b) && b[n] == ','
}

// columns fills in the columns from first to last and returns what follows, and the
// number of the column it stopped before.
func (s *filterlogScanner) columns(b []byte, first, last int) (rest []byte, n int) {
	for n = first; n <= last; n++ {
		if b == nil {
			return nil, n
		}
		comma := bytes.IndexByte(b, ',')
		if comma < 0 {
			s.row[n].Value, b = b, nil
			continue
		}
		s.row[n].Value, b = b[:comma], b[comma+1:]
	}
	return b, n
}

// version6 reads the columns of version 6 of IP, which has name and number of the
// protocol the other way round.
func (s *filterlogScanner) version6(b []byte) (rest []byte, ok bool) {
	b, _ = s.columns(b, filterClass, filterHops)
	b, _ = s.columns(b, filterProto, filterProto)
	rest, n := s.columns(b, filterProtoID, filterProtoID)
	return rest, n > filterProtoID && s.row[filterProtoID].Value != nil
}

// demanded says whether what every line has is there.
func (s *filterlogScanner) demanded(e *feedgauge.Event) feedgauge.Reason {
	for _, at := range [...]int{4, 5, 6, 7, filterProtoID, filterSource, filterDest} {
		if s.row[at].Blank() {
			e.Fault = filterlogFields[at]
			return feedgauge.MissingField
		}
	}
	return ""
}

// protocol reads what follows the addresses. Only the first fragment of a packet
// has a header of the protocol.
func (s *filterlogScanner) protocol(b []byte) feedgauge.Reason {
	if offset := s.row[filterOffset].Value; len(offset) > 0 && string(offset) != "0" {
		return ""
	}
	var first, least, last int
	switch string(s.row[filterProtoID].Value) {
	case "6":
		first, least, last = filterPort, filterOptions, filterOptions
	case "17":
		first, least, last = filterPort, filterDataLen, filterDataLen
	case "1":
		first, least, last = filterICMP, filterICMP, filterMore
	case "112":
		first, least, last = filterCARP, filterCARP, filterAdvBase
	default:
		return ""
	}
	if _, n := s.columns(b, first, last); n <= least {
		return feedgauge.Columns
	}
	return ""
}
