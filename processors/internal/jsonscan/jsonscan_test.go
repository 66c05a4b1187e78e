package jsonscan

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/valyala/fastjson"
)

// text returns what a scan found, with escapes resolved.
func text(s *Scanner, in string, path int) string {
	v := s.Value(path)
	return string(Unescape(nil, []byte(in)[v.Start:v.End]))
}

func TestScanFindsFields(t *testing.T) {
	for _, c := range []struct {
		name, path, in string
		kind           Kind
		text           string
	}{
		{"string", "a", `{"a":"x"}`, String, "x"},
		{"long string", "a", `{"a":"0123456789abcdefghij"}`, String, "0123456789abcdefghij"},
		{"empty string", "a", `{"a":""}`, String, ""},
		{"escapes", "a", `{"a":"\"\\\/\b\f\n\r\té😀\ud800x"}`, String, "\"\\/\b\f\n\r\té😀\ufffdx"},
		{"surrogate pair", "a", `{"a":"\ud83d\ude00\u00E9"}`, String, "\U0001f600\u00e9"},
		{"two lone halves", "a", `{"a":"\ud800\ud800"}`, String, "\ufffd\ufffd"},
		{"integer", "a", `{"a":-12}`, Integer, "-12"},
		{"decimal", "a", `{"a":1.5}`, Decimal, "1.5"},
		{"exponent", "a", `{"a":1E+5}`, Decimal, "1E+5"},
		{"true", "a", `{"a":true}`, Bool, "true"},
		{"false", "a", `{"a":false}`, Bool, "false"},
		{"null", "a", `{"a":null}`, Null, "null"},
		{"object", "a", `{"a":{"b":[1,{}]}}`, Object, `{"b":[1,{}]}`},
		{"array", "a", `{"a":[1, "2" ,[]]}`, Array, `[1, "2" ,[]]`},
		{"absent", "a", `{"b":1,"aa":2,"":3}`, Absent, ""},
		{"nested", "a.b.c", `{"x":{"a":1},"a":{"b":{"c":7}}}`, Integer, "7"},
		{"dot in first key", "a.b.c", `{"a.b":{"c":7}}`, Integer, "7"},
		{"dot in last key", "a.b.c", `{"a":{"b.c":7}}`, Integer, "7"},
		{"flat", "a.b.c", `{"a.b.c":7}`, Integer, "7"},
		{"not inside arrays", "a.b", `{"a":[{"b":1}],"c":[{"a":{"b":1}}]}`, Absent, ""},
		{"not deeper", "a", `{"b":{"a":1}}`, Absent, ""},
		{"escaped key", "host", `{"h\u006fst":1}`, Integer, "1"},
		{"key of 64 bytes more", "a", `{"` + strings.Repeat("b", 65) + `":1}`, Absent, ""},
		{"last of two", "a", `{"a":1,"a":"2"}`, String, "2"},
		{"spaces", "a", " \t\r\n{ \"b\" : [ ] , \"c\" : { } ,\n\"a\" : 1 }", Integer, "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := New(c.path)
			end := s.Scan([]byte(c.in), Space([]byte(c.in), 0))
			if end != len(c.in) {
				t.Fatalf("scan ended at %d of %d", end, len(c.in))
			}
			if v := s.Value(0); v.Kind != c.kind || text(s, c.in, 0) != c.text {
				t.Errorf("got kind %d, text %q; want %d, %q", v.Kind, text(s, c.in, 0), c.kind, c.text)
			}
		})
	}
}

func TestScanSeveralPaths(t *testing.T) {
	s := New("a", "a.b", "c")
	in := `{"a":{"b":1},"c":2}`
	for range 2 {
		s.Scan([]byte(in), 0)
		if text(s, in, 0) != `{"b":1}` || text(s, in, 1) != "1" || text(s, in, 2) != "2" {
			t.Errorf("got %q, %q, %q", text(s, in, 0), text(s, in, 1), text(s, in, 2))
		}
	}
	if s.Scan([]byte(`{}`), 0); s.Value(0).Kind != Absent {
		t.Error("a value of the scan before is still there")
	}
}

