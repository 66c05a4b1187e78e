package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// shape is what events of a format in JSON look like: which fields they have. A
// field that senders name differently is a choice of names.
type shape struct {
	always [][]string            // choices of fields, of each of which there is one
	kind   []string              // names of the field that tells the kind of event
	kinds  map[string][][]string // what events of a kind have besides
	check  func(s *shapeScanner, e *feedgauge.Event) feedgauge.Reason
}

// shapeScanner reads objects of JSON and looks whether they have the shape.
type shapeScanner struct {
	jsonScanner
	always needs
	kind   anyOf
	kinds  map[string]needs
	check  func(s *shapeScanner, e *feedgauge.Event) feedgauge.Reason
}

// scanner makes a scanner of the shape; no columns can be declared.
func (p shape) scanner([]string) scanner {
	s := &shapeScanner{always: choices(p.always), kind: oneOfFields(p.kind...), kinds: map[string]needs{}, check: p.check}
	for kind, list := range p.kinds {
		s.kinds[kind] = choices(list)
	}
	return s
}

func choices(list [][]string) needs {
	var out needs
	for _, names := range list {
		out = append(out, oneOfFields(names...))
	}
	return out
}

// scan implements scanner.
func (s *shapeScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	if reason := s.jsonScanner.scan(e, b); reason != "" {
		return reason
	}
	if f := s.kind.find(e.Fields); f != nil && f.Kind < feedgauge.Object {
		e.Kind = f.Value // an event that lacks a field is of its kind all the same
	}
	if reason := s.always.missing(e); reason != "" {
		return reason
	}
	if reason := s.kinds[string(e.Kind)].missing(e); reason != "" {
		return reason
	}
	if s.check != nil {
		return s.check(s, e)
	}
	return ""
}

// fieldsOf are fields of one type.
func fieldsOf(typ string, loose bool, names ...string) []known {
	out := make([]known, len(names))
	for i, n := range names {
		out[i] = known{name: n, typ: typ, loose: loose, nests: true}
	}
	return out
}

// windowsEventJSON is an event of Windows as log shippers write it in JSON: NXLog's
// to_json, Winlogbeat (flat as Logstash 5 wrote it, below "winlog" since version 7),
// Fluent Bit's winevtlog, evtx_dump, Hayabusa, Wazuh's "win", and what PowerShell makes
// of Get-WinEvent. All have the id of the event and a time, most the channel.
func windowsEventJSON() dialect {
	return dialect{
		fields: windowsFields(), open: true, sparse: true, clock: true, unit: "record",
		scanner: windowsShape(nil).scanner,
	}
}

// windowsNames are the ways to name what each event has.
var (
	windowsID      = []string{"EventID", "event_id", "winlog.event_id", "EventId", "eventID", "Id", "event.code", "Event.System.EventID", "System.EventID", "win.system.eventID"}
	windowsTime    = []string{"TimeCreated", "EventTime", "@timestamp", "time_created", "timeCreated", "TimeGenerated", "timestamp", "Timestamp", "SystemTime", "time", "Event.System.TimeCreated", "System.TimeCreated"}
	windowsChannel = []string{"Channel", "log_name", "winlog.channel", "channel", "LogName", "Event.System.Channel", "System.Channel", "win.system.channel"}
	windowsSource  = []string{"SourceName", "source_name", "winlog.provider_name", "ProviderName", "provider_name", "Provider", "Event.System.Provider", "System.Provider"}
	windowsHost    = []string{"Hostname", "Computer", "computer_name", "winlog.computer_name", "MachineName", "host.name", "hostname", "host", "Event.System.Computer", "System.Computer"}
)

func windowsFields() []known {
	out := fieldsOf("size", true, "EventID", "event_id", "winlog.event_id", "Event.System.EventID", "System.EventID")
	out = append(out, fieldsOf("timestamp(loose)", true, windowsTime...)...)
	out = append(out, fieldsOf("timestamp(loose)", true, "EventReceivedTime", "UtcTime", "TimeCreated.SystemTime", "event.created")...)
	out = append(out, fieldsOf("words", false, windowsChannel...)...)
	out = append(out, fieldsOf("uuid", false, "ProviderGuid", "provider_guid", "winlog.provider_guid")...)
	return out
}

func windowsShape(check func(s *shapeScanner, e *feedgauge.Event) feedgauge.Reason) shape {
	return shape{
		always: [][]string{windowsID, windowsTime, append(append([]string(nil), windowsChannel...), windowsSource...), append(append([]string(nil), windowsHost...), windowsChannel...)},
		kind:   windowsID, check: func(s *shapeScanner, e *feedgauge.Event) feedgauge.Reason {
			windowsClock(e)
			if check != nil {
				return check(s, e)
			}
			return ""
		},
	}
}

