package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// auditd is what the Linux audit daemon writes (auditd.conf(5), log formats RAW and
// ENRICHED; Steve Grubb, "Audit Event Parsing"), and what the kernel writes without
// it, with or without a node and a syslog header before:
//
//	type=SYSCALL msg=audit(1481076984.827:17): arch=c000003e syscall=313 ... key=(null)
//
// After the stamp come pairs, among which there may be words. Values are words, in
// quotes, or "msg='...'" with pairs of its own, which count like the others. What
// the daemon resolved follows a group separator. "(null)" and "?" are no values.
// Records have the fields that their type writes in any version of the kernel.
func auditd() dialect {
	return dialect{
		header: true,
		fields: []known{
			{name: "type", need: true}, {name: "timestamp", typ: "timestamp(epoch)", need: true}, {name: "serial", typ: "size"},
			{name: "pid", typ: "int"}, {name: "ppid", typ: "int"}, {name: "uid", typ: "int"}, {name: "auid", typ: "int"}, {name: "ses", typ: "int"},
			{name: "syscall", typ: "int"}, {name: "arch", typ: "hex"}, {name: "success", typ: "enum(yes|no)"}, {name: "exit", typ: "int"},
			{name: "items", typ: "int"}, {name: "argc", typ: "int"}, {name: "item", typ: "int"}, {name: "saddr", typ: "hex"},
		},
		open: true, sparse: true, kind: "type", time: "timestamp", allow: groupSeparator,
		scanner: func([]string) scanner { return newAuditScanner() },
	}
}

// groupSeparator stands before what the daemon resolved.
const groupSeparator = 0x1d

// auditNeeds are the fields that records of a type have.
var auditNeeds = map[string][]string{
	"SYSCALL": {"arch", "syscall", "items", "pid", "uid", "comm", "exe"}, "EXECVE": {"argc"}, "CWD": {"cwd"},
	"PATH": {"item", "name"}, "PROCTITLE": {"proctitle"}, "SOCKADDR": {"saddr"}, "LOGIN": {"pid", "uid"},
	"USER_AUTH": {"pid", "msg"}, "USER_ACCT": {"pid", "msg"}, "USER_LOGIN": {"pid", "msg"}, "USER_LOGOUT": {"pid", "msg"}, "USER_CMD": {"pid", "msg"},
	"USER_START": {"pid", "msg"}, "USER_END": {"pid", "msg"}, "USER_ERR": {"pid", "msg"}, "USER_MGMT": {"pid", "msg"}, "USER_CHAUTHTOK": {"pid", "msg"},
	"CRED_ACQ": {"pid", "msg"}, "CRED_DISP": {"pid", "msg"}, "CRED_REFR": {"pid", "msg"}, "SERVICE_START": {"pid", "msg"}, "SERVICE_STOP": {"pid", "msg"},
	"ADD_USER": {"pid", "msg"}, "DEL_USER": {"pid", "msg"}, "ADD_GROUP": {"pid", "msg"}, "DEL_GROUP": {"pid", "msg"}, "GRP_MGMT": {"pid", "msg"},
	"SYSTEM_BOOT": {"pid", "msg"}, "SYSTEM_RUNLEVEL": {"pid", "msg"}, "SYSTEM_SHUTDOWN": {"pid", "msg"},
	"CRYPTO_KEY_USER": {"pid", "msg"}, "CRYPTO_SESSION": {"pid", "msg"},
}

// auditScanner reads records of the audit daemon.
type auditScanner struct {
	fields []feedgauge.Field
	needs  map[string][]finder
}

func newAuditScanner() *auditScanner {
	s := &auditScanner{needs: map[string][]finder{}}
	for typ, names := range auditNeeds {
		for _, n := range names {
			s.needs[typ] = append(s.needs[typ], finder{name: n})
		}
	}
	return s
}

// scan implements scanner.
func (s *auditScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	s.fields = s.fields[:0]
	reason := s.record(b)
	e.Fields = s.fields
	if reason != "" {
		return reason
	}
	typ := s.needs[string(s.fields[0].Value)]
	for i := range typ {
		if f := typ[i].find(s.fields); f == nil || len(f.Value) == 0 {
			e.Fault = typ[i].name
			return feedgauge.MissingField
		}
	}
	return ""
}

