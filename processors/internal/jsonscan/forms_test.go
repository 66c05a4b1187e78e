package jsonscan

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/feedgauge/feedgauge"
	"pgregory.net/rapid"
)

// sameForm reads b by a form, if it has one, and holds what that finds against what a new
// reader finds. If it has none, r learns it. It reports whether it had one.
func sameForm(t rapid.TB, r *Reader, in string) bool {
	t.Helper()
	b := []byte(in)
	end, ok := r.Again(b, 0)
	fresh := &Reader{}
	wantEnd, fault := fresh.Read(b, 0)
	if ok {
		sound(t, r, fresh, b, end, wantEnd, fault)
		return true
	}
	if again, f := r.Read(b, 0); again != wantEnd || f != fault || told(r) != told(fresh) {
		t.Fatalf("%q after others: %d, %d, %s; alone %d, %d, %s", in, again, f, told(r), wantEnd, fault, told(fresh))
	}
	return false
}

// sound holds what r found in b without reading it strictly against what fresh found.
func sound(t rapid.TB, r, fresh *Reader, b []byte, end, wantEnd int, fault Fault) {
	t.Helper()
	if fault != Sound || end != wantEnd || !slices.EqualFunc(r.Fields, fresh.Fields, same) {
		t.Fatalf("%q: %d, %s; read strictly %d, fault %d, %s", b, end, told(r), wantEnd, fault, told(fresh))
	}
	if text := b[:end]; !utf8.Valid(text) || bytes.ContainsFunc(bytes.ReplaceAll(text, []byte("\r\n"), nil), func(c rune) bool { return c < ' ' && c != '\t' && c != '\n' }) {
		t.Fatalf("%q is taken, which is not clean", b)
	}
}

func same(a, b feedgauge.Field) bool {
	return bytes.Equal(a.Name, b.Name) && (a.Name == nil) == (b.Name == nil) && bytes.Equal(a.Value, b.Value) && a.Kind == b.Kind && a.Escape == b.Escape
}

// Objects that are like others before are read by their form, and all others are not.
func TestFormsTakeWhatIsAlike(t *testing.T) {
	for _, c := range []struct {
		name, first, then string
		takes             bool
	}{
		{"same", `{"a":1}`, `{"a":1}`, true},
		{"other values", `{"a":1,"b":"x","c":[1]}`, `{"a":-1.5,"b":null,"c":["x",[true],[]]}`, true},
		{"other kinds", `{"a":1,"b":"x"}`, `{"a":"x","b":false}`, true},
		{"nested", `{"a":{"b":{"c":1}},"d":{}}`, `{"a":{"b":{"c":"x"}},"d":{}}`, true},
		{"long names", `{"a name of many characters":1,"another":{"name of many characters":2}}`, `{"a name of many characters":11,"another":{"name of many characters":22}}`, true},
		{"text above ASCII", `{"é":1}`, `{"é":"ü€😀"}`, true},
		{"escapes", `{"\u0061":1}`, `{"\u0061":"\ud83d\ude00\n"}`, true},
		{"spaces", `{ "a" : 1 , "b":{ } }`, `{ "a" : 2 , "b":{ } }`, true},
		{"objects in arrays", `{"a":[{"b":1},{"c":2}]}`, `{"a":[{"b":3}, {"c":4},{"b":5}]}`, true},
		{"objects of unknown form in arrays", `{"a":[{"b":1}]}`, `{"a":[{"c":"é"}]}`, true},
		{"more behind", `{"a":1}`, `{"a":2},{"b":1}`, true},
		{"another name", `{"a":1}`, `{"b":1}`, false},
		{"another name of a length", `{"a name of many characters":1}`, `{"a name of many charActers":1}`, false},
		{"another order", `{"a":1,"b":2}`, `{"b":1,"a":2}`, false},
		{"one more", `{"a":1}`, `{"a":1,"b":2}`, false},
		{"one less", `{"a":1,"b":2}`, `{"a":1}`, false},
		{"other spaces", `{"a":1}`, `{"a": 1}`, false},
		{"a space more", `{"a":1,"b":1}`, `{"a":1 ,"b":1}`, false},
		{"nested less", `{"a":{"b":1},"c":1}`, `{"a":{"b":1,"c":1}}`, false},
		{"an object for a value", `{"a":1}`, `{"a":{}}`, false},
		{"a value for an object", `{"a":{}}`, `{"a":1}`, false},
		{"cut", `{"a":"x"}`, `{"a":"x`, false},
		{"cut behind the value", `{"a":1}`, `{"a":1`, false},
		{"zero in front", `{"a":1}`, `{"a":01}`, false},
		{"no decimals", `{"a":1}`, `{"a":1.}`, false},
		{"NaN", `{"a":1}`, `{"a":NaN}`, false},
		{"exponent", `{"a":1}`, `{"a":1e400}`, false},
		{"long number", `{"a":1}`, `{"a":` + strings.Repeat("1", 129) + `}`, false},
		{"word", `{"a":true}`, `{"a":tru}`, false},
		{"control character", `{"a":"x"}`, "{\"a\":\"\x01\"}", false},
		{"tab in a string", `{"a":"x"}`, "{\"a\":\"\t\"}", false},
		{"no UTF-8", `{"a":"x"}`, "{\"a\":\"\xff\"}", false},
		{"no UTF-8, late", `{"a":"x"}`, "{\"a\":\"é0123456789\\n\xe9\"}", false},
		{"bad escape", `{"a":"x"}`, `{"a":"\x"}`, false},
		{"control character in an array", `{"a":[]}`, "{\"a\":[\"\x01\"]}", false},
		{"no UTF-8 in an array", `{"a":[]}`, "{\"a\":[\"\xff\"]}", false},
		{"no UTF-8 in a new object in an array", `{"a":[{"b":1}]}`, "{\"a\":[{\"c\":\"\xff\"}]}", false},
		{"return in a new object in an array", `{"a":[{"b":1}]}`, "{\"a\":[{\"c\":\r1}]}", false},
		{"key twice in an array", `{"a":[{"b":1}]}`, `{"a":[{"b":1,"b":2}]}`, false},
		{"array not closed", `{"a":[1]}`, `{"a":[1}`, false},
		{"comma at the end of an array", `{"a":[1]}`, `{"a":[1,]}`, false},
		{"deep", `{"a":[]}`, `{"a":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}`, false},
		{"return where it was", "{\r\"a\":1}", "{\r\"a\":1}", false},
		{"no UTF-8 where it was", "{\"\xff\":1}", "{\"\xff\":1}", false},
		{"key twice", `{"a":1,"a":2}`, `{"a":1,"a":2}`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &Reader{}
			sameForm(t, r, c.first)
			if got := sameForm(t, r, c.then); got != c.takes {
				t.Errorf("taken: %v", got)
			}
		})
	}
}

