package format

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/processortest"
)

// sealed puts events into an envelope, as its senders write it. ok is false where
// they could not, or where it means something else there.
func sealed(envelope, event string) (out string, ok bool) {
	quoted, _ := json.Marshal(event)
	line := !strings.ContainsAny(event, "\n")
	switch envelope {
	case syslogEnvelope:
		if len(event)%2 == 1 && !strings.HasPrefix(event, byteOrderMark) {
			return `<13>1 2026-01-02T03:04:05.678Z web-1 app 12 - [a@1 b="\]\""] ` + event, line && !strings.HasPrefix(event, cookie)
		}
		return "<13>Jan  2 03:04:05 web-1 app[12]: " + event, line && !strings.HasPrefix(event, cookie)
	case beatsEnvelope:
		return `{"@timestamp":"2026-01-02T03:04:05.678Z","log":{"offset":1},"message":` + string(quoted) + `,"host":{"name":"web-1"}}`, true
	case dockerEnvelope:
		quoted, _ = json.Marshal(event + "\n")
		return `{"log":` + string(quoted) + `,"stream":"stdout","attrs":{"a":"b"},"time":"2026-01-02T03:04:05.678901234Z"}`, true
	case criEnvelope:
		return "2026-01-02T03:04:05.678901234Z stdout F " + event, line
	case recordsEnvelope:
		return `{"a":1,"Records":[` + listed(event) + `],"b":{}}`, true
	case arrayEnvelope:
		return "[" + listed(event) + " ]\n", true
	}
	return event, true
}

// listed is an event as an element of a list.
func listed(event string) string {
	if strings.HasPrefix(event, "{") && json.Valid([]byte(event)) {
		return event
	}
	quoted, _ := json.Marshal(event)
	return string(quoted)
}

// enveloped builds a format that expects an envelope.
func enveloped(t testing.TB, name, envelope string, more ...func(*Options)) feedgauge.Checker {
	t.Helper()
	config := configOf(name)
	o := config.(interface{ Common() *Options }).Common()
	o.Envelope = envelope
	for _, fn := range more {
		fn(o)
	}
	return built(t, config)
}

// told is all that a checker says of a value, short of where it stands.
func told(c feedgauge.Checker, value string) string {
	var out strings.Builder
	v := c.(feedgauge.EventReader).Read(&feedgauge.Record{Value: []byte(value)}, func(e *feedgauge.Event) {
		fmt.Fprintf(&out, "%q %s %s %q\n", e.Text, e.Reason, e.Fault, e.Kind)
		for i := range e.Fields {
			f := &e.Fields[i]
			fmt.Fprintf(&out, "  %q=%q %d\n", f.Name, Unescape(nil, f), f.Kind)
		}
	})
	fmt.Fprintf(&out, "%s %s %d %d %d", v.Reason, v.Fault, v.Headers, v.Events, v.Bad)
	return out.String()
}

// What a format reads in a line it reads in the same line in an envelope.
func TestEnvelopesChangeNothing(t *testing.T) {
	t.Parallel()
	lines := map[string][]string{}
	for name, line := range good {
		lines[name] = []string{line, line[:len(line)/2], "%%%%"}
	}
	for _, e := range expectations(t) {
		for i, line := range readLines(t, e.path) {
			if i%7 == 0 && json.Valid(mustQuote(line)) {
				lines[e.format] = append(lines[e.format], string(line))
			}
		}
	}
	for name := range All() {
		if name == "any" {
			continue
		}
		bare := newChecker(t, name)
		for _, envelope := range Envelopes() {
			if envelope == autoEnvelope {
				continue
			}
			c := enveloped(t, name, envelope)
			for _, line := range lines[name] {
				wrapped, ok := sealed(envelope, line)
				if got, want := told(c, wrapped), told(bare, line); ok && got != want {
					t.Errorf("%s in %s: %.300s\ngot  %s\nwant %s", name, envelope, wrapped, got, want)
				}
			}
		}
	}
}

// mustQuote returns b as a string of JSON, or nothing if that would change it.
func mustQuote(b []byte) []byte {
	quoted, _ := json.Marshal(string(b))
	var back string
	if json.Unmarshal(quoted, &back) != nil || back != string(b) {
		return nil
	}
	return quoted
}