func TestFinderStopsAtTheFirst(t *testing.T) {
	s := Finder("a.b")
	in := `{"x":0,"a":{"b":"one"},"a":{"b":"two"} and then rubbish`
	if got := s.Scan([]byte(in), 0); got != Stopped || text(s, in, 0) != "one" {
		t.Errorf("got %d, %q", got, text(s, in, 0))
	}
}

func TestScanRefuses(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int
	}{
		{`[]`, Invalid}, {`"a"`, Invalid}, {`1`, Invalid}, {`x`, Invalid},
		{`{a:1}`, Invalid}, {`{"a"=1}`, Invalid}, {`{"a":1;"b":2}`, Invalid}, {`{'a':1}`, Invalid},
		{`{"a":01}`, Invalid}, {`{"a":1.}`, Invalid}, {`{"a":-}`, Invalid}, {`{"a":1e}`, Invalid},
		{`{"a":+1}`, Invalid}, {`{"a":.5}`, Invalid}, {`{"a":NaN}`, Invalid}, {`{"a":tru}`, Invalid},
		{`{"a":nul1}`, Invalid}, {`{"a":tx`, Invalid}, {`{"a":"\x"}`, Invalid}, {`{"a":"\u00g0"}`, Invalid}, {"{\"a\":\"\t\"}", Invalid},
		{"{\"a\":\"0123456\x00\"}", Invalid}, {`{"a":1,}`, Invalid}, {`{,}`, Invalid}, {`{"a":[1,]}`, Invalid},
		{`{"a":[1 2]}`, Invalid}, {`{"a":{]}`, Invalid}, {"{\v}", Invalid},
		{``, Truncated}, {`{`, Truncated}, {`{"`, Truncated}, {`{"a`, Truncated}, {`{"a"`, Truncated},
		{`{"a":`, Truncated}, {`{"a":1`, Truncated}, {`{"a":-`, Truncated}, {`{"a":1.`, Truncated},
		{`{"a":1e`, Truncated}, {`{"a":1e+`, Truncated}, {`{"a":"\`, Truncated}, {`{"a":"\u00`, Truncated},
		{`{"a":t`, Truncated}, {`{"a":1,`, Truncated}, {`{"a":[`, Truncated}, {`{"a":[1`, Truncated},
		{`{"a":[1,`, Truncated}, {`{"a":{}`, Truncated}, {"{\"a\":\"cut\n", Invalid},
	} {
		if got := New("a").Scan([]byte(c.in), 0); got != c.want {
			t.Errorf("%q: got %d, want %d", c.in, got, c.want)
		}
	}
}

func TestStart(t *testing.T) {
	for in, want := range map[string]int{"": 0, " \n{": 2, "\ufeff {": 4, "\ufeff": 3, "\xef\xbb{": 0} {
		if got := Start([]byte(in)); got != want {
			t.Errorf("%q: got %d, want %d", in, got, want)
		}
	}
}

func TestDepthIsBounded(t *testing.T) {
	nest := func(n int, open, shut string) []byte {
		return []byte(strings.Repeat(open, n) + "1" + strings.Repeat(shut, n))
	}
	s := New("b")
	if in := nest(MaxDepth, `{"a":`, `}`); s.Scan(in, 0) != len(in) {
		t.Error("the deepest object allowed is refused")
	}
	if s.Scan(nest(MaxDepth+1, `{"a":`, `}`), 0) != Invalid {
		t.Error("objects nest too deep")
	}
	for n, want := range map[int]bool{MaxDepth - 1: true, MaxDepth: false, 1 << 20: false} {
		in := append(append([]byte(`{"a":`), nest(n, "[", "]")...), '}')
		if got := s.Scan(in, 0) > 0; got != want {
			t.Errorf("%d arrays deep: accepted %v, want %v", n, got, want)
		}
	}
}

func TestBadPath(t *testing.T) {
	for path, want := range map[string]int{"a..b": 2, ".a": 0, "a.": 2, "": 0, "1.2.3.4.5.6.7.8.9": 0} {
		if off, msg := BadPath(path); msg == "" || off != want {
			t.Errorf("%q: got offset %d, %q; want offset %d and a message", path, off, msg, want)
		}
	}
	for _, path := range []string{"a", "a.b", "1.2.3.4.5.6.7.8"} {
		if _, msg := BadPath(path); msg != "" {
			t.Errorf("%q: got %q, want none", path, msg)
		}
	}
}

func TestScanDoesNotAllocate(t *testing.T) {
	s, in := New("a.b", "c"), []byte(`{"a":{"\u0062":1},"c":[2]}`)
	if n := testing.AllocsPerRun(100, func() { s.Scan(in, 0) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzScan holds the scanner against encoding/json: what it accepts is valid
// JSON, what it refuses is not, and a field has the bytes encoding/json sees.
func FuzzScan(f *testing.F) {
	for _, in := range []string{
		`{"a":"x"}`, `{"a":{"b":[1,-0.5e+3,true,false,null]}} `, `{"a":"\ud83d\ude00\n"}`, `{"a":01}`, `{"a.b":1,`,
		"{\"a\":\"\x7f\xff\x80\x1f\"}", `{"\u0061":"long enough for two words"}`, `{"a":1}{"a":2}`, "{\"k\":\"v\n\"}",
	} {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		s := New("a", "a.b")
		end := s.Scan(in, 0)
		object := len(in) > 0 && in[0] == '{'
		whole := end > 0 && Space(in, end) == len(in)
		if deep(in) {
			return
		}
		if want := object && json.Valid(in); whole != want {
			t.Fatalf("%q: scan %d, whole %v, encoding/json %v", in, end, whole, want)
		}
		if end > 0 && !json.Valid(in[:end]) {
			t.Fatalf("%q: accepted up to %d", in, end)
		}
		if end == Truncated && json.Valid(in) {
			t.Fatalf("%q: called truncated", in)
		}
		checkField(t, s, in, whole)
	})
}

// deep reports nesting that encoding/json accepts and we may not.
func deep(in []byte) bool {
	return bytes.Count(in, []byte("{"))+bytes.Count(in, []byte("[")) > MaxDepth
}

func checkField(t *testing.T, s *Scanner, in []byte, whole bool) {
	var want map[string]json.RawMessage
	v := s.Value(0)
	if !whole || json.Unmarshal(in, &want) != nil || len(want["a"]) == 0 {
		return
	}
	got := in[v.Start:v.End]
	if v.Kind == String {
		var text string
		if err := json.Unmarshal(want["a"], &text); err != nil {
			t.Fatal(err)
		}
		unescaped := string(bytes.ToValidUTF8(Unescape(nil, got), []byte("\ufffd")))
		if strings.Count(text, "\ufffd") == 0 && unescaped != text {
			t.Fatalf("%q: got %q, want %q", in, unescaped, text)
		}
		return
	}
	if !bytes.Equal(got, want["a"]) {
		t.Fatalf("%q: got %q, want %q", in, got, want["a"])
	}
}

// Record is a line of 310 bytes as a typical service logs it.
const record = `{"ts":"2026-03-01T12:00:00.123Z","level":"info","host":"web-01.example.com","src":{"ip":"203.0.113.77","port":51234},` +
	`"method":"GET","path":"/api/v1/orders/8","status":200,"bytes":18273.5,"ua":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",` +
	`"trace":"4bf92f3577b34da6a3ce929d0e0e4736","msg":"request done!"}`

func BenchmarkScan(b *testing.B) {
	s, in := New("ts", "host", "src.ip", "status", "bytes"), []byte(record)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if s.Scan(in, 0) != len(in) {
			b.Fatal("refused")
		}
	}
}

// BenchmarkFastjson is the measure the scanner has to beat to be worth having.
// Its parser alone lets bad numbers and escapes pass, hence the validation first.
func BenchmarkFastjson(b *testing.B) {
	var p fastjson.Parser
	in := []byte(record)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if fastjson.ValidateBytes(in) != nil {
			b.Fatal("refused")
		}
		v, err := p.ParseBytes(in)
		if err != nil || v.Get("ts") == nil || v.Get("host") == nil || v.Get("src", "ip") == nil ||
			v.Get("status") == nil || v.Get("bytes") == nil {
			b.Fatal("refused")
		}
	}
}
