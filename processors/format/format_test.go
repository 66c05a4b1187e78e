package format

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
	"pgregory.net/rapid"
)

// verdict returns the verdict on value.
func verdict(c feedgauge.Checker, value string) feedgauge.Verdict {
	return c.Check(&feedgauge.Record{Value: []byte(value)})
}

// mistakes returns the FieldErrors that building c gives.
func mistakes(t *testing.T, c feedgauge.FormatConfig) []feedgauge.FieldError {
	t.Helper()
	checker, err := c.Build(feedgauge.Env{})
	if err == nil || checker != nil {
		t.Fatalf("got checker %v, error %v", checker, err)
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%v is not joined", err)
	}
	var list []feedgauge.FieldError
	for _, e := range joined.Unwrap() {
		var f *feedgauge.FieldError
		if !errors.As(e, &f) {
			t.Fatalf("%v is no FieldError", e)
		}
		list = append(list, *f)
	}
	return list
}

// good is a line that each format accepts.
var good = map[string]string{
	"any":             "x",
	"regexp":          "192.0.2.1 eve logged in",
	"json":            `{"a":1}`,
	"access_combined": `192.0.2.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "curl"`,
	"access_common":   `192.0.2.1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5`,
	"cisco_asa":       "<166>Jan  5 08:52:35 192.0.2.216 %ASA-6-302016: Teardown UDP connection 212806055 for outside:192.0.2.62/55383 to inside:192.0.2.85/53",
	"csv":             "1,\"2\"",
	"tsv":             "1\t2",
	"syslog_rfc5424":  `<30>1 2024-02-18T02:29:57+08:00 example.com charon 15894 - [meta sequenceId="31"] sending packet`,
	"zeek_json":       `{"ts":1575413096.052279,"uid":"CH53301MTU21BMj2Bj","id.orig_h":"192.0.2.97","id.orig_p":49187}`,
	"squid":           "1461576382.642    161 192.0.2.1 TCP_MISS/200 103701 GET http://example.com/ - DIRECT/199.27.79.73 text/html",
	"vpc_flow":        "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
	"w3c_iis":         "2015-01-13 00:32:17 192.0.2.81 GET /robots.txt - 80 - 192.0.2.146 Mozilla/5.0+(compatible) - 404 0 2 283",
	"zeek_tsv":        "1647504456.038126\tCLZwfq2hHnVH2XKvQg\t192.0.2.100\t50527\t192.0.2.89\t443\ttcp",
	"syslog_rfc3164":  "Mar 27 13:06:56 web-01 sshd[12]: hello",

	"auditd":             `type=SYSCALL msg=audit(1481076984.827:17): arch=c000003e syscall=59 success=yes exit=0 items=2 ppid=390 pid=391 auid=0 uid=0 comm="dd" exe="/bin/dd" key=(null)`,
	"cef":                `CEF:0|Security|threatmanager|1.0|100|worm successfully stopped|10|src=10.0.0.1 dst=2.1.2.2 spt=1232 rt=1666277021195 msg=a \= b`,
	"cloudtrail":         `{"eventVersion":"1.08","userIdentity":{"type":"AWSService"},"eventTime":"2021-12-02T22:11:24Z","eventSource":"s3.amazonaws.com","eventName":"GetBucketAcl","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.1"}`,
	"fortigate_kv":       `<189>date=2019-04-09 time=04:27:29 devname=fw01 devid=FG800D0 logid="0000000013" type="traffic" subtype=forward level=notice srcip=192.0.2.1 srcport=19982 dstip=192.0.2.2 dstport=179 proto=6 action="close" sentbyte=300 rcvdbyte=0`,
	"k8s_audit":          `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"033d17af","stage":"ResponseComplete","requestURI":"/api","verb":"list","user":{"username":"a"},"sourceIPs":["::1"],"stageTimestamp":"2017-09-11T19:55:05.123456Z"}`,
	"kv":                 `time=2019-04-09T04:27:29Z host="a b" n=1, list=a,b; last='x y'`,
	"leef":               "LEEF:1.0|Microsoft|MSExchange|2013 SP1|15345|src=192.0.2.0\tdst=192.0.2.1\tsev=5\tmsg=a=b c",
	"logfmt":             `time="2021-09-15T21:17:10Z" level=info msg="hello \"world\"" ok dur=1.5ms`,
	"osquery":            `{"name":"mounts","hostIdentifier":"a","calendarTime":"Thu Dec 28 14:40:08 2017 UTC","unixTime":"1514472008","columns":{"path":"/"},"action":"added"}`,
	"otlp_json":          `{"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{},"logRecords":[{"timeUnixNano":"1544712660300000000","severityNumber":9,"body":{"stringValue":"a"},"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"}]}]}]}`,
	"paloalto":           `<11>Jan  5 05:38:59 pan1 1,2015/01/05 05:38:58,0006C110285,SYSTEM,general,0,2015/01/05 05:38:58,vsys1,general,,0,0,general,informational,"User ""a"", logged in",347368099,0x0`,
	"pfsense_filterlog":  `Sep 30 14:35:50 pfSense filterlog: 53,,,1000102631,em0,match,block,in,4,0x0,,64,892,0,none,6,tcp,44,192.0.2.1,192.0.2.2,59576,22,0,S,17536001,,65535,,mss`,
	"suricata":           `{"timestamp":"2019-01-02T03:50:11.315110+0100","flow_id":52710912,"event_type":"alert","src_ip":"192.0.2.1","src_port":49678,"dest_ip":"192.0.2.2","dest_port":22,"proto":"TCP","alert":{"signature_id":2001219}}`,
	"sysmon":             `{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Hostname":"a","TimeCreated":"2020-10-22T03:52:01.033Z"}`,
	"windows_event_json": `{"EventID":4624,"Channel":"Security","Hostname":"a","EventTime":"2020-09-22 04:22:29"}`,
	"windows_event_xml":  `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Sysmon'/><EventID>1</EventID><TimeCreated SystemTime='2021-01-14T23:41:40.145335200Z'/><Channel>Sysmon</Channel><Computer>a</Computer></System><EventData><Data Name='Image'>a &amp; b</Data></EventData></Event>`,
}

