package inspect

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/format"
)

// noEnvelope is how an envelope is called that is none.
const noEnvelope = "none"

// envelope is what most records of an input may be wrapped in, and whether that is
// sure; empty for nothing.
func envelope(in *Input) (name string, sure bool) {
	counts, certain, seen := map[string]int{}, map[string]int{}, 0
	s := format.NewSniffer()
	see := func(text []byte) {
		if len(bytes.TrimSpace(text)) == 0 {
			return
		}
		seen++
		name, sure := s.Envelope(text)
		if counts[name]++; sure {
			certain[name]++
		}
	}
	if name, _ := s.Envelope(in.Text); in.Topic == "" && (name == "records" || name == "array") {
		return name, true
	}
	for i := range in.Records {
		see(in.Records[i].Value)
	}
	for name, n := range counts {
		if name != noEnvelope && float64(n) >= enough*float64(seen) {
			return name, 2*certain[name] > n
		}
	}
	return "", false
}

// unwrap returns what is inside of the envelopes of an input: events as if they were
// a file or topic of their own. Envelopes that are broken stay as they are. headers
// is how many lines had no event.
func unwrap(in *Input, name string) (out *Input, headers int) {
	checker, err := (&format.Any{Envelope: name}).Build(feedgauge.Env{})
	if err != nil {
		return nil, 0
	}
	out = &Input{Source: in.Source, Topic: in.Topic}
	take := func(e *feedgauge.Event) {
		out.Text = append(append(out.Text, e.Text...), '\n')
		out.Records = append(out.Records, feedgauge.Record{Value: bytes.Clone(e.Text)})
		out.Lines += bytes.Count(e.Text, []byte{'\n'}) + 1
	}
	if in.Topic == "" {
		if s, ok := format.NewStream(checker); ok {
			s.Begin(take)
			s.Write(in.Text, true)
			return out, s.Verdict().Headers
		}
	}
	reader, ok := checker.(feedgauge.EventReader)
	if !ok {
		return nil, 0
	}
	for i := range in.Records {
		headers += reader.Read(&in.Records[i], take).Headers
	}
	return out, headers
}

// preferred reports whether what was found inside of an envelope is meant rather
// than what was found outside: where it can be nothing else, or tells more.
func preferred(name string, sure bool, inner, outer *attempt) bool {
	switch {
	case inner == nil:
		return name == "cri" // syslog takes its times for its own, and nothing else takes it
	case outer == nil || sure:
		return true
	case name == "syslog":
		switch inner.name {
		case outer.name, "csv", "tsv":
			return false
		}
		return rank(inner.name) < rank(outer.name) || outer.name == "syslog_rfc3164" || outer.name == "syslog_rfc5424"
	}
	return rank(inner.name) <= rank(outer.name)
}
