package format

import (
	"strings"
	"testing"

	decoder "github.com/go-logfmt/logfmt"

	"github.com/feedgauge/feedgauge"
)

func TestKV(t *testing.T) {
	swapped(t, "kv", good["kv"], []swap{
		{"syslog", "time=", "<13>1 2019-04-09T04:27:29Z host app 12 - - time=", ""},
		{"apostrophe in quotes", `"a b"`, `"a 'b"`, ""},
		{"escaped quote", `"a b"`, `"a \"b"`, ""},
		{"bare quotes inside", `"a b"`, `"a "b" c"`, ""},
		{"path", "'x y'", `"C:\dir\"`, ""},
		{"empty", `n=1`, `n=`, ""},
		{"word", "n=1,", "n 1,", feedgauge.Syntax},
		{"no pair", "*", "hello world", feedgauge.Syntax},
		{"cut in quotes", "'x y'", "'x y", feedgauge.Truncated},
		{"cut in a key", "last='x y'", "las", feedgauge.Truncated},
		{"colons", "*", "a:1 b:2", feedgauge.Syntax},
	})
	holds(t, "kv", `a=1,b=x,y, z c="q\"r" d=http://e?f=g`[:7]+` c="q\"r" d=http://e?f=g`, map[string]string{"a": "1", "b": "x", "c": `q"r`, "d": "http://e?f=g"})
}

func TestFortigate(t *testing.T) {
	swapped(t, "fortigate_kv", good["fortigate_kv"], []swap{
		{"without priority", "<189>", "", ""},
		{"syslog", "<189>", "<189>Apr  9 04:27:29 fw01 ", ""},
		{"RFC 5424", "<189>", "<189>1 2019-04-09T04:27:29Z fw01 - - - - ", ""},
		{"commas", "*", `date=2019-04-09,time=04:27:29,devname="fw01",devid="FG8",logid="0001",type="event",subtype="system",level="notice",vd="root",msg="a, b"`, ""},
		{"version 4", "*", "date=2011-04-09 time=04:27:29 devname=fw01 device_id=FG8 log_id=0021 type=traffic subtype=allowed pri=notice vd=root src=10.0.0.1 dst=10.0.0.2 proto=6 status=accept sent=1 rcvd=2", ""},
		{"event", "*", `date=2020-04-12 time=23:52:33 devid=FG logid="0100032400" type="event" subtype="system" level="alert" vd="root" ui="http(192.168.1.106)" msg="Configuration is \"changed\""`, ""},
		{"time since 1970", "date=2019-04-09 time=04:27:29", `eventtime=1554791249123456789 tz="+0200"`, ""},
		{"date missing", "date=2019-04-09 ", "", feedgauge.MissingField},
		{"device missing", "devname=fw01 devid=FG800D0 ", "", feedgauge.MissingField},
		{"level missing", "level=notice ", "", feedgauge.MissingField},
		{"destination missing", "dstip=192.0.2.2 ", "", feedgauge.MissingField},
		{"destination blank", "dstip=192.0.2.2", "dstip=", feedgauge.MissingField},
		{"cut between pairs", " sentbyte=300 rcvdbyte=0", "", feedgauge.MissingField},
		{"cut in a key", " sentbyte=300 rcvdbyte=0", " sentby", feedgauge.Truncated},
		{"cut in quotes", `"close" sentbyte=300 rcvdbyte=0`, `"clo`, feedgauge.Truncated},
		{"address", "dstip=192.0.2.2", "dstip=fw01", feedgauge.BadType},
		{"port and address swapped", "srcip=192.0.2.1 srcport=19982", "srcip=19982 srcport=192.0.2.1", feedgauge.BadType},
		{"level", "level=notice", "level=loud", feedgauge.BadType},
		{"date", "date=2019-04-09", "date=09.04.2019", feedgauge.BadTimestamp},
		{"time", "time=04:27:29", "time=04h27", feedgauge.BadTimestamp},
		{"no kv", "*", "<189>hello", feedgauge.Syntax},
	})
	holds(t, "fortigate_kv", good["fortigate_kv"]+` tz="+0200"`, map[string]string{"(kind)": "traffic", "srcip": "192.0.2.1", "(time)": feedgauge.Instant(1554776849000).String()})
}

func TestLogfmt(t *testing.T) {
	swapped(t, "logfmt", good["logfmt"], []swap{
		{"empty value", "info", "", ""},
		{"unicode", "info", "größe", ""},
		{"path", "1.5ms", `C:\a`, ""},
		{"duration as time", `"2021-09-15T21:17:10Z"`, "15ms", ""},
		{"no pair", "*", "hello world", feedgauge.Syntax},
		{"JSON", "*", `{"level":"info"}`, feedgauge.Syntax},
		{"no key", "*", `=a b=c`, feedgauge.Syntax},
		{"quote inside", "info", `in"fo`, feedgauge.Syntax},
		{"key behind quotes", `world\""`, `world\""x`, ""},
		{"two equals signs", "level=info", "level=in=fo", feedgauge.Syntax},
		{"bad escape", `\"world`, `\world`, feedgauge.Syntax},
		{"cut in quotes", ` ok dur=1.5ms`, ` x="1`, feedgauge.Truncated},
	})
	holds(t, "logfmt", `ts=2021-09-15T21:17:10Z msg="a\"b\u00e9" flag x=`, map[string]string{"msg": `a"bé`, "flag": "", "(time)": feedgauge.Instant(1631740630000).String()})
}

// byDecoder reads a line with the library, and reports whether it takes it, and
// whether there is a value in it.
func byDecoder(line string) (fields [][2]string, ok bool) {
	d := decoder.NewDecoder(strings.NewReader(line))
	if !d.ScanRecord() {
		return nil, false
	}
	for d.ScanKeyval() {
		fields = append(fields, [2]string{string(d.Key()), string(d.Value())})
	}
	return fields, d.Err() == nil
}

// FuzzLogfmt holds the scanner against the decoder: both take the same lines, but
// for those without any value, and read the same keys and values.
func FuzzLogfmt(f *testing.F) {
	f.Add(good["logfmt"])
	for _, line := range []string{`a=1 b="" c`, `a="\u00e9\ud83d\ude00\n" b=\`, `a`, `=`, `a=b=c`, `a"=b`, "a=\x01b c=\u00e9", `a="b`, `a="\x"`, `a="b"c`} {
		f.Add(line)
	}
	c := newChecker(f, "logfmt").(feedgauge.EventReader)
	f.Fuzz(func(t *testing.T, line string) {
		if strings.ContainsAny(line, "\n\r\ufeff") || unclean([]byte(line), 0) != "" || blank([]byte(line)) || len(line) > 4096 {
			return
		}
		want, ok := byDecoder(line)
		if !strings.Contains(line, "=") {
			ok = false
		}
		c.Read(&feedgauge.Record{Value: []byte(line)}, func(e *feedgauge.Event) {
			if (e.Reason == "") != ok {
				t.Fatalf("%q: got %q, the decoder says %v", line, e.Reason, ok)
			}
			for i := range e.Fields {
				if !ok {
					break
				}
				got := &e.Fields[i]
				if string(got.Name) != want[i][0] || string(Unescape(nil, got)) != want[i][1] {
					t.Fatalf("%q: got %s=%q, want %q", line, got.Name, Unescape(nil, got), want[i])
				}
			}
		})
	})
}