func TestEveryFormatOnBlankAndNull(t *testing.T) {
	for name := range All() {
		c, line, two := newChecker(t, name), good[name], 2
		if name == "any" {
			two = 1
		}
		if got, want := c.Check(&feedgauge.Record{}), (feedgauge.Verdict{Reason: feedgauge.NullValue, Blank: true}); got != want {
			t.Errorf("%s, null: got %+v, want %+v", name, got, want)
		}
		for value, want := range map[string]feedgauge.Verdict{
			"":                          {Blank: true},
			"\n":                        {Lines: 1, Blank: true},
			" \t\r\n \v\f":              {Lines: 2, Blank: true},
			"\ufeff\n":                  {Lines: 1, Blank: true},
			line:                        {Lines: 1, Events: 1},
			line + "\n":                 {Lines: 1, Events: 1},
			line + "\n\n":               {Lines: 2, Events: 1},
			"\n" + line:                 {Lines: 2, Events: 1},
			line + "\r\n" + line:        {Lines: 2, Events: two},
			"\ufeff" + line + "\r\n":    {Lines: 1, Events: 1},
			line + "\n \t\n" + line:     {Lines: 3, Events: two},
			strings.Repeat("\n", 1<<16): {Lines: 1 << 16, Blank: true},
		} {
			if got := verdict(c, value); got != want {
				t.Errorf("%s, %.80q: got %+v, want %+v", name, value, got, want)
			}
		}
	}
}

