package jsonscan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// told returns the fields a Reader finds, one per line.
func told(r *Reader) string {
	var parts []string
	for _, f := range r.Fields {
		parts = append(parts, fmt.Sprintf("%s=%s:%d", f.Name, f.Value, f.Kind))
	}
	return strings.Join(parts, " ")
}

func TestReaderFindsAllFields(t *testing.T) {
	r := &Reader{}
	for in, want := range map[string]string{
		`{}`:                                     "",
		`{"a":"x","b":-1,"c":1.5e3}`:             "a=x:5 b=-1:3 c=1.5e3:4",
		`{"a":true,"b":false,"c":null}`:          "a=true:2 b=false:2 c=null:1",
		` {"a" : {"b" : {"c":1}, "d":2},"e":3}`:  `a={"b" : {"c":1}, "d":2}:6 a.b={"c":1}:6 a.b.c=1:3 a.d=2:3 e=3:3`,
		`{"a":[1,{"b":2},[]],"c":{},"d":[]}`:     `a=[1,{"b":2},[]]:7 c={}:6 d=[]:7`,
		`{"\u0061.b":{"\u00e9":"\n"},"":{"":1}}`: `a.b={"\u00e9":"\n"}:6 a.b.é=\n:5 ={"":1}:6 .=1:3`,
	} {
		b := []byte(in)
		end, fault := r.Read(b, Space(b, 0))
		if end != len(b) || fault != Sound || told(r) != want {
			t.Errorf("%s: %d, %d\ngot  %s\nwant %s", in, end, fault, told(r), want)
		}
	}
	r.Read([]byte(`{"a":"\n"}`), 0)
	if r.Fields[0].Escape != feedgauge.JSON {
		t.Error("escapes are not told")
	}
}

func TestReaderTellsTheFirstFault(t *testing.T) {
	deep := strings.Repeat(`{"a":`, MaxDepth+1) + "1" + strings.Repeat("}", MaxDepth+1)
	var wide []string
	for i := range 100 {
		wide = append(wide, fmt.Sprintf(`"k%d":{"k%d":%d}`, i, i, i))
	}
	many := strings.Join(wide, ",")
	r := &Reader{}
	for in, want := range map[string]Fault{
		`{"a":1,"a":2}`:                            Duplicate,
		`{"a":1,"\u0061":2}`:                       Duplicate,
		`{"a":{"b":1,"b":2},"c":1}`:                Duplicate,
		`{"a":[{"b":1,"b":2}]}`:                    Duplicate,
		`{"a":{"b":1},"c":{"b":1}}`:                Sound,
		`{"a":[{"b":1},{"b":2}]}`:                  Sound,
		"{" + many + "}":                           Sound,
		"{" + many + `,"k99":1}`:                   Duplicate,
		"{" + many + `,"k0":1}`:                    Duplicate,
		"{" + many + `,"x":{"k0":1}}`:              Sound,
		deep:                                       TooDeep,
		deep[:len(deep)-1]:                         Cut,
		deep[:len(deep)-1] + "]":                   Malformed,
		`{"x":1,"x":` + deep + "}":                 TooDeep,
		`{"a":1,"a":NaN}`:                          Duplicate,
		`{"a":1,"a":2`:                             Cut,
		`{"a":1,"a":2]`:                            Malformed,
		`{"a":NaN}`:                                Overflow,
		`{"a":-Infinity}`:                          Overflow,
		`{"a":1e309}`:                              Overflow,
		`{"a":12e308}`:                             Overflow,
		`{"a":1e308}`:                              Sound,
		`{"a":1e-400}`:                             Sound,
		`{"a":1e99999999999999999999}`:             Overflow,
		`{"a":` + strings.Repeat("9", 400) + `}`:   Overflow,
		`{"a":0.` + strings.Repeat("9", 400) + `}`: Overflow,
		`{"a":` + strings.Repeat("9", 30) + `}`:    Sound,
		`{"a":nan}`:                                Malformed, `{"a":Nan}`: Malformed,
	} {
		if _, got := r.Read([]byte(in), 0); got != want {
			t.Errorf("%.60q: got %d, want %d", in, got, want)
		}
	}
}

// Nesting costs neither stack nor more than linear time.
func TestReaderBearsDepth(t *testing.T) {
	r := &Reader{}
	for _, open := range []string{"[", `{"a":`} {
		shut := map[string]string{"[": "]", `{"a":`: "}"}[open]
		in := `{"a":` + strings.Repeat(open, 100_000) + "1" + strings.Repeat(shut, 100_000) + "}"
		if end, got := r.Read([]byte(in), 0); got != TooDeep || end != len(in) {
			t.Errorf("%q: %d of %d, fault %d", open, end, len(in), got)
		}
	}
}

func TestReaderDoesNotAllocate(t *testing.T) {
	r, in := &Reader{}, []byte(record[:len(record)-1]+`,"\u0062":{"\u0063":[{"d":1}]}}`)
	if n := testing.AllocsPerRun(100, func() { r.Read(in, 0) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzReader holds the reader against the scanner of a few fields, and against
// encoding/json: both must agree on what an object is and what stands in it.
func FuzzReader(f *testing.F) {
	for _, in := range []string{
		`{"a":"x"}`, `{"a":{"b":[1,-0.5e+3,true,false,null]}} `, `{"a":"\ud83d\ude00\n"}`, `{"a":01}`, `{"a.b":1,`,
		"{\"a\":\"\x7f\xff\x80\x1f\"}", `{"\u0061":1,"a":{"b":{}}}`, `{"a":1}{"a":2}`, `{"a":[{"b":{"c":[[]]}},2],"b":1e400}`, `{"a":[,]}`, `{"a":NaN}`,
	} {
		f.Add([]byte(in))
	}
	r, s := &Reader{}, New("a", "a.b")
	f.Fuzz(func(t *testing.T, in []byte) {
		end, fault := r.Read(in, 0)
		number := r.fault == Overflow || bytes.Contains(in, []byte("NaN")) || bytes.Contains(in, []byte("Inf"))
		whole := fault != Cut && fault != Malformed && Space(in, end) == len(in)
		if !number && whole != (len(in) > 0 && in[0] == '{' && json.Valid(in)) {
			t.Fatalf("%q: %d, fault %d", in, end, fault)
		}
		if !deep(in) && !number {
			if old := s.Scan(in, 0); (old == Truncated) != (fault == Cut) || (old == Invalid) != (fault == Malformed) {
				t.Fatalf("%q: fault %d, the scanner says %d", in, fault, old)
			}
		}
		if !whole || fault != Sound {
			return
		}
		var want map[string]json.RawMessage
		if json.Unmarshal(in, &want) != nil {
			return
		}
		for _, f := range r.Fields {
			if v, ok := want[string(f.Name)]; ok && f.Kind != feedgauge.String && !bytes.Contains(f.Name, []byte{'.'}) && !bytes.Equal(v, f.Value) {
				t.Fatalf("%q: %s is %q, want %q", in, f.Name, f.Value, v)
			}
		}
	})
}

func BenchmarkReader(b *testing.B) {
	r, in := &Reader{}, []byte(record)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if end, fault := r.Read(in, 0); end != len(in) || fault != Sound {
			b.Fatal("refused")
		}
	}
}
