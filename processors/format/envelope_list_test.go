package format

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

func TestLists(t *testing.T) {
	t.Parallel()
	field := func(name string) func(*Options) { return func(o *Options) { o.EnvelopeField = name } }
	all := func(*Options) {}
	for _, c := range []struct {
		format, envelope string
		set              func(*Options)
		in, want         string
	}{
		// Events, the lines they take, and headers: lines of the list alone.
		{"json", "array", all, `[{"a":1}, {"b":2}]`, "1+1 -  \"{\\\"a\\\":1}\"\n1+0 -  \"{\\\"b\\\":2}\"\n1/0/2"},
		{"json", "array", all, "[\n {\"a\":\n1},\n\n{}\n]\n", "2+2 -  \"{\\\"a\\\":\\n1}\"\n5+1 -  \"{}\"\n6/2/2"},
		{"json", "array", all, "[{}\n]\n[{}]", "1+1 -  \"{}\"\n3+1 -  \"{}\"\n3/1/2"},
		{"json", "array", all, "[]", "1/1/0"},
		{"json", "array", all, "\n[]\r\n", "2/1/0"},
		{"json", "array", all, "\ufeff[{}]", "1+1 -  \"{}\"\n1/0/1"},
		{"json", "records", all, `{"Records":[{"a":[1,"]}"]}]}`, "1+1 -  \"{\\\"a\\\":[1,\\\"]}\\\"]}\"\n1/0/1"},
		{"json", "records", all, `{"a":[{}],"records":[{}],"Records":[{}],"b":1e5}`, "1+1 -  \"{}\"\n1+0 -  \"{}\"\n1/0/2"},
		{"json", "records", all, "{\"Records\"\n:\n[]}", "3/3/0"},
		// Lines: as strings, in a field, with the time that stands beside.
		{"kv", "array", all, `["a=1\nb=2","c=3",""]`, "1+1 -  \"a=1\"\n1+0 -  \"b=2\"\n1+0 -  \"c=3\"\n1/0/3"},
		{"kv", "array", field("log"), `[{"date":1767323045.25,"log":"a=1"}]`, "1+1 2026-01-02T03:04:05.25Z  \"a=1\"\n1/0/1"},
		{"kv", "records", all, `{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","timestamp":1767323045250,"message":"a=1"}]}`, "1+1 2026-01-02T03:04:05.25Z  \"a=1\"\n1/0/1"},
		{"json", "records", field("properties"), `{"records":[{"time":"2026-01-02T03:04:05Z","properties":{"a":1}}]}`, "1+1 2026-01-02T03:04:05Z  \"{\\\"a\\\":1}\"\n1/0/1"},
		// A damaged element is one bad event among good ones.
		{"json", "array", all, `[{"a":1},{"b":},{"c":3}]`, "1+1 -  \"{\\\"a\\\":1}\"\n1+0 - syntax \"{\\\"b\\\":}\"\n1+0 -  \"{\\\"c\\\":3}\"\n1/0/3"},
		{"json", "array", all, `[1,null,"x",[{}]]`, "1+1 - syntax \"1\"\n1+0 - syntax \"null\"\n1+0 - syntax \"x\"\n1+0 - syntax \"[{}]\"\n1/0/4"},
		{"kv", "array", all, `["\x","a=1"]`, "1+1 - syntax \"\\\"\\\\x\\\"\"\n1+0 -  \"a=1\"\n1/0/2"},
		{"kv", "array", field("log"), `[{"msg":1},{"log":"a=1"}]`, "1+1 - missing_fieldlog \"{\\\"msg\\\":1}\"\n1+0 -  \"a=1\"\n1/0/2"},
		// A damaged list.
		{"json", "array", all, `[{"a":1},{"b":2}`, "1+1 -  \"{\\\"a\\\":1}\"\n1+0 -  \"{\\\"b\\\":2}\"\n1+0 - truncated \"[{\\\"a\\\":1},{\\\"b\\\":2}\"\n1/0/3"},
		{"json", "array", all, "[{\"a\":1},\n{\"b\":\n", "1+1 -  \"{\\\"a\\\":1}\"\n2+1 - truncated \"{\\\"b\\\":\"\n2/0/2"},
		{"json", "array", all, "[\n", "1+1 - truncated \"[\"\n1/0/1"},
		{"json", "array", all, `[{} {}]` + "\n[{}]", "1+1 -  \"{}\"\n1+0 - syntax \"{}]\"\n2+1 -  \"{}\"\n2/0/3"},
		{"json", "array", all, `[{},]`, "1+1 -  \"{}\"\n1+0 - syntax \"]\"\n1/0/2"},
		{"json", "array", all, `[{}]]`, "1+1 -  \"{}\"\n1+0 - syntax \"]\"\n1/0/2"},
		{"json", "array", all, `{"a":1}`, "1+1 - syntax \"{\\\"a\\\":1}\"\n1/0/1"},
		{"json", "array", all, "x\n\n[{}]", "1+1 - syntax \"x\"\n3+1 -  \"{}\"\n3/0/2"},
		{"json", "records", all, `{"a":1}`, "1+1 - missing_fieldRecords \"{\\\"a\\\":1}\"\n1/0/1"},
		{"json", "records", all, `{"Records":{}}`, "1+1 - missing_fieldRecords \"{\\\"Records\\\":{}}\"\n1/0/1"},
		{"json", "records", all, `{"a":tru,"Records":[{}]}`, "1+1 - syntax \"\\\"a\\\":tru,\\\"Records\\\":[{}]}\"\n1/0/1"},
		{"json", "records", all, `{"Rec`, "1+1 - truncated \"\\\"Rec\"\n1/0/1"},
		{"json", "records", all, `[{}]`, "1+1 - syntax \"[{}]\"\n1/0/1"},
		{"json", "records", all, "{\"a\":\"\xff\",\"Records\":[{}]}", "1+1 - encoding \"{\"\n1+0 -  \"{}\"\n1/0/2"},
	} {
		if got := eventsIn(enveloped(t, c.format, c.envelope, c.set), c.in); got != c.want {
			t.Errorf("%s in %s: %s\ngot  %s\nwant %s", c.format, c.envelope, c.in, got, c.want)
		}
	}
}