// record reads all of a record.
func (s *auditScanner) record(b []byte) feedgauge.Reason {
	if b = behindHeader(b, startsAudit); b == nil {
		return feedgauge.Syntax
	}
	var node []byte
	if bytes.HasPrefix(b, []byte("node=")) {
		node, b, _ = bytes.Cut(b[len("node="):], []byte{' '})
	}
	name, rest, ok := bytes.Cut(bytes.TrimPrefix(b, []byte("type=")), []byte{' '})
	if !ok {
		return feedgauge.Truncated
	}
	s.fields = append(s.fields, feedgauge.Field{Name: auditTypeName, Value: name})
	if !isAuditType(name) {
		return feedgauge.Syntax
	}
	body, reason := s.stamp(rest)
	if reason != "" {
		return reason
	}
	if node != nil {
		s.fields = append(s.fields, feedgauge.Field{Name: auditNodeName, Value: node})
	}
	raw, enriched, _ := bytes.Cut(body, []byte{groupSeparator})
	if reason := s.pairs(raw, true); reason != "" {
		return reason
	}
	return s.pairs(enriched, false)
}

var auditTypeName, auditNodeName, auditTimeName, auditSerialName = []byte("type"), []byte("node"), []byte("timestamp"), []byte("serial") //nolint:gochecknoglobals // a table that nothing writes to

// startsAudit reports whether a record begins here.
func startsAudit(b []byte) bool {
	return bytes.HasPrefix(b, []byte("type=")) || bytes.HasPrefix(b, []byte("node="))
}

// isAuditType reports whether b is the name of a type of record, its number, or
// "UNKNOWN[number]".
func isAuditType(b []byte) bool {
	for _, c := range b {
		if (c < 'A' || c > 'Z') && c-'0' > 9 && c != '_' && c != '[' && c != ']' {
			return false
		}
	}
	return len(b) > 0
}

// stamp reads "msg=audit(seconds.milliseconds:serial):" and returns what follows.
func (s *auditScanner) stamp(b []byte) (rest []byte, reason feedgauge.Reason) {
	b = bytes.TrimPrefix(b, []byte("msg="))
	if len(b) < len("audit(") && bytes.HasPrefix([]byte("audit("), b) {
		return nil, feedgauge.Truncated
	}
	if !bytes.HasPrefix(b, []byte("audit(")) {
		return nil, feedgauge.Syntax
	}
	b = b[len("audit("):]
	end := bytes.IndexByte(b, ')')
	if end < 0 {
		return nil, feedgauge.Truncated
	}
	if end+1 == len(b) {
		return nil, feedgauge.Truncated
	}
	at, serial, ok := bytes.Cut(b[:end], []byte{':'})
	if !ok || b[end+1] != ':' {
		return nil, feedgauge.Syntax
	}
	s.fields = append(s.fields, feedgauge.Field{Name: auditTimeName, Value: at}, feedgauge.Field{Name: auditSerialName, Value: serial})
	return b[end+2:], ""
}

// pairs reads the pairs in b; nested says that a value in apostrophes may hold
// pairs.
func (s *auditScanner) pairs(b []byte, nested bool) feedgauge.Reason {
	for i := 0; i < len(b); {
		for i < len(b) && (b[i] == ' ' || b[i] == ',') {
			i++
		}
		start := i
		for i < len(b) && b[i] != '=' && b[i] != ' ' {
			i++
		}
		if i == len(b) || b[i] == ' ' {
			continue // a word
		}
		f := feedgauge.Field{Name: b[start:i]}
		end, reason := s.value(&f, b, i+1, nested)
		if reason != "" {
			return reason
		}
		i = end
	}
	return ""
}

// value reads a value at b[i] and returns the position behind it.
func (s *auditScanner) value(f *feedgauge.Field, b []byte, i int, nested bool) (int, feedgauge.Reason) {
	if i < len(b) && b[i] == '\'' && nested {
		end := bytes.LastIndexByte(b, '\'')
		if end == i {
			return i, feedgauge.Truncated
		}
		f.Value = b[i+1 : end]
		s.fields = append(s.fields, *f)
		return end + 1, s.pairs(f.Value, false)
	}
	if i < len(b) && b[i] == '"' {
		n := bytes.IndexByte(b[i+1:], '"')
		if n < 0 {
			return i, feedgauge.Truncated
		}
		f.Value = b[i+1 : i+1+n]
		s.fields = append(s.fields, *f)
		return i + n + 2, ""
	}
	end := i
	for end < len(b) && b[end] != ' ' && b[end] != ',' {
		end++
	}
	f.Value = b[i:end]
	if word := string(f.Value); word == "(null)" || word == "?" {
		f.Kind = feedgauge.Null
	}
	s.fields = append(s.fields, *f)
	return end, ""
}
