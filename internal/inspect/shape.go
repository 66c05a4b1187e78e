package inspect

import (
	"bytes"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/profile"
)

// shape is what lines look like before any format is tried.
type shape struct {
	headers, records int
	header           []byte // the header lines
	structures       map[profile.Structure]int
	main             profile.Structure
	names            map[string]int // of fields, by in how many records they are
	namesOf          map[profile.Structure]map[string]int
}

func bare(s profile.Structure) bool { return s == profile.Empty || s == profile.Header }

// eachLine calls fn for the lines of a value.
func eachLine(b []byte, fn func([]byte)) {
	for len(b) > 0 {
		var line []byte
		line, b, _ = bytes.Cut(b, []byte{'\n'})
		fn(line)
	}
}

func survey(in *Input) *shape {
	s := &shape{structures: map[profile.Structure]int{}, names: map[string]int{}, namesOf: map[profile.Structure]map[string]int{}}
	g := profile.NewGuesser()
	for i := range in.Records {
		eachLine(in.Records[i].Value, func(line []byte) {
			ev, st := g.Read(line)
			switch st {
			case profile.Empty:
				return
			case profile.Header:
				s.headers++
				s.header = append(append(s.header, line...), '\n')
				return
			default:
			}
			s.records++
			s.structures[st]++
			of := s.namesOf[st]
			if of == nil {
				of = map[string]int{}
				s.namesOf[st] = of
			}
			for j := range ev.Fields {
				name := string(ev.Fields[j].Name)
				s.names[name]++
				of[name]++
			}
		})
	}
	for st, n := range s.structures {
		if best := s.structures[s.main]; n > best || n == best && st < s.main {
			s.main = st
		}
	}
	if s.main == profile.Plain || s.main == profile.Unknown {
		if st := narrow(in); st != profile.Unknown {
			s.main = st
		}
	}
	return s
}

// delimiter is what stands between columns, zero where there are none.
func (s *shape) delimiter() byte {
	if s.records == 0 {
		for _, c := range []byte("\t ,") {
			if bytes.IndexByte(s.header, c) >= 0 {
				return c
			}
		}
		return 0
	}
	return s.main.Delimiter()
}

// envelope is what the lines of a format are wrapped in that does not have it of
// itself.
func (s *shape) envelope(format string) string {
	if s.main.Wrapped() && !strings.HasPrefix(format, "syslog") && format != "cisco_asa" && format != "pfsense_filterlog" {
		return "syslog"
	}
	return ""
}

// has reports whether at least half of the records have one of the fields, which
// are separated by bars, or all of those that a plus joins.
func (s *shape) has(alternatives string) bool {
	for names := range strings.SplitSeq(alternatives, "|") {
		all := s.records > 0
		for name := range strings.SplitSeq(names, "+") {
			all = all && 2*s.names[name] >= s.records
		}
		if all {
			return true
		}
	}
	return false
}

// byHeader is the format that header lines alone tell of.
func byHeader(header []byte, formats map[string]func() feedgauge.FormatConfig) string {
	name := ""
	switch {
	case bytes.Contains(header, []byte("#separator")) || bytes.Contains(header, []byte("#fields\t")):
		name = "zeek_tsv"
	case bytes.Contains(header, []byte("#Fields:")) || bytes.Contains(header, []byte("#Software:")):
		name = "w3c_iis"
	}
	if formats[name] == nil {
		return ""
	}
	return name
}