// eventsIn lists what is read in a value: line, lines, time, reason, field at fault
// and text.
func eventsIn(c feedgauge.Checker, value string) string {
	var out []string
	v := c.(feedgauge.EventReader).Read(&feedgauge.Record{Value: []byte(value)}, func(e *feedgauge.Event) {
		at := "-"
		if e.Clock != feedgauge.NoClock {
			at = e.Time.String()
		}
		out = append(out, fmt.Sprintf("%d+%d %s %s%s %.60q", e.Line, e.Lines, at, e.Reason, e.Fault, e.Text))
	})
	return strings.Join(append(out, fmt.Sprintf("%d/%d/%d", v.Lines, v.Headers, v.Events)), "\n")
}

func TestEnvelopes(t *testing.T) {
	t.Parallel()
	const at = "2026-01-02T03:04:05Z"
	for _, c := range []struct{ format, envelope, in, want string }{
		// The time is that of the envelope, unless the event has one.
		{"json", "beats", `{"@timestamp":"` + at + `","message":"{\"a\":1}"}`, `1+1 2026-01-02T03:04:05Z  "{\"a\":1}"` + "\n1/0/1"},
		{"json", "beats", `{"date":1767323045.25,"log":"{}"}`, `1+1 2026-01-02T03:04:05.25Z  "{}"` + "\n1/0/1"},
		{"json", "beats", `{"timestamp":"` + at + `","message":{"a":[1]},"log":7}`, `1+1 2026-01-02T03:04:05Z  "{\"a\":[1]}"` + "\n1/0/1"},
		{"zeek_json", "docker", `{"log":"{\"ts\":1.5}\n","time":"` + at + `"}`, `1+1 1970-01-01T00:00:01.5Z  "{\"ts\":1.5}"` + "\n1/0/1"},
		{"kv", "cri", at + " stderr F a=1", `1+1 2026-01-02T03:04:05Z  "a=1"` + "\n1/0/1"},
		{"kv", "syslog", "<13>Jan 2 03:04:05 h t: a=1", `1+1 1970-01-02T03:04:05Z  "a=1"` + "\n1/0/1"},
		{"kv", "syslog", "12 <13>1 - h a - - - a=1", `1+1 -  "a=1"` + "\n1/0/1"},
		// Blank lines and headers inside are what they are outside.
		{"kv", "beats", "{\"message\":\"\"}\n\n{\"message\":\" \"}", "3/0/0"},
		{"zeek_tsv", "beats", `{"message":"#fields\tts\tuid"}` + "\n" + `{"message":"1.5\tx"}`, `2+1 1970-01-01T00:00:01.5Z  "1.5\tx"` + "\n2/1/1"},
		{"zeek_tsv", "beats", `{"message":"#fields\tts\tuid\n1.5\tx"}`, `1+0 1970-01-01T00:00:01.5Z  "1.5\tx"` + "\n1/1/1"},
		// Several events in one envelope, and one over several lines in it.
		{"kv", "beats", "\n{\"message\":\"a=1\\nb=2\\n\"}", "2+1 -  \"a=1\"\n2+0 -  \"b=2\"\n2/0/2"},
		{"json", "beats", `{"message":"{\"a\":\n1}"}`, "1+1 -  \"{\\\"a\\\":\\n1}\"\n1/0/1"},
		// Lines that a runtime has cut.
		{"kv", "cri", at + " stdout P a=\n" + at + " stderr F b=2\n" + at + " stdout P 1\n" + at + " stdout F 2\n", "2+1 2026-01-02T03:04:05Z  \"b=2\"\n1+3 2026-01-02T03:04:05Z  \"a=12\"\n4/0/2"},
		{"kv", "cri", at + " stdout P a=1\n\n", "1+1 2026-01-02T03:04:05Z truncated \"a=1\"\n2/0/1"},
		{"kv", "cri", at + " stdout P:x a=\n" + at + " stdout F 1", "1+2 2026-01-02T03:04:05Z  \"a=1\"\n2/0/1"},
		{"kv", "cri", at + " stdout F", "1/0/0"},
		{"kv", "docker", `{"log":"a=` + strings.Repeat("b", dockerPiece) + `","stream":"stdout"}` + "\n" + `{"log":" b=1\n","stream":"stdout"}`, fmt.Sprintf("1+2 -  %.60q\n2/0/1", "a="+strings.Repeat("b", dockerPiece))},
		{"kv", "docker", `{"log":"a=1","stream":"stdout"}`, "1+1 -  \"a=1\"\n1/0/1"},
		// Broken envelopes.
		{"kv", "beats", `{"msg":"a=1"}`, "1+1 - missing_fieldmessage \"{\\\"msg\\\":\\\"a=1\\\"}\"\n1/0/1"},
		{"kv", "beats", `{"message":null}`, "1+1 - missing_fieldmessage \"{\\\"message\\\":null}\"\n1/0/1"},
		{"kv", "beats", `{"message":[]}`, "1+1 - typemessage \"{\\\"message\\\":[]}\"\n1/0/1"},
		{"kv", "beats", `{"message":"a=1"`, "1+1 - truncated \"{\\\"message\\\":\\\"a=1\\\"\"\n1/0/1"},
		{"kv", "beats", `{"message":"a=1"}}`, "1+1 - syntax \"{\\\"message\\\":\\\"a=1\\\"}}\"\n1/0/1"},
		{"kv", "beats", `{"message":"a=1","message":"b=1"}`, "1+1 - duplicate_key \"{\\\"message\\\":\\\"a=1\\\",\\\"message\\\":\\\"b=1\\\"}\"\n1/0/1"},
		{"kv", "beats", "a=1", "1+1 - syntax \"a=1\"\n1/0/1"},
		{"kv", "beats", `{"message":"a=\u0000"}`, "1+1 - control \"a=\\x00\"\n1/0/1"},
		{"kv", "docker", `{"message":"a=1"}`, "1+1 - missing_fieldlog \"{\\\"message\\\":\\\"a=1\\\"}\"\n1/0/1"},
		{"kv", "cri", "2026-13-02T03:04:05Z stdout F a=1", "1+1 - timestamptime \"2026-13-02T03:04:05Z stdout F a=1\"\n1/0/1"},
		{"kv", "cri", at + " stdin F a=1", "1+1 - typestream \"2026-01-02T03:04:05Z stdin F a=1\"\n1/0/1"},
		{"kv", "cri", at + " stdout Q a=1", "1+1 - typetags \"2026-01-02T03:04:05Z stdout Q a=1\"\n1/0/1"},
		{"kv", "cri", at + " stdout", "1+1 - columns \"2026-01-02T03:04:05Z stdout\"\n1/0/1"},
		{"kv", "syslog", "<13", "1+1 - truncated \"<13\"\n1/0/1"},
		{"kv", "syslog", "<999>Jan 2 03:04:05 h t: a=1", "1+1 - typepriority \"<999>Jan 2 03:04:05 h t: a=1\"\n1/0/1"},
		{"kv", "syslog", "<13>1 2026-13-02T03:04:05Z h a - - - a=1", "1+1 - timestamptime \"<13>1 2026-13-02T03:04:05Z h a - - - a=1\"\n1/0/1"},
		{"kv", "syslog", "<13>Jan 42 03:04:05 h t: a=1", "1+1 - timestamptime \"<13>Jan 42 03:04:05 h t: a=1\"\n1/0/1"},
		{"kv", "syslog", "a=1", "1+1 - syntax \"a=1\"\n1/0/1"},
		{"json", "syslog", "<13>1 - h a - - [x a=\"1\" {}", "1+1 - truncated \"<13>1 - h a - - [x a=\\\"1\\\" {}\"\n1/0/1"},
	} {
		if got := eventsIn(enveloped(t, c.format, c.envelope), c.in); got != c.want {
			t.Errorf("%s in %s: %.300s\ngot  %s\nwant %s", c.format, c.envelope, c.in, got, c.want)
		}
	}
}

