package inspect

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/figures"
	"github.com/feedgauge/feedgauge/processors/format"
)

// wrapped returns the events of an input in envelopes, ok is false where a sender
// could not write them so.
func wrapped(events []string, envelope string) (text string, ok bool) {
	var b strings.Builder
	ok = true
	var quoted []string
	for _, e := range events {
		q, err := json.Marshal(e)
		if err != nil {
			return "", false
		}
		quoted = append(quoted, string(q))
		switch envelope {
		case "syslog":
			fmt.Fprintf(&b, "<13>Jan  2 03:04:05 web-1 app[12]: %s\n", e)
		case "beats":
			fmt.Fprintf(&b, `{"@timestamp":"2026-01-02T03:04:05.678Z","@metadata":{"beat":"filebeat"},"message":%s,"host":{"name":"web-1"}}`+"\n", q)
		case "docker":
			fmt.Fprintf(&b, `{"log":%s\n","stream":"stdout","time":"2026-01-02T03:04:05.678901234Z"}`+"\n", q[:len(q)-1])
		case "cri":
			fmt.Fprintf(&b, "2026-01-02T03:04:05.678901234Z stdout F %s\n", e)
		}
		ok = ok && !strings.ContainsAny(e, "\n")
	}
	switch envelope {
	case "records":
		return `{"Records":[` + strings.Join(quoted, ",") + "]}", true
	case "array":
		return "[\n" + strings.Join(quoted, ",\n") + "\n]\n", true
	}
	return b.String(), ok
}

// linesOf are the first lines of a file that have something in them.
func linesOf(in *Input, most int) (out []string) {
	for i := range in.Records {
		line := strings.TrimRight(string(in.Records[i].Value), "\r\n")
		if strings.TrimSpace(line) != "" && len(out) < most {
			out = append(out, line)
		}
	}
	return out
}

// Whatever wraps the lines of a file, their format is told, and what wraps them; what
// is offered reads the events inside.
func TestFilesInEnvelopes(t *testing.T) {
	t.Parallel()
	dir, files := logs(t)
	right, formats := 0, format.All()
	for _, name := range files {
		if strings.Contains(name, "broken") {
			continue
		}
		in, err := File(filepath.Join(dir, name), nil, 15)
		if err != nil {
			t.Fatal(err)
		}
		bare := Look(inputOf("x.log", strings.Join(linesOf(in, 15), "\n")), formats)
		if bare.Records < 10 || bare.Guess.Format == Unknown {
			continue
		}
		for _, envelope := range []string{"syslog", "beats", "docker", "cri", "records", "array"} {
			text, ok := wrapped(linesOf(in, 15), envelope)
			if !ok || envelope == "syslog" && !told(bare) {
				continue
			}
			r := Look(inputOf("x.log", text), formats)
			if err := valid(r); err != nil {
				t.Errorf("%s in %s: %v\n%s", name, envelope, err, r.ClassHCL)
			}
			if r.Guess.Format != bare.Guess.Format || r.Guess.Envelope != envelope || r.Records != bare.Records {
				t.Errorf("%s in %s: %d records, guess %+v, want %d records, %s; candidates %+v", name, envelope, r.Records, r.Guess, bare.Records, bare.Guess.Format, r.Candidates[:min(3, len(r.Candidates))])
				continue
			}
			if right++; !strings.Contains(r.ClassHCL, "envelope = \""+envelope+"\"") && envelope != "syslog" {
				t.Errorf("%s in %s: it does not say so:\n%s", name, envelope, r.ClassHCL)
			}
		}
	}
	figures.Tell(t, "inspect: of %d files in envelopes both were told", right)
}

// told reports whether what was guessed is told behind a header of syslog, if it has
// none of its own.
func told(r *Report) bool {
	switch name := r.Guess.Format; name {
	case "csv", "tsv", "pfsense_filterlog", "cisco_asa":
		return false
	default:
		return !strings.HasPrefix(name, "syslog") && r.Guess.Envelope == ""
	}
}

// inputOf is a file with that text.
func inputOf(name, text string) *Input {
	in := &Input{Source: name, Text: []byte(text)}
	for line := range strings.Lines(text) {
		in.Records = append(in.Records, feedgauge.Record{Value: []byte(line)})
		in.Lines++
	}
	return in
}

// Applications have messages and times too: those are no envelopes.
func TestNoEnvelope(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]Guess{
		`{"@timestamp":"2026-01-02T03:04:05Z","message":"hello","level":"info"}`:     {"json", 1, ""},
		`{"@timestamp":"2026-01-02T03:04:05Z","message":"a=1 b=2","level":"info"}`:   {"logfmt", 1, "beats"},
		`{"@timestamp":"2026-01-02T03:04:05Z","message":"{\"a\":1}","level":"info"}`: {"json", 1, "beats"},
		`<13>Jan  2 03:04:05 web-1 sshd[12]: session opened`:                         {"syslog_rfc3164", 1, ""},
		`<13>Jan  2 03:04:05 web-1 app[12]: {"a":1}`:                                 {"json", 1, "syslog"},
		`<13>Jan  2 03:04:05 web-1 app[12]: a, b, c`:                                 {"syslog_rfc3164", 1, ""},
		`2026-01-02T03:04:05Z stdout F session opened`:                               {Unknown, 0, "cri"},
	} {
		r := Look(inputOf("x", strings.Repeat(line+"\n", 20)), format.All())
		if err := valid(r); r.Guess != want || err != nil {
			t.Errorf("%s: %+v, want %+v: %v", line, r.Guess, want, err)
		}
	}
}
