package jsonscan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var habitPaths = []string{"a", "a.b", "key", "other.key", "a_key_that_is_too_long"}

// after scans in with s and returns all that can be seen of it.
func after(s *Scanner, in string) string {
	end := s.Scan([]byte(in), 0)
	if end < 0 {
		return fmt.Sprint(end) // what was found until then means nothing
	}
	return fmt.Sprint(end, s.values)
}

// checkHabits compares a scanner that has seen records before with new ones.
func checkHabits(t rapid.TB, records []string) {
	t.Helper()
	s := New(habitPaths...)
	for i, in := range records {
		if got, want := after(s, in), after(New(habitPaths...), in); got != want {
			t.Fatalf("%q after %q: got %s, want %s", in, records[:i], got, want)
		}
	}
}

// What a scanner has seen before changes nothing in what it finds.
func TestHabitsChangeNothing(t *testing.T) {
	t.Parallel()
	pad := strings.Repeat(" ", 20) // words are compared only well before the end
	for _, records := range [][]string{
		{`{"a":1,"key":2}` + pad, `{"key":1,"a":2}` + pad, `{"a":1,"key":2}` + pad},
		{`{"a":{"a":1}}` + pad, `{"a":1,"a":{"b":2}}` + pad},          // the same key at another depth
		{`{"a":1}`, `{"a":1}`, `{"a":`, `{"a"`},                       // too near the end
		{`{"a": 1}` + pad, `{"a":  1}` + pad, `{ "a" :1}` + pad},      // spaces around the colon
		{`{"\u0061":1}` + pad, `{"a":1}` + pad, `{"\u0061":1}` + pad}, // one key in two spellings
		{`{"a":1}` + pad, `{"ab":1}` + pad, `{"b":1}` + pad},
		{`{"a_key_that_is_too_long":1}` + pad, `{"a_key_that_is_too_lonG":1}` + pad, `{"a_key_that_is_too_long":2}` + pad},
		{`{"a":1,"key":1}` + pad, `{"a":1 "key":1}` + pad, `{"a":1,"key":1`},
		{"{" + many(habits+5, "a") + "}" + pad, "{" + many(habits+5, "key") + "}" + pad},
	} {
		checkHabits(t, records)
	}
}

func many(n int, key string) string {
	members := slices.Repeat([]string{fmt.Sprintf("%q:1", key)}, n)
	return strings.Join(members, ",")
}

func TestHabitsProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := []string{`"a":`, `"b":`, `"key":`, `"other":`, `"a_key_that_is_too_long":`, `1`, `"x"`, `{`, `}`, `,`, `,`, ` `, `[`, `]`, `"a`, `:`}
		records := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			return "{" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 12).Draw(t, "parts"), "")
		}), 1, 5).Draw(t, "records")
		checkHabits(t, records)
	})
}

func FuzzHabits(f *testing.F) {
	f.Add(`{"a":{"b":1},"key":"x"}            `, `{"a":{"b":"y"},"key":null}         `)
	f.Add(`{"a":1,"key":2}                    `, `{"key":1,"a":[{"a":1}]}            `)
	f.Fuzz(func(t *testing.T, first, second string) {
		checkHabits(t, []string{first, second, first})
	})
}
