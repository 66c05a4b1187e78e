package format

import (
	"github.com/feedgauge/feedgauge"
)

// fortigateKV is what FortiOS writes (Fortinet, "FortiOS Log Message Reference",
// versions 4.3 to 7.4), with or without a syslog header before:
//
//	date=2019-04-09 time=04:27:29 devname="fw01" devid="FG800D..." logid="0000000013" type="traffic" ...
//
// or the same separated by commas. Strings are in quotes or not, depending on the
// version. All logs have a date, a time, the device or its
// virtual domain, an id, a type and a level; of
// traffic the addresses and the end are demanded too, of events and of what the
// security profiles write a description.
func fortigateKV() dialect {
	d := dialect{
		header: true,
		fields: []known{
			{name: "date", typ: "timestamp(2006-01-02)"}, {name: "time", typ: "timestamp(15:04:05)"},
			{name: "eventtime", typ: "timestamp(loose)"},
			{name: "type", typ: "code"}, {name: "subtype", typ: "code"}, {name: "devid", typ: "code"}, {name: "logid", typ: "code"},
			{name: "level", typ: "enum(emergency|alert|critical|error|warning|notice|information|debug)"},
			{name: "poluuid", typ: "uuid"}, {name: "srcmac", typ: "mac"}, {name: "dstmac", typ: "mac"},
		},
		open: true, sparse: true, kind: "type", clock: true,
		scanner: func([]string) scanner { return newFortigateScanner() },
	}
	for _, g := range fortigateTypes {
		for _, name := range g.names {
			d.fields = append(d.fields, known{name: name, typ: g.typ})
		}
	}
	return d
}

// fortigateTypes are the types of fields by the reference, where they are no
// strings.
var fortigateTypes = []struct {
	typ   string
	names []string
}{
	{"ip", []string{"srcip", "dstip", "transip", "tranip", "assignip"}},
	{"port", []string{"srcport", "dstport", "transport", "tranport"}},
	{"int", []string{
		"sessionid", "proto", "policyid", "duration", "sentbyte", "rcvdbyte", "sentpkt", "rcvdpkt", "sentdelta", "rcvddelta",
		"appid", "crscore", "craction", "attackid", "logtime", "cpu", "mem",
	}},
}

// anyOf is a choice of fields, one of which an event must have. finders find them
// where they were before.
type anyOf []finder

// oneOfFields returns the choice of these names.
func oneOfFields(names ...string) anyOf {
	out := make(anyOf, len(names))
	for i, n := range names {
		out[i].name = n
	}
	return out
}

// find returns the first that is there and not blank, nil if none is.
func (a anyOf) find(fields []feedgauge.Field) *feedgauge.Field {
	for i := range a {
		if f := a[i].find(fields); f != nil && !f.Blank() {
			return f
		}
	}
	return nil
}

// needs are choices of which an event needs one each.
type needs []anyOf

// missing tells whether something needed is missing, and names it.
func (n needs) missing(e *feedgauge.Event) feedgauge.Reason {
	for _, a := range n {
		if a.find(e.Fields) == nil {
			e.Fault = a[0].name
			return feedgauge.MissingField
		}
	}
	return ""
}

// fortigateScanner reads what FortiOS writes.
type fortigateScanner struct {
	kvScanner
	always            needs
	traffic, other    needs
	kind              finder
	date, clock, zone finder
}

func newFortigateScanner() *fortigateScanner {
	return &fortigateScanner{
		always: needs{
			oneOfFields("date", "eventtime", "itime"), oneOfFields("time", "eventtime", "itime"), oneOfFields("devid", "device_id", "devname", "vd"),
			oneOfFields("logid", "log_id"), oneOfFields("type"), oneOfFields("level", "pri"),
		},
		traffic: needs{
			oneOfFields("srcip", "src"), oneOfFields("dstip", "dst"), oneOfFields("proto"), oneOfFields("action", "status"),
			oneOfFields("sentbyte", "sent", "rcvdbyte", "appcat", "crscore"),
		},
		other: needs{oneOfFields("logdesc", "msg", "action", "attack", "status", "eventtype")},
		kind:  finder{name: "type"}, date: finder{name: "date"}, clock: finder{name: "time"}, zone: finder{name: "tz"},
	}
}

// scan implements scanner.
func (s *fortigateScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	if reason := s.kvScanner.scan(e, b); reason != "" {
		return reason
	}
	if reason := s.always.missing(e); reason != "" {
		return reason
	}
	s.time(e)
	if f := s.kind.find(e.Fields); f != nil && string(f.Value) == "traffic" {
		return s.traffic.missing(e)
	}
	return s.other.missing(e)
}

// time puts date, time and zone together.
func (s *fortigateScanner) time(e *feedgauge.Event) {
	date, clock, zone := s.date.find(e.Fields), s.clock.find(e.Fields), s.zone.find(e.Fields)
	if date == nil || clock == nil || len(date.Value) != len("2006-01-02") || len(clock.Value) != len("15:04:05") {
		return
	}
	var text [len("2006-01-02T15:04:05+07:00")]byte
	n := copy(text[:], date.Value)
	text[n] = 'T'
	n += 1 + copy(text[n+1:], clock.Value)
	if zone != nil {
		n += copy(text[n:], zone.Value)
	}
	e.Time, e.Clock = iso(text[:n])
}
