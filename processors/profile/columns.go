package profile

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// pairs reads a line of key=value, as logfmt, auditd and firewalls write them. At
// least two pairs have to be there, and they have to be most of the words.
func (g *Guesser) pairs(b []byte) bool {
	found, words := 0, 0
	for b = bytes.TrimLeft(b, " \t"); len(b) > 0; b = bytes.TrimLeft(b, " \t,") {
		words++
		eq := keyEnd(b)
		if eq < 0 {
			_, b = firstWord(b)
			continue
		}
		key := b[:eq]
		v, rest := pairValue(b[eq+1:])
		g.field(key, v, feedgauge.Text)
		if string(key) == "type" && g.ev.Kind == nil {
			g.ev.Kind = v
		}
		found++
		b = rest
	}
	return found >= 2 && 3*found >= 2*words
}

// keyEnd returns the place of the "=" behind a key that b begins with, -1 if it
// begins with none.
func keyEnd(b []byte) int {
	for i, c := range b {
		if c == '=' {
			if i == 0 {
				return -1
			}
			return i
		}
		if i >= maxName || classes[c]&(digit|lower|upper|joint) == 0 && c != '@' {
			return -1
		}
	}
	return -1
}

// pairValue reads a value, quoted or up to the next space.
func pairValue(b []byte) (v, rest []byte) {
	if len(b) > 0 && (b[0] == '"' || b[0] == '\'') {
		for i := 1; i < len(b); i++ {
			switch b[i] {
			case '\\':
				i++
			case b[0]:
				return b[1:i], b[i+1:]
			}
		}
		return b[1:], nil
	}
	if at := bytes.IndexByte(b, ' '); at >= 0 {
		return b[:at], b[at:]
	}
	return b, nil
}

// minColumns is how many columns a line must have to be told by its delimiter.
const minColumns = 5

// delimited reads columns between tabs, commas, semicolons or bars; Unknown if
// there are too few.
func (g *Guesser) delimited(b []byte) Structure {
	best, n := Unknown, minColumns-2
	for _, s := range [...]Structure{Tabs, Pipes, Semicolons, Commas} {
		if k := outside(b, s.Delimiter()); k > n && 2*k > n {
			best, n = s, k
		}
	}
	if best == Unknown || best == Commas && wordy(b, n) {
		return Unknown
	}
	if best != Tabs && bytes.Count(b, []byte{' '}) > n && g.spaced(b) {
		return Spaces
	}
	g.retry()
	g.columns(b, best.Delimiter())
	return best
}

// outside counts the bytes c that stand outside double quotes.
func outside(b []byte, c byte) int {
	n, quoted := 0, false
	for _, x := range b {
		switch {
		case x == '"':
			quoted = !quoted
		case x == c && !quoted:
			n++
		}
	}
	return n
}

// wordy reports whether the commas of a line are those of sentences: more spaces
// than commas, or spaces behind most of them.
func wordy(b []byte, commas int) bool {
	return bytes.Count(b, []byte{' '}) > 2*commas || 2*bytes.Count(b, []byte(", ")) > commas
}

// columns notes the columns of a line.
func (g *Guesser) columns(b []byte, delimiter byte) {
	quoted, from, i := false, 0, 1
	for at := 0; at <= len(b); at++ {
		switch {
		case at < len(b) && b[at] == '"':
			quoted = !quoted
			continue
		case at < len(b) && (quoted || b[at] != delimiter):
			continue
		}
		v := bytes.Trim(b[from:at], " ")
		if len(v) > 1 && v[0] == '"' && v[len(v)-1] == '"' {
			v = v[1 : len(v)-1]
		}
		g.column(i, v)
		if i == 4 && paloalto(v) {
			g.ev.Kind = v
		}
		from, i = at+1, i+1
	}
}

// paloalto reports whether v is a type of the logs of PAN-OS, which stands in the
// fourth column.
func paloalto(v []byte) bool {
	switch string(v) {
	case "TRAFFIC", "THREAT", "SYSTEM", "CONFIG", "HIPMATCH", "GLOBALPROTECT", "USERID", "URL", "DECRYPTION", "AUTHENTICATION", "TUNNEL", "SCTP", "GTP", "CORRELATION", "IPTAG":
		return true
	}
	return false
}

// spaced reads columns between spaces: lines that begin with a time or a number
// and of which most words are no words.
func (g *Guesser) spaced(b []byte) bool {
	if len(b) == 0 || b[0]-'0' > 9 {
		return false
	}
	words, figures, i := 0, 0, 1
	for rest := b; len(rest) > 0; i++ {
		var word []byte
		if word, rest = firstWord(rest); len(word) == 0 {
			continue
		}
		words++
		if !isWord(word) {
			figures++
		}
		g.column(i, word)
	}
	return words >= 6 && 5*figures >= 3*words
}

// isWord reports whether b is a word of letters, perhaps with a stop behind it.
func isWord(b []byte) bool {
	for _, c := range bytes.TrimRight(b, ".,:;!?") {
		if classes[c]&(lower|upper) == 0 {
			return false
		}
	}
	return len(b) > 1
}

// xml reads the elements and attributes of a line. Only whole elements count.
func (g *Guesser) xml(b []byte) Structure {
	if !bytes.HasSuffix(bytes.TrimRight(b, " \t"), []byte(">")) {
		return BrokenXML
	}
	depth := 0
	for i := 0; i < len(b); {
		open := bytes.IndexByte(b[i:], '<')
		if open < 0 {
			break
		}
		i += open
		end := tagEnd(b, i)
		if end < 0 {
			return BrokenXML
		}
		depth += g.tag(b, b[i+1:end], end+1)
		i = end + 1
	}
	if depth != 0 {
		g.retry()
		return BrokenXML
	}
	return XML
}

// tagEnd is the place of the ">" of the tag that begins at b[i].
func tagEnd(b []byte, i int) int {
	var quote byte
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return -1
}

// tag notes what a tag says, and returns by how much it changes the depth. The
// text up to the next tag begins at b[after].
func (g *Guesser) tag(b, tag []byte, after int) int {
	switch {
	case len(tag) == 0 || tag[0] == '?' || tag[0] == '!':
		return 0
	case tag[0] == '/':
		return -1
	}
	single := tag[len(tag)-1] == '/'
	name, attributes := firstWord(bytes.TrimSuffix(tag, []byte{'/'}))
	label := g.attributes(name, attributes)
	if single {
		return 0
	}
	if next := bytes.IndexByte(b[after:], '<'); next >= 0 && (next > 0 || bytes.HasPrefix(b[after:], []byte("</"))) {
		text := bytes.TrimSpace(b[after : after+next])
		if label != nil {
			name = label
		}
		g.field(name, text, feedgauge.Text)
		if string(name) == "EventID" {
			g.ev.Kind = text
		}
	}
	return 1
}

// attributes notes the attributes of an element, and returns the value of Name:
// of <Data Name='User'>x</Data> the field is User.
func (g *Guesser) attributes(element, b []byte) (label []byte) {
	for b = bytes.TrimSpace(b); len(b) > 0; b = bytes.TrimSpace(b) {
		eq := bytes.IndexByte(b, '=')
		if eq <= 0 || eq+1 >= len(b) {
			return label
		}
		v, rest := pairValue(b[eq+1:])
		if string(b[:eq]) == "Name" && string(element) == "Data" {
			label = v
		} else if !bytes.HasPrefix(b, []byte("xmlns")) {
			g.field(g.name(element, []byte{'.'}, b[:eq]), v, feedgauge.Text)
		}
		b = rest
	}
	return label
}
