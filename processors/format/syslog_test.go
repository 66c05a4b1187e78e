package format

import (
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func TestSyslogRFC3164(t *testing.T) {
	c := newChecker(t, "syslog_rfc3164")
	for line, want := range map[string]feedgauge.Reason{
		"Mar 27 13:06:56 web-01 sshd[12]: hello":                            "",
		"<34>Oct 11 22:14:15 mymachine su: 'su root' failed on /dev/pts/8":  "",
		"<0>Feb  5 17:32:18 10.0.0.99 Use the BFG!":                         "",
		"<191>Feb 05 17:32:18 host tag: x":                                  "",
		"Feb 5 17:32:18 host tag: x":                                        "",
		"Feb 29 17:32:18 host tag: x":                                       "",
		"Mar 27 13:06:56 host last message repeated 3 times":                "",
		"Mar 27 13:06:56 host -- MARK --":                                   "",
		"<189>Mar 27 2015 13:06:56: router %SYS-5-CONFIG_I: x":              "",
		"<189>Mar 27 13:06:56.123 UTC: router %SYS-5-CONFIG_I: x":           "",
		"<189>*Mar 27 13:06:56.123: %SYS-5-CONFIG_I: x":                     "",
		"62 <34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick": "",
		"Jun 14 15:16:01 combo sshd(pam_unix)[19939]: session opened":       "",
		"10.0.0.1 Mar 27 13:06:56 app: x":                                   feedgauge.Syntax,
		"pfs Mar 27 13:06:56 app: x":                                        feedgauge.Syntax,
		"Mar 27 13:06:56 host kernel: [ 1.5] up":                            "",
		"Mar 27 13:06:56 host kernel[1 2]: up":                              "",
		"Mar 27 13:06:56 host %ASA-6-302013: Built":                         "",
		"Mar 27 13:06:56 ::1 app: x":                                        "",
		"Mar 27 13:06:56 2001:db8::1 app[1]: x":                             "",
		"Mar 27 13:06:56 host app:":                                         "",
		"Mar 27 13:06:56 host app[1]":                                       "",
		"Mar 27 13:06:56 host app: a\x00b":                                  feedgauge.Control,
		"<13>Mar 27 13:06:56 sshd[12]: hello":                               "",
		"<13>2026-03-01T12:00:00.5+01:00 host app[1]: x":                    "",
		"2026-03-01T12:00:00Z host app[1]: x":                               "",
		"Mar 27 13:06:56 sshd[12]: hello":                                   feedgauge.MissingField,
		"Mar 27 13:06:56 sudo: hello":                                       feedgauge.MissingField,
		"Mar 27 13:06:56 - sudo: hello":                                     feedgauge.MissingField,
		"<192>Mar 27 13:06:56 host app: x":                                  feedgauge.BadType,
		"<999>Mar 27 13:06:56 host app: x":                                  feedgauge.BadType,
		"<>Mar 27 13:06:56 host app: x":                                     feedgauge.Syntax,
		"<1234>Mar 27 13:06:56 host app: x":                                 feedgauge.Syntax,
		"<a>Mar 27 13:06:56 host app: x":                                    feedgauge.Syntax,
		"<13":                                                               feedgauge.Truncated,
		"<13>":                                                              feedgauge.Columns,
		"Mar 27 13:0":                                                       feedgauge.Truncated,
		"Mar 27 13:06:56":                                                   feedgauge.Columns,
		"Mar 27 13:06:56 host":                                              feedgauge.Columns,
		"Mar 27 13:06:56 host ":                                             feedgauge.Columns,
		"Mar 27 13:06:56 host app[12":                                       feedgauge.Truncated,
		"Mar 27 13:06:56;host;app: x":                                       feedgauge.Syntax,
		"Mar 27 13:06:56 ho\x01st app: x":                                   feedgauge.Control,
		"Mar 27 13:06:56 host ap\x01p: x":                                   feedgauge.Control,
		"Mar 32 13:06:56 host app: x":                                       feedgauge.BadTimestamp,
		"Mar  0 13:06:56 host app: x":                                       feedgauge.BadTimestamp,
		"Mrz 27 13:06:56 host app: x":                                       feedgauge.BadTimestamp,
		"Mar 27 24:06:56 host app: x":                                       feedgauge.BadTimestamp,
		"Mar xx 13:06:56 host app: x":                                       feedgauge.BadTimestamp,
		"03/27 13h06h56 host app: x":                                        feedgauge.BadTimestamp,
		"2026-03-01T12:00:00 host app: x":                                   feedgauge.BadTimestamp,
		"<34>1 2003-10-11T22:14:15.003Z host su - ID47 - RFC 5424":          feedgauge.Syntax,
		"host Mar 27 13:06:56 app: x":                                       feedgauge.Syntax,
		"elephants do not log":                                              feedgauge.Syntax,
		"Mar 27 13:06:56 host app: ok\n    at java.lang.Thread.run(T.java)": feedgauge.Syntax,
	} {
		if got := verdict(c, line).Reason; got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

func TestSyslogParts(t *testing.T) {
	for line, want := range map[string]string{
		"<34>Oct  1 22:14:15 h su[7]: a b":   "34|Oct  1 22:14:15|h|su|7|a b",
		"Oct 11 22:14:15 h su: a b":          "|Oct 11 22:14:15|h|su||a b",
		"Oct 11 22:14:15 su[7]: a":           "|Oct 11 22:14:15||su|7|a",
		"Oct 1 22:14:15 h a b: c":            "|Oct 1 22:14:15|h|||a b: c",
		"2026-03-01T12:00:00Z ::1 x:":        "|2026-03-01T12:00:00Z|::1|x||",
		"Oct 11 22:14:15 h x[1] no colon":    "|Oct 11 22:14:15|h|x|1|no colon",
		"Oct 11 22:14:15 h [ 1.5] kernel: x": "|Oct 11 22:14:15|h|||[ 1.5] kernel: x",
	} {
		var e feedgauge.Event
		s := syslogRFC3164().scanner(nil)
		if reason := s.scan(&e, []byte(line)); reason != "" {
			t.Errorf("%q: got %q", line, reason)
		}
		var parts []string
		for _, f := range e.Fields {
			parts = append(parts, string(f.Value))
		}
		if got := strings.Join(parts, "|"); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

func TestSyslogRequire(t *testing.T) {
	full := "<34>Oct 11 22:14:15 host su[1]: x"
	if got := verdict(newChecker(t, "syslog_rfc3164", syslogFields...), full).Reason; got != "" {
		t.Errorf("all there, but got %q", got)
	}
	for field, line := range map[string]string{
		"priority": "Oct 11 22:14:15 host su: x", "host": "<34>Oct 11 22:14:15 su: x",
		"tag": "<34>Oct 11 22:14:15 host x y", "pid": "<34>Oct 11 22:14:15 host x: y", "message": "<34>Oct 11 22:14:15 host su:",
	} {
		if got := verdict(newChecker(t, "syslog_rfc3164", field), line).Reason; got != feedgauge.MissingField {
			t.Errorf("%s: got %q", field, got)
		}
		if got := verdict(newChecker(t, "syslog_rfc3164", "time"), line).Reason; got != "" {
			t.Errorf("%s not required: got %q", field, got)
		}
	}
}

func TestSyslogReportsEveryMistake(t *testing.T) {
	got := mistakes(t, &Config{Options{Require: []string{"hots", "massage"}}, syslogRFC3164()})
	want := []feedgauge.FieldError{
		{Field: "require", Index: 0, Msg: `"hots" is no field of this format`, Hint: `did you mean "host"?`},
		{Field: "require", Index: 1, Msg: `"massage" is no field of this format`, Hint: `did you mean "message"?`},
	}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestCutStamp: a line that ends inside its time was cut, wherever it was.
func TestCutStamp(t *testing.T) {
	for _, stamp := range []string{
		"2024-03-12T06:25:24.123456+01:00", "2024-03-12T06:25:24Z", "Mar 12 2024 06:25:24", "2024 Mar  2 06:25:24", "Mar 12 06:25:24",
	} {
		for _, name := range []string{"syslog_rfc3164", "cisco_asa"} {
			for n := 8; n < len(stamp); n++ { // behind the name of a month
				if stamp[n-1] == ':' && n > 20 {
					continue // a zone of hours alone and a colon
				}
				line := "<13>" + stamp[:n]
				if got := verdict(newChecker(t, name), line).Reason; got != feedgauge.Truncated && got != feedgauge.Columns {
					t.Errorf("%s: got %q of %q", name, got, line)
				}
			}
		}
	}
	for _, line := range []string{"<13>2024-13-12T06:25:24Z web1 app: x", "<13>2024-03-12T06:25:24 web1 app: x", "<13>12.03.2024 06:25"} {
		if got := verdict(newChecker(t, "syslog_rfc3164"), line).Reason; got != feedgauge.BadTimestamp {
			t.Errorf("got %q of %q", got, line)
		}
	}
}
