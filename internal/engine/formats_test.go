package engine_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// vanishing is a feed of a format, of which a critical field vanishes: old is
// replaced by less in its lines.
type vanishing struct {
	format, line, field, old, less string
	fields                         []string // names of columns
}

// sent is such a feed as it comes: bare, or in an envelope.
type sent struct {
	vanishing
	envelope string // that is declared, if any
	wrapped  string // how lines come in it, with %s, or with %q where they are quoted
}

// feed is the name of the feed, and of its class.
func (v *sent) feed() string { return v.format + v.envelope }

// value is a line as it comes.
func (v *sent) value(line string) string { return fmt.Sprintf(v.wrapped, line) }

// feeds are all of them bare, and some again, each in an envelope of another kind.
func feeds() (out []sent) {
	all := map[string]vanishing{}
	for _, v := range vanishings() {
		all[v.format] = v
		out = append(out, sent{vanishing: v, wrapped: "%s"})
	}
	for _, e := range []struct{ format, envelope, wrapped string }{
		{"cef", "syslog", "<13>Jan  2 03:04:05 web-1 app[12]: %s"},
		{"access_combined", "beats", `{"@timestamp":"2026-01-02T03:04:05.678Z","log":{"offset":1},"message":%q}`},
		{"logfmt", "docker", `{"log":%q,"stream":"stdout","time":"2026-01-02T03:04:05.678901234Z"}`},
		{"json", "cri", "2026-01-02T03:04:05.678901234Z stdout F %s"},
		{"cloudtrail", "records", `{"Records":[%s]}`},
		{"kv", "array", `[%q]`},
		{"auditd", "auto", "2026-01-02T03:04:05.678901234Z stdout F %s"},
		{"regexp", "auto", `{"@timestamp":"2026-01-02T03:04:05.678Z","message":%q}`},
		{"zeek_json", "auto", "%s"},
	} {
		out = append(out, sent{all[e.format], e.envelope, e.wrapped})
	}
	return out
}

