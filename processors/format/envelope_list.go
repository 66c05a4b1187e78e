package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/internal/jsonscan"
)

// batch opens lists of events in JSON: an array, or an object with one, as
// CloudTrail ("Records"), Azure Event Hubs ("records") and CloudWatch Logs
// ("logEvents", whose elements have the line in "message") deliver them. Elements are
// objects that are events, or strings with lines. A list may be written over lines
// and be longer than an event may be, and others may follow.
//
// It is gone through element by element, whatever is in them, so that a damaged
// element is one bad event among good ones. Where the list itself is damaged the rest
// of the line is lost.
type batch struct {
	keys []string    // of the array in an object, nil for an array alone
	item *jsonOpener // opens elements, nil if they are events
	logs *jsonOpener // opens those of "logEvents"
	skip *jsonscan.Scanner

	state listState
	found bool        // the object has had the array
	each  *jsonOpener // opens elements of the array at hand, nil if they are events
	head  []byte      // how the list begins, for samples
	text  []byte      // scratch for strings

	line   int  // the last line that was told of
	header int  // that line if it was told of as a header, else 0
	midway bool // something stands on the line behind that
	hollow int  // the last line with an element in which no event was
}

// listState is what comes next in a list.
type listState uint8

const (
	listStart   listState = iota // a list
	memberFirst                  // a member of the object, or its end
	memberNext                   // a member
	memberEnd                    // a comma, or the end of the object
	itemFirst                    // an element of the array, or its end
	itemNext                     // an element
	itemEnd                      // a comma, or the end of the array
)

// headSize is how much of a list is kept for samples, in bytes.
const headSize = 256

// recordKeys are the names of arrays in objects.
func recordKeys() []string { return []string{"Records", "records", logEvents} }

const logEvents = "logEvents"

// newBatch returns a batch; field is where the event is in an element, empty for all
// of it.
func newBatch(keys []string, field string) *batch {
	l := &batch{keys: keys, skip: jsonscan.New(), logs: newJSONOpener([]string{"message"}, shipperTimes())}
	if field != "" {
		l.item = newJSONOpener([]string{field}, shipperTimes())
		l.logs = l.item
	}
	return l
}

// names are the fields of the list that may be at fault.
func (l *batch) names() []string {
	return append(l.logs.names(), l.keys...)
}

// forget begins a record or file.
func (l *batch) forget() { l.state, l.line, l.header, l.midway, l.hollow = listStart, 0, 0, false, 0 }

// listed checks the events in the lists in b, and returns what is left where b has
// to be longer. Where other things than lists may follow it stops behind the line on
// which a list ends. c.line counts line ends until all is read.
func (c *checker) listed(b []byte, final bool) (rest []byte, wait bool) {
	l := c.wrap.list
	for {
		b = c.space(b)
		if c.wrap.auto != nil && l.state == listStart && !l.midway {
			return b, false
		}
		if len(b) == 0 {
			break
		}
		n := c.step(b, final)
		if n < 0 {
			return b, true
		}
		b, l.midway = b[n:], true
	}
	if !final {
		return nil, true
	}
	if l.midway {
		c.line++
	}
	if l.state != listStart {
		c.stand(max(l.line, l.hollow, 1), 0)
		c.lost(l.head, feedgauge.Truncated, "")
	}
	return nil, false
}

// space skips white space and counts the lines that end there.
func (c *checker) space(b []byte) []byte {
	for i, ch := range b {
		switch ch {
		case '\n':
			c.line++
			c.wrap.list.midway = false
		case ' ', '\t', '\r':
			c.wrap.list.midway = true
		default:
			return b[i:]
		}
	}
	return nil
}

// step reads what comes next and returns its length, -1 if b ends inside of it and
// more will follow.
func (c *checker) step(b []byte, final bool) int {
	l, next := c.wrap.list, b[0]
	switch l.state {
	case listStart:
		return c.start(b, final)
	case memberEnd, itemEnd:
		if next == ',' {
			l.state-- // the next member or element
			return c.pass(b, 1)
		}
	case memberFirst, memberNext:
		if next == '"' {
			return c.member(b, final)
		}
	case itemFirst, itemNext:
		if bytes.IndexByte([]byte("],}:"), next) < 0 {
			return c.element(b, final)
		}
	}
	if !c.shut(next) {
		return c.broken(b, final)
	}
	return c.pass(b, 1)
}

// start reads the opening bracket of a list.
func (c *checker) start(b []byte, final bool) int {
	l := c.wrap.list
	open, next := byte('['), itemFirst
	if l.keys != nil {
		open, next = '{', memberFirst
	}
	if b[0] != open {
		return c.broken(b, final)
	}
	l.state, l.found, l.each = next, false, l.item
	l.head = l.head[:0]
	return c.pass(b, 1)
}

// shut closes what ends with that bracket, if it does.
func (c *checker) shut(bracket byte) bool {
	l := c.wrap.list
	switch {
	case bracket == ']' && (l.state == itemEnd || l.state == itemFirst):
		l.state = listStart
		if l.keys != nil {
			l.state = memberEnd
		}
	case bracket == '}' && (l.state == memberEnd || l.state == memberFirst):
		l.state = listStart
		if !l.found {
			c.stand(c.line+1, 0)
			c.lost(append(l.head, bracket), feedgauge.MissingField, l.keys[0])
		}
	default:
		return false
	}
	return true
}

