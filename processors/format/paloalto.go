package format

import (
	"bytes"
	"strings"

	"github.com/feedgauge/feedgauge"
)

// paloalto is what PAN-OS writes by default (Palo Alto Networks, "Syslog Field
// Descriptions", PAN-OS 4.1 to 11.1), with or without a syslog header before:
// columns separated by commas, in quotes where they hold commas, with quotes
// doubled. The fourth says the type of log, and that says what the others are.
// Later versions append columns, so there may be more than are known here, and as
// few as the first version had. Fields have the names of the variables for custom
// formats.
func paloalto() dialect {
	d := dialect{
		header: true,
		kind:   "type", time: "time_generated", sparse: true,
		scanner: func([]string) scanner { return newPaloaltoScanner() },
	}
	seen := map[string]bool{}
	for _, l := range panosLogs {
		for _, name := range strings.Fields(l.columns) {
			if name != "-" && !seen[name] {
				seen[name] = true
				d.fields = append(d.fields, known{name: name, typ: panosTypes[name], need: name == "receive_time"})
			}
		}
	}
	return d
}

const (
	panosStart   = "- receive_time serial type subtype - time_generated "
	panosSession = panosStart + "src dst natsrc natdst rule srcuser dstuser app vsys from to inbound_if outbound_if logset - sessionid repeatcnt sport dport natsport natdport flags proto action "
	panosGroups  = "dg_hier_level_1 dg_hier_level_2 dg_hier_level_3 dg_hier_level_4 vsys_name device_name "
	panosDevices = "src_category src_profile src_model src_vendor src_osfamily src_osversion src_host src_mac dst_category dst_profile dst_model dst_vendor dst_osfamily dst_osversion dst_host dst_mac container_id pod_namespace pod_name src_edl dst_edl hostid serialnumber "
)

// panosLogs are the columns of each type of log, and how many it had at first. "-"
// is a column without use or of changing meaning.
var panosLogs = []struct {
	name    string
	least   int
	columns string
}{
	{"TRAFFIC", 46, panosSession + "bytes bytes_sent bytes_received packets start elapsed category - seqno actionflags srcloc dstloc - pkts_sent pkts_received session_end_reason " +
		panosGroups + "action_source src_uuid dst_uuid tunnelid monitortag parent_session_id parent_start_time tunnel assoc_id chunks chunks_sent chunks_received rule_uuid http2_connection link_change_count policy_id link_switches sdwan_cluster sdwan_device_type sdwan_cluster_type sdwan_site dynusergroup_name xff_ip " +
		panosDevices + "src_dag dst_dag session_owner high_res_timestamp nssai_sst nssai_sd"},
	{"THREAT", 41, panosSession + "misc threatid category severity direction seqno actionflags srcloc dstloc - contenttype pcap_id filedigest cloud url_idx user_agent filetype xff referer sender subject recipient reportid " +
		panosGroups + "- src_uuid dst_uuid http_method tunnelid monitortag parent_session_id parent_start_time tunnel thr_category contentver - assoc_id ppid http_headers url_category_list rule_uuid http2_connection dynusergroup_name xff_ip " +
		panosDevices + "domain_edl src_dag dst_dag partial_hash high_res_timestamp"},
	{"SYSTEM", 15, panosStart + "vsys eventid object - - module severity opaque seqno actionflags " + panosGroups + "- - high_res_timestamp"},
	{"CONFIG", 14, panosStart + "host vsys cmd admin client result path"},
	{"HIPMATCH", 13, panosStart + "srcuser vsys machinename"},
	{"HIP-MATCH", 13, panosStart + "srcuser vsys machinename"},
	{"GLOBALPROTECT", 34, panosStart + "vsys eventid stage auth_method tunnel_type srcuser srcregion machinename public_ip public_ipv6 private_ip private_ipv6 hostid serialnumber client_ver client_os client_os_ver repeatcnt reason error opaque status location login_duration connect_method error_code portal seqno actionflags"},
	{"USERID", 18, panosStart + "vsys ip user datasourcename eventid repeatcnt timeout beginport endport datasource datasourcetype seqno actionflags " + panosGroups + "vsys_id factortype factorcompletiontime factorno"},
	{"IPTAG", 16, panosStart + "vsys ip tag_name event_id repeatcnt timeout datasourcename datasource_type datasource_subtype seqno actionflags"},
	{"AUTHENTICATION", 22, panosStart + "vsys ip user normalize_user object authpolicy repeatcnt authid vendor logset serverprofile desc clienttype event factorno seqno actionflags"},
	{"CORRELATION", 18, panosStart + "src srcuser vsys category severity " + panosGroups + "vsys_id objectname object_id evidence"},
	{"DECRYPTION", 50, panosSession + "tunnel - - src_uuid dst_uuid rule_uuid hs_stage_c2f hs_stage_f2s tls_version tls_keyxchg tls_enc tls_auth policy_name ec_curve err_index root_status chain_status proxy_type cert_serial fingerprint notbefore notafter cert_ver cert_size"},
	{"SCTP", 30, panosStart + "src dst - - rule - - - vsys from to inbound_if outbound_if logset - sessionid repeatcnt sport dport"},
	{"GTP", 30, panosStart + "src dst - - rule - - app vsys from to inbound_if outbound_if logset - sessionid - sport dport"},
	{"START", 40, panosSession},
	{"END", 40, panosSession},
}