func vanishings() []vanishing {
	const (
		common = `192.0.2.1 - frank [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5`
		conn   = "1647504456.038126\tCLZwfq2hHnVH2XKvQg\t192.0.2.100\t50527\t192.0.2.89\t443"
		asa    = "<166>Jan  5 08:52:35 fw-1 %ASA-6-302016: Teardown UDP connection 2 for outside:192.0.2.62/55383 to inside:192.0.2.85/53"
	)
	return []vanishing{
		{"json", `{"ts":1,"src":{"ip":"192.0.2.7"}}`, "src.ip", `"ip":"192.0.2.7"`, `"ip":""`, nil},
		{"access_combined", common + ` "-" "curl"`, "user", "frank", "-", nil},
		{"access_common", common, "client", "192.0.2.1", "-", nil},
		{"squid", "1461576382.642    161 192.0.2.1 TCP_MISS/200 103701 GET http://example.com/ - DIRECT/199.27.79.73 text/html", "server", "199.27.79.73", "-", nil},
		{"w3c_iis", "2015-01-13 00:32:17 192.0.2.81 GET / - 80 - 192.0.2.146 Mozilla - 404 0 2 283", "s-ip", "192.0.2.81", "-", nil},
		{"csv", `a,"192.0.2.1"`, "ip", `"192.0.2.1"`, `""`, []string{"name", "ip"}},
		{"tsv", "a\t192.0.2.1", "ip", "192.0.2.1", "0.0.0.0", []string{"name", "ip"}},
		{"zeek_tsv", conn, "id.resp_h", "192.0.2.89", "-", strings.Fields("ts uid id.orig_h id.orig_p id.resp_h id.resp_p")},
		{"zeek_json", `{"ts":1575413096.05,"id.resp_h":"192.0.2.8","id.resp_p":88}`, "id.resp_h", `"id.resp_h":"192.0.2.8",`, "", nil},
		{"syslog_rfc3164", "<34>Oct 11 22:14:15 web-1 su: failed", "host", "web-1 ", "", nil},
		{"syslog_rfc5424", `<34>1 2003-10-11T22:14:15Z web-1 su - - - failed`, "host", "web-1", "-", nil},
		{"vpc_flow", "2 123456789010 eni-1235b8ca 192.0.2.139 192.0.2.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK", "dstaddr", "192.0.2.21", "-", nil},
		{"cisco_asa", asa, "host", " fw-1 ", ": ", nil},
		{"auditd", `type=SYSCALL msg=audit(1481076984.827:17): arch=c000003e syscall=59 success=yes exit=0 items=2 ppid=390 pid=391 auid=0 uid=0 comm="dd" exe="/bin/dd" key=(null)`, "exe", `"/bin/dd"`, `""`, nil},
		{"cef", `CEF:0|Security|threatmanager|1.0|100|worm|10|src=10.0.0.1 dst=2.1.2.2`, "dst", "2.1.2.2", "0.0.0.0", nil},
		{"cloudtrail", `{"eventVersion":"1.08","eventTime":"2021-12-02T22:11:24Z","eventSource":"s3.amazonaws.com","eventName":"GetBucketAcl","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.1"}`, "sourceIPAddress", "192.0.2.1", "", nil},
		{"fortigate_kv", `<189>date=2019-04-09 time=04:27:29 devname=fw01 devid=FG800D0 logid="0000000013" type="traffic" subtype=forward level=notice srcip=192.0.2.1 srcport=19982 dstip=192.0.2.2 dstport=179 proto=6 action="close" sentbyte=300 rcvdbyte=0`, "dstip", " dstip=192.0.2.2", "", nil},
		{"k8s_audit", `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"033d17af","stage":"ResponseComplete","requestURI":"/api","verb":"list","user":{"username":"a"},"sourceIPs":["::1"],"stageTimestamp":"2017-09-11T19:55:05.123456Z"}`, "verb", `"verb":"list",`, "", nil},
		{"kv", "time=2019-04-09T04:27:29Z host=web-1 n=1", "host", "host=web-1 ", "", nil},
		{"leef", "LEEF:1.0|Microsoft|MSExchange|2013 SP1|15345|src=192.0.2.1\tdst=192.0.2.2\tsev=5", "dst", "\tdst=192.0.2.2", "", nil},
		{"logfmt", "time=2021-09-15T21:17:10Z level=info msg=hello host=web-1", "host", "host=web-1", "host=", nil},
		{"osquery", `{"name":"mounts","hostIdentifier":"a","unixTime":"1514472008","columns":{"path":"/"},"action":"added"}`, "hostIdentifier", `"hostIdentifier":"a"`, `"hostIdentifier":""`, nil},
		{"suricata", `{"timestamp":"2019-01-02T03:50:11.315110+0100","flow_id":52710912,"event_type":"alert","src_ip":"192.0.2.1","src_port":49678,"dest_ip":"192.0.2.2","dest_port":22,"proto":"TCP","alert":{"signature_id":2001219}}`, "dest_ip", "192.0.2.2", "", nil},
		{"sysmon", `{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"a","TimeCreated":"2020-10-22T03:52:01.033Z"}`, "Hostname", `"Hostname":"a"`, `"Hostname":null`, nil},
		{"otlp_json", `{"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{},"logRecords":[{"timeUnixNano":"1544712660300000000","severityNumber":9,"body":{"stringValue":"a"},"traceId":"5b8efff798038103d269b633813fc60c"}]}]}]}`, "traceId", `,"traceId":"5b8efff798038103d269b633813fc60c"`, "", nil},
		{"paloalto", `<11>Jan  5 05:38:59 pan1 1,2015/01/05 05:38:58,0006C110285,SYSTEM,general,0,2015/01/05 05:38:58,vsys1,general,,0,0,general,informational,"in",347368099,0x0`, "serial", "0006C110285", "", nil},
		{"pfsense_filterlog", `Sep 30 14:35:50 pfSense filterlog: 53,,,1000102631,em0,match,block,in,4,0x0,,64,892,0,none,6,tcp,44,192.0.2.1,192.0.2.2,59576,22,0,S,17536001,,65535,,mss`, "interface", "em0", "", nil},
		{"regexp", "192.0.2.1 frank logged in", "user", "frank", "-", nil},
		{"windows_event_xml", `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Sysmon'/><EventID>1</EventID><TimeCreated SystemTime='2021-01-14T23:41:40.145335200Z'/><Channel>Sysmon</Channel><Computer>a</Computer></System></Event>`, "Computer", "<Computer>a<", "<Computer><", nil},
		{"windows_event_json", `{"EventID":4624,"Channel":"Security","Hostname":"a","EventTime":"2020-09-22 04:22:29"}`, "Hostname", `"Hostname":"a"`, `"Hostname":"-"`, nil},
	}
}

