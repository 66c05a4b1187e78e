package format

import (
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// fiveFields are the fields of record that the benchmark checks.
var fiveFields = []string{"ts:timestamp", "host:string", "src.ip:ip", "status:int", "bytes:float"}

// record is a line of 310 bytes as a typical service logs it.
const record = `{"ts":"2026-03-01T12:00:00.123Z","level":"info","host":"web-01.example.com","src":{"ip":"203.0.113.77","port":51234},` +
	`"method":"GET","path":"/api/v1/orders/8","status":200,"bytes":18273.5,"ua":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",` +
	`"trace":"4bf92f3577b34da6a3ce929d0e0e4736","msg":"request done!"}`

func TestJSONForm(t *testing.T) {
	c := newChecker(t, "json")
	for value, want := range map[string]feedgauge.Reason{
		record:                    "",
		`{}`:                      "",
		" {\n \"a\": [\n1 ] }\n ": "",
		"{\"a\":1}\n{\"a\":2}\n":  "",
		`{"a":1}{"a":2}`:          feedgauge.Syntax,
		`{"a":1} {"a":2}`:         feedgauge.Syntax,
		`{"a":1},`:                feedgauge.Syntax,
		"{\"a\":1}\n[1]":          feedgauge.Syntax,
		`[{"a":1}]`:               feedgauge.Syntax,
		`"a"`:                     feedgauge.Syntax,
		`a=b`:                     feedgauge.Syntax,
		`{'a'='b'}`:               feedgauge.Syntax,
		"{\"a\":\"\x00\"}":        feedgauge.Control,
		`{"a":1`:                  feedgauge.Truncated,
		`{"a":"x`:                 feedgauge.Truncated,
		"{\"a\":\"x\n":            feedgauge.Truncated,
		"{\"a\":\"x\r\n{\"a\":1}": feedgauge.Truncated,
		"{\"a\":1\n{\"a\":1}":     feedgauge.Truncated,
		"{\"a\":x\n{\"a\":1}":     feedgauge.Syntax,
		"{\n\"a\":\"x\n\"b\":1}":  feedgauge.Truncated,
		"{\"a\":\"x\n\xff":        feedgauge.Truncated,
		"{\"a\":x\n\xff":          feedgauge.Syntax,
		"{\"a\":\"\xc3(\"}":       feedgauge.Encoding,
		strings.Repeat(`{"a":`, 257) + "1" + strings.Repeat("}", 257): feedgauge.Depth,
		strings.Repeat(`{"a":`, 256) + "1" + strings.Repeat("}", 256): "",
	} {
		if got := verdict(c, value).Reason; got != want {
			t.Errorf("%.80q: got %q, want %q", value, got, want)
		}
	}
}

func TestJSONFields(t *testing.T) {
	for _, c := range []struct {
		require string
		good    []string // values of field a
		want    map[string]feedgauge.Reason
	}{
		{"a", []string{`"x"`, `" "`, `0`, `false`, `{}`, `[]`}, map[string]feedgauge.Reason{
			`null`: feedgauge.MissingField, `""`: feedgauge.MissingField, `"-"`: feedgauge.MissingField,
		}},
		{"a:string", []string{`"x"`, `"\u002d"`, `"--"`}, map[string]feedgauge.Reason{
			`1`: feedgauge.BadType, `true`: feedgauge.BadType, `{}`: feedgauge.BadType, `[]`: feedgauge.BadType,
			`null`: feedgauge.MissingField, `""`: feedgauge.MissingField,
		}},
		{"a:int", []string{`0`, `-5`, `123456789012345678901234567890`}, map[string]feedgauge.Reason{
			`1.0`: feedgauge.BadType, `1e3`: feedgauge.BadType, `"1"`: feedgauge.BadType, `"-"`: feedgauge.MissingField,
		}},
		{"a:float", []string{`0`, `-5.25`, `1e-3`}, map[string]feedgauge.Reason{`"1"`: feedgauge.BadType, `true`: feedgauge.BadType}},
		{"a:number", []string{`0`, `-5.25`, `1e-3`}, map[string]feedgauge.Reason{`"1"`: feedgauge.BadType, `null`: feedgauge.MissingField}},
		{"a:bool", []string{`true`, `false`}, map[string]feedgauge.Reason{`0`: feedgauge.BadType, `"true"`: feedgauge.BadType}},
		{"a:timestamp", []string{`"2026-03-01T12:00:00Z"`, `1575413155.93`, `1575413155938`, `"2026\u002d03-01T12:00:00Z"`}, map[string]feedgauge.Reason{
			`"yesterday"`: feedgauge.BadTimestamp, `"1575413155"`: feedgauge.BadTimestamp, `-1`: feedgauge.BadTimestamp,
			`1e9`: feedgauge.BadTimestamp, `true`: feedgauge.BadType, `{}`: feedgauge.BadType, `"-"`: feedgauge.MissingField,
		}},
		{"a:ip", []string{`"192.0.2.1"`, `"2001:db8::1"`, `"192\u002e0.2.1"`}, map[string]feedgauge.Reason{
			`"web-01"`: feedgauge.BadType, `3221225985`: feedgauge.BadType, `"192.0.2.1:80"`: feedgauge.BadType, `""`: feedgauge.MissingField,
		}},
		{"a:object", []string{`{}`, `{"b":1}`}, map[string]feedgauge.Reason{`[]`: feedgauge.BadType, `"{}"`: feedgauge.BadType}},
		{"a:array", []string{`[]`, `[1]`}, map[string]feedgauge.Reason{`{}`: feedgauge.BadType, `null`: feedgauge.MissingField}},
	} {
		checker := newChecker(t, "json", c.require)
		if got := verdict(checker, `{"b":1}`).Reason; got != feedgauge.MissingField {
			t.Errorf("%s, absent: got %q", c.require, got)
		}
		for _, value := range c.good {
			if got := verdict(checker, `{"x":0,"a":`+value+`}`).Reason; got != "" {
				t.Errorf("%s, %s: got %q", c.require, value, got)
			}
		}
		for value, want := range c.want {
			if got := verdict(checker, `{"x":0,"a":`+value+`}`).Reason; got != want {
				t.Errorf("%s, %s: got %q, want %q", c.require, value, got, want)
			}
		}
	}
}

func TestJSONSeveralFields(t *testing.T) {
	c := newChecker(t, "json", "a.b:int", "c:ip")
	for value, want := range map[string]feedgauge.Reason{
		`{"a":{"b":1},"c":"::1"}`:                                 "",
		`{"c":"::1","a.b":1}`:                                     "",
		`{"c":"x","a":{"b":"y"}}`:                                 feedgauge.BadType,
		`{"c":"x"}`:                                               feedgauge.MissingField,
		`{"a":{"b":1},"c":"-"}`:                                   feedgauge.MissingField,
		`{"a":{"b":"x","b":1},"c":"::1"}`:                         feedgauge.DuplicateKey,
		`{"a":{"b":1},"c":"x"}` + "\n" + `{"a":1}`:                feedgauge.BadType,
		`{"a":{"b":1},"c":"::1"}` + "\n" + `{"a":{"b":1}}`:        feedgauge.MissingField,
		`{"a":{"b":1}}` + "\n" + `{"c":`:                          feedgauge.MissingField,
		`{"a":{"b":1},"c":"::1"}` + "\n" + `{"a":{"b":1},"c":"::`: feedgauge.Truncated,
	} {
		if got := verdict(c, value).Reason; got != want {
			t.Errorf("%s: got %q, want %q", value, got, want)
		}
	}
}

func TestJSONReportsEveryMistake(t *testing.T) {
	got := mistakes(t, &JSON{Options: Options{Require: []string{"ok", "a:itn", "a..b:int", ":int", "", "ok:string", "x:y:z", "host:strin"}}})
	types := "types are " + strings.Join(publicTypes(), ", ")
	want := []feedgauge.FieldError{
		{Index: 1, Offset: 2, Msg: `"itn" is no type`, Hint: `did you mean "int"?`},
		{Index: 3, Msg: "the name is empty"},
		{Index: 4, Msg: "the name is empty"},
		{Index: 5, Msg: `"ok" is listed twice`, Hint: "remove one of them"},
		{Index: 6, Offset: 4, Msg: `"z" is no type`, Hint: types},
		{Index: 7, Offset: 5, Msg: `"strin" is no type`, Hint: `did you mean "string"?`},
	}
	if len(got) != len(want) {
		t.Fatalf("%d mistakes, want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		want[i].Field = "require"
		if got[i] != want[i] {
			t.Errorf("got  %+v\nwant %+v", got[i], want[i])
		}
	}
}

func TestJSONDoesNotAllocate(t *testing.T) {
	c, r := newChecker(t, "json", append(fiveFields, "e:ip")...), &feedgauge.Record{}
	for _, value := range []string{
		record, `{"ts":1}`, "{", "{\"a\":\"x\n{", "{\xff", "x", strings.TrimSuffix(record, "}") + `,"\u0065":"\u003a:1"}`,
	} {
		r.Value = []byte(value)
		if n := testing.AllocsPerRun(100, func() { c.Check(r) }); n != 0 {
			t.Errorf("%.40q: %v allocations", value, n)
		}
	}
}

func BenchmarkJSON(b *testing.B) {
	c, r := newChecker(b, "json", fiveFields...), &feedgauge.Record{Value: []byte(record)}
	if v := c.Check(r); v.Reason != "" || len(record) != 310 {
		b.Fatalf("%+v, %d bytes", v, len(record))
	}
	b.SetBytes(int64(len(record)))
	b.ReportAllocs()
	for b.Loop() {
		c.Check(r)
	}
}