// panosTypes are the types of columns.
var panosTypes = map[string]string{
	"receive_time": "timestamp(panos)", "time_generated": "timestamp(panos)", "start": "timestamp(panos)",
	"src": "ip", "dst": "ip", "natsrc": "ip", "natdst": "ip", "ip": "ip", "public_ip": "ip", "private_ip": "ip",
	"sport": "port", "dport": "port", "natsport": "port", "natdport": "port",
	"sessionid": "size", "repeatcnt": "size", "seqno": "size", "elapsed": "size", "packets": "size",
	"bytes": "size", "bytes_sent": "size", "bytes_received": "size", "pkts_sent": "size", "pkts_received": "size",
	"flags": "hex", "actionflags": "hex", "severity": "enum(informational|low|medium|high|critical)",
	"direction": "enum(client-to-server|server-to-client|0|1|unknown)", "proto": "code",
}

// panosName is the layout of times of PAN-OS.
const panosName = "panos"

var panosSteps = mustLayouts("2006/01/02 15:04:05")[0] //nolint:gochecknoglobals // a table that nothing writes to

// panosTime reads a time of PAN-OS: by default "2015/01/05 05:38:58", of Cortex
// Data Lake as RFC 3339 has it.
func panosTime(b []byte) (feedgauge.Instant, feedgauge.Clock) {
	if at, clock := readSteps(panosSteps, b); clock != feedgauge.NoClock {
		return at, clock
	}
	return iso(b)
}

// panosRow is the row of a type of log.
type panosRow struct {
	name    string
	least   int
	fields  []feedgauge.Field
	columns []int // index of the field in each column, -1 for none
	session bool
}

// paloaltoScanner reads what PAN-OS writes.
type paloaltoScanner struct {
	rows []panosRow
	head []feedgauge.Field // of an event of a type that is not known
}

func newPaloaltoScanner() *paloaltoScanner {
	s := &paloaltoScanner{head: row([]string{"type"})}
	for _, l := range panosLogs {
		r := panosRow{name: l.name, least: l.least, session: strings.HasPrefix(l.columns, panosSession)}
		var names []string
		for _, c := range strings.Fields(l.columns) {
			if c == "-" {
				r.columns = append(r.columns, -1)
				continue
			}
			r.columns = append(r.columns, len(names))
			names = append(names, c)
		}
		r.fields = row(names)
		s.rows = append(s.rows, r)
	}
	return s
}

// panosTypeColumn is the place of the type of log.
const panosTypeColumn = 3

// scan implements scanner.
func (s *paloaltoScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	e.Fields = s.head
	s.head[0].Value = nil
	if b = behindHeader(bytes.TrimRight(b, " "), startsPanos); b == nil {
		return feedgauge.Syntax
	}
	name := b
	for range panosTypeColumn {
		comma := bytes.IndexByte(name, ',')
		if comma < 0 {
			return feedgauge.Columns
		}
		name = name[comma+1:]
	}
	if comma := bytes.IndexByte(name, ','); comma >= 0 {
		name = name[:comma]
	} else {
		return feedgauge.Columns
	}
	for i := range s.rows {
		if s.rows[i].name == string(name) {
			return s.rows[i].read(e, b)
		}
	}
	s.head[0].Value = name
	e.Fault = "type"
	return feedgauge.BadType
}

