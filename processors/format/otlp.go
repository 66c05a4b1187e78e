package format

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/internal/jsonscan"
)

// otlpJSON is a message of the OpenTelemetry protocol in its JSON encoding
// (opentelemetry-proto, logs/v1/logs.proto and trace/v1/trace.proto; OTLP 1.5,
// "JSON Protobuf Encoding"), as the collector's file exporter writes it: log
// records, spans or metrics below their resource and scope. Ids are in hexadecimal,
// 64-bit integers are strings or numbers. Fields of the first log record or span
// have its names; others are checked only.
func otlpJSON() dialect {
	fields := []known{
		{name: "resourceLogs", typ: "array"}, {name: "resourceSpans", typ: "array"}, {name: "resourceMetrics", typ: "array"},
		{name: "body"}, {name: "severityText", typ: "string"}, {name: "name", typ: "string"},
		{name: "timeUnixNano", typ: "timestamp(epoch_ns)", loose: true}, {name: "observedTimeUnixNano", typ: "timestamp(epoch_ns)", loose: true},
		{name: "startTimeUnixNano", typ: "timestamp(epoch_ns)", loose: true}, {name: "endTimeUnixNano", typ: "timestamp(epoch_ns)", loose: true},
	}
	return dialect{
		fields: fields, open: true, sparse: true, unit: "record", time: "timeUnixNano",
		scanner: func([]string) scanner { return &otlpScanner{types: otlpTypes()} },
	}
}

// otlpScanner reads messages of OTLP. Each reader is for one depth of the tree.
type otlpScanner struct {
	jsonScanner
	resource, scope, record jsonscan.Reader
	fields                  []feedgauge.Field
	names                   []byte // scratch for the names of fields kept
	first                   bool   // the next record is the first
	types                   map[string]valueType
}

// otlpTypes are the types of fields of log records and spans.
func otlpTypes() map[string]valueType {
	out := map[string]valueType{}
	for name, typ := range map[string]string{
		"timeUnixNano": "timestamp(epoch_ns)", "observedTimeUnixNano": "timestamp(epoch_ns)", "startTimeUnixNano": "timestamp(epoch_ns)", "endTimeUnixNano": "timestamp(epoch_ns)",
		"severityText": "string", "traceId": "hex", "spanId": "hex", "body": "object", "attributes": "array", "name": "string",
		"flags": "int", "droppedAttributesCount": "int",
	} {
		out[name] = mustType(typ)
	}
	return out
}

// otlpTrees are the names of the arrays at each depth.
var otlpTrees = [...]struct{ resources, scopes, old, records string }{
	{"resourceLogs", "scopeLogs", "instrumentationLibraryLogs", "logRecords"},
	{"resourceSpans", "scopeSpans", "instrumentationLibrarySpans", "spans"},
	{"resourceMetrics", "scopeMetrics", "instrumentationLibraryMetrics", "metrics"},
}

// form implements formed. The fields are not those of the message.
func (*otlpScanner) form() uint64 { return 0 }

// scan implements scanner.
func (s *otlpScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	if reason := s.jsonScanner.scan(e, b); reason != "" {
		return reason
	}
	s.fields, s.names, s.first = append(s.fields[:0], e.Fields...), s.names[:0], true
	e.Fields = s.fields
	for i := range otlpTrees {
		tree := &otlpTrees[i]
		resources := fieldNamed(s.fields, tree.resources)
		if resources == nil {
			continue
		}
		e.Kind = resources.Name
		reason := s.tree(e, tree.scopes, tree.old, tree.records, resources)
		e.Fields = s.fields
		return reason
	}
	e.Fault = otlpTrees[0].resources
	return feedgauge.MissingField
}

func fieldNamed(fields []feedgauge.Field, name string) *feedgauge.Field {
	for i := range fields {
		if string(fields[i].Name) == name {
			return &fields[i]
		}
	}
	return nil
}

