package format

import (
	"bytes"
	"unicode/utf8"

	"github.com/feedgauge/feedgauge"
)

// maxElements bounds the nesting of elements.
const maxElements = 64

// maxXMLFields bounds the fields kept of an event; further ones are checked only.
const maxXMLFields = 1024

// xmlReader reads one element of XML 1.0 with all in it, without building a tree.
// It knows the five entities that need no declaration and character references. A
// document type, which is where entities are declared, is refused, so that nothing
// expands.
type xmlReader struct {
	b     []byte
	i     int
	open  [maxElements]span // names of the elements that are open
	depth int
	ended int                 // where the text of the element closed last ended
	names [maxAttributes]span // of the attributes of the innermost element
	known int                 // of them
	twice bool                // an attribute stands twice in an element
	eyes  xmlEyes
}

// maxAttributes is how many attributes of an element are compared with each other, so
// that none stands twice. Those of Windows have a few.
const maxAttributes = 32

// span is a piece of the input.
type span struct{ start, end int }

// xmlEyes sees what the reader reads.
type xmlEyes interface {
	// attribute is called for each attribute of the innermost element.
	attribute(name, value []byte, escape feedgauge.Escape)
	// text is called behind an element that has no others in it.
	text(name, value []byte, escape feedgauge.Escape)
}

// read reads the element that begins at b[i], and blanks, comments and processing
// instructions before it, and returns the position behind it.
func (x *xmlReader) read(b []byte, i int, eyes xmlEyes) (end int, reason feedgauge.Reason) {
	x.b, x.i, x.depth, x.eyes, x.twice = b, i, 0, eyes, false
	for {
		x.space()
		if x.i == len(b) {
			return x.i, feedgauge.Truncated
		}
		if b[x.i] != '<' {
			return x.i, feedgauge.Syntax
		}
		done, reason := x.misc()
		if reason != "" {
			return x.i, reason
		}
		if !done {
			break
		}
	}
	if reason = x.element(); reason == "" && x.twice {
		reason = feedgauge.DuplicateKey // told behind what is worse
	}
	return x.i, reason
}

// name returns the name of the element at that depth, without namespace.
func (x *xmlReader) name(depth int) []byte {
	name := x.b[x.open[depth].start:x.open[depth].end]
	return name[bytes.IndexByte(name, ':')+1:]
}

func (x *xmlReader) space() {
	for x.i < len(x.b) && isXMLSpace(x.b[x.i]) {
		x.i++
	}
}

func isXMLSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// misc skips a comment or processing instruction at x.i, and reports whether there
// was one.
func (x *xmlReader) misc() (bool, feedgauge.Reason) {
	switch rest := x.b[x.i:]; {
	case bytes.HasPrefix(rest, []byte("<!--")):
		end := bytes.Index(rest[4:], []byte("--"))
		if end < 0 || 4+end+2 == len(rest) {
			return false, feedgauge.Truncated
		}
		if rest[4+end+2] != '>' {
			return false, feedgauge.Syntax
		}
		x.i += 4 + end + 3
		return true, ""
	case bytes.HasPrefix(rest, []byte("<?")):
		end := bytes.Index(rest, []byte("?>"))
		if end < 0 {
			return false, feedgauge.Truncated
		}
		if xmlName(rest[2:]) == 0 {
			return false, feedgauge.Syntax
		}
		x.i += end + 2
		return true, ""
	}
	return false, ""
}

// element reads tags and text until the first element is closed.
func (x *xmlReader) element() feedgauge.Reason {
	leaf, from, escape := false, x.i, feedgauge.Plain
	for {
		closed, empty, reason := x.tag()
		switch {
		case reason != "":
			return reason
		case empty:
			x.eyes.text(x.name(x.depth), nil, feedgauge.Plain)
		case closed && leaf:
			x.eyes.text(x.name(x.depth), x.b[from:x.ended], escape)
		}
		if x.depth == 0 {
			return ""
		}
		leaf, from = !closed, x.i
		if escape, reason = x.characters(&leaf); reason != "" {
			return reason
		}
	}
}

// characters reads text up to the next tag. Comments, sections of CDATA and
// instructions in it mean that the element's text is not in one piece.
func (x *xmlReader) characters(leaf *bool) (feedgauge.Escape, feedgauge.Reason) {
	escape := feedgauge.Plain
	for x.i < len(x.b) {
		switch x.b[x.i] {
		case '&':
			n := entity(x.b[x.i:])
			if n <= 0 {
				return escape, brokenEntity(n)
			}
			escape = feedgauge.XML
			x.i += n
		case '<':
			if bytes.HasPrefix(x.b[x.i:], []byte("<![CDATA[")) {
				*leaf = false
				end := bytes.Index(x.b[x.i:], []byte("]]>"))
				if end < 0 {
					return escape, feedgauge.Truncated
				}
				x.i += end + 3
				continue
			}
			skipped, reason := x.misc()
			if !skipped || reason != "" {
				return escape, reason
			}
			*leaf = false
		case ']':
			if bytes.HasPrefix(x.b[x.i:], []byte("]]>")) {
				return escape, feedgauge.Syntax
			}
			x.i++
		default:
			x.i++
		}
	}
	return escape, feedgauge.Truncated
}

func brokenEntity(n int) feedgauge.Reason {
	if n < 0 {
		return feedgauge.Truncated
	}
	return feedgauge.Syntax
}