// startsPanos reports whether b begins with the first column, a number.
func startsPanos(b []byte) bool {
	n := 0
	for n < len(b) && n < 4 && b[n]-'0' <= 9 {
		n++
	}
	return n < len(b) && b[n] == ','
}

// Places of columns of a session.
const (
	panosSource = 7
	panosDest   = 8
	panosLogged = 21 // the time again
	// panosCommas is how many commas more than there should be may stand before it.
	// The names of rules and users may have some, which PAN-OS does not always put
	// into quotes.
	panosCommas = 8
)

// read fills in the row.
func (r *panosRow) read(e *feedgauge.Event, b []byte) feedgauge.Reason {
	e.Fields = r.fields
	n, logged, reason := r.fill(b, 0)
	if reason != "" {
		return reason
	}
	if r.session && logged > panosLogged {
		n, _, _ = r.fill(b, logged-panosLogged)
	}
	switch {
	case n < r.least, r.session && logged < panosLogged:
		return feedgauge.Columns
	case r.session:
		return r.addresses(e, logged > panosLogged)
	}
	return ""
}

// fill sets the fields and returns how many columns there are, and which of them
// from panosLogged on is the first that is a time or blank. With extra commas
// before that one, what lies between it and the source is not told apart, and not
// set; the columns behind count without them.
func (r *panosRow) fill(b []byte, extra int) (n, logged int, reason feedgauge.Reason) {
	for i := range r.fields {
		r.fields[i].Value, r.fields[i].Escape = nil, feedgauge.Plain
	}
	logged = -1
	for more := true; more; n++ {
		var f feedgauge.Field
		if f, b, more, reason = csvColumn(b); reason != "" {
			return n, logged, reason
		}
		if logged < 0 && n >= panosLogged && n <= panosLogged+panosCommas && (f.Blank() || isPanosTime(f.Value)) {
			logged = n
		}
		if extra == 0 || n < panosDest {
			r.set(&f, n)
		} else if n >= panosLogged+extra {
			r.set(&f, n-extra)
		}
	}
	return n - extra, logged, ""
}

func isPanosTime(b []byte) bool {
	_, clock := panosTime(b)
	return clock != feedgauge.NoClock
}

// set fills in a column, if it has a name.
func (r *panosRow) set(f *feedgauge.Field, n int) {
	if n < len(r.columns) && r.columns[n] >= 0 {
		to := &r.fields[r.columns[n]]
		to.Value, to.Escape = f.Value, f.Escape
	}
}

// addresses says whether a session has both addresses, as far as they can be told.
func (r *panosRow) addresses(e *feedgauge.Event, vague bool) feedgauge.Reason {
	last := panosDest
	if vague {
		last = panosSource
	}
	for at := panosSource; at <= last; at++ {
		if f := &r.fields[r.columns[at]]; f.Blank() {
			e.Fault = panosEnds[at-panosSource]
			return feedgauge.MissingField
		}
	}
	return ""
}

var panosEnds = [2]string{"src", "dst"}

// csvColumn reads a column up to its comma; more says that there was one. A column
// in quotes may have commas, and doubled quotes; other quotes are text, as PAN-OS
// and others write.
func csvColumn(b []byte) (f feedgauge.Field, rest []byte, more bool, reason feedgauge.Reason) {
	if len(b) == 0 || b[0] != '"' {
		end := bytes.IndexByte(b, ',')
		if end < 0 {
			f.Value = b
			return f, nil, false, ""
		}
		f.Value = b[:end]
		return f, b[end+1:], true, ""
	}
	for i := 1; i < len(b); i++ {
		switch {
		case b[i] != '"':
		case i+1 < len(b) && b[i+1] == '"':
			f.Escape = feedgauge.Doubled
			i++
		case i+1 == len(b) || b[i+1] == ',':
			f.Value = b[1:i]
			if i+1 == len(b) {
				return f, nil, false, ""
			}
			return f, b[i+2:], true, ""
		}
	}
	return f, nil, false, feedgauge.Truncated
}
