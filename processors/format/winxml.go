package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/internal/jsonscan"
)

// windowsEventXML is an event of Windows as the event log renders it (Microsoft,
// "Event Schema", namespace http://schemas.microsoft.com/win/2004/08/events/event),
// one or several per record; one may be spread over lines. Fields of System have
// the name of the element, those of its attributes that of the attribute behind a
// dot, except that Provider and TimeCreated stand for their Name and SystemTime.
// Data has the name that its attribute Name says, or "Data"; so have the elements
// of UserData. What has a name that System has too gets that of its part before it, as
// "RenderingInfo.Level": forwarded events tell the level in words there.
func windowsEventXML() dialect {
	return dialect{
		header: true,
		fields: []known{
			{name: "Provider", need: true}, {name: "EventID", typ: "size", need: true}, {name: "TimeCreated", typ: "timestamp(loose)", need: true},
			{name: "Channel"}, {name: "Computer", need: true}, {name: "Level", typ: "size"}, {name: "Version", typ: "size"}, {name: "Task", typ: "size"},
			{name: "Opcode", typ: "size"}, {name: "Keywords", typ: "hex"}, {name: "EventRecordID", typ: "size"}, {name: "Provider.Guid", typ: "uuid"},
			{name: "Execution.ProcessID", typ: "size"}, {name: "Execution.ThreadID", typ: "size"},
			{name: "SourceIp", typ: "ip"}, {name: "DestinationIp", typ: "ip"}, {name: "SourcePort", typ: "port"}, {name: "DestinationPort", typ: "port"},
			{name: "UtcTime", typ: "timestamp(loose)"},
		},
		open: true, sparse: true, kind: "EventID", time: "TimeCreated", unit: "record",
		scanner: func([]string) scanner { return &winXMLScanner{} },
	}
}

// winXMLScanner reads events of Windows in XML.
type winXMLScanner struct {
	xml    xmlReader
	fields []feedgauge.Field
	names  []byte // scratch for names of attributes
	data   []byte // the attribute Name of the innermost element
}

// scan implements scanner.
func (s *winXMLScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	s.fields, s.names, s.data = s.fields[:0], s.names[:0], nil
	e.Fields = nil
	if b = behindHeader(b, startsXML); b == nil {
		return feedgauge.Syntax
	}
	end, reason := s.xml.read(b, 0, s)
	e.Fields = s.fields
	switch {
	case reason != "":
		return reason
	case string(s.xml.name(0)) != "Event", jsonscan.Space(b, end) < len(b):
		return feedgauge.Syntax
	}
	return ""
}

// header implements headed: a declaration, and the element that wraps events in an
// export.
func (s *winXMLScanner) header(line []byte) bool {
	line = bytes.TrimSpace(line)
	return bytes.HasPrefix(line, []byte("<?xml")) && bytes.IndexByte(line, '>') == len(line)-1 ||
		bytes.HasPrefix(line, []byte("<Events")) && bytes.IndexByte(line, '>') == len(line)-1 || string(line) == "</Events>"
}

// forget implements headed.
func (s *winXMLScanner) forget() {}

// extend implements extender. An event that is spread over lines ends where a line
// ends, unless another one begins before. The scan stops at whichever comes first,
// so that no byte is looked at for two events.
func (s *winXMLScanner) extend(b []byte, final bool) int {
	if !bytes.HasPrefix(bytes.TrimLeft(b, " \t"), []byte("<Event")) {
		return 0
	}
	for i := lineEnd(b); i < len(b); {
		n := bytes.Index(b[i:], []byte("Event"))
		if n < 0 {
			break
		}
		i += n
		switch {
		case b[i-1] == '<' && i+5 < len(b) && (b[i+5] <= ' ' || b[i+5] == '>'):
			return 0
		case b[i-1] == '/' && b[i-2] == '<' && i+5 < len(b) && b[i+5] == '>':
			return i + lineEnd(b[i:])
		}
		i += len("Event")
	}
	if final {
		return 0
	}
	return -1
}

// startsXML reports whether b begins with a tag, which a priority is not.
func startsXML(b []byte) bool {
	return len(b) > 1 && b[0] == '<' && (b[1] == '?' || b[1] == '!' || b[1]|0x20 >= 'a' && b[1]|0x20 <= 'z')
}

// attribute implements xmlEyes.
func (s *winXMLScanner) attribute(name, value []byte, escape feedgauge.Escape) {
	element := s.xml.name(s.xml.depth - 1)
	switch {
	case bytes.HasPrefix(name, []byte("xmlns")):
		return
	case isData(element):
		if string(name) == "Name" {
			s.data = value
		}
		return
	case string(element) == "Provider" && string(name) == "Name", string(element) == "TimeCreated" && string(name) == "SystemTime":
		s.keep(element, value, escape)
		return
	}
	s.keep(s.joined(element, name), value, escape)
}

func isData(element []byte) bool {
	return string(element) == "Data" || string(element) == "ComplexData"
}

// text implements xmlEyes. Of elements without text only Data is one that could
// have some.
func (s *winXMLScanner) text(name, value []byte, escape feedgauge.Escape) {
	if isData(name) {
		if s.data != nil {
			name = s.data
		}
		s.data = nil
	} else if value == nil {
		return
	}
	if part := s.xml.name(1); ofSystem(name) && string(part) != "System" {
		name = s.joined(part, name)
	}
	s.keep(name, value, escape)
}

// joined returns both names with a dot between, good until the next event.
func (s *winXMLScanner) joined(part, name []byte) []byte {
	start := len(s.names)
	s.names = append(append(append(s.names, part...), '.'), name...)
	return s.names[start:len(s.names):len(s.names)]
}

// ofSystem reports whether the part System has an element of that name.
func ofSystem(name []byte) bool {
	switch string(name) {
	case "Provider", "EventID", "Version", "Level", "Task", "Opcode", "Keywords", "TimeCreated", "EventRecordID", "Channel", "Computer":
		return true
	}
	return false
}

func (s *winXMLScanner) keep(name, value []byte, escape feedgauge.Escape) {
	if len(s.fields) < maxXMLFields {
		s.fields = append(s.fields, feedgauge.Field{Name: name, Value: value, Escape: escape})
	}
}
