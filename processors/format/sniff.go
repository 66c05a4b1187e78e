package format

import "github.com/feedgauge/feedgauge"

// Sniffer tells what text is wrapped in, of which no format is known. It is used by
// one goroutine.
type Sniffer struct{ auto *auto }

// NewSniffer returns a Sniffer.
func NewSniffer() *Sniffer { return &Sniffer{newAuto("", false, false)} }

// Envelope returns the envelope in which text, a line or the beginning of a list, may
// stand, by the name that the option has for it, and whether it can be nothing else.
// Of objects with a message and a time, and of headers of syslog, the latter cannot
// be said.
func (s *Sniffer) Envelope(text []byte) (name string, sure bool) {
	b := trimMark(text)
	switch l := s.auto.listIn(b); {
	case l == s.auto.array && l != nil:
		return arrayEnvelope, true
	case l != nil:
		return recordsEnvelope, true
	}
	line, _ := cutLine(b)
	if blank(line) || unclean(line, 0) != "" {
		return noEnvelope, false
	}
	var p parcel
	found, reason := s.auto.open(&p, line)
	switch {
	case !found || reason != "":
		return noEnvelope, false
	case line[0] == '{':
		return s.object(&p)
	case isCRI(line):
		return criEnvelope, true
	}
	return syslogEnvelope, false
}

// object tells docker and what ships logs from applications, which have messages of
// their own.
func (s *Sniffer) object(p *parcel) (name string, sure bool) {
	fields := s.auto.json.reader.Fields
	if p.stream > 0 && p.clock != feedgauge.NoClock && len(fields) <= 4 {
		return dockerEnvelope, true
	}
	if p.clock == feedgauge.NoClock {
		return noEnvelope, false
	}
	for i := range fields {
		switch string(fields[i].Name) {
		case "@metadata", "agent", "beat", "ecs", "input", "kubernetes", "source_type", "fileset":
			return beatsEnvelope, true
		}
	}
	return beatsEnvelope, false
}