// class is a class of one format that demands the field.
func (v *sent) class(t *testing.T) *pipeline.Class {
	t.Helper()
	rule := rules.Defaults()
	rule.Name, rule.When, rule.Severity = "malformed", "window.errors > 0.5 * window.arrivals", "high"
	rule.Say = "{feed.name}: {window.fault} in {window.errors} records, such as {window.sample}"
	built, err := rule.Build([]string{"events"}, false)
	if err != nil {
		t.Fatal(err)
	}
	class := pipelinetest.Class(t, v.feed(), "raw", v.feed(), 10*time.Second, time.Second, 0)
	class.Format, class.Forecaster, class.Rules = v.format, nil, []*rules.Rule{built}
	class.Checker = func() (feedgauge.Checker, error) {
		config := format.All()[v.format]()
		o := config.(interface{ Common() *format.Options }).Common()
		o.Require, o.Fields = []string{v.field}, v.fields
		if v.envelope != "" {
			o.Wrap(v.envelope, "")
		}
		if c, ok := config.(interface{ Express(string) }); ok {
			c.Express(`^(?<client>\S+) (?<user>\S+) (?<text>.*)$`)
		}
		return config.Build(feedgauge.Env{})
	}
	return class
}

// fault is what an alert says of how a format was broken.
type fault struct {
	Reason, Field, First, Sample string
	Events                       int64
}

// Each format, as raw lines on a broker, and some in each envelope: a critical field vanishes, and one finding
// names it, tells since when, and shows a line.
func TestVanishedFieldIsTold(t *testing.T) {
	t.Parallel()
	broker, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = broker.Close() })
	p := &pipeline.Pipeline{
		Kafka: pipeline.Kafka{
			Brokers: broker.Brokers(), Prefix: "feedgauge", Partitions: 3, Replication: 1, Instance: "test", MetadataAge: time.Second, Workers: 2,
		},
		Embedded: &pipeline.Embedded{}, Sources: []*pipeline.Source{pipelinetest.Source("raw", "raw-.*")},
	}
	start := time.Now().Add(-20 * time.Minute).Truncate(time.Minute)
	broke := start.Add(53 * time.Second)
	cases := map[string]sent{}
	var records []*kgo.Record
	for _, v := range feeds() {
		cases[v.feed()] = v
		p.Classes = append(p.Classes, v.class(t))
	}
	for i := range 100 {
		at := start.Add(time.Duration(i) * time.Second)
		for _, v := range feeds() {
			line := v.line
			if !at.Before(broke) {
				line = strings.Replace(line, v.old, v.less, 1)
			}
			records = append(records, record("raw-1", v.feed(), v.value(line), at))
		}
	}
	produce(t, broker.Brokers(), "raw-1", 2, records)
	e, err := engine.New(engine.Options{Pipeline: p, Log: testLog(t), Boot: "1", Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	run(t, e)
	for _, raw := range rawAlerts(t, broker.Brokers(), p.Kafka.Topic(kafka.Alerts), len(cases)) {
		judgeVanished(t, cases, raw, broke)
	}
	if len(cases) > 0 {
		t.Errorf("nothing was told of %v", cases)
	}
}

// judgeVanished takes the case that an alert is about out of cases.
func judgeVanished(t *testing.T, cases map[string]sent, raw string, broke time.Time) {
	t.Helper()
	var alert struct {
		Message  string
		Unmapped struct {
			Feedgauge struct {
				Feed, Rule, Since string
				Faults            []fault
			}
		}
	}
	if err := json.Unmarshal([]byte(raw), &alert); err != nil {
		t.Fatal(err)
	}
	n := alert.Unmapped.Feedgauge
	v, ok := cases[n.Feed]
	if !ok {
		t.Errorf("told twice, or of no feed of ours: %s", raw)
		return
	}
	delete(cases, n.Feed)
	bad := strings.Replace(v.line, v.old, v.less, 1)
	sample := format.Sample([]byte(bad), 200)
	window := feedgauge.InstantOf(broke.Truncate(10 * time.Second)).String()
	want := fault{"missing_field", v.field, feedgauge.InstantOf(broke).String(), sample, 7}
	if n.Rule != "malformed" || n.Since != window || len(n.Faults) != 1 || n.Faults[0] != want {
		t.Errorf("%s: since %s\ngot  %+v\nwant %+v since %s", n.Feed, n.Since, n.Faults, want, window)
	}
	if message := n.Feed + ": missing_field (" + v.field + ") in 7 records, such as " + sample; alert.Message != message {
		t.Errorf("got  %s\nwant %s", alert.Message, message)
	}
}

// rawAlerts returns the first n alerts about feeds as they stand on the topic.
func rawAlerts(t *testing.T, brokers []string, topic string, n int) (raw []string) {
	t.Helper()
	cl, err := kafka.Dial(brokers, kgo.ConsumeTopics(topic), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.MetadataMinAge(100*time.Millisecond), kgo.UnknownTopicRetries(-1))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	for len(raw) < n && t.Context().Err() == nil {
		cl.PollFetches(t.Context()).EachRecord(func(r *kgo.Record) {
			if strings.HasPrefix(string(r.Key), "main/") {
				raw = append(raw, string(r.Value))
			}
		})
	}
	return raw
}