// entity returns the length of the reference at the start of b: 0 if it is none of
// those that are known, -1 if it is cut.
func entity(b []byte) int {
	end := bytes.IndexByte(b[:min(len(b), 12)], ';')
	if end < 0 {
		if len(b) < 12 && !bytes.ContainsAny(b, " <\"'") {
			return -1
		}
		return 0
	}
	switch name := string(b[1:end]); name {
	case "lt", "gt", "amp", "quot", "apos":
		return end + 1
	}
	if !isCharacter(b[1:end]) {
		return 0
	}
	return end + 1
}

// isCharacter reports whether b is a reference to a character that XML allows
// (2.2), "#10" or "#x20AC".
func isCharacter(b []byte) bool {
	if len(b) < 2 || b[0] != '#' {
		return false
	}
	n, digits, base := rune(0), b[1:], rune(10)
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	for _, c := range digits {
		if !hexDigit(c) || base == 10 && c > '9' {
			return false
		}
		if n = n*base + rune(hexValue(c)); n > utf8.MaxRune {
			return false
		}
	}
	return len(digits) > 0 && (n >= ' ' || n == '\t' || n == '\n' || n == '\r') && utf8.ValidRune(n) && n != 0xfffe && n != 0xffff
}

// tag reads a tag at x.i: closed says that an element was closed, empty that it
// was so by its own tag.
func (x *xmlReader) tag() (closed, empty bool, reason feedgauge.Reason) {
	start := x.i
	if x.i++; x.i == len(x.b) {
		return false, false, feedgauge.Truncated
	}
	if x.b[x.i] == '/' {
		if x.depth == 0 {
			return false, false, feedgauge.Syntax
		}
		return true, false, x.shut(start)
	}
	n := xmlName(x.b[x.i:])
	switch {
	case n == 0:
		return false, false, feedgauge.Syntax
	case x.i+n == len(x.b):
		return false, false, feedgauge.Truncated
	case x.depth == maxElements:
		return false, false, feedgauge.Depth
	}
	x.open[x.depth] = span{x.i, x.i + n}
	x.depth++
	x.known = 0
	x.i += n
	for {
		spaces := x.i
		x.space()
		if x.i == len(x.b) {
			return false, false, feedgauge.Truncated
		}
		switch c := x.b[x.i]; {
		case c == '>':
			x.i++
			return false, false, ""
		case c == '/':
			if x.i+1 == len(x.b) {
				return false, false, feedgauge.Truncated
			}
			if x.b[x.i+1] != '>' {
				return false, false, feedgauge.Syntax
			}
			x.i += 2
			x.depth--
			return true, true, ""
		case x.i == spaces:
			return false, false, feedgauge.Syntax
		}
		if reason := x.attribute(); reason != "" {
			return false, false, reason
		}
	}
}

// shut reads "</name>" of the innermost element; start is where it begins.
func (x *xmlReader) shut(start int) feedgauge.Reason {
	name := x.open[x.depth-1]
	want := x.b[name.start:name.end]
	x.i++
	if !bytes.HasPrefix(x.b[x.i:], want) {
		if bytes.HasPrefix(want, x.b[x.i:]) {
			return feedgauge.Truncated
		}
		return feedgauge.Syntax
	}
	x.i += len(want)
	x.space()
	switch {
	case x.i == len(x.b):
		return feedgauge.Truncated
	case x.b[x.i] != '>':
		return feedgauge.Syntax
	}
	x.i++
	x.depth--
	x.ended = start
	return ""
}

// attribute reads name="value".
func (x *xmlReader) attribute() feedgauge.Reason {
	n := xmlName(x.b[x.i:])
	if n == 0 {
		return feedgauge.Syntax
	}
	name := x.b[x.i : x.i+n]
	x.twice = x.twice || !x.once(span{x.i, x.i + n})
	x.i += n
	x.space()
	if x.i == len(x.b) {
		return feedgauge.Truncated
	}
	if x.b[x.i] != '=' {
		return feedgauge.Syntax
	}
	x.i++
	if x.space(); x.i == len(x.b) {
		return feedgauge.Truncated
	}
	quote := x.b[x.i]
	if quote != '"' && quote != '\'' {
		return feedgauge.Syntax
	}
	x.i++
	start, escape := x.i, feedgauge.Plain
	for x.i < len(x.b) && x.b[x.i] != quote {
		switch x.b[x.i] {
		case '<':
			return feedgauge.Syntax
		case '&':
			n := entity(x.b[x.i:])
			if n <= 0 {
				return brokenEntity(n)
			}
			escape = feedgauge.XML
			x.i += n
		default:
			x.i++
		}
	}
	if x.i == len(x.b) {
		return feedgauge.Truncated
	}
	x.eyes.attribute(name, x.b[start:x.i], escape)
	x.i++
	return ""
}

// once notes the name of an attribute, and reports whether its element has had none of
// that name.
func (x *xmlReader) once(name span) bool {
	for _, n := range x.names[:x.known] {
		if bytes.Equal(x.b[n.start:n.end], x.b[name.start:name.end]) {
			return false
		}
	}
	if x.known < maxAttributes {
		x.names[x.known] = name
		x.known++
	}
	return true
}

// xmlName returns the length of the name at the start of b, 0 if there is none. Of
// characters above ASCII all are taken for parts of names.
func xmlName(b []byte) int {
	n := 0
	for n < len(b) {
		c := b[n]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == ':' || c >= 0x80
		if !letter && (n == 0 || c-'0' > 9 && c != '-' && c != '.') {
			return n
		}
		n++
	}
	return n
}
