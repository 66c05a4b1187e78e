package inspect

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/processors/profile"
)

// specific are the formats from the most specific on: of several that accept the
// lines, the first is meant. Those of plugins, which are not listed, come first.
var specific = []string{
	"sysmon", "windows_event_json", "windows_event_xml", "cloudtrail", "suricata", "k8s_audit", "osquery", "otlp_json", "zeek_json",
	"zeek_tsv", "w3c_iis", "vpc_flow", "squid", "paloalto", "pfsense_filterlog", "fortigate_kv", "auditd", "cisco_asa", "cef", "leef",
	"access_combined", "access_common", "syslog_rfc5424", "syslog_rfc3164", "logfmt", "json", "kv", "tsv", "csv", "regexp", "any",
}

// signs are fields that events of a format have, each with its other spellings,
// some of which are two fields together. A format that asks for little accepts
// what is not its own; what is has these.
var signs = map[string][]string{
	"sysmon":             {windowsID},
	"windows_event_json": {windowsID},
	"windows_event_xml":  {"EventID"},
	"cloudtrail":         {"eventVersion|CloudTrailEvent|detail.eventVersion", "eventName|EventName|detail.eventName|insightDetails.eventName"},
	"suricata":           {"event_type", "timestamp"},
	"k8s_audit":          {"auditID", "stage"},
	"osquery":            {"hostIdentifier", "unixTime|calendarTime"},
	"otlp_json":          {"resourceLogs|resourceSpans|resourceMetrics"},
	"zeek_json":          {"ts", zeekStream},
	"auditd":             {"type", "msg|serial"},
	"fortigate_kv":       {"devid|devname|logid", "type"},
}

const windowsID = "EventID|event_id|Event.System.EventID|Event.System.EventID.#text|winlog.event_id|System.EventID|System.EventID.#text|Id+LogName|EventId+Channel|win.system.eventID"

// zeekStream are fields by which Zeek's logs are known: those of connections and
// files, and of logs without either.
const zeekStream = "uid|_path|@stream|id.orig_h|id_orig_h|fuid|fingerprint|certificate.serial|peer|level+location|" +
	"note+msg|software_type|uids+mac|host+port_num|host+issuer_subject|node+message|id+hashAlgorithm|id+machine|id+old_value"

// attempt is how one format fared.
type attempt struct {
	name             string
	checker          feedgauge.Checker
	accepted, events int
	preamble         int // events before the first that was accepted
	fits             bool
}

// ratio is the part of the events that was accepted. What stands before the first
// of them at the head of a file, if it is short, is no event: exports begin so.
func (a *attempt) ratio() float64 {
	n := a.events
	if a.preamble <= 20 && 5*a.preamble <= a.events {
		n -= a.preamble
	}
	if n == 0 {
		return 0
	}
	return float64(a.accepted) / float64(n)
}

// run checks an input; visit may be nil.
func (a *attempt) run(in *Input, visit func(*feedgauge.Event)) {
	see := func(e *feedgauge.Event) {
		a.events++
		if e.Reason == "" {
			a.accepted++
		} else if a.accepted == 0 {
			a.preamble++
		}
		if visit != nil {
			visit(e)
		}
	}
	a.events, a.accepted, a.preamble = 0, 0, 0
	reader, ok := a.checker.(feedgauge.EventReader)
	if in.Topic == "" {
		if s, ok := format.NewStream(a.checker); ok {
			s.Begin(see)
			s.Write(in.Text, true)
			return
		}
	}
	for i := range in.Records {
		r := &in.Records[i]
		if ok {
			reader.Read(r, see)
			continue
		}
		if v := a.checker.Check(r); !v.Blank { // a plugin that shows no events
			see(&feedgauge.Event{Text: r.Value, Reason: v.Reason})
		}
	}
}

// tryAll tries all formats that need no options.
func tryAll(in *Input, formats map[string]func() feedgauge.FormatConfig, s *shape) []*attempt {
	var out []*attempt
	for _, name := range slices.Sorted(maps.Keys(formats)) {
		config := formats[name]()
		if d, ok := config.(interface{ Delimit(string) }); ok && strings.IndexByte(";|", s.main.Delimiter()) >= 0 {
			d.Delimit(string(s.main.Delimiter()))
		}
		c, err := config.Build(feedgauge.Env{})
		if err != nil || name == "any" {
			continue
		}
		a := &attempt{name: name, checker: c}
		if own := newOwn(name, s); own != nil {
			a.run(in, own.see)
			a.fits = own.fit(in) || fits(name, in, s)
		} else {
			a.run(in, nil)
			a.fits = fits(name, in, s)
		}
		out = append(out, a)
	}
	slices.SortStableFunc(out, func(a, b *attempt) int { return cmp.Compare(b.ratio(), a.ratio()) })
	return out
}

// own are the fields of a format's signs as it reads them itself: not every line
// shows them at a glance.
type own struct {
	*shape
	name string
}

func newOwn(name string, s *shape) *own {
	if signs[name] == nil {
		return nil
	}
	return &own{&shape{main: s.main, headers: s.headers, names: map[string]int{}}, name}
}

func (o *own) see(e *feedgauge.Event) {
	o.records++
	for i := range e.Fields {
		o.names[string(e.Fields[i].Name)]++
	}
}

// fit reports whether the format's own fields have its signs. What is in an
// envelope of syslog is looked at without it.
func (o *own) fit(in *Input) bool {
	return !strings.HasPrefix(o.main.String(), "syslog") && fits(o.name, in, o.shape)
}

// fits reports whether lines may be of a format by what they look like.
func fits(name string, in *Input, s *shape) bool {
	for _, alternatives := range signs[name] {
		if !s.has(alternatives) {
			return false
		}
	}
	switch name {
	case "sysmon":
		return isSysmon(in)
	case "csv":
		return s.main == profile.Commas || s.main == profile.Semicolons || s.main == profile.Pipes
	case "tsv":
		return s.main == profile.Tabs
	case "w3c_iis":
		return s.headers > 0 || s.main == profile.Spaces
	case "kv", "logfmt":
		return s.main == profile.Pairs
	}
	return true
}

// isSysmon reports whether most events are Sysmon's, by the name or the id of its
// provider.
func isSysmon(in *Input) bool {
	n := 0
	for i := range in.Records {
		b := bytes.ToLower(in.Records[i].Value)
		if bytes.Contains(b, []byte("microsoft-windows-sysmon")) || bytes.Contains(b, []byte("5770385f-c22a-43e0-bf4c-06f5698ffbd9")) {
			n++
		}
	}
	return 2*n > len(in.Records)
}

// rank is the place of a format among the specific ones.
func rank(name string) int { return slices.Index(specific, name) }

// choose returns the most specific format that accepts enough, nil if none does.
func choose(tried []*attempt) *attempt {
	var best *attempt
	for _, a := range tried {
		if a.fits && a.ratio() >= enough && (best == nil || rank(a.name) < rank(best.name)) {
			best = a
		}
	}
	return best
}

// candidates are the formats that accept something, the best first.
func candidates(tried []*attempt) []Candidate {
	out := []Candidate{}
	for _, a := range tried {
		if r := a.ratio(); r > 0 {
			out = append(out, Candidate{a.name, r})
		}
	}
	return out
}