// member reads a member of the object: up to the opening bracket if it is the array.
func (c *checker) member(b []byte, final bool) int {
	l := c.wrap.list
	end, _ := jsonscan.Quoted(b, 1)
	if end < 0 {
		return c.cut(b, end, final)
	}
	at := jsonscan.Space(b, end+1)
	if at < len(b) && b[at] != ':' {
		return c.broken(b, final)
	}
	if at = jsonscan.Space(b, at+1); at >= len(b) {
		return c.cut(b, jsonscan.Truncated, final)
	}
	if key := b[1:end]; b[at] == '[' && l.isKey(key) {
		l.state, l.found, l.each = itemFirst, true, l.item
		if string(key) == logEvents {
			l.each = l.logs
		}
		return c.pass(b, at+1)
	}
	if at = l.skip.Skip(b, at); at < 0 || at == len(b) && !final { // a number may go on
		return c.cut(b, min(at, jsonscan.Truncated), final)
	}
	if reason := unclean(b[:at], 0); reason != "" {
		c.stand(c.line+1, 0)
		c.lost(l.head, reason, "")
	}
	l.state = memberEnd
	return c.pass(b, at)
}

func (l *batch) isKey(b []byte) bool {
	for _, k := range l.keys {
		if k == string(b) {
			return true
		}
	}
	return false
}

// cut returns what step does where reading stopped early.
func (c *checker) cut(b []byte, why int, final bool) int {
	switch {
	case why != jsonscan.Truncated:
		return c.broken(b, final)
	case !final:
		return -1
	}
	c.wrap.list.state = listStart
	c.stand(c.line+1, 0)
	text := trimEnd(b)
	c.lost(text, feedgauge.Truncated, "")
	return c.pass(b, len(text))
}

// broken tells of a list that is damaged, and gives up the line.
func (c *checker) broken(b []byte, final bool) int {
	end := bytes.IndexByte(b, '\n')
	switch {
	case end < 0 && !final:
		return -1
	case end < 0:
		end = len(b)
	}
	c.wrap.list.state = listStart
	c.stand(c.line+1, 0)
	c.lost(trimEnd(b[:end]), feedgauge.Syntax, "")
	return end
}

// pass goes over n bytes of the list itself. A line with nothing else is a header.
func (c *checker) pass(b []byte, n int) int {
	c.wrap.list.note(b[:n])
	c.structure()
	for _, ch := range b[:n] {
		if ch == '\n' {
			c.line++
			c.structure()
		}
	}
	return n
}

// note keeps what was read of a list, as far as samples show it.
func (l *batch) note(b []byte) {
	l.head = append(l.head, b[:min(len(b), max(0, headSize-len(l.head)))]...)
}

func (c *checker) structure() {
	if l := c.wrap.list; c.line >= l.line {
		l.line, l.header = c.line+1, c.line+1
		c.verdict.Headers++
	}
}

// stand notes that an event begins on that line, in which so many lines end.
func (c *checker) stand(line, ends int) {
	w, l := c.wrap, c.wrap.list
	w.parcel, w.first, w.lines = parcel{}, line, ends
	switch line {
	case l.header:
		c.verdict.Headers--
		w.lines++
	case l.line:
	default:
		w.lines++
	}
	l.line, l.header = line+ends, 0
}

// lost tells that the list breaks the format.
func (c *checker) lost(text []byte, reason feedgauge.Reason, fault string) {
	c.wrap.inside = true
	c.refuse(text, reason, fault, 0)
	c.wrap.inside = false
}

// element checks the events in an element of the array.
func (c *checker) element(b []byte, final bool) int {
	n := jsonscan.Extent(b)
	if n < 0 && !final {
		return -1
	}
	l, text := c.wrap.list, trimEnd(b)
	l.state = listStart
	if n >= 0 {
		l.state, text = itemEnd, b[:n]
	}
	ends := bytes.Count(text, []byte{'\n'})
	c.stand(c.line+1, ends)
	c.wrap.inside = true
	if n < 0 {
		c.refuse(text, feedgauge.Truncated, "", 0)
	} else {
		c.item(text)
	}
	c.wrap.inside = false
	if c.line += ends; c.wrap.lines > 0 { // nothing was in it
		l.line, l.hollow = c.line-ends, c.line+1
	}
	l.note(text)
	return len(text)
}

// item checks the events in an element that is complete.
func (c *checker) item(b []byte) {
	if c.wrap.list.each == nil && b[0] != '"' {
		c.read(b)
		c.tell(0)
		return
	}
	p := &c.wrap.parcel
	if reason := c.openItem(p, b); reason != "" {
		c.refuse(b, reason, p.fault, 0)
		return
	}
	c.unwrapped()
}

// openItem opens an element that is a string, or has the event in a field.
func (c *checker) openItem(p *parcel, b []byte) feedgauge.Reason {
	l := c.wrap.list
	if reason := unclean(b, 0); reason != "" {
		return reason
	}
	if l.each != nil {
		return l.each.open(p, b)
	}
	end, escaped := jsonscan.Quoted(b, 1)
	if end < 0 {
		return feedgauge.Syntax
	}
	if p.text = b[1:end]; escaped {
		l.text = jsonscan.Unescape(l.text[:0], p.text)
		p.text = l.text
	}
	return ""
}
