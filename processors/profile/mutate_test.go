package profile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
)

// What may become of a line on its way. Each breaks one line of a format as
// senders and relays do; what it cannot break it leaves as it is.
var mutations = []string{"drop_field", "swap_columns", "truncate", "bad_encoding", "timestamp", "delimiter", "blank_field"}

// jsonKeys are, by format, the critical key, two keys whose values change places,
// and the key of the time; the first spelling that is there counts.
var jsonKeys = map[string]struct{ drop, a, b, time []string }{
	"zeek_json":          {[]string{"id.resp_h", "id_resp_h"}, []string{"id.orig_h", "id_orig_h"}, []string{"id.resp_p", "id_resp_p"}, []string{"ts"}},
	"windows_event_json": {[]string{"EventID", "event_id"}, []string{"EventID", "event_id"}, []string{"Channel", "log_name"}, []string{"@timestamp", "EventTime", "TimeCreated"}},
	"sysmon":             {[]string{"EventID", "event_id"}, []string{"EventID", "event_id"}, []string{"Channel", "log_name"}, []string{"@timestamp", "EventTime", "TimeCreated"}},
	"cloudtrail":         {[]string{"eventSource"}, []string{"eventTime"}, []string{"awsRegion"}, []string{"eventTime"}},
	"suricata":           {[]string{"dest_ip"}, []string{"src_ip"}, []string{"dest_port"}, []string{"timestamp"}},
	"k8s_audit":          {[]string{"verb"}, []string{"verb"}, []string{"stage"}, []string{"timestamp", "requestReceivedTimestamp"}},
}

// columnKeys are, by format, the delimiter (a space stands for any number) and
// the places of the same; names are looked up in the header line.
var columnKeys = map[string]struct {
	delimiter        string
	drop, a, b, time any
}{
	"zeek_tsv": {"\t", "id.resp_h", "id.orig_h", "id.resp_p", "ts"},
	"w3c_iis":  {" ", "s-ip", "cs-method", "sc-status", "date"},
	"squid":    {"", 8, 2, 3, 0},
	"paloalto": {",", 7, 3, 7, 1},
	"vpc_flow": {" ", 4, 2, 12, 10},
}

// mutator breaks lines of one format.
type mutator struct {
	format, op string
	rnd        *rand.Rand
	names      []string // of the last header line
}

// line breaks one line.
func (m *mutator) line(l []byte) []byte {
	if len(bytes.TrimSpace(l)) == 0 {
		return l
	}
	if l[0] == '#' {
		if bytes.HasPrefix(bytes.ToLower(l), []byte("#fields")) {
			m.names = strings.FieldsFunc(strings.TrimSpace(string(l)), func(r rune) bool { return r == ' ' || r == '\t' })[1:]
		}
		return l
	}
	switch m.op {
	case "truncate":
		return bytes.TrimRight(l[:max(1, int(float64(len(l))*(0.3+0.4*m.rnd.Float64())))], " \t")
	case "bad_encoding":
		return slices.Concat(l[:len(l)/2], []byte("\xff\xfe\xc3\x28"), l[len(l)/2:])
	}
	if _, ok := jsonKeys[m.format]; ok {
		return m.json(l)
	}
	if _, ok := columnKeys[m.format]; ok {
		return m.columns(l)
	}
	switch m.format {
	case "access_combined", "access_common":
		return m.access(l)
	case "syslog_rfc3164", "cisco_asa":
		return m.syslog(l)
	case "cef":
		return m.cef(l)
	}
	return m.other(l)
}

type member struct{ key, value string }

// members are the members of an object in order, nil if l is none.
func members(l []byte) []member {
	dec := json.NewDecoder(bytes.NewReader(l))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var out []member
	for dec.More() {
		k, err := dec.Token()
		if err != nil {
			return nil
		}
		var v json.RawMessage
		if dec.Decode(&v) != nil {
			return nil
		}
		out = append(out, member{k.(string), string(v)})
	}
	return out
}

func at(ms []member, keys []string) int {
	for _, k := range keys {
		if i := slices.IndexFunc(ms, func(m member) bool { return m.key == k }); i >= 0 {
			return i
		}
	}
	return -1
}