// tree walks over the scopes of resources and their records.
func (s *otlpScanner) tree(e *feedgauge.Event, scopes, old, records string, top *feedgauge.Field) feedgauge.Reason {
	resources, bad := elements(top)
	for resources.next(&s.resource) {
		list := fieldNamed(s.resource.Fields, scopes)
		if list == nil {
			list = fieldNamed(s.resource.Fields, old)
		}
		scope, wrong := elements(list)
		for scope.next(&s.scope) {
			record, wrong := elements(fieldNamed(s.scope.Fields, records))
			for record.next(&s.record) {
				if reason := s.check(e); reason != "" {
					return reason
				}
			}
			if wrong || record.bad {
				e.Fault = records
				return feedgauge.BadType
			}
		}
		if wrong || scope.bad {
			e.Fault = scopes
			return feedgauge.BadType
		}
	}
	if bad || resources.bad {
		e.Fault = string(top.Name)
		return feedgauge.BadType
	}
	return ""
}

// check looks at the types of one record and keeps the fields of the first.
func (s *otlpScanner) check(e *feedgauge.Event) feedgauge.Reason {
	if s.first {
		s.first = false
		for _, f := range s.record.Fields {
			start := len(s.names)
			s.names = append(s.names, f.Name...) // the reader's are gone with the next record
			f.Name = s.names[start:len(s.names):len(s.names)]
			s.fields = append(s.fields, f)
		}
	}
	for i := range s.record.Fields {
		f := &s.record.Fields[i]
		if f.Blank() {
			continue
		}
		if reason := s.typed(f); reason != "" {
			e.Fault = string(f.Name)
			return reason
		}
	}
	return ""
}

// typed checks one field of a record. All bytes of an id of a trace are 32 digits,
// of a span 16; an empty one is none.
func (s *otlpScanner) typed(f *feedgauge.Field) feedgauge.Reason {
	switch string(f.Name) {
	case "severityNumber":
		if f.Kind == feedgauge.Integer && within(f.Value, 0, 24) || f.Kind == feedgauge.String && len(f.Value) > 9 && string(f.Value[:9]) == "SEVERITY_" {
			return ""
		}
		return feedgauge.BadType
	case "traceId":
		if f.Kind != feedgauge.String || len(f.Value) != 32 || !isHex(f.Value) {
			return feedgauge.BadType
		}
		return ""
	case "spanId", "parentSpanId":
		if f.Kind != feedgauge.String || len(f.Value) != 16 || !isHex(f.Value) {
			return feedgauge.BadType
		}
		return ""
	}
	t, ok := s.types[string(f.Name)]
	switch {
	case !ok:
		return ""
	case t.kind == timestampType:
		_, _, reason := t.instant(f.Kind, f.Value, true)
		return reason
	case !t.fits(f.Kind, f.Value, true):
		return feedgauge.BadType
	}
	return ""
}

// list walks over an array of objects.
type list struct {
	b   []byte
	i   int
	bad bool
}

// elements begins a walk over an array; wrong says that it is something else.
func elements(f *feedgauge.Field) (l list, wrong bool) {
	if f == nil || f.Kind == feedgauge.Null {
		return list{}, false
	}
	if f.Kind != feedgauge.Array {
		return list{}, true
	}
	return list{b: f.Value, i: 1}, false
}

// next reads the next element with r, and reports false at the end, or if the
// element is no object.
func (l *list) next(r *jsonscan.Reader) bool {
	if l.b == nil {
		return false
	}
	l.i = jsonscan.Space(l.b, l.i)
	if l.i < len(l.b) && l.b[l.i] == ',' {
		l.i = jsonscan.Space(l.b, l.i+1)
	}
	if l.i >= len(l.b) || l.b[l.i] == ']' {
		return false
	}
	end, fault := r.Read(l.b, l.i)
	if fault == jsonscan.Cut || fault == jsonscan.Malformed {
		l.bad = true
		return false
	}
	l.i = end
	return true
}
