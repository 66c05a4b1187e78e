package jsonscan

import (
	"strings"
	"testing"
)

func TestExtent(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"a":[1,"]}"]},x`: `{"a":[1,"]}"]}`, `[[],{}]]`: `[[],{}]`, `"a\"b",`: `"a\"b"`, `"a\\",`: `"a\\"`, `12,`: "12", `null]`: "null", "x\n": "x", `{"a":}}`: `{"a":}`,
		`{]x`: `{]`, `"\\\""x`: `"\\\""`,
	} {
		if n := Extent([]byte(in)); n < 0 || in[:n] != want {
			t.Errorf("%s: got %d, want %s", in, n, want)
		}
	}
	for _, in := range []string{"", "{", `{"`, `{"a}`, `"\"`, "1", `["]`, "[[]", strings.Repeat("[", 1<<20)} {
		if n := Extent([]byte(in)); n != Truncated {
			t.Errorf("%.20s: got %d", in, n)
		}
	}
}

// A value that is valid ends where reading it ends, and reading one that ends too
// soon says so.
func FuzzExtent(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"]}"]},`, `"a\"b"`, "12 ", "null]", "[{}", `["\u00e9"]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 {
			return
		}
		n, end := Extent(b), New().Skip(b, 0)
		switch {
		case n == 0 || n > len(b):
			if !strings.ContainsRune(",]}\" \t\r\n", rune(b[0])) {
				t.Fatalf("%q: %d", b, n)
			}
		case end > 0 && end < len(b) && (b[0] == '{' || b[0] == '[' || b[0] == '"') && n != end:
			t.Fatalf("%q: %d, but a reader gets to %d", b, n, end)
		case end == Truncated && (b[0] == '{' || b[0] == '[') && n != Truncated:
			t.Fatalf("%q: %d, but it does not end", b, n)
		}
	})
}