// Each element is an event, so a message cannot be one; where the unit is not set,
// elements are what is counted.
func TestListsAreCountedByElement(t *testing.T) {
	t.Parallel()
	config := NewJSON().(*JSON)
	for envelope, want := range map[string]string{"": "", "none": "", "beats": "", "records": "record", "array": "record"} {
		if config.Envelope = envelope; config.EventUnit() != want {
			t.Errorf("%s: %q", envelope, config.EventUnit())
		}
	}
	config.Envelope, config.Unit = "array", "message"
	if list := mistakes(t, config); len(list) != 1 || list[0].Field != "unit" {
		t.Errorf("got %v", list)
	}
}

// A list much longer than an event may be, in any pieces: no more of it is kept than
// an element takes.
func TestListsBoundMemory(t *testing.T) {
	t.Parallel()
	c := enveloped(t, "json", "records", func(o *Options) { o.MaxLine = "1KiB" })
	s, _ := NewStream(c)
	events, line := 0, 0
	s.Begin(func(e *feedgauge.Event) {
		if events++; e.Reason != "" && !strings.Contains(string(e.Text), "xxx") {
			t.Errorf("%q: %s", e.Text, e.Reason)
		}
		line += e.Lines
	})
	write := func(text string, final bool) {
		for len(text) > 700 {
			s.Write([]byte(text[:700]), false)
			text = text[700:]
		}
		s.Write([]byte(text), final)
	}
	write(`{"Records":[{}`, false)
	for range 10_000 {
		write(`,{"a":"`+strings.Repeat("b", 100)+`"}`, false)
		if cap(s.rest) > 8<<10 {
			t.Fatalf("%d bytes kept", cap(s.rest))
		}
	}
	write(",\n{\"a\":\""+strings.Repeat("x", 1<<20), false) // no end in sight
	write("\n{\"Records\":[{}]}\n", true)
	if v := s.Verdict(); events != 10_003 || v.Bad != 1 || v.Lines != 3 || line != 3 || v.Headers != 0 {
		t.Errorf("%d events on %d lines: %+v", events, line, v)
	}
}

// A list that is cut behind an element without an event ends on that element's line.
func TestListEndsInNothing(t *testing.T) {
	for in, want := range map[string]string{"[\r\n\"\"": "2+1, 1 header", "[\"\"": "1+1, 0 header", "[{\"a\":1},\n\"\"": "1+1 2+1, 0 header", "[\n": "1+1, 0 header"} {
		got := ""
		v := enveloped(t, "json", "array").(feedgauge.EventReader).Read(&feedgauge.Record{Value: []byte(in)}, func(e *feedgauge.Event) {
			got += fmt.Sprintf("%d+%d ", e.Line, e.Lines)
		})
		if got = fmt.Sprintf("%s, %d header", strings.TrimSpace(got), v.Headers); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

// Lines add up, however a list is damaged and cut into pieces.
func TestListsAddUp(t *testing.T) {
	t.Parallel()
	checkers := map[string]feedgauge.Checker{}
	for _, envelope := range []string{"records", "array", "auto"} {
		checkers[envelope] = enveloped(t, "json", envelope)
	}
	rapid.Check(t, func(t *rapid.T) {
		envelope := rapid.SampledFrom([]string{"records", "array", "auto"}).Draw(t, "envelope")
		in := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
			"[", "]", "{", "}", `{"Records":[`, `"Records":`, ",", ":", `{"a":1}`, `"x`, `"`, `"a=1"`, "1", "\n", "\n", "\r\n", " ", "null", "\xff", "\ufeff",
		}), 0, 25).Draw(t, "in"), "")
		set := func(o *Options) { o.Envelope = envelope }
		var pieces []string
		for rest := in; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			pieces, rest = append(pieces, rest[:n]), rest[n:]
		}
		if got, want := streamed(t, "json", set, append(pieces, "")), streamed(t, "json", set, []string{in}); got != want {
			t.Fatalf("%s %q:\ngot  %s\nwant %s", envelope, pieces, got, want)
		}
		took := 0
		v := checkers[envelope].(feedgauge.EventReader).Read(&feedgauge.Record{Value: []byte(in)}, func(e *feedgauge.Event) {
			if took += e.Lines; e.Lines < 0 || e.Line < 1 || e.Line > strings.Count(in, "\n")+1 {
				t.Fatalf("%q: line %d+%d", in, e.Line, e.Lines)
			}
		})
		blank := 0
		for line := range strings.Lines(in) {
			if strings.Trim(strings.TrimPrefix(line, byteOrderMark), " \r\n") == "" {
				blank++
			}
		}
		if took+v.Headers > v.Lines || took+v.Headers < v.Lines-blank || v.Headers < 0 {
			t.Fatalf("%q: %d lines of events, %d headers, %d blank: %s", in, took, v.Headers, blank, fmt.Sprintf("%+v", v))
		}
	})
}
