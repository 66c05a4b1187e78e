package format

import (
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func TestAuto(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ format, in, want string }{
		// Each line for itself.
		{"logfmt", "a=1\n{\"message\":\"b=2\"}\n2026-01-02T03:04:05Z stdout F c=3\n<13>Jan 2 03:04:05 h t: d=4\n[\"e=5\",\n{\"x\":1}]\n{\"log\":\"f=6\\n\",\"stream\":\"stdout\"}\n\ng=7",
			"1+1 -  \"a=1\"\n2+1 -  \"b=2\"\n3+1 2026-01-02T03:04:05Z  \"c=3\"\n4+1 1970-01-02T03:04:05Z  \"d=4\"\n5+1 -  \"e=5\"\n6+1 - syntax \"{\\\"x\\\":1}\"\n7+1 -  \"f=6\"\n9+1 -  \"g=7\"\n9/0/8"},
		// A header of syslog inside of another envelope.
		{"logfmt", `{"@timestamp":"2026-01-02T03:04:05Z","message":"<13>Jan 3 03:04:05 h t: a=1"}`, "1+1 2026-01-02T03:04:05Z  \"a=1\"\n1/0/1"},
		{"json", `2026-01-02T03:04:05Z stdout F Jan 3 03:04:05 h t: {}`, "1+1 2026-01-02T03:04:05Z  \"{}\"\n1/0/1"},
		// Messages of applications are no envelopes of objects, an object is.
		{"json", `{"message":"hello","a":1}`, "1+1 -  \"{\\\"message\\\":\\\"hello\\\",\\\"a\\\":1}\"\n1/0/1"},
		{"json", `{"message":{"a":1}}`, "1+1 -  \"{\\\"message\\\":{\\\"a\\\":1}}\"\n1/0/1"},
		{"json", `{"message":" {\"a\":1}\n"}`, "1+1 -  \" {\\\"a\\\":1}\"\n1/0/1"},
		{"json", `{"message":"{\"a\":1}"`, "1+1 - truncated \"{\\\"message\\\":\\\"{\\\\\\\"a\\\\\\\":1}\\\"\"\n1/0/1"},
		{"json", "{\"a\":\n1}\n{\n\"Records\":\n[{}]}", "1+2 -  \"{\\\"a\\\":\\n1}\"\n5+1 -  \"{}\"\n5/2/2"},
		{"json", `{"messageType":"DATA_MESSAGE","logEvents":[{"message":"{}"}]}`, "1+1 -  \"{}\"\n1/0/1"},
		{"json", `{"Records":5}`, "1+1 -  \"{\\\"Records\\\":5}\"\n1/0/1"},
		// Others have no lines that begin so: what is broken is told of the envelope.
		{"logfmt", `{"message":"a=1"`, "1+1 - truncated \"{\\\"message\\\":\\\"a=1\\\"\"\n1/0/1"},
		{"logfmt", `{"msg":"a=1"}`, "1+1 - missing_fieldmessage \"{\\\"msg\\\":\\\"a=1\\\"}\"\n1/0/1"},
		{"logfmt", `2026-01-02T03:04:05Z stdout X a=1`, "1+1 -  \"2026-01-02T03:04:05Z stdout X a=1\"\n1/0/1"},
		// Only containers' lines are parts of each other.
		{"logfmt", "2026-01-02T03:04:05Z stdout P a=\n{\"message\":\"b=2\"}\n2026-01-02T03:04:05Z stdout F 1", "2+1 -  \"b=2\"\n1+2 2026-01-02T03:04:05Z  \"a=1\"\n3/0/2"},
		{"logfmt", "[{}]]\na=1", "1+1 - syntax \"{}\"\n1+0 - syntax \"]\"\n2+1 -  \"a=1\"\n2/0/3"},
		{"logfmt", "[{}", "1+1 - syntax \"{}\"\n1+0 - truncated \"[{}\"\n1/0/2"},
		// Formats that read headers of syslog keep them.
		{"syslog_rfc3164", "<13>Jan 2 03:04:05 h t: a=1", "1+1 1970-01-02T03:04:05Z  \"<13>Jan 2 03:04:05 h t: a=1\"\n1/0/1"},
		{"syslog_rfc3164", `{"log":"<13>Jan 2 03:04:05 h t: a=1\n","stream":"stderr"}`, "1+1 1970-01-02T03:04:05Z  \"<13>Jan 2 03:04:05 h t: a=1\"\n1/0/1"},
	} {
		if got := eventsIn(enveloped(t, c.format, autoEnvelope), c.in); got != c.want {
			t.Errorf("%s: %s\ngot  %s\nwant %s", c.format, c.in, got, c.want)
		}
	}
}

// An event as it stands costs little more where it might be wrapped, and nothing is
// allocated.
func BenchmarkEnvelopes(b *testing.B) {
	for _, name := range []string{"json", "access_combined"} {
		for _, envelope := range append(Envelopes(), "auto bare") {
			line := good[name]
			if name == "json" {
				line = record
			}
			option, sealing, _ := strings.Cut(envelope, " ")
			if envelope == autoEnvelope {
				sealing = beatsEnvelope
			} else if option != autoEnvelope {
				sealing = option
			}
			c := enveloped(b, name, option)
			value, _ := sealed(sealing, line)
			r := &feedgauge.Record{Value: []byte(value)}
			b.Run(name+"/"+envelope, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(value)))
				for b.Loop() {
					if v := c.Check(r); v.Reason != "" {
						b.Fatal(v)
					}
				}
			})
		}
	}
}
