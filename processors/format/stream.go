package format

import (
	"bytes"
	"math"

	"github.com/feedgauge/feedgauge"
)

// Stream checks the events of a file that is handed over piece by piece. Header
// lines hold for what follows in the file. It holds no more of the file than one
// event may have, and one piece.
type Stream struct {
	c     *checker
	rest  []byte // what was not complete yet
	begun bool
	skip  bool // the rest of a line that is too long, or of a file that is one event
	ends  int  // line ends so far in such a file
	open  bool // and whether something follows the last
}

// NewStream returns a stream that checks by what c was built from, and owns c. It
// reports false if c is no checker of this package.
func NewStream(c feedgauge.Checker) (*Stream, bool) {
	switch c := c.(type) {
	case *checker:
		return &Stream{c: c}, true
	case anyChecker:
		max := c.max
		if max == 0 {
			max = math.MaxInt / 2
		}
		return &Stream{c: &checker{scan: anyScanner{}, max: max, raw: true}}, true
	}
	return nil, false
}

// Begin starts a file. visit is called for each event of it.
func (s *Stream) Begin(visit func(*feedgauge.Event)) {
	s.c.begin(visit)
	s.rest, s.begun, s.skip = s.rest[:0], false, false
}

// Write takes in the next piece of the file; final says that it is the last.
func (s *Stream) Write(piece []byte, final bool) {
	if s.skip && s.c.single() {
		s.pass(piece, final)
		return
	}
	if s.skip {
		if piece = s.skipped(piece); len(piece) == 0 && !final {
			return
		}
	}
	b := piece
	if len(s.rest) > 0 {
		s.rest = append(s.rest, piece...)
		b = s.rest
	}
	if !s.begun {
		if len(b) < len(byteOrderMark) && !final && bytes.HasPrefix([]byte(byteOrderMark), b) {
			s.rest = append(s.rest[:0], b...)
			return
		}
		b, s.begun = trimMark(b), true
	}
	left := s.c.each(b, final)
	if len(left) > s.c.limit()+2 { // a line end is no part of the event
		left = s.overlong(left)
	}
	s.rest = append(s.rest[:0], left...)
}

// skipped returns what stands behind the line that is skipped.
func (s *Stream) skipped(piece []byte) []byte {
	end := bytes.IndexByte(piece, '\n')
	if end < 0 {
		return nil
	}
	s.skip = false
	return piece[end+1:]
}

// pass counts the lines of a file that is one event and too long. It is told of at the
// end, when it is known how many lines it takes.
func (s *Stream) pass(piece []byte, final bool) {
	if len(piece) > 0 {
		s.ends += bytes.Count(piece, []byte{'\n'})
		s.open = piece[len(piece)-1] != '\n'
	}
	if !final {
		return
	}
	lines := s.ends
	if s.open {
		lines++
	}
	s.c.line = 1
	s.c.refuse(s.rest, feedgauge.TooLong, "", lines)
	s.c.line = lines
	s.rest = s.rest[:0]
}

// overlong tells of an event whose end is not in sight, and returns what may
// belong to the next one.
func (s *Stream) overlong(b []byte) (rest []byte) {
	c := s.c
	if c.single() {
		s.skip, s.ends = true, 0
		s.pass(b, false)
		return b[:c.limit()+1]
	}
	end := bytes.LastIndexByte(b, '\n') + 1
	if end == 0 {
		end, s.skip = len(b), true
	}
	c.line++
	lines := countLines(b[:end])
	if c.wrap != nil && c.wrap.list != nil {
		c.wrap.list.state, c.wrap.list.midway = listStart, false
		c.stand(c.line, lines-1)
		c.lost(b[:end], feedgauge.TooLong, "")
	} else {
		c.refuse(b[:end], feedgauge.TooLong, "", lines)
	}
	c.line += lines - 1
	return b[end:]
}

// Verdict returns what is known of the file so far. Its lines are those of the
// events that are complete.
func (s *Stream) Verdict() feedgauge.Verdict {
	v := s.c.verdict
	v.Lines = s.c.line
	v.Blank = v.Events == 0
	return v
}
