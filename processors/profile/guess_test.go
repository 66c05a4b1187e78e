package profile

import (
	"fmt"
	"strings"
	"testing"
)

func TestGuess(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ line, structure, kind, fields string }{
		{`{"EventID":4624,"user":{"name":"a b","id":null},"tags":["x"],"none":[]}`, "json", "4624", `EventID=4624|user.name=a b|user.id=null|tags=["x"]|none=`},
		{`{"a":1,"b":"cut o`, "broken json", "", ""},
		{`{'a'='1';'b'='2';'c'='3';'d'='4';'e'='5'}`, "semicolons", "", `c1={'a'='1'|c2='b'='2'|c3='c'='3'|c4='d'='4'|c5='e'='5'}`},
		{`<34>1 2003-10-11T22:14:15.003Z host app 12 ID47 [a@1 b="]"][c] {"x":1}`, "syslog_rfc5424 with json", "app", `time=2003-10-11T22:14:15.003Z|host=host|app=app|procid=12|msgid=ID47|data=[a@1 b="]"][c]|pri=34|x=1`},
		{`<13>Feb  5 17:32:18 10.0.0.99 sshd[12]: Accepted key`, "syslog_rfc3164 with text", "sshd", `time=Feb  5 17:32:18|host=10.0.0.99|app=sshd|procid=12|pri=13|message=Accepted key`},
		{`Feb  5 17:32:18 sshd[12]: no host`, "syslog_rfc3164 with text", "sshd", `time=Feb  5 17:32:18|app=sshd|procid=12|message=no host`},
		{`<166>Jan  5 09:52:35 10.22.8.12 %ASA-6-302014: Teardown`, "syslog_rfc3164 with text", "302014", `time=Jan  5 09:52:35|host=10.22.8.12|app=%ASA-6-302014|pri=166|message=Teardown`},
		{`<134>Feb 14 19:04:54 h CEF:0|V|P|1|100|a \| b|5|src=1.2.3.4 msg=a b\=c dst=`, "syslog_rfc3164 with cef", "100", `time=Feb 14 19:04:54|host=h|pri=134|version=CEF:0|vendor=V|product=P|device_version=1|signature=100|name=a \| b|severity=5|src=1.2.3.4|msg=a b\=c|dst=`},
		{"LEEF:1.0|V|P|1|id|src=1.2.3.4\tmsg=a b", "leef", "id", "version=LEEF:1.0|vendor=V|product=P|device_version=1|event_id=id|src=1.2.3.4|msg=a b"},
		{`1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET /\"x HTTP/1.0" 200 23 "-" "agent x"`, "access", "", `client=1.2.3.4|ident=-|user=-|time=10/Oct/2000:13:55:36 -0700|request=GET /\"x HTTP/1.0|status=200|bytes=23|referer=-|agent=agent x`},
		{`time=x level=info msg="a \" b" n=`, "kv", "", `time=x|level=info|msg=a \" b|n=`},
		{"a\t\tc\td\te", "tsv", "", "c1=a|c2=|c3=c|c4=d|c5=e"},
		{`1,"a,b",3,4,,6`, "csv", "", "c1=1|c2=a,b|c3=3|c4=4|c5=|c6=6"},
		{"2015-01-13 00:32:17 10.0.0.1 GET /x - 80 - 1.2.3.4 (a;b;c;d;e;f) 404", "columns", "", "c1=2015-01-13|c2=00:32:17|c3=10.0.0.1|c4=GET|c5=/x|c6=-|c7=80|c8=-|c9=1.2.3.4|c10=(a;b;c;d;e;f)|c11=404"},
		{`<Event><System><Provider Name='P'/><EventID>7</EventID></System><Data Name='User'>x</Data></Event>`, "xml", "7", "Provider.Name=P|EventID=7|User=x"},
		{`<Event><System><EventID>7</Event`, "broken xml", "", ""},
		{"2026-01-02 10:00:00 ERROR it broke, badly", "text", "", "time=2026-01-02 10:00:00 |level=ERROR|message=2026-01-02 10:00:00 ERROR it broke, badly"},
		{"#Fields: a b", "header", "", ""},
		{" \r\n", "blank", "", ""},
		{"a\xff", "not UTF-8", "", ""},
	} {
		ev, st := NewGuesser().Read([]byte(tt.line))
		var fields []string
		for _, f := range ev.Fields {
			fields = append(fields, fmt.Sprintf("%s=%s", f.Name, f.Value))
		}
		if st.String() != tt.structure || string(ev.Kind) != tt.kind || !st.broken() && strings.Join(fields, "|") != tt.fields {
			t.Errorf("%s\nis %v of kind %q: %s", tt.line, st, ev.Kind, strings.Join(fields, "|"))
		}
	}
}

func TestShapes(t *testing.T) {
	t.Parallel()
	for v, want := range map[string]Shape{
		"true": Bool, "False": Bool, "0": Int, "-17": Int, "+3": Int, "1.5": Float, "-0.25": Float, "1e-07": Float, "1331901000": Epoch,
		"1331901000.25": Epoch, "1331901000123": Epoch, "9999999999": Int, "1.2.3.4": IPv4, "256.1.1.1": Mixed, "::1": IPv6, "fe80::a:b": IPv6,
		"10.0.0.1:80": Socket, "10.0.0.0/8": CIDR, "00:0d:3a:13:e3:69": MAC, "5770385f-c22a-43e0-bf4c-06f5698ffbd9": UUID,
		"{5770385F-C22A-43E0-BF4C-06F5698FFBD9}": UUID, "0x1000": Hex, "d41d8cd98f00b204e9800998ecf8427e": Hex,
		"2020-10-22T03:52:01.033Z": TimeISO, "2020-10-22 03:52:01": TimeSpace, "2015/01/05 07:15:23": TimeSlash,
		"10/Oct/2000:13:55:36 -0700": TimeAccess, "Feb  5 17:32:18": TimeSyslog, "Mon, 02 Jan 2006 15:04:05 GMT": TimeMail,
		"2015-01-13": Date, "13.01.2015": DateLocal, "00:32:17": Time, "T+1331901000,0": Mixed, "https://a/b": URL, "/a/b": Path,
		`C:\x`: Path, "sshd": Lower, "web-01": Lower, "GET": Upper, "ResponseComplete": Mixed, "a b": Prose, "a\x01": Binary, "1,2": Mixed,
	} {
		if got := ShapeOf([]byte(v)); got != want {
			t.Errorf("%q is %v, want %v", v, got, want)
		}
	}
}

func TestGuesserAllocatesNothing(t *testing.T) {
	for _, line := range []string{
		`{"EventID":4624,"user":{"name":"a b","id":null},"tags":["x"],"none":[]}`,
		`<13>Feb  5 17:32:18 10.0.0.99 sshd[12]: Accepted key`, "a\tb\tc\td\te\tf", `time=x level=info msg="a b"`,
	} {
		g, b := NewGuesser(), []byte(line)
		if n := testing.AllocsPerRun(100, func() { g.Read(b) }); n > 0 {
			t.Errorf("%.0f allocations for %s", n, line)
		}
	}
}