// windowsClock reads the time of the event out of the first field that has one;
// NXLog's EventTime is local, its @timestamp is the time of arrival.
func windowsClock(e *feedgauge.Event) {
	for i := range e.Fields {
		f := &e.Fields[i]
		for _, name := range windowsTime[:3] {
			if string(f.Name) != name || f.Kind != feedgauge.String {
				continue
			}
			if at, clock := looseTime(f.Value); clock != feedgauge.NoClock && (e.Clock == feedgauge.NoClock || name != "@timestamp") {
				e.Time, e.Clock = at, clock
			}
		}
	}
}

// sysmon is what Sysinternals Sysmon writes to its channel, in JSON as of
// windowsEventJSON.
func sysmon() dialect {
	fields := windowsFields()
	fields = append(fields, fieldsOf("ip", false, "SourceIp", "DestinationIp")...)
	fields = append(fields, fieldsOf("port", true, "SourcePort", "DestinationPort")...)
	return dialect{fields: fields, open: true, sparse: true, unit: "record", clock: true, scanner: windowsShape(fromSysmon).scanner}
}

// fromSysmon reports an event whose channel or source says that it is another's.
func fromSysmon(s *shapeScanner, e *feedgauge.Event) feedgauge.Reason {
	var other []byte
	for i := range e.Fields {
		f := &e.Fields[i]
		if f.Kind != feedgauge.String || !oneOf(windowsSource, f.Name) && !oneOf(windowsChannel, f.Name) {
			continue
		}
		if bytes.Contains(f.Value, []byte("Sysmon")) {
			return ""
		}
		other = f.Name
	}
	if other == nil {
		return ""
	}
	e.Fault = string(other)
	return feedgauge.BadType
}

// cloudtrail is an event of AWS CloudTrail ("CloudTrail record contents", versions
// 1.0 to 1.11), as a trail delivers it, as LookupEvents wraps it, or as EventBridge
// does.
func cloudtrail() dialect {
	fields := fieldsOf("timestamp(iso8601)", true, "eventTime", "EventTime", "detail.eventTime", "aws.cloudtrail.eventTime", "@timestamp")
	fields = append(fields, fieldsOf("code", false, "awsRegion", "eventName", "eventSource", "eventType", "EventSource", "detail.awsRegion")...)
	fields = append(fields, fieldsOf("number", true, "eventVersion", "detail.eventVersion")...)
	fields = append(fields, fieldsOf("uuid", false, "eventID", "EventId")...)
	fields = append(fields, fieldsOf("bool", true, "readOnly", "managementEvent", "ReadOnly")...)
	fields = append(fields, known{name: "userIdentity", typ: "object"}, known{name: "sourceIPAddress", typ: "string"}, known{name: "userAgent", typ: "string"}, known{name: "resources", typ: "array"})
	return dialect{
		fields: fields, open: true, sparse: true, unit: "record", time: "eventTime",
		scanner: shape{
			always: [][]string{
				{"eventTime", "EventTime", "detail.eventTime", "aws.cloudtrail.eventTime", "@timestamp"},
				{"eventSource", "EventSource", "detail.eventSource", "aws.cloudtrail.eventSource", "insightDetails.eventSource"},
				{"eventName", "EventName", "detail.eventName", "aws.cloudtrail.eventName", "insightDetails.eventName"},
				{"awsRegion", "CloudTrailEvent", "detail.awsRegion", "aws.cloudtrail.awsRegion"},
				{"eventVersion", "CloudTrailEvent", "detail.eventVersion", "aws.cloudtrail.eventVersion"},
			},
			kind: []string{"eventSource", "EventSource", "detail.eventSource"},
		}.scanner,
	}
}

