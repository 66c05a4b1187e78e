package profile

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"github.com/feedgauge/feedgauge"
)

// maxFields bounds the fields that are looked at in one event, and maxNames the
// bytes of their names.
const (
	maxFields = 128
	maxNames  = 16 << 10
)

// Guesser takes lines apart without being told their format. What it says of a
// line depends on that line alone, so the same lines give the same profile in
// any order. It is used by one goroutine.
type Guesser struct {
	ev    feedgauge.Event
	names []byte // scratch for names of nested fields
	base  int    // fields that an attempt at another notation keeps
}

// NewGuesser returns a Guesser.
func NewGuesser() *Guesser {
	return &Guesser{names: make([]byte, 0, maxNames), ev: feedgauge.Event{Fields: make([]feedgauge.Field, 0, maxFields)}}
}

// Read takes a line apart. The event and all it holds are valid until the next
// call.
func (g *Guesser) Read(line []byte) (*feedgauge.Event, Structure) {
	line = bytes.TrimRight(bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")), "\r\n")
	g.ev = feedgauge.Event{Text: line, Fields: g.ev.Fields[:0]}
	g.names = g.names[:0]
	switch {
	case len(bytes.TrimSpace(line)) == 0:
		return &g.ev, Empty
	case line[0] == '#':
		return &g.ev, Header
	case !utf8.Valid(line):
		return &g.ev, Encoded
	}
	if s := g.syslog(line); s != Unknown {
		return &g.ev, s
	}
	return &g.ev, g.notation(line)
}

// Describe says how an event is built that a declared format has read: as
// declared if its fields could be told apart, else as it looks.
func (g *Guesser) Describe(ev *feedgauge.Event) Structure {
	switch ev.Reason {
	case "", feedgauge.MissingField, feedgauge.BadType, feedgauge.BadTimestamp, feedgauge.OutOfRange, feedgauge.BadSchema, feedgauge.BrokenRule:
		return Declared
	default:
	}
	if _, s := g.Read(ev.Text); !s.bare() {
		return s
	}
	return Rejected
}

// retry drops the fields of an attempt.
func (g *Guesser) retry() { g.ev.Fields = g.ev.Fields[:g.base] }

// add notes a field.
func (g *Guesser) add(name string, value []byte) {
	g.field(g.name([]byte(name)), value, feedgauge.Text)
}

func (g *Guesser) field(name, value []byte, kind feedgauge.ValueKind) {
	if len(g.ev.Fields) < maxFields {
		g.ev.Fields = append(g.ev.Fields, feedgauge.Field{Name: name, Value: value, Kind: kind})
	}
}

// column notes a field named by its place.
func (g *Guesser) column(i int, value []byte) {
	from := len(g.names)
	if from+8 > cap(g.names) {
		return
	}
	g.names = strconv.AppendInt(append(g.names, 'c'), int64(i), 10)
	g.field(g.names[from:], value, feedgauge.Text)
}

// name joins the parts of a name in memory of its own.
func (g *Guesser) name(parts ...[]byte) []byte {
	from := len(g.names)
	for _, p := range parts {
		if len(g.names)+len(p) > cap(g.names) {
			return nil
		}
		g.names = append(g.names, p...)
	}
	return g.names[from:]
}

// itoa spells a small number.
func itoa(n int) []byte {
	return strconv.AppendInt(nil, int64(n), 10)
}

// notation takes apart what is not, or no longer, behind a header of syslog.
func (g *Guesser) notation(b []byte) Structure {
	trimmed := bytes.TrimLeft(b, " \t")
	switch {
	case len(trimmed) == 0:
		return Plain
	case trimmed[0] == '{':
		if g.json(trimmed) {
			return JSON
		}
		if len(trimmed) > 1 && (trimmed[1] == '"' || trimmed[1] <= ' ') {
			g.retry()
			return BrokenJSON
		}
		g.retry()
	case trimmed[0] == '<' && len(trimmed) > 1 && classes[trimmed[1]]&(lower|upper) != 0:
		return g.xml(trimmed)
	case bytes.HasPrefix(trimmed, []byte("CEF:")) && g.cef(trimmed):
		return CEF
	case bytes.HasPrefix(trimmed, []byte("LEEF:")) && g.leef(trimmed):
		return LEEF
	}
	if g.access(b) {
		return Access
	}
	g.retry()
	if s := g.delimited(b); s != Unknown {
		return s
	}
	if g.pairs(b) {
		return Pairs
	}
	g.retry()
	if g.spaced(b) {
		return Spaces
	}
	g.retry()
	g.plain(b)
	return Plain
}

// plain looks for the time and the level in a line of words.
func (g *Guesser) plain(b []byte) {
	if s := timed(b); s != NoShape {
		end := min(len(b), 20)
		g.add("time", b[:end])
	}
	look := b[:min(len(b), 120)]
	for len(look) > 0 {
		word := look
		if at := bytes.IndexAny(look, " \t[]():|,"); at >= 0 {
			word, look = look[:at], look[at+1:]
		} else {
			look = nil
		}
		if len(word) >= 3 && classes[word[0]]&upper != 0 && levelOf(word) != NoLevel {
			g.add("level", word)
			break
		}
	}
	g.add("message", b)
}