// What a reader has seen before changes nothing in what it finds.
func TestFormsChangeNothing(t *testing.T) {
	t.Parallel()
	taken, simple := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SampledFrom([]string{`"a"`, `"b"`, `"key"`, `"\u0061"`, `"é"`, `"a name that is long"`, `""`})
		scalar := rapid.SampledFrom([]string{`1`, `-0.5`, `1e5`, `"x"`, `"a longer text é"`, `"\n"`, `null`, `true`, `NaN`, "\"\xff\"", "\"\x01\"", `01`, `"`})
		colon, comma := rapid.SampledFrom([]string{":", ":", ": ", " :"}), rapid.SampledFrom([]string{",", ",", ", ", "\r\n,", ",,"})
		var value func(depth int) string
		list := func(n int, each func() string) string {
			var out strings.Builder
			for i := range n {
				if i > 0 {
					out.WriteString(comma.Draw(t, "comma"))
				}
				out.WriteString(each())
			}
			return out.String()
		}
		object := func(depth int) string {
			return "{" + list(rapid.IntRange(0, 4).Draw(t, "members"), func() string {
				return names.Draw(t, "name") + colon.Draw(t, "colon") + value(depth+1)
			}) + "}"
		}
		value = func(depth int) string {
			switch kind := rapid.IntRange(0, 9).Draw(t, "kind"); {
			case kind == 0 && depth < 4:
				return object(depth)
			case kind == 1 && depth < 4:
				return "[" + list(rapid.IntRange(0, 3).Draw(t, "elements"), func() string { return value(depth + 1) }) + "]"
			}
			return scalar.Draw(t, "scalar")
		}
		worn, hasty, records := &Reader{}, &Reader{}, []string{}
		for range rapid.IntRange(2, 6).Draw(t, "forms") {
			records = append(records, object(0))
		}
		for range 20 {
			in := rapid.SampledFrom(records).Draw(t, "record")
			if at := rapid.IntRange(0, 3*len(in)).Draw(t, "at"); at < len(in) {
				in = in[:at] + rapid.SampledFrom([]string{"", "1", `"`, "{", "}", " ", "\xc3", `\`}).Draw(t, "damage") + in[at+1:]
			}
			if sameForm(t, worn, in) {
				taken++
			}
			if sameQuick(t, hasty, in) {
				simple++
			}
		}
	})
	if taken == 0 || simple == 0 {
		t.Errorf("%d objects are read by their form, %d since they are simple", taken, simple)
	}
}

// FuzzForms holds what is read by a form against what is read without.
func FuzzForms(f *testing.F) {
	for _, in := range [][2]string{
		{`{"a":1,"b":{"c":"x"}}`, `{"a":"y","b":{"c":-1.5}}`}, {`{"a":[{"b":1}]}`, `{"a":[{"b":[]},{"c":1}]}`}, {`{"a":1}`, `{"a":1,"b":2}`},
		{record, strings.Replace(record, "200", `"é\n"`, 1)}, {`{ "a" : { } }`, `{ "a" : { } }`}, {`{"a":{"b":1},"a.b":2}`, `{"a":{"b":1},"a.b":"\xff"}`},
	} {
		f.Add(in[0], in[1])
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		r, hasty := &Reader{}, &Reader{}
		for _, in := range []string{first, second, first, second} {
			sameForm(t, r, in)
			sameQuick(t, hasty, in)
		}
	})
}

// However many forms come, a bounded number is remembered, and those that come again
// are found again.
func TestFormsAreBounded(t *testing.T) {
	r := &Reader{}
	long := strings.Repeat("x", 500)
	for i := range 5_000 {
		sameForm(t, r, fmt.Sprintf(`{"k%d":1,"%s%d":{"x":1}}`, i, long, i))
		if f := &r.forms; len(f.steps) > maxSteps || len(f.text) > maxText {
			t.Fatalf("%d steps, %d bytes", len(f.steps), len(f.text))
		}
	}
	found := 0
	for range rest + 100 {
		if sameForm(t, r, `{"a":1}`) {
			found++
		}
	}
	if found < 90 {
		t.Errorf("found %d times", found)
	}
	wide := "{" + strings.Repeat(`"a":1,`, 3000) + `"b":1}`
	var keys []string
	for i := range maxMembers + 1 {
		keys = append(keys, fmt.Sprintf(`"k%d":1`, i))
	}
	for _, in := range []string{wide, "{" + strings.Join(keys, ",") + "}", `{"` + strings.Repeat("x", maxText) + `":1}`, strings.Repeat(`{"a":`, 20) + "1" + strings.Repeat("}", 20)} {
		sameForm(t, r, in)
		if sameForm(t, r, in) {
			t.Errorf("%.60q is remembered", in)
		}
	}
}

// Where most objects have no known form they are left alone for a while.
func TestFormsRest(t *testing.T) {
	r := &Reader{}
	sameForm(t, r, `{"a":1}`)
	for i := range tooMuch / miss {
		sameForm(t, r, fmt.Sprintf(`{"k%d":1`, i))
	}
	if sameForm(t, r, `{"a":1}`) {
		t.Error("taken in spite of the pause")
	}
	for range rest - 1 {
		sameForm(t, r, `{"a":1}`)
	}
	if !sameForm(t, r, `{"a":1}`) {
		t.Error("not taken behind the pause")
	}
}

func TestFormsNumber(t *testing.T) {
	r := &Reader{}
	seen := map[string]uint64{}
	for _, in := range []string{`{"a":1}`, `{"a":1,"b":{}}`, `{"a":1}`, `{"a":"x"}`, `{"a":1,"b":{}}`, `{"b":1}`, `{"b":1}`} {
		if !sameForm(t, r, in) {
			if r.Form() != 0 {
				t.Errorf("%s: form %d of an object that was read strictly", in, r.Form())
			}
			continue
		}
		names := fmt.Sprint(len(r.Fields)) + string(r.Fields[0].Name)
		if old, ok := seen[names]; ok && old != r.Form() || r.Form() == 0 {
			t.Errorf("%s: form %d, %d before", in, r.Form(), old)
		}
		seen[names] = r.Form()
	}
	if len(seen) != 3 {
		t.Errorf("%d forms", len(seen))
	}
}

func TestFormsDoNotAllocate(t *testing.T) {
	r, in := &Reader{}, []byte(record[:len(record)-1]+`,"b":{"c":[{"d":1},"é"]}}`)
	for range 3 {
		if _, ok := r.Again(in, 0); !ok {
			r.Read(in, 0)
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		if _, ok := r.Again(in, 0); !ok {
			t.Fatal("not taken")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkForms(b *testing.B) {
	r, in := &Reader{}, []byte(record)
	r.Again(in, 0)
	r.Read(in, 0)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if end, ok := r.Again(in, 0); end != len(in) || !ok {
			b.Fatal("refused")
		}
	}
}