// suricata is an event of Suricata's EVE log (Suricata User Guide, "Eve JSON
// Format", versions 3 to 7).
func suricata() dialect {
	fields := []known{
		{name: "timestamp", typ: "timestamp(iso8601)", need: true}, {name: "event_type", typ: "code", need: true},
		{name: "src_ip", typ: "ip"}, {name: "dest_ip", typ: "ip"}, {name: "src_port", typ: "port"}, {name: "dest_port", typ: "port"},
		{name: "proto", typ: "string"}, {name: "flow_id", typ: "int"}, {name: "pcap_cnt", typ: "int"}, {name: "in_iface", typ: "string"}, {name: "vlan", typ: "array"},
		{name: "icmp_type", typ: "int"}, {name: "icmp_code", typ: "int"}, {name: "community_id", typ: "string"},
		{name: "alert.signature_id", typ: "int"}, {name: "alert.gid", typ: "int"}, {name: "alert.rev", typ: "int"}, {name: "alert.severity", typ: "int"},
		{name: "alert.signature", typ: "string"}, {name: "alert.category", typ: "string"}, {name: "alert.action", typ: "string"},
		{name: "app_proto", typ: "string"},
	}
	fields = append(fields, fieldsOf("int", true, "http.status", "http.length", "flow.pkts_toserver", "flow.pkts_toclient", "flow.bytes_toserver", "flow.bytes_toclient", "flow.age", "tx_id")...)
	fields = append(fields, fieldsOf("timestamp(iso8601)", false, "flow.start", "flow.end")...)
	session := [][]string{{"src_ip"}, {"dest_ip"}, {"proto"}}
	kinds := map[string][][]string{"alert": {{"alert.signature_id"}}, "stats": {{"stats"}}}
	for _, kind := range []string{"flow", "netflow", "dns", "http", "tls", "ssh", "smtp", "smb", "rdp", "dhcp", "snmp", "tftp", "krb5", "fileinfo"} {
		kinds[kind] = append([][]string{{kind}}, session...)
	}
	return dialect{
		fields: fields, open: true, sparse: true, unit: "record", time: "timestamp",
		scanner: shape{kind: []string{"event_type"}, kinds: kinds}.scanner,
	}
}

// k8sAudit is an event of the audit log of the Kubernetes API server
// (audit.k8s.io/v1, kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go).
func k8sAudit() dialect {
	fields := []known{
		{name: "stage", typ: "enum(RequestReceived|ResponseStarted|ResponseComplete|Panic)"}, {name: "level", typ: "enum(None|Metadata|Request|RequestResponse)"},
		{name: "auditID", typ: "code"}, {name: "requestURI", typ: "string"}, {name: "verb", typ: "code"}, {name: "kind", typ: "enum(Event)"}, {name: "apiVersion", typ: "code"},
		{name: "user", typ: "object"}, {name: "sourceIPs", typ: "array"}, {name: "objectRef", typ: "object"}, {name: "responseStatus", typ: "object"},
		{name: "responseStatus.code", typ: "int"}, {name: "annotations", typ: "object"}, {name: "userAgent", typ: "string"}, {name: "user.username", typ: "string"}, {name: "user.groups", typ: "array"},
	}
	fields = append(fields, fieldsOf("timestamp(iso8601)", false, "timestamp", "requestReceivedTimestamp", "stageTimestamp", "metadata.creationTimestamp")...)
	return dialect{
		fields: fields, open: true, sparse: true, unit: "record", time: "stageTimestamp",
		scanner: shape{
			always: [][]string{
				{"level"}, {"auditID"}, {"stage"}, {"requestURI"}, {"verb"}, {"user"}, {"stageTimestamp", "requestReceivedTimestamp", "timestamp"},
			},
			kind: []string{"verb"},
			check: func(_ *shapeScanner, e *feedgauge.Event) feedgauge.Reason {
				for i := range e.Fields {
					switch f := &e.Fields[i]; string(f.Name) {
					case "requestReceivedTimestamp", "timestamp":
						e.Time, e.Clock = iso(f.Value)
					}
				}
				return ""
			},
		}.scanner,
	}
}

// osqueryTime is how osquery writes times in words.
const osqueryTime = "timestamp(Mon Jan 2 15:04:05 2006 MST)"

// osquery is what osquery's daemon logs (osquery, "Aggregating logs" and "Logging"):
// results of scheduled queries as events, batches or snapshots, and its own status
// lines. Numbers are strings, depending on a flag.
func osquery() dialect {
	fields := []known{
		{name: "calendarTime", typ: osqueryTime}, {name: "unixTime", typ: "timestamp(epoch)", loose: true}, {name: "epoch", typ: "int", loose: true}, {name: "counter", typ: "int", loose: true},
		{name: "numerics", typ: "bool", loose: true}, {name: "action", typ: "enum(added|removed|snapshot)"}, {name: "name", typ: "string"},
		{name: "hostIdentifier", typ: "string"}, {name: "columns", typ: "object"}, {name: "snapshot", typ: "array"}, {name: "diffResults", typ: "object"}, {name: "decorations", typ: "object"},
		{name: "severity", typ: "int", loose: true}, {name: "line", typ: "int", loose: true},
	}
	return dialect{
		fields: fields, open: true, sparse: true, unit: "record", time: "unixTime",
		scanner: shape{
			always: [][]string{{"unixTime", "calendarTime"}, {"name", "filename"}, {"columns", "snapshot", "diffResults", "message"}, {"action", "diffResults", "severity"}},
			kind:   []string{"name", "filename"},
		}.scanner,
	}
}