func (m *mutator) json(l []byte) []byte {
	keys, ms := jsonKeys[m.format], members(l)
	if ms == nil {
		return l
	}
	i := at(ms, keys.drop)
	switch m.op {
	case "drop_field":
		if i < 0 {
			return l
		}
		ms = slices.Delete(ms, i, i+1)
	case "blank_field":
		if i < 0 {
			return l
		}
		ms[i].value = `""`
	case "swap_columns":
		a, b := at(ms, keys.a), at(ms, keys.b)
		if a < 0 || b < 0 || ms[a].value == ms[b].value {
			return l
		}
		ms[a].value, ms[b].value = ms[b].value, ms[a].value
	case "timestamp":
		t := at(ms, keys.time)
		if t < 0 {
			return l
		}
		text := strings.Trim(ms[t].value, `"`)
		ms[t].value = `"day ` + strings.NewReplacer("T", " / ", ":", ".").Replace(text) + `"`
	case "delimiter":
		var parts []string
		for _, x := range ms {
			parts = append(parts, fmt.Sprintf("'%s'='%s'", x.key, strings.Trim(x.value, `"`)))
		}
		return []byte("{" + strings.Join(parts, ";") + "}")
	}
	var b bytes.Buffer
	for i, x := range ms {
		k, _ := json.Marshal(x.key)
		fmt.Fprintf(&b, "%c%s:%s", ",{"[min(1, max(0, 1-i))], k, x.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

func (m *mutator) columns(l []byte) []byte {
	c := columnKeys[m.format]
	join := c.delimiter
	parts := strings.Split(string(l), join)
	if join == "" {
		parts, join = strings.Fields(string(l)), " "
	}
	place := func(x any) int {
		n, isNumber := x.(int)
		if !isNumber {
			n = slices.Index(m.names, x.(string))
		}
		if n >= len(parts) {
			return -1
		}
		return n
	}
	i, a, b, t := place(c.drop), place(c.a), place(c.b), place(c.time)
	switch {
	case m.op == "drop_field" && i >= 0:
		parts = slices.Delete(parts, i, i+1)
	case m.op == "blank_field" && i >= 0:
		parts[i] = "-"
	case m.op == "swap_columns" && a >= 0 && b >= 0:
		parts[a], parts[b] = parts[b], parts[a]
	case m.op == "timestamp" && t >= 0:
		parts[t] = otherDate(parts[t])
	case m.op == "delimiter":
		if join = ";"; c.delimiter == "," {
			join = "|"
		}
	}
	return []byte(strings.Join(parts, join))
}

var isoDate = regexp.MustCompile(`^(\d{4})[-/](\d\d)[-/](\d\d)( .*)?$`)

func otherDate(v string) string {
	if d := isoDate.FindStringSubmatch(v); d != nil {
		return d[3] + "." + d[2] + "." + d[1] + d[4]
	}
	return "T+" + strings.ReplaceAll(v, ".", ",")
}

var accessLine = regexp.MustCompile(`^(\S+) (\S+) (\S+) \[([^\]]+)\] "(.*?)" (\d{3}) (\S+)(.*)$`)

func (m *mutator) access(l []byte) []byte {
	g := accessLine.FindStringSubmatch(string(l))
	if g == nil {
		return l
	}
	host, ident, user, ts, req, status, size, rest := g[1], g[2], g[3], g[4], g[5], g[6], g[7], g[8]
	cols := []string{host, ident, user, "[" + ts + "]", `"` + req + `"`, status, size}
	switch m.op {
	case "drop_field":
		cols = cols[1:]
	case "blank_field":
		cols[0] = "-"
	case "swap_columns":
		cols[0], cols[5] = status, host
	case "timestamp":
		month := 1 + strings.Index("JanFebMarAprMayJunJulAugSepOctNovDec", ts[3:6])/3
		cols[3] = fmt.Sprintf("[%s-%02d-%sT%sZ]", ts[7:11], month, ts[:2], ts[12:20])
	case "delimiter":
		return []byte(strings.Join(cols, "\t") + rest)
	}
	return []byte(strings.Join(cols, " ") + rest)
}

var syslogLine = regexp.MustCompile(`^(<\d+>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (\S+) ([^:\s]+:)(.*)$`)

func (m *mutator) syslog(l []byte) []byte {
	g := syslogLine.FindStringSubmatch(string(l))
	if g == nil {
		return l
	}
	pri, ts, host, tag, rest := g[1], g[2], g[3], g[4], g[5]
	switch m.op {
	case "drop_field":
		return []byte(pri + ts + " " + tag + rest)
	case "blank_field":
		host = "-"
	case "swap_columns":
		ts, host = host, ts
	case "timestamp":
		month := 1 + strings.Index("JanFebMarAprMayJunJulAugSepOctNovDec", ts[:3])/3
		ts = fmt.Sprintf("%02d/%s %s", month, strings.TrimSpace(ts[4:6]), strings.ReplaceAll(ts[7:], ":", "h"))
	case "delimiter":
		return []byte(pri + ts + ";" + host + ";" + tag + rest)
	}
	return []byte(pri + ts + " " + host + " " + tag + rest)
}

var cefTime = regexp.MustCompile(`\b(start|end|rt)=(\d{10,13})`)

func (m *mutator) cef(l []byte) []byte {
	pre, rest, ok := strings.Cut(string(l), "CEF:")
	parts := strings.Split("CEF:"+rest, "|")
	if !ok || len(parts) < 8 {
		return l
	}
	switch m.op {
	case "drop_field":
		parts = slices.Delete(parts, 6, 7)
	case "blank_field":
		parts[6] = ""
	case "swap_columns":
		parts[0], parts[6] = parts[6], parts[0]
	case "timestamp":
		return []byte(pre + cefTime.ReplaceAllString(strings.Join(parts, "|"), "$1=yesterday $2 o clock"))
	case "delimiter":
		return []byte(pre + strings.Join(parts, ";"))
	}
	return []byte(pre + strings.Join(parts, "|"))
}

// blanks are, by format, what is emptied where there is no other table of it.
var blanks = map[string][2]string{
	"logfmt":            {`level=\S+`, "level="},
	"auditd":            {` pid=\S+`, " pid="},
	"windows_event_xml": {`<EventID>\d+</EventID>`, "<EventID></EventID>"},
	"syslog_rfc5424":    {`^(<\d+>1 \S+) \S+`, "$1 -"},
}

// other breaks lines of the formats without a table.
func (m *mutator) other(l []byte) []byte {
	b, ok := blanks[m.format]
	if m.op != "blank_field" || !ok {
		return l
	}
	return regexp.MustCompile(b[0]).ReplaceAll(l, []byte(b[1]))
}
