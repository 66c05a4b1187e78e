package format

import (
	"fmt"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/suggest"
)

// Envelopes that the option may name.
const (
	noEnvelope      = "none"
	syslogEnvelope  = "syslog"
	beatsEnvelope   = "beats"
	dockerEnvelope  = "docker"
	criEnvelope     = "cri"
	recordsEnvelope = "records"
	arrayEnvelope   = "array"
	autoEnvelope    = "auto"
)

// Envelopes returns what events may be wrapped in, as the option names it.
func Envelopes() []string {
	return []string{noEnvelope, syslogEnvelope, beatsEnvelope, dockerEnvelope, criEnvelope, recordsEnvelope, arrayEnvelope, autoEnvelope}
}

// opener opens envelopes, of which each takes a line. It has scratch memory and is
// used by one goroutine.
type opener interface {
	// open reads an envelope and fills in p. What it puts there may live in its
	// scratch memory until the next call. It returns why the envelope is broken, and
	// names the field at fault in p.
	open(p *parcel, line []byte) feedgauge.Reason
	// names are the fields of the envelope that may be at fault.
	names() []string
}

// parcel is what an envelope holds.
type parcel struct {
	text   []byte // a line without line end, or several lines
	at     feedgauge.Instant
	clock  feedgauge.Clock // what at is worth
	stream int             // 1 or 2: which of a container's streams the text belongs to; else 0
	more   bool            // the text goes on in the next envelope of that stream
	fault  string          // the field at fault
}

// wrapping is how a checker reads events in envelopes.
type wrapping struct {
	opener opener // nil where envelopes take several lines
	list   *batch // nil where they take one
	auto   *auto  // finds out which of the two; else nil
	limit  int    // bytes of an envelope
	parcel parcel
	parts  [2]piece // of each stream

	inside       bool // what is read stands in an envelope
	first, lines int  // the line on which that envelope begins, and lines not told of yet
}

// piece is the beginning of a text that is spread over envelopes.
type piece struct {
	text        []byte
	at          feedgauge.Instant
	clock       feedgauge.Clock
	line, lines int // where the first envelope is, and how many there are; none if zero
}

// newWrapping returns a wrapping of events that are at most max bytes long. What
// JSON escapes takes more room than the event.
func newWrapping(max int) *wrapping { return &wrapping{limit: 2*max + 64<<10} }

// names are the fields of envelopes that may be at fault.
func (w *wrapping) names() []string {
	switch {
	case w.auto != nil:
		return w.auto.names()
	case w.list != nil:
		return w.list.names()
	}
	return w.opener.names()
}

// forget begins a record or file.
func (w *wrapping) forget() {
	for i := range w.parts {
		w.parts[i].lines = 0
	}
	switch {
	case w.auto != nil:
		w.list = nil
	case w.list != nil:
		w.list.forget()
	}
}

// place tells e where its envelope is, and the envelope's time if it has none of
// its own. Of several events in one envelope the first takes its lines.
func (w *wrapping) place(e *feedgauge.Event) {
	if !w.inside {
		return
	}
	e.Line, e.Lines, w.lines = w.first, w.lines, 0
	if e.Clock == feedgauge.NoClock {
		e.Time, e.Clock = w.parcel.at, w.parcel.clock
	}
}

// line reports whether a header line takes a line of the record or file: in an
// envelope only the first does.
func (w *wrapping) line() bool {
	took := !w.inside || w.lines > 0
	w.lines = 0
	return took
}

// join adds p to the text of its stream that is not complete yet, of which no more
// than max bytes and one are kept. It reports whether more has to follow.
func (w *wrapping) join(p *parcel, line, max int) (wait bool) {
	if p.stream == 0 {
		return false
	}
	t := &w.parts[p.stream-1]
	if t.lines == 0 {
		if !p.more {
			return false
		}
		t.text, t.at, t.clock, t.line = t.text[:0], p.at, p.clock, line
	}
	t.lines++
	t.text = append(t.text, p.text[:min(len(p.text), max+1-min(len(t.text), max+1))]...)
	if p.more {
		return true
	}
	p.text, p.at, p.clock = t.text, t.at, t.clock
	w.first, w.lines = t.line, t.lines
	t.lines = 0
	return false
}

