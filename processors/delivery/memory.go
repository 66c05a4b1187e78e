package delivery

import (
	"slices"

	"github.com/feedgauge/feedgauge"
)

// Memory is what is remembered of the last deliveries of a feed. The zero Memory
// knows of none.
type Memory struct {
	past []past // the oldest first
}

// past is one delivery, or those of one window.
type past struct {
	at      feedgauge.Instant // first arrival
	content uint64
	filled  int64
	times   int64  // how often all lines came
	head    uint64 // hash of the first line
	ended   bool   // the last lines had line ends
	names   []named
}

// named is a name that was announced: by itself, and with its size.
type named struct{ of, hash uint64 }

const (
	maxPast = 16
	// enough and telling are how many different lines a delivery must have, or how many
	// bytes in different lines, to be known again by them: a mark that says "done"
	// is the same each night.
	enough  = 4
	telling = 1 << 10
	// habit is how many deliveries make a habit.
	habit = 3
)

// keep remembers a delivery that has something in it.
func (m *Memory) keep(s *Summary, at feedgauge.Instant) {
	p := past{at: at, content: s.content, filled: s.filled, times: s.times(), head: s.first.hash, ended: s.ended()}
	for _, n := range s.names {
		p.names = append(p.names, named{n.of, n.hash})
	}
	if m.past = append(m.past, p); len(m.past) > maxPast {
		m.past = slices.Delete(m.past, 0, 1)
	}
}

// ended reports whether the last record of each lane ends with a line end.
func (s *Summary) ended() bool {
	return len(s.lanes) > 0 && !slices.ContainsFunc(s.lanes, func(l lane) bool { return l.open })
}

// tells reports whether a delivery can be known again by its lines.
func (s *Summary) tells() bool {
	n := int64(len(s.least))
	return n >= enough || s.filled > 0 && n*(s.bytes/s.filled) >= telling
}

// times is how often all lines came, as far as those that are kept tell: the
// greatest common divisor of how often each did. It is 1 where there are too few.
func (s *Summary) times() int64 {
	if !s.tells() {
		return 1
	}
	var all int64
	for _, l := range s.least {
		all = divisor(all, l.n)
	}
	return max(1, all)
}

func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// same returns the delivery that had the same lines.
func (m *Memory) same(s *Summary) (past, bool) {
	if !s.tells() {
		return past{}, false
	}
	return m.find(func(p *past) bool { return p.content == s.content && p.filled == s.filled })
}

func (m *Memory) find(like func(*past) bool) (past, bool) {
	for i := range m.past {
		if like(&m.past[i]) {
			return m.past[i], true
		}
	}
	return past{}, false
}

// usualTimes is the least of how often lines came in the deliveries before: there
// are feeds whose lines always come in pairs.
func (m *Memory) usualTimes() int64 {
	usual := int64(1)
	for i := range m.past {
		if i == 0 || m.past[i].times < usual {
			usual = m.past[i].times
		}
	}
	return usual
}

// header reports whether a line begins the deliveries before, so that it is a header
// in whatever format.
func (m *Memory) header(line uint64) bool {
	return m.mostly(func(p *past) bool { return p.head == line && p.filled > 1 }) > 0
}

// endings is how many of the deliveries before ended with a line end, 0 if that is no
// habit.
func (m *Memory) endings() int { return m.mostly(func(p *past) bool { return p.ended }) }

// mostly returns how many of the deliveries before were so, or 0 unless all but one
// were. One that was cut off does not undo a habit; a feed that has changed is told of
// twice.
func (m *Memory) mostly(so func(*past) bool) (n int) {
	for i := range m.past {
		if so(&m.past[i]) {
			n++
		}
	}
	if n < habit || n < len(m.past)-1 {
		return 0
	}
	return n
}

// named returns the delivery before in which a name was announced with the same size,
// unless it is a name that comes again and again.
func (m *Memory) named(n *name) (found past, ok bool) {
	if len(m.past) < 2 || n.bytes <= 0 && n.lines <= 0 {
		return past{}, false
	}
	uses := 0
	for i := range m.past {
		if slices.ContainsFunc(m.past[i].names, func(o named) bool { return o.of == n.of }) {
			uses++
		}
		if slices.Contains(m.past[i].names, named{n.of, n.hash}) {
			found = m.past[i]
		}
	}
	return found, uses == 1 && found.names != nil
}

// Append writes what is remembered behind b.
func (m *Memory) Append(b []byte) []byte {
	n := numbers{b: append(b, version)}
	n.memory(m)
	return n.b
}

// Load reads what Append wrote.
func Load(b []byte) (*Memory, error) {
	m := &Memory{}
	if err := read(b, func(n *numbers) { n.memory(m) }); err != nil {
		return nil, err
	}
	return m, nil
}

func (n *numbers) memory(m *Memory) {
	for i := range list(n, &m.past, maxPast) {
		p := &m.past[i]
		n.instant(&p.at)
		n.hash(&p.content)
		n.int(&p.filled)
		n.int(&p.times)
		n.hash(&p.head)
		n.flag(&p.ended)
		for j := range list(n, &p.names, maxNames) {
			n.hash(&p.names[j].of)
			n.hash(&p.names[j].hash)
		}
	}
}
