package delivery

import (
	"fmt"
	"slices"

	"github.com/feedgauge/feedgauge"
)

// Judge tells what is wrong with the deliveries of a window whose first record
// arrived at a time, and remembers them. It tells one thing only, that which
// explains the others: a file of which a header came alone is also cut off, and less
// than was announced.
func (m *Memory) Judge(s *Summary, at feedgauge.Instant) (f feedgauge.Delivery) {
	s = s.once()
	f.Name = s.label()
	for _, look := range []func(*Summary) (feedgauge.Status, string){
		m.empty, m.headerOnly, m.duplicate, m.truncated, m.incomplete, m.surplus,
	} {
		if f.Kind, f.Text = look(s); f.Kind != "" {
			break
		}
	}
	if s.filled > 0 && f.Kind != feedgauge.HeaderOnly {
		m.keep(s, at)
	}
	return f
}

// once counts each announcement once where all records of the deliveries repeat
// it, as some senders do: more is announced than came then.
func (s *Summary) once() *Summary {
	t, repeated := &s.told, int64(0)
	for i := range s.names {
		repeated += s.names[i].n
	}
	if t.carriers != t.n || t.n != s.records || repeated != t.n || int64(len(s.names)) == t.n || t.lines <= s.lines && t.bytes <= s.bytes+2*s.open {
		return s
	}
	out := *s
	out.told, out.names = told{}, slices.Clone(s.names)
	for i := range out.names {
		n := &out.names[i]
		n.n = 1
		each := announced(n.bytes, n.lines)
		out.told.add(&each)
	}
	return &out
}

// label is the name of the delivery, empty if it has none or there are several.
func (s *Summary) label() string {
	if len(s.names) == 1 && s.names[0].n == s.told.n {
		return s.names[0].text
	}
	return ""
}

// subject is what a sentence is about.
func (s *Summary) subject() string {
	if name := s.label(); name != "" {
		return name
	}
	return "the delivery"
}

func (m *Memory) empty(s *Summary) (feedgauge.Status, string) {
	switch t := &s.told; {
	case t.empty > 0 && t.n > 1:
		return feedgauge.Empty, fmt.Sprintf("of %d deliveries %d had nothing in them", t.n, t.empty)
	case s.filled == 0 && s.hidden == 0 && t.bytes == 0 && t.lines == 0:
		return feedgauge.Empty, fmt.Sprintf("%s has nothing in it: %s", s.subject(), count(s.bytes, "byte"))
	}
	return "", ""
}

func (m *Memory) headerOnly(s *Summary) (feedgauge.Status, string) {
	known := len(s.least) == 1 && m.header(s.least[0].hash)
	if s.filled+s.hidden == 0 || s.filled > 0 && s.filled != s.headers && !known {
		return "", ""
	}
	return feedgauge.HeaderOnly, fmt.Sprintf("%s is a header and nothing else: %s, %s", s.subject(), count(s.lines, "line"), count(s.bytes, "byte"))
}

func (m *Memory) duplicate(s *Summary) (feedgauge.Status, string) {
	if p, ok := m.same(s); ok {
		return feedgauge.Duplicate, fmt.Sprintf("%s has the same %s, %s, as that of %v", s.subject(), count(s.filled, "line"), count(s.bytes, "byte"), p.at)
	}
	if n := s.times(); n > m.usualTimes() {
		return feedgauge.Duplicate, fmt.Sprintf("all of %s came %d times, %s in place of %d", s.subject(), n, count(s.filled, "line"), s.filled/n)
	}
	for i := range s.names {
		n := &s.names[i]
		if n.n > 1 && (n.bytes > 0 || n.lines > 0) {
			return feedgauge.Duplicate, fmt.Sprintf("%s was announced %d times with %s", n.text, n.n, n.size())
		}
		if p, ok := m.named(n); ok {
			return feedgauge.Duplicate, fmt.Sprintf("%s with %s came before, at %v", n.text, n.size(), p.at)
		}
	}
	return "", ""
}

func (n *name) size() string {
	if n.bytes > 0 {
		return count(n.bytes, "byte")
	}
	return count(n.lines, "line")
}

// truncated looks at the last lines. Where events break the format throughout, that
// the last one does means nothing.
func (m *Memory) truncated(s *Summary) (feedgauge.Status, string) {
	tails, sample := s.tails()
	switch n := max(tails, s.cut); {
	case n > 0 && (s.bad-n)*100 <= s.events:
		what := "the last line of " + s.subject() + " is"
		if n > 1 {
			what = fmt.Sprintf("%d lines at the end of what came are", n)
		}
		text := what + " cut off" + s.came()
		if sample != "" {
			text += ": " + sample
		}
		return feedgauge.StatusTruncated, text
	case s.filled > 0 && !s.ended() && m.endings() > 0:
		return feedgauge.StatusTruncated, fmt.Sprintf("the last line of %s has no line end, as %d of the last %d had%s", s.subject(), m.endings(), len(m.past), s.came())
	}
	return "", ""
}

// tails returns how many lanes end with a line that is cut off, and one of those.
func (s *Summary) tails() (n int64, sample string) {
	for i := range s.lanes {
		if l := &s.lanes[i]; l.cut {
			n++
			if sample == "" {
				sample = l.sample
			}
		}
	}
	return n, sample
}

// came says how much came, and how much was announced.
func (s *Summary) came() string {
	text := fmt.Sprintf(", %s and %s came", count(s.lines, "line"), count(s.bytes, "byte"))
	switch t := &s.told; {
	case t.lined > 0:
		text += fmt.Sprintf(" of %s", count(t.lines, "line"))
	case t.sized > 0:
		text += fmt.Sprintf(" of %s", count(t.bytes, "byte"))
	}
	return text
}

// incomplete compares with what was announced. Records mostly come without the line
// ends that a file has, which may be two bytes each; how long headers in envelopes are
// is not known.
func (m *Memory) incomplete(s *Summary) (feedgauge.Status, string) {
	switch t := &s.told; {
	case s.lines < t.lines:
		return feedgauge.Incomplete, fmt.Sprintf("%d of %s of %s came, %d are missing", s.lines, count(t.lines, "line"), s.announced(), t.lines-s.lines)
	case s.hidden == 0 && s.bytes+2*s.open < t.bytes:
		return feedgauge.Incomplete, fmt.Sprintf("%d of %s of %s came", s.bytes, count(t.bytes, "byte"), s.announced())
	}
	return "", ""
}

// announced is what was announced.
func (s *Summary) announced() string {
	if s.told.n > 1 {
		return fmt.Sprintf("%d deliveries", s.told.n)
	}
	return s.subject()
}

// surplus is more than was announced, if all deliveries told how much they are. Some
// senders do not count headers, or a last line without line end.
func (m *Memory) surplus(s *Summary) (feedgauge.Status, string) {
	switch t := &s.told; {
	case t.n == 0:
	case t.lined == t.n && s.filled-s.headers > t.lines+t.n:
		return feedgauge.Surplus, fmt.Sprintf("%s came, %s of %s were announced", count(s.lines, "line"), count(t.lines, "line"), s.announced())
	case t.sized == t.n && s.bytes > t.bytes:
		return feedgauge.Surplus, fmt.Sprintf("%s came, %s of %s were announced", count(s.bytes, "byte"), count(t.bytes, "byte"), s.announced())
	}
	return "", ""
}

func count(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