// Where the event begins behind a header of syslog, by what senders write.
func TestSyslogEnvelope(t *testing.T) {
	t.Parallel()
	o := newSyslogOpener()
	for in, want := range map[string]string{
		`<13>Jan  2 03:04:05 web-1 app[12]: {"a":1}`:                    `{"a":1}`,
		`<13>Jan  2 03:04:05 web-1 app: {"a":1}`:                        `{"a":1}`,
		`<13>Jan  2 03:04:05 web-1 app:{"a":1}`:                         `{"a":1}`,
		`<13>Jan  2 03:04:05 web-1 app[12] {"a":1}`:                     `{"a":1}`,
		`<13>Jan  2 03:04:05 web-1 {"a":1}`:                             `{"a":1}`,
		`<13>Jan  2 03:04:05 {"a":1}`:                                   `{"a":1}`,
		`<13>Jan  2 03:04:05 app[12]: {"a":1}`:                          `{"a":1}`,
		`<13>{"a":1}`:                                                   `{"a":1}`,
		`Jan  2 03:04:05 web-1 app: {"a":1}`:                            `{"a":1}`,
		`2026-01-02T03:04:05.678+01:00 web-1 app: {"a":1}`:              `{"a":1}`,
		`<13>2026-01-02T03:04:05Z web-1 app: {"a":1}`:                   `{"a":1}`,
		`<13>Jan  2 03:04:05 web-1 app: @cee: {"a":1}`:                  `{"a":1}`,
		`<13>Jan  2 03:04:05 web-1 @cee:{"a":1}`:                        `{"a":1}`,
		`<13>Jan  2 03:04:05 fw CEF:0|a|b|c|d|e|1|`:                     `CEF:0|a|b|c|d|e|1|`,
		`<13>Jan  2 03:04:05 fw app: CEF:0|a|b|c|d|e|1|`:                `CEF:0|a|b|c|d|e|1|`,
		`<13>Jan  2 03:04:05 fw level=info n=1`:                         `level=info n=1`,
		`<13>Jan  2 03:04:05 level=info n=1`:                            `level=info n=1`,
		`<13>Jan  2 03:04:05 web-1 192.0.2.1 - - [x]`:                   `192.0.2.1 - - [x]`,
		`<13>Jan  2 03:04:05 web-1 2001:db8::1 - - [x]`:                 `2001:db8::1 - - [x]`,
		`<13>Jan  2 03:04:05 web-1 nginx:  2001:db8::1 - - [x]`:         ` 2001:db8::1 - - [x]`,
		`<13>Jan  2 03:04:05 web-1 app:`:                                ``,
		`<165>1 2003-10-11T22:14:15.003Z h a - ID [x@1 y="z"] {"a":1}`:  `{"a":1}`,
		"<165>1 2003-10-11T22:14:15.003Z h a - ID - \ufeff{\"a\":1}":    `{"a":1}`,
		`<165>1 - - - - - - {"a":1}`:                                    `{"a":1}`,
		`<165>1 - - - - - -`:                                            ``,
		`72 <165>1 2003-10-11T22:14:15.003Z h a - ID [x][y b="1"] a=1`:  `a=1`,
		`<165>1 2003-10-11T22:14:15.003Z h a - ID - CEF:0|a|b|c|d|e|1|`: `CEF:0|a|b|c|d|e|1|`,
	} {
		var p parcel
		if reason := o.open(&p, []byte(in)); reason != "" || string(p.text) != want {
			t.Errorf("%s: got %q, %q (%s), want %q", in, p.text, reason, p.fault, want)
		}
	}
}

