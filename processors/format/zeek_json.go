package format

import (
	"github.com/feedgauge/feedgauge"
)

// zeekJSON is Zeek's log with LogAscii::use_json (docs.zeek.org, "Zeek Log
// Formats"): an object per line, a field that is not set is left out. Shippers that
// may not have dots in names write id_orig_h for id.orig_h. The kind of event is in
// "_path", which the option JSON streaming adds, or where shippers put it.
func zeekJSON() dialect {
	d := dialect{
		open: true, time: "ts", demand: []demand{{name: "ts"}}, unit: "record",
		scanner: func([]string) scanner {
			z := &zeekJSONScanner{}
			for i, name := range zeekPaths {
				z.path[i].name = name
			}
			return z
		},
	}
	for _, f := range zeekJSONFields {
		d.fields = append(d.fields, known{name: f[0], typ: f[1]})
	}
	return d
}

// zeekPaths are fields that tell the kind of event.
var zeekPaths = [...]string{"_path", "@stream", "@path"}

// zeekJSONFields are fields that have one type in all logs, by JSON's kinds of
// value.
var zeekJSONFields = [][2]string{
	{"ts", "timestamp"}, {"_write_ts", "timestamp"}, {"uid", "string"}, {"fuid", "string"},
	{"id.orig_h", "ip"}, {"id.orig_p", "port"}, {"id.resp_h", "ip"}, {"id.resp_p", "port"},
	{"id_orig_h", "ip"}, {"id_orig_p", "port"}, {"id_resp_h", "ip"}, {"id_resp_p", "port"},
	{"proto", "string"}, {"duration", "number"}, {"conn_state", "string"}, {"history", "string"},
	{"orig_bytes", "size"}, {"resp_bytes", "size"}, {"missed_bytes", "size"}, {"orig_pkts", "size"}, {"resp_pkts", "size"},
	{"orig_ip_bytes", "size"}, {"resp_ip_bytes", "size"}, {"local_orig", "bool"}, {"local_resp", "bool"},
	{"trans_id", "size"}, {"qclass", "size"}, {"qtype", "size"}, {"rcode", "size"}, {"AA", "bool"}, {"TC", "bool"}, {"RD", "bool"},
	{"RA", "bool"}, {"trans_depth", "size"}, {"request_body_len", "size"}, {"response_body_len", "size"},
	{"status_code", "size"}, {"resumed", "bool"}, {"established", "bool"}, {"is_orig", "bool"}, {"seen_bytes", "size"},
	{"total_bytes", "size"}, {"overflow_bytes", "size"}, {"timedout", "bool"}, {"tunnel_parents", "array"},
}

type zeekJSONScanner struct {
	jsonScanner
	path [len(zeekPaths)]finder
}

// scan implements scanner.
func (z *zeekJSONScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	reason := z.jsonScanner.scan(e, b)
	for i := range z.path {
		if f := z.path[i].find(e.Fields); f != nil && !f.Blank() {
			e.Kind = f.Value
			break
		}
	}
	return reason
}
