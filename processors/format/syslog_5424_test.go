package format

import (
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func TestSyslogRFC5424(t *testing.T) {
	t.Parallel()
	lines := map[string]string{
		// The examples of RFC 5424, 6.5.
		"<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \ufeff'su root' failed for lonvick on /dev/pts/8":                           "",
		"<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.":                                         "",
		`<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="App" eventID="1011"] An event`: "",
		`<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3"][examplePriority@32473 class="high"]`:       "",
		"<34>1 - - - - - -":  "",
		"<34>1 - - - - - - ": "",
		"1 2003-10-11T22:14:15Z host app - - - no priority":   "",
		"61 <34>1 2003-10-11T22:14:15Z host app - - - framed": "",
		`<34>1 2003-10-11T22:14:15Z h a - - [x a="\"\\\]"] m`: "",
		`<34>1 2003-10-11T22:14:15Z h a - - [x]`:              "",
		`<34>1 2003-10-11T22:14:15Z h a - - [x a="]"] m`:      "syntax",
		`<34>1 2003-10-11T22:14:15Z h a - - [x a=1] m`:        "syntax",
		`<34>1 2003-10-11T22:14:15Z h a - - [x a="1"b="2"] m`: "syntax",
		`<34>1 2003-10-11T22:14:15Z h a - - [] m`:             "syntax",
		`<34>1 2003-10-11T22:14:15Z h a - - [x a="1"]m`:       "syntax",
		`<34>1 2003-10-11T22:14:15Z h a - - message`:          "syntax",
		`<34>1 2003-10-11T22:14:15Z h  a - - - x`:             "syntax",
		`<34>1 2003-10-11T22:14:15Z h a - - [x a="1`:          "truncated",
		`<34>1 2003-10-11T22:14:15Z h a - - [x a=`:            "truncated",
		`<34>1 2003-10-11T22:14:15Z h a - - [x`:               "truncated",
		`<34>1 2003-10-11T22:14:15Z h a - -`:                  "columns",
		`<34>1 2003-10-11T22:14:15Z h a`:                      "columns",
		`<34>`:                                                "truncated",
		`<34>0 2003-10-11T22:14:15Z h a - - - x`:              "syntax",
		`<34>Oct 11 22:14:15 mymachine su: x`:                 "syntax",
		`<192>1 2003-10-11T22:14:15Z h a - - - x`:             "type priority",
		`<34>1 2003-10-11 22:14:15 h a - - - x`:               "timestamp time",
		`<34>1 2003-10-11T22:14:15 h a - - - x`:               "timestamp time",
		`<34>1 1065910455 h a - - - x`:                        "timestamp time",
		"elephants":                                           "syntax",
	}
	checkLines(t, newChecker(t, "syslog_rfc5424"), lines)
	checkLines(t, newChecker(t, "syslog_rfc5424", "host", "meta.seq:int"), map[string]string{
		`<34>1 - h a - - [meta seq="1"] m`: "", `<34>1 - - a - - [meta seq="1"] m`: "missing_field host",
		`<34>1 - h a - - [x seq="1"] m`: "missing_field meta.seq", `<34>1 - h a - - [meta seq="x"] m`: "type meta.seq",
	})
	got := parts(t, newChecker(t, "syslog_rfc5424"), `<34>1 2003-10-11T22:14:15.003Z h a 7 ID47 [x@1 a="1" b="\]\""][y] m m`)
	want := `@2003-10-11T22:14:15.003Z/1|priority=34|time=2003-10-11T22:14:15.003Z|host=h|app=a|procid=7|msgid=ID47|message=m m|x@1.a=1|x@1.b=]"`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	many := `<34>1 - h a - - [x` + strings.Repeat(` a="1"`, 10_000) + `] m`
	checkLines(t, newChecker(t, "syslog_rfc5424"), map[string]string{many: ""})
}

// Names that are the same one behind the other are told apart all the same.
func TestSyslogRFC5424NamesOfData(t *testing.T) {
	k := newChecker(t, "syslog_rfc5424", "x.ab")
	for _, line := range []struct {
		data string
		want feedgauge.Reason
	}{
		{`[x ab="1"][x c="1"]`, ""}, {`[x ab="1"][x c="1"]`, ""}, {`[x ab="1"][x c="1"]`, ""},
		{`[x a="1"][bx c="1"]`, feedgauge.MissingField}, {`[x a="1"][bx c="1"]`, feedgauge.MissingField},
		{`-`, feedgauge.MissingField}, {`[x ab="1"]`, ""}, {`[x ab="1"][x c="1"]`, ""}, {`[x ab=""]`, feedgauge.MissingField},
	} {
		r := &feedgauge.Record{Value: []byte("<34>1 2003-10-11T22:14:15.003Z h a 7 m " + line.data + " text")}
		if v := k.Check(r); v.Reason != line.want {
			t.Errorf("%s: reason %q, want %q", line.data, v.Reason, line.want)
		}
	}
}

// What an event lacks is not that of the event before.
func TestSyslogRFC5424Forgets(t *testing.T) {
	k := newChecker(t, "syslog_rfc5424").(feedgauge.EventReader)
	for _, tt := range []struct{ line, want string }{
		{"<34>1 2003-10-11T22:14:15.003Z h a 7 m - text", "34"},
		{"1 2003-10-11T22:14:15.003Z h a 7 m - text", ""},
		{"<34>1 2003-10-11T22:14:15.003Z h a 7 m - text", "34"},
		{"<34x1 2003-10-11T22:14:15.003Z h a 7 m - text", ""},
	} {
		k.Read(&feedgauge.Record{Value: []byte(tt.line)}, func(e *feedgauge.Event) {
			if got := string(e.Fields[rfc5424Priority].Value); got != tt.want {
				t.Errorf("%s: priority %q, want %q", tt.line, got, tt.want)
			}
			if e.Reason != "" && e.Fields[rfc5424Host].Value != nil {
				t.Errorf("%s: host %q", tt.line, e.Fields[rfc5424Host].Value)
			}
		})
	}
}