// wrapped checks the events in the envelopes in b, as each does.
func (c *checker) wrapped(b []byte, final bool) (rest []byte) {
	switch {
	case c.wrap.auto != nil:
		return c.sniffed(b, final)
	case c.wrap.list != nil:
		rest, _ = c.listed(b, final)
		return rest
	}
	for len(b) > 0 {
		if !final && lineEnd(b) == len(b) && b[len(b)-1] != '\n' {
			return b
		}
		line, next := cutLine(b)
		c.line++
		if !blank(line) {
			c.unwrap(line)
		}
		b = next
	}
	if final {
		c.flush()
	}
	return nil
}

// unwrap checks the events in one envelope.
func (c *checker) unwrap(line []byte) {
	c.opened(line, c.open(line))
}

// opened checks the events in c.wrap.parcel, to which the envelope was opened, or
// tells why that failed.
func (c *checker) opened(line []byte, reason feedgauge.Reason) {
	w := c.wrap
	if reason != "" {
		c.refuse(line, reason, w.parcel.fault, 1)
		return
	}
	w.first, w.lines = c.line, 1
	if !w.join(&w.parcel, c.line, c.max) {
		c.unwrapped()
	}
}

// open opens an envelope.
func (c *checker) open(line []byte) feedgauge.Reason {
	p := &c.wrap.parcel
	*p = parcel{}
	if len(line) > c.wrap.limit {
		return feedgauge.TooLong
	}
	if !c.raw {
		if reason := unclean(line, c.allow); reason != "" {
			return reason
		}
	}
	return c.wrap.opener.open(p, line)
}

// unwrapped checks the events in c.wrap.parcel. They are read as if they were a
// record of their own.
func (c *checker) unwrapped() {
	line := c.line
	c.wrap.inside = true
	c.events(trimMark(c.wrap.parcel.text), true)
	c.wrap.inside = false
	c.line = line
}

// flush tells of texts whose end did not come.
func (c *checker) flush() {
	w := c.wrap
	for i := range w.parts {
		t := &w.parts[i]
		if t.lines == 0 {
			continue
		}
		w.first, w.lines, w.inside = t.line, t.lines, true
		w.parcel.at, w.parcel.clock = t.at, t.clock
		reason := feedgauge.Truncated
		if len(t.text) > c.max {
			reason = feedgauge.TooLong
		}
		c.refuse(t.text, reason, "", t.lines)
		w.inside, t.lines = false, 0
	}
}

// envelope makes what opens the envelopes that the options name.
func (b *builder) envelope(c *checker) {
	field := b.o.EnvelopeField
	w := newWrapping(c.max)
	switch b.o.Envelope {
	case "", noEnvelope:
	case syslogEnvelope:
		w.opener = newSyslogOpener()
	case beatsEnvelope:
		w.opener = newBeats(field)
	case dockerEnvelope:
		w.opener = newDocker()
	case criEnvelope:
		w.opener = criOpener{}
	case recordsEnvelope:
		w.list = newBatch(recordKeys(), field)
	case arrayEnvelope:
		w.list = newBatch(nil, field)
	case autoEnvelope:
		_, objects := c.scan.(interface{ objects() })
		w.auto = newAuto(field, objects, b.d.header)
	default:
		b.fail("envelope", 0, 0, fmt.Sprintf("there is no envelope %q", b.o.Envelope), suggest.Hint(b.o.Envelope, Envelopes()))
		return
	}
	lists := w.list != nil || w.auto != nil
	if field != "" && !lists && b.o.Envelope != beatsEnvelope {
		b.fail("envelope_field", 0, 0, "this envelope has no fields to choose from", `remove the option, or set envelope = "beats", "records" or "array"`)
	}
	if lists && b.o.Unit == "message" {
		b.fail("unit", 0, 0, "each element of the list in a message is an event of its own", "remove the option")
	}
	if lists || w.opener != nil {
		c.wrap = w
	}
}
