package format

import (
	"testing"

	"github.com/feedgauge/feedgauge"
)

func TestCEF(t *testing.T) {
	swapped(t, "cef", good["cef"], []swap{
		{"header of RFC 3164", "CEF:0", "<134>Feb 14 19:04:54 www.example.com CEF:0", ""},
		{"header of RFC 5424", "CEF:0", "<134>1 2021-02-14T19:04:54.1Z host app - ID47 [a@1 k=\"v\"] CEF:0", ""},
		{"header without priority", "CEF:0", "Feb 14 2021 19:04:54 host CEF:0", ""},
		{"tag", "CEF:0", "<13>Feb 14 19:04:54 host agent: CEF:0", ""},
		{"space behind the mark", "CEF:0", "CEF: 0", ""},
		{"version 1", "CEF:0", "CEF:1", ""},
		{"line end of Windows", `\= b`, "\\= b\r\n", ""},
		{"severity in words", "|10|", "|Very-High|", ""},
		{"no extension", "*", "CEF:0|a|b|1|c|d|5|", ""},
		{"space before the extension", "|10|", "|10| ", ""},
		{"escaped pipe", "worm", `worm \| \\`, ""},
		{"custom key", "msg=", "ad.field[1]=", ""},
		{"empty value", "spt=1232", "spt=", ""},
		{"equals signs in a value", `a \= b`, "http://a/?b=c&d=e", ""},
		{"host name for an address", "src=10.0.0.1", "src=db.example.com", ""},
		{"time in words", "rt=1666277021195", "rt=Oct 20 2022 14:43:41.195 UTC", ""},
		{"time without year", "rt=1666277021195", "rt=Oct 20 14:43:41", ""},
		{"time in microseconds", "rt=1666277021195", "rt=1666277021195000", ""},
		{"not CEF", "*", "accountId:9999999", feedgauge.Syntax},
		{"mark inside", "CEF:0", "0|a|CEF:0", feedgauge.Syntax},
		{"another delimiter", "*", "CEF:0;a;b;1;c;d;5;src=1.1.1.1", feedgauge.Columns},
		{"severity missing", "|10|src", "|src", feedgauge.Columns},
		{"header cut", "*", "CEF:0|Security|threatmanager|1.0|100|worm", feedgauge.Columns},
		{"severity too high", "|10|", "|11|", feedgauge.BadType},
		{"severity is a pair", "|10|", "|a=b|", feedgauge.BadType},
		{"vendor blank", "|Security|", "||", feedgauge.MissingField},
		{"severity blank", "|10|", "||", feedgauge.MissingField},
		{"version is a word", "CEF:0", "CEF:x", feedgauge.Syntax},
		{"extension without key", "src=10.0.0.1", "10.0.0.1", feedgauge.Syntax},
		{"ends in an escape", `\= b`, `\`, feedgauge.Truncated},
		{"port too high", "spt=1232", "spt=65536", feedgauge.BadType},
		{"port is an address", "spt=1232", "spt=10.0.0.1", feedgauge.BadType},
		{"time is none", "rt=1666277021195", "rt=yesterday 1666277021195 o clock", feedgauge.BadTimestamp},
	})
	holds(t, "cef", "<1>Feb 14 19:04:54 h CEF:0|a|b \\| c|1|id|n|5|msg=x  y=z fname=C:\\\\a\\nb request=http://a/?q=1 cs1=  cs1Label=L m end=1666277021195", map[string]string{
		"deviceProduct": "b | c", "msg": "x", "y": "z", "fname": "C:\\a\nb", "request": "http://a/?q=1", "cs1": "", "cs1Label": "L m", "(kind)": "id",
		"(time)": feedgauge.Instant(1666277021195).String(),
	})
}

func TestLEEF(t *testing.T) {
	swapped(t, "leef", good["leef"], []swap{
		{"header of syslog", "LEEF:", "<13>Jan 18 11:07:53 192.168.1.1 LEEF:", ""},
		{"short header of RFC 5424", "LEEF:", "<13>1 2019-01-18T11:07:53.520Z 192.168.1.1 LEEF:", ""},
		{"version 2", "*", "LEEF:2.0|Lancope|StealthWatch|1.0|41|^|src=10.0.1.8^dst=10.0.0.5^sev=5^srcPort=81", ""},
		{"code of the delimiter", "*", "LEEF:2.0|Lancope|StealthWatch|1.0|41|0x5E|src=10.0.1.8^dst=10.0.0.5", ""},
		{"code of a tab", "*", "LEEF:2.0|Lancope|StealthWatch|1.0|41|x09|src=10.0.1.8\tdst=10.0.0.5", ""},
		{"empty delimiter", "*", "LEEF:2.0|Lancope|StealthWatch|1.0|41||src=10.0.1.8\tdst=10.0.0.5", ""},
		{"no delimiter", "*", "LEEF:2.0|Lancope|StealthWatch|1.0|41|src=10.0.1.8\tmsg=10.0.0.5|x", ""},
		{"spaces for tabs", "*", "LEEF:1.0|Microsoft|MSExchange|2016|15345|src=10.50.1.1 dst=2.10.20.20 srcPort=1200", ""},
		{"tab in a value", "a=b c", "a\tb\tx=y", ""},
		{"no attributes", "*", "LEEF:1.0|a|b|c|d|", ""},
		{"custom time", "sev=5", "devTime=2017.10.18 at 11\tdevTimeFormat=yyyy.MM.dd 'at' HH", ""},
		{"time in words", "sev=5", "devTime=Jan 28 2015 02:00:36 GMT+00:00", ""},
		{"time is none", "sev=5", "devTime=at noon", feedgauge.BadTimestamp},
		{"event missing", "|15345", "", feedgauge.Columns},
		{"event blank", "|15345|", "||", feedgauge.MissingField},
		{"version 3", "LEEF:1.0", "LEEF:3.0", feedgauge.Syntax},
		{"no key", "src=192.0.2.0", "192.0.2.0", feedgauge.Syntax},
		{"cut in a key", "msg=a=b c", "ms", feedgauge.Truncated},
		{"bad address", "dst=192.0.2.1", "dst=192.0.2.256", feedgauge.BadType},
		{"wrong delimiter", "*", "LEEF:2.0|a|b|1.0|41|^^|src=10.0.1.8", feedgauge.Syntax},
	})
	holds(t, "leef", "LEEF:2.0|a|b|1|id|^|msg=x=1 y^usrName= z", map[string]string{"msg": "x=1 y", "usrName": " z", "(kind)": "id"})
}