func TestEveryFormatFindsTheBadLine(t *testing.T) {
	nonsense := []feedgauge.Reason{feedgauge.Syntax, feedgauge.Columns, feedgauge.BadType, feedgauge.BadTimestamp}
	for name := range All() {
		if name == "any" {
			continue
		}
		c, line := newChecker(t, name), good[name]
		nul, nonsense := []feedgauge.Reason{feedgauge.Control}, nonsense
		if name == "regexp" { // its lines are shorter, so that none takes long
			nul, nonsense = append(nul, feedgauge.TooLong), append(nonsense, feedgauge.TooLong)
		}
		for value, want := range map[string][]feedgauge.Reason{
			line + "\n" + line + "\xff":     {feedgauge.Encoding},
			"\xff\n" + line:                 {feedgauge.Encoding},
			"\x00\n" + line:                 {feedgauge.Control},
			line + "\n\x00\n\xff":           {feedgauge.Control},
			line + "\n\xff\n\x00":           {feedgauge.Encoding},
			strings.Repeat("\x00", 1<<20):   nul,
			strings.Repeat("\xff\n", 1<<19): {feedgauge.Encoding},
			strings.Repeat("x", 1<<20+1):    {feedgauge.TooLong},
			strings.Repeat("%%%%% ", 1<<17): nonsense,
			line + "\n%%%%%\n":              nonsense,
		} {
			if got := verdict(c, value).Reason; !slices.Contains(want, got) {
				t.Errorf("%s, %.80q: got %q, want one of %q", name, value, got, want)
			}
		}
	}
}

func TestLongLines(t *testing.T) {
	long := strings.Repeat("é", 1<<19-500)
	for name, value := range map[string]string{
		"any":               long,
		"json":              `{"a":"` + long + `"}`,
		"access_combined":   strings.Replace(good["access_combined"], "curl", long, 1),
		"syslog_rfc3164":    good["syslog_rfc3164"] + long,
		"auditd":            good["auditd"] + " k=" + long,
		"cef":               good["cef"] + long,
		"kv":                good["kv"] + " k=" + long,
		"leef":              good["leef"] + long,
		"logfmt":            good["logfmt"] + " k=" + long,
		"paloalto":          good["paloalto"] + "," + long,
		"pfsense_filterlog": good["pfsense_filterlog"] + long,
		"suricata":          strings.Replace(good["suricata"], "{", `{"a":"`+long+`",`, 1),
		"windows_event_xml": strings.Replace(good["windows_event_xml"], "a &amp;", long+"&amp;", 1),
	} {
		if got := verdict(newChecker(t, name), value); got != (feedgauge.Verdict{Lines: 1, Events: 1}) {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

// TestConfigsDescribeThemselves: every option has its name, a sentence and a
// default in its tags.
func TestConfigsDescribeThemselves(t *testing.T) {
	for name, config := range All() {
		typ := reflect.TypeOf(config()).Elem()
		for _, f := range reflect.VisibleFields(typ) {
			if f.Anonymous || !f.IsExported() {
				continue
			}
			required := !strings.HasSuffix(f.Tag.Get("hcl"), ",optional")
			if f.Tag.Get("hcl") == "" || f.Tag.Get("doc") == "" || f.Tag.Get("default") == "" && !required {
				t.Errorf("%s: field %s lacks a tag", name, f.Name)
			}
		}
		if config() == config() && typ.NumField() > 0 {
			t.Errorf("%s: two calls return the same configuration", name)
		}
	}
}

// TestLinesAddUp: cutting a record at a line feed neither makes nor loses lines.
func TestLinesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SliceOf(rapid.SampledFrom([]byte("a\n\r "))).Draw(t, "value")
		got := countLines(value)
		if want := len(slices.Collect(bytes.Lines(value))); got != want {
			t.Fatalf("%q: got %d, want %d", value, got, want)
		}
		for i, c := range value {
			if c == '\n' && countLines(value[:i+1])+countLines(value[i+1:]) != got {
				t.Fatalf("%q: cut at %d", value, i)
			}
		}
	})
}