// A field of one's own choice, and events that are too long inside.
func TestEnvelopeField(t *testing.T) {
	t.Parallel()
	hec := enveloped(t, "json", "beats", func(o *Options) { o.EnvelopeField, o.MaxLine = "event", "10B" })
	for in, want := range map[string]feedgauge.Reason{
		`{"time":1767323045.25,"event":{"a":1}}`:     "",
		`{"time":1767323045.25,"event":"{\"a\":1}"}`: "",
		`{"message":"{\"a\":1}"}`:                    feedgauge.MissingField,
		`{"event":"{\"a\":11111111}"}`:               feedgauge.TooLong,
	} {
		if v := verdict(hec, in); v.Reason != want {
			t.Errorf("%s: got %+v, want %q", in, v, want)
		}
	}
	named := hec.(interface{ Named(string) bool }).Named
	if !named("event") || named("message") {
		t.Error("the field of the envelope is not told")
	}
}

func TestEnvelopeMistakes(t *testing.T) {
	t.Parallel()
	for want, set := range map[string]func(*Options){
		`envelope: there is no envelope "beat" (did you mean "beats"?)`:                                                                          func(o *Options) { o.Envelope = "beat" },
		`envelope_field: this envelope has no fields to choose from (remove the option, or set envelope = "beats", "records" or "array")`:        func(o *Options) { o.Envelope, o.EnvelopeField = "cri", "a" },
		`envelope_field: this envelope has no fields to choose from (remove the option, or set envelope = "beats", "records" or "array") (none)`: func(o *Options) { o.EnvelopeField = "a" },
	} {
		config := NewJSON().(*JSON)
		set(&config.Options)
		list := mistakes(t, config)
		if got := fmt.Sprintf("%s: %s (%s)", list[0].Field, list[0].Msg, list[0].Hint); len(list) != 1 || got != strings.TrimSuffix(want, " (none)") {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// However an event is cut into pieces by a file or a runtime, it is told the same.
func TestStreamOfEnvelopes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		envelope := rapid.SampledFrom(Envelopes()).Draw(t, "envelope")
		in := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
			"\n", "\r\n", `{"message":"a=1"}` + "\n", `{"log":"a=1\n"}` + "\n", "2026-01-02T03:04:05Z stdout P a\n",
			"2026-01-02T03:04:05Z stdout F =1\n", "2026-01-02T03:04:05Z stderr P b\n", "<13>Jan 2 03:04:05 h t: a=1\n", `{"message":"`, "a=1", `"}`, "\ufeff", "{", "\xff", "[", "]", `{"records":[`, `"a=1",`, "a=1\n", "]}\n", " ", `{"log":"a=1","stream":"stderr"}`,
		}), 0, 12).Draw(t, "in"), "")
		var pieces []string
		for rest := in; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "n")
			pieces, rest = append(pieces, rest[:n]), rest[n:]
		}
		set := func(o *Options) { o.Envelope = envelope }
		if got, want := streamed(t, "kv", set, append(pieces, "")), streamed(t, "kv", set, []string{in}); got != want {
			t.Fatalf("%s %q:\ngot  %s\nwant %s", envelope, pieces, got, want)
		}
	})
}

