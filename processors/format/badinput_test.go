package format

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// with returns the good line of a format with something put in place of the first of a
// part.
func with(t *testing.T, format, part, in string) string {
	t.Helper()
	if !strings.Contains(good[format], part) {
		t.Fatalf("%s: no %q", format, part)
	}
	return strings.Replace(good[format], part, in, 1)
}

// Whatever senders write is refused for a reason, or read within bounds. Each input
// is checked twice, the second time without allocating.
func TestBadInput(t *testing.T) {
	deep := func(open, shut string) string { return strings.Repeat(open, 10_000) + strings.Repeat(shut, 10_000) }
	digits := strings.Repeat("9", 400)
	stamp := func(time string) string { return time + "." + strings.Repeat("0", 1000) + "Z" }
	for _, x := range []struct{ name, format, line, want string }{
		{"broken UTF-8", "json", "{\"a\":\"\xff\"}", "encoding"},
		{"broken UTF-8 in a key", "json", "{\"\xc3\":1}", "encoding"},
		{"half a surrogate as UTF-8", "json", "{\"a\":\"\xed\xa0\x80\"}", "encoding"},
		{"a slash in two bytes", "access_combined", with(t, "access_combined", "/ ", "\xc0\xaf "), "encoding"},
		{"broken UTF-8", "syslog_rfc5424", good["syslog_rfc5424"] + "\xf5", "encoding"},
		{"broken UTF-8", "cef", good["cef"] + "\xff", "encoding"},
		{"broken UTF-8", "windows_event_xml", with(t, "windows_event_xml", "Sysmon", "\xe9"), "encoding"},
		{"half a surrogate as an escape", "json", `{"a":"\ud800"}`, ""},

		{"key twice", "json", `{"a":1,"a":1}`, "duplicate_key"},
		{"key twice, spelled differently", "json", `{"a":1,"\u0061":1}`, "duplicate_key"},
		{"key twice, deep inside", "json", `{"a":[{"b":{"c":1,"c":2}}]}`, "duplicate_key"},
		{"key twice in 80,000", "json", `{` + manyKeys(40_000) + `,"k7":1}`, "duplicate_key"},
		{"80,000 keys", "json", `{` + manyKeys(40_000) + `}`, ""},
		{"attribute twice", "windows_event_xml", with(t, "windows_event_xml", "Name='Sysmon'", "Name='a' Name='b'"), "duplicate_key"},
		{"attribute twice, cut", "windows_event_xml", with(t, "windows_event_xml", "Name='Sysmon'", "Name='a' Name='b'")[:150], "truncated"},

		{"NaN", "json", `{"a":NaN}`, "number"},
		{"infinity", "json", `{"a":-Infinity}`, "number"},
		{"NaN for a port", "cef", with(t, "cef", "1232", "NaN"), "type spt"},
		{"NaN for a time", "zeek_json", with(t, "zeek_json", "1575413096.052279", `"NaN"`), "timestamp ts"},

		{"zero byte", "json", "{\"a\":\"\x00\"}", "control"},
		{"escape character", "access_combined", with(t, "access_combined", "curl", "\x1b[31m"), "control"},
		{"zero byte", "syslog_rfc3164", good["syslog_rfc3164"] + "\x00", "control"},
		{"return in the middle", "csv", "1,\r2", "control"},
		{"zero byte as an escape", "json", `{"a":"\u0000"}`, ""},
		{"zero byte as a reference", "windows_event_xml", with(t, "windows_event_xml", "a &amp;", "&#0;"), "syntax"},

		{"10,000 arrays", "json", `{"a":` + deep("[", "]") + "}", "depth"},
		{"10,000 objects", "json", deep(`{"a":`, "}")[:50_000] + "1" + strings.Repeat("}", 10_000), "depth"},
		{"10,000 arrays, not closed", "json", `{"a":` + strings.Repeat("[", 10_000), "truncated"},
		{"10,000 arrays, closed by braces", "json", `{"a":` + deep("[", "}"), "syntax"},
		{"10,000 arrays in a column", "cloudtrail", with(t, "cloudtrail", `{"type":"AWSService"}`, deep("[", "]")), "depth"},
		{"10,000 elements", "windows_event_xml", with(t, "windows_event_xml", "a &amp;", deep("<a>", "</a>")), "depth"},
		{"10,000 elements, not closed", "windows_event_xml", with(t, "windows_event_xml", "a &amp;", strings.Repeat("<a>", 10_000)), "depth"},

		{"number of 400 digits", "json", `{"a":` + digits + `}`, "number"},
		{"400 decimals", "json", `{"a":0.` + digits + `}`, "number"},
		{"exponent of 400 digits", "json", `{"a":1e` + digits + `}`, "number"},
		{"size of 400 digits", "access_combined", with(t, "access_combined", "200 5", "200 "+digits), "type bytes"},
		{"port of 400 digits", "cef", with(t, "cef", "1232", digits), "type spt"},
		{"number of 400 digits", "zeek_tsv", with(t, "zeek_tsv", "443", digits), "type id.resp_p"},
		{"priority of 400 digits", "syslog_rfc5424", with(t, "syslog_rfc5424", "30", digits), "syntax"},
		{"version of 400 digits", "syslog_rfc5424", with(t, "syslog_rfc5424", ">1", ">"+digits), "syntax"},
		{"frame of 400 digits", "syslog_rfc3164", digits + " " + good["syslog_rfc3164"], "syntax"},
		{"time of 400 digits", "zeek_json", with(t, "zeek_json", "1575413096.052279", "1"+digits), "number"},
		{"time of 400 digits", "squid", with(t, "squid", "1461576382.642", digits), "timestamp time"},

		{"1,000 decimals of a second", "suricata", with(t, "suricata", "2019-01-02T03:50:11.315110+0100", stamp("2019-01-02T03:50:11")), "timestamp timestamp"},
		{"1,000 decimals of a second", "syslog_rfc5424", with(t, "syslog_rfc5424", "2024-02-18T02:29:57+08:00", stamp("2024-02-18T02:29:57")), "timestamp time"},
		{"1,000 decimals of a second", "syslog_rfc3164", with(t, "syslog_rfc3164", "06:56", "06:56."+strings.Repeat("0", 1000)), "timestamp time"},
		{"1,000 spaces in a time", "access_combined", with(t, "access_combined", "2015:", "2015:"+strings.Repeat(" ", 1000)), "timestamp time"},
		{"1,000 characters of a time", "windows_event_json", with(t, "windows_event_json", "2020-09-22 04:22:29", strings.Repeat("2020-09-22 ", 100)), "timestamp EventTime"},

		{"entity bomb", "windows_event_xml", `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>` + with(t, "windows_event_xml", "a &amp;", "&lol2;"), "syntax"},
		{"entity from elsewhere", "windows_event_xml", `<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + with(t, "windows_event_xml", "a &amp;", "&x;"), "syntax"},
		{"entity that nobody declared", "windows_event_xml", with(t, "windows_event_xml", "a &amp;", "&lol;"), "syntax"},
		{"100,000 references", "windows_event_xml", with(t, "windows_event_xml", "a &amp;", strings.Repeat("&lt;", 100_000)), ""},

		{"100,000 columns", "csv", strings.Repeat(",", 100_000), "columns"},
		{"100,000 pairs", "kv", strings.Repeat("a=1 ", 100_000), ""},
		{"100,000 parameters", "syslog_rfc5424", with(t, "syslog_rfc5424", "meta", "meta"+strings.Repeat(` a="1"`, 100_000)), ""},
		{"quotes that never close", "csv", `1,"` + strings.Repeat(`""`, 100_000), "truncated"},
		{"backslashes", "access_combined", with(t, "access_combined", "curl", strings.Repeat(`\\`, 100_000)), ""},
		{"backslashes", "json", `{"a":"` + strings.Repeat(`\\`, 100_000) + `"}`, ""},
	} {
		t.Run(x.format+"/"+x.name, func(t *testing.T) {
			c := newChecker(t, x.format)
			r := &feedgauge.Record{Value: []byte(x.line)}
			v := c.Check(r)
			if got := strings.TrimSpace(string(v.Reason) + " " + v.Fault); got != x.want {
				t.Fatalf("got %q, want %q", got, x.want)
			}
			c.(feedgauge.EventReader).Read(r, func(e *feedgauge.Event) {
				if len(e.Fields) > len(x.line)/2+100 {
					t.Errorf("%d fields are kept", len(e.Fields))
				}
			})
			if n := testing.AllocsPerRun(1, func() { c.Check(r) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// manyKeys are members of an object with n keys each at the top and below.
func manyKeys(n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, `"k%d":1,`, i)
	}
	out.WriteString(`"x":{`)
	for i := range n {
		fmt.Fprintf(&out, `"k%d":1,`, i)
	}
	return out.String() + `"y":1}`
}

// A line of 10 MB is too long for each format, whether it comes as a record or in pieces
// of a file, of which no more is kept than may be of use; the next line is read.
func TestLineOfTenMegabytes(t *testing.T) {
	line := bytes.Repeat([]byte("x"), 10<<20)
	for name := range All() {
		if name == "any" {
			continue
		}
		c := newChecker(t, name)
		if got := c.Check(&feedgauge.Record{Value: line}).Reason; got != feedgauge.TooLong {
			t.Errorf("%s: %q", name, got)
		}
		s, _ := NewStream(c)
		var got []string
		s.Begin(func(e *feedgauge.Event) { got = append(got, string(e.Reason)) })
		for piece := range slices.Chunk(line, 64<<10) {
			if s.Write(piece, false); cap(s.rest) > 3<<20 {
				t.Fatalf("%s: %d bytes are kept", name, cap(s.rest))
			}
		}
		s.Write([]byte("\n"+good[name]), true)
		if want := []string{"too_long", ""}; !slices.Equal(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// What would cost too much is refused where it is configured.
func TestCostlyConfigurations(t *testing.T) {
	const bomb = `(a|b|c|d|e){500}x`
	for _, x := range []struct {
		name   string
		set    func(*JSON)
		option string
	}{
		{"expression of a type", func(c *JSON) { c.Types = map[string]string{"a": "regexp(" + bomb + ")"} }, "types"},
		{"expression of a required field", func(c *JSON) { c.Require = []string{"a:regexp(" + bomb + ")"} }, "require"},
		{"repeated repetition", func(c *JSON) { c.Types = map[string]string{"a": "regexp(((a{100}){100}){100})"} }, "types"},
		{"expression of a condition", func(c *JSON) { c.Rules = []string{`event.a.matches("` + bomb + `")`} }, "rules"},
		{"expression that events bring", func(c *JSON) { c.Rules = []string{`event.a.matches(event.b)`} }, "rules"},
		{"pattern of a schema", func(c *JSON) { c.Schema = `{"properties":{"a":{"pattern":"` + bomb + `"}}}` }, "schema"},
		{"pattern for names", func(c *JSON) { c.Schema = `{"patternProperties":{"` + bomb + `":{}}}` }, "schema"},
		{"schema that looks twice at each level", func(c *JSON) {
			c.Schema = `{"anyOf":[{"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"}}}]}`
		}, "schema"},
		{"schema from elsewhere", func(c *JSON) { c.Schema = `{"$ref":"http://example.com/schema.json"}` }, "schema"},
		{"schema nested 10,000 deep", func(c *JSON) {
			c.Schema = strings.Repeat(`{"not":`, 9_000) + "{}" + strings.Repeat("}", 9_000)
		}, "schema"},
	} {
		t.Run(x.name, func(t *testing.T) {
			config := NewJSON().(*JSON)
			x.set(config)
			if got := mistakes(t, config); len(got) != 1 || got[0].Field != x.option || got[0].Msg == "" {
				t.Errorf("%+v", got)
			}
		})
	}
}
