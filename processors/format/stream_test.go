package format

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

// streamed returns what a stream tells of pieces: a line for each event, and the
// verdict.
func streamed(t rapid.TB, name string, o func(*Options), pieces []string) string {
	t.Helper()
	config := configOf(name)
	if o != nil {
		o(config.(interface{ Common() *Options }).Common())
	}
	c, err := config.Build(feedgauge.Env{})
	if err != nil {
		t.Fatal(err)
	}
	s, ok := NewStream(c)
	if !ok {
		t.Fatal("no stream")
	}
	var out strings.Builder
	s.Begin(func(e *feedgauge.Event) {
		fmt.Fprintf(&out, "%d %s %.60q\n", e.Line, e.Reason, e.Text)
	})
	for i, p := range pieces {
		s.Write([]byte(p), i == len(pieces)-1)
	}
	fmt.Fprintf(&out, "%+v", s.Verdict())
	return out.String()
}

// The line on which a list begins is a line, even if nothing else is there.
func TestStreamCountsLinesOfLists(t *testing.T) {
	t.Parallel()
	auto := func(o *Options) { o.Envelope = autoEnvelope }
	for in, want := range map[string]string{
		"[":          "1 truncated \"[\"\n{Reason:truncated Fault: Lines:1 Headers:0 Events:1 Bad:1 Blank:false}",
		"{}\n[":      "1  \"{}\"\n2 truncated \"[\"\n{Reason:truncated Fault: Lines:2 Headers:0 Events:2 Bad:1 Blank:false}",
		"[\n{}\n]":   "2  \"{}\"\n{Reason: Fault: Lines:3 Headers:2 Events:1 Bad:0 Blank:false}",
		"[]\n[{}]\n": "2  \"{}\"\n{Reason: Fault: Lines:2 Headers:1 Events:1 Bad:0 Blank:false}",
	} {
		for _, size := range []int{1, 2, 64} {
			if got := streamed(t, "json", auto, cut(in, size)); got != want {
				t.Errorf("%q in pieces of %d:\ngot  %s\nwant %s", in, size, got, want)
			}
		}
	}
}

// A file that is one event and too long is told once, with all of its lines, in
// whatever pieces it comes.
func TestStreamTellsLongMessageOnce(t *testing.T) {
	t.Parallel()
	message := func(o *Options) { o.MaxLine, o.Unit = "16B", "message" }
	for in, lines := range map[string]int{
		strings.Repeat("x", 400):          1,
		strings.Repeat("{}\n", 100):       100,
		strings.Repeat("{}\n", 99) + "{}": 100,
	} {
		for _, size := range []int{1, 7, 64, 399} {
			got := streamed(t, "json", message, cut(in, size))
			end := fmt.Sprintf("{Reason:too_long Fault: Lines:%d Headers:0 Events:1 Bad:1 Blank:false}", lines)
			if !strings.HasPrefix(got, "1 too_long ") || !strings.HasSuffix(got, "\n"+end) || strings.Count(got, "\n") != 1 {
				t.Errorf("%d lines in pieces of %d: got %s", lines, size, got)
			}
		}
	}
}

// cut cuts a text into pieces of a size.
func cut(text string, size int) (pieces []string) {
	for len(text) > size {
		pieces, text = append(pieces, text[:size]), text[size:]
	}
	return append(pieces, text)
}

func TestStreamTellsLines(t *testing.T) {
	t.Parallel()
	short := func(o *Options) { o.MaxLine = "16B" }
	for _, c := range []struct {
		format, in, want string
		o                func(*Options)
	}{
		{"any", "a\n\nb", "1  \"a\"\n3  \"b\"\n{Reason: Fault: Lines:3 Headers:0 Events:2 Bad:0 Blank:false}", nil},
		{"any", "", "{Reason: Fault: Lines:0 Headers:0 Events:0 Bad:0 Blank:true}", nil},
		{"any", "\ufeff\n", "{Reason: Fault: Lines:1 Headers:0 Events:0 Bad:0 Blank:true}", nil},
		{"json", "\ufeff{\"a\":\n1}\n{}\r\n", "1  \"{\\\"a\\\":\\n1}\"\n3  \"{}\"\n{Reason: Fault: Lines:3 Headers:0 Events:2 Bad:0 Blank:false}", nil},
		{"json", "{\"a\":\n{}\n", "1 truncated \"{\\\"a\\\":\"\n2  \"{}\"\n{Reason:truncated Fault: Lines:2 Headers:0 Events:2 Bad:1 Blank:false}", nil},
		{"json", "{}\n" + strings.Repeat("x", 40) + "\n{}", "1  \"{}\"\n2 too_long \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"\n3  \"{}\"\n{Reason:too_long Fault: Lines:3 Headers:0 Events:3 Bad:1 Blank:false}", short},
		{"json", "{}\n{}", "1 syntax \"{}\\n{}\"\n{Reason:syntax Fault: Lines:2 Headers:0 Events:1 Bad:1 Blank:false}", func(o *Options) { o.Unit = "message" }},
		{"json", "{\"a\":\n1}", "1 truncated \"{\\\"a\\\":\"\n2 syntax \"1}\"\n{Reason:truncated Fault: Lines:2 Headers:0 Events:2 Bad:2 Blank:false}", func(o *Options) { o.Unit = "line" }},
	} {
		if got := streamed(t, c.format, c.o, []string{c.in}); got != c.want {
			t.Errorf("%s %q:\ngot  %s\nwant %s", c.format, c.in, got, c.want)
		}
	}
}

// How a file is cut into pieces changes nothing, short of the text that is shown
// of a line that is too long.
func TestStreamOfAnyPieces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
			"{", "}", "{}", "\n", "\n", "\r\n", `"a":`, "1", ",", "[", "]", `"x`, `"`, " ", "\xff", "\ufeff", "x", "#",
		}), 0, 30).Draw(t, "in"), "")
		name := rapid.SampledFrom([]string{"any", "json", "access_combined", "syslog_rfc3164"}).Draw(t, "format")
		pieces := []string{}
		for rest := in; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			pieces = append(pieces, rest[:n])
			rest = rest[n:]
		}
		pieces = append(pieces, "")
		if got, want := streamed(t, name, nil, pieces), streamed(t, name, nil, []string{in}); got != want {
			t.Fatalf("%s %q:\ngot  %s\nwant %s", name, pieces, got, want)
		}
	})
}

// However a line that is too long arrives, no more of it is kept than a piece
// and what is allowed, and what follows is found.
func TestStreamBoundsMemory(t *testing.T) {
	t.Parallel()
	config := NewJSON().(*JSON)
	config.MaxLine = "1KiB"
	c, err := config.Build(feedgauge.Env{})
	if err != nil {
		t.Fatal(err)
	}
	s, _ := NewStream(c)
	var got []string
	s.Begin(func(e *feedgauge.Event) { got = append(got, fmt.Sprintf("%d %s", e.Line, e.Reason)) })
	for range 10_000 {
		s.Write([]byte(strings.Repeat("x", 1000)), false)
		if cap(s.rest) > 8<<10 {
			t.Fatalf("%d bytes kept", cap(s.rest))
		}
	}
	s.Write([]byte("\n{}\n"), true)
	if want := "[1 too_long 2 ]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestSample(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain é \\ \"": `plain é \ "`, "a\tb\x00\xff\u202e": `a\tb\x00\xff\u202e`, strings.Repeat("é", 20): strings.Repeat("é", 15) + "…",
		strings.Repeat("\x00", 20): strings.Repeat(`\x00`, 7) + "…", "": "",
	} {
		if got := Sample([]byte(in), 30); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}
