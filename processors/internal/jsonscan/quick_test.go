package jsonscan

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// sameQuick reads b as programs do that want to be quick: by a form, or since it is simple,
// or strictly at last. It holds what that finds against what a new reader finds, and
// reports whether the object is simple.
func sameQuick(t rapid.TB, r *Reader, in string) bool {
	t.Helper()
	b, fresh := []byte(in), &Reader{}
	wantEnd, fault := fresh.Read(b, 0)
	if end, ok := (&Reader{}).Quick(b, 0); ok && (fault != Sound || end != wantEnd) {
		t.Fatalf("%q is taken up to %d; read strictly %d, fault %d", in, end, wantEnd, fault)
	}
	if end, ok := r.Again(b, 0); ok {
		sound(t, r, fresh, b, end, wantEnd, fault)
		return false
	}
	if end, ok := r.Quick(b, 0); ok {
		sound(t, r, fresh, b, end, wantEnd, fault)
		return true
	}
	if end, f := r.Read(b, 0); end != wantEnd || f != fault || told(r) != told(fresh) {
		t.Fatalf("%q after others: %d, %d, %s; alone %d, %d, %s", in, end, f, told(r), wantEnd, fault, told(fresh))
	}
	return false
}

// What programs write is simple, and nothing that is not sound is.
func TestQuickTakesWhatIsSimple(t *testing.T) {
	var many []string
	for i := range quickMembers + 1 {
		many = append(many, fmt.Sprintf(`"k%d":%d`, i, i))
	}
	for _, c := range []struct {
		name, in string
		takes    bool
	}{
		{"compact", `{"a":1,"b":"x","c":{"d":true,"e":{}},"f":[1,{"g":null}],"h":-0.5}`, true},
		{"spaces", `{"a": 1, "b": "x", "c": {"d": true}, "f": [1, 2]}`, true},
		{"escapes and more than ASCII in values", `{"a":"\u00e9\n","b":"é €"}`, true},
		{"more behind", `{"a":1}{"b":2}`, true},
		{"as many members as are simple", "{" + strings.Join(many[:quickMembers], ",") + "}", true},
		{"nested", `{"a":` + strings.Repeat(`{"b":`, maxNested-2) + "1" + strings.Repeat("}", maxNested-1), true},
		{"dots in keys", `{"a":{"b":1},"a.b":2}`, true},
		{"nothing", `{}`, false},
		{"other spaces", `{"a" :1}`, false},
		{"two spaces", `{"a":  1}`, false},
		{"lines", "{\n\"a\":1}", false},
		{"escape in a key", `{"\u0061":1}`, false},
		{"more than ASCII in a key", `{"é":1}`, false},
		{"too many members", "{" + strings.Join(many, ",") + "}", false},
		{"nested deeper", `{"a":` + strings.Repeat(`{"b":`, maxNested) + "1" + strings.Repeat("}", maxNested+1), false},
		{"key twice", `{"a":1,"b":2,"a":3}`, false},
		{"long key twice", `{"a name that is long":1,"b":2,"a name that is long":3}`, false},
		{"key twice in an object", `{"a":{"b":1,"b":1}}`, false},
		{"key twice in an array", `{"a":[{"b":1,"b":1}]}`, false},
		{"exponent", `{"a":1e5}`, false},
		{"NaN", `{"a":NaN}`, false},
		{"zero in front", `{"a":01}`, false},
		{"control character", "{\"a\":\"\x01\"}", false},
		{"no UTF-8", "{\"a\":\"\xff\"}", false},
		{"bad escape", `{"a":"\x"}`, false},
		{"comma at the end", `{"a":1,}`, false},
		{"comma at the beginning", `{,"a":1}`, false},
		{"no comma", `{"a":1 "b":2}`, false},
		{"no value", `{"a":}`, false},
		{"no colon", `{"a"}`, false},
		{"a bracket too few", `{"a":{"b":1}`, false},
		{"another bracket", `{"a":1]`, false},
		{"an array", `[1]`, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sameQuick(t, &Reader{}, c.in); got != c.takes {
				t.Errorf("taken: %v", got)
			}
			for end := range len(c.in) {
				sameQuick(t, &Reader{}, c.in[:end])
			}
		})
	}
}

// The same key in two objects is no key twice, however the objects lie.
func TestQuickTellsObjectsApart(t *testing.T) {
	for _, in := range []string{`{"a":{"a":{"a":1}},"b":{"a":1}}`, `{"a":{"b":1,"c":2},"b":1,"c":{"b":1}}`} {
		if !sameQuick(t, &Reader{}, in) {
			t.Errorf("%s is not taken", in)
		}
	}
}

// An object that is not simple costs little of what comes behind it.
func TestQuickRests(t *testing.T) {
	r := &Reader{}
	sameQuick(t, r, `{"a" : 1}`)
	for i := range quickRest {
		if sameQuick(t, r, fmt.Sprintf(`{"k%d":1}`, i)) {
			t.Fatalf("the object %d behind one that is not simple is tried", i)
		}
	}
	if !sameQuick(t, r, `{"b":1}`) {
		t.Error("never tried again")
	}
}

func TestQuickDoesNotAllocate(t *testing.T) {
	r, in := &Reader{}, []byte(record[:len(record)-1]+`,"b":{"c":[{"d":1},"é"]}}`)
	for range 3 {
		r.Quick(in, 0)
	}
	if n := testing.AllocsPerRun(100, func() {
		if _, ok := r.Quick(in, 0); !ok {
			t.Fatal("not taken")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