func TestEnvelopesDoNotAllocate(t *testing.T) {
	for _, name := range []string{"json", "access_combined", "cef", "suricata"} {
		for _, envelope := range Envelopes() {
			value, _ := sealed(envelope, good[name])
			c, r := enveloped(t, name, envelope), &feedgauge.Record{Value: []byte(value)}
			if v := c.Check(r); v.Reason != "" {
				t.Errorf("%s in %s: %+v", name, envelope, v)
			}
			if n := testing.AllocsPerRun(10, func() { c.Check(r) }); n != 0 {
				t.Errorf("%s in %s: %v allocations", name, envelope, n)
			}
		}
	}
}

// A part of a text that is never completed does not grow without bound.
func TestEnvelopesBoundMemory(t *testing.T) {
	t.Parallel()
	c := enveloped(t, "kv", "cri", func(o *Options) { o.MaxLine = "1KiB" }).(*checker)
	line := "2026-01-02T03:04:05Z stdout P " + strings.Repeat("x", 500) + "\n"
	v := c.Check(&feedgauge.Record{Value: []byte(strings.Repeat(line, 1000))})
	if v.Events != 1 || v.Reason != feedgauge.TooLong || cap(c.wrap.parts[0].text) > 4<<10 {
		t.Errorf("%+v, %d bytes kept", v, cap(c.wrap.parts[0].text))
	}
}

func TestEnvelopesKeepTheContract(t *testing.T) {
	t.Parallel()
	pairs := map[string]string{"beats": "json", "docker": "access_combined", "cri": "kv", "syslog": "cef", "records": "cloudtrail", "array": "json", "auto": "logfmt"}
	for _, envelope := range slices.Sorted(maps.Keys(pairs)) {
		name := pairs[envelope]
		t.Run(envelope, func(t *testing.T) {
			t.Parallel()
			var samples [][]byte
			for _, event := range []string{good[name], "x"} {
				value, _ := sealed(envelope, event)
				samples = append(samples, []byte(value), []byte(event))
			}
			processortest.Checker(t, func() feedgauge.Checker { return enveloped(t, name, envelope) }, samples)
		})
	}
}

// Left to find out by itself what a line is wrapped in, a format reads the same as
// when it is told; a line that is not wrapped it reads as it stands.
func TestAutoFindsTheEnvelope(t *testing.T) {
	t.Parallel()
	lines := map[string][]string{}
	for name, line := range good {
		lines[name] = []string{line}
	}
	for _, e := range expectations(t) {
		for i, line := range readLines(t, e.path) {
			if i%5 == 0 && mustQuote(line) != nil {
				lines[e.format] = append(lines[e.format], string(line))
			}
		}
	}
	for name := range All() {
		if name == "any" {
			continue
		}
		bare, c := newChecker(t, name), enveloped(t, name, autoEnvelope)
		for _, envelope := range Envelopes() {
			for _, line := range lines[name] {
				if envelope != noEnvelope && !accepts(bare, line) || envelope == syslogEnvelope && readsHeaders(c) {
					continue
				}
				wrapped, ok := sealed(envelope, line)
				wrapped = strings.Replace(wrapped, `{"a":1,"Records"`, `{"Records"`, 1) // lists are known by their first key
				if got, want := told(c, wrapped), told(bare, line); ok && got != want {
					t.Errorf("%s in %s: %.500s\ngot  %s\nwant %s", name, envelope, wrapped, got, want)
				}
			}
		}
	}
}

func readsHeaders(c feedgauge.Checker) bool { return c.(*checker).wrap.auto.header }

func accepts(c feedgauge.Checker, value string) bool { return verdict(c, value).Reason == "" }
