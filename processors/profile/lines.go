package profile

import "bytes"

// syslog reads a header of syslog and what follows it; Unknown if there is none.
func (g *Guesser) syslog(b []byte) Structure {
	rest, pri := priority(b)
	var wrap Structure
	var body []byte
	switch {
	case pri != nil && len(rest) > 2 && rest[0]-'1' < 9 && rest[1] == ' ':
		if body = g.header5424(rest[2:]); body == nil {
			return Unknown
		}
		wrap = syslog5424
	default:
		if body = g.header3164(rest, pri != nil); body == nil {
			return Unknown
		}
		wrap = syslog3164
	}
	if pri != nil {
		g.add("pri", pri)
	}
	kind, outer := g.ev.Kind, g.ev.Fields
	g.base = len(outer)
	s := g.inside(body)
	g.base = 0
	if s == Plain || s == BrokenXML {
		g.ev.Kind, g.ev.Fields = kind, outer
		g.add("message", body)
		return wrap | Plain
	}
	if g.ev.Kind == nil {
		g.ev.Kind = kind
	}
	return wrap | s
}

// inside takes apart what a header of syslog is wrapped around, Plain if that is
// words. Fields found before are kept.
func (g *Guesser) inside(body []byte) Structure {
	body = bytes.TrimLeft(body, " ")
	for _, mark := range [...]string{"CEF:", "LEEF:"} {
		if at := bytes.Index(body[:min(len(body), 200)], []byte(mark)); at > 0 {
			body = body[at:]
		}
	}
	g.ev.Kind = nil
	switch {
	case len(body) == 0:
		return Plain
	case body[0] == '{', bytes.HasPrefix(body, []byte("CEF:")), bytes.HasPrefix(body, []byte("LEEF:")), body[0] == '<':
		return g.notation(body)
	}
	if s := g.delimited(body); s != Unknown {
		return s
	}
	return Plain
}

// priority cuts <PRI> off.
func priority(b []byte) (rest, pri []byte) {
	if len(b) < 4 || b[0] != '<' {
		return b, nil
	}
	end := bytes.IndexByte(b[:min(len(b), 5)], '>')
	if end < 2 {
		return b, nil
	}
	for _, c := range b[1:end] {
		if c-'0' > 9 {
			return b, nil
		}
	}
	return b[end+1:], b[1:end]
}

// header5424 reads time, host, app, process, id and structured data, and returns
// what follows.
func (g *Guesser) header5424(b []byte) []byte {
	for _, name := range [...]string{"time", "host", "app", "procid", "msgid"} {
		at := bytes.IndexByte(b, ' ')
		if at < 0 {
			return nil
		}
		g.add(name, b[:at])
		if name == "app" {
			g.ev.Kind = b[:at]
		}
		b = b[at+1:]
	}
	end := 0
	for end < len(b) && b[end] == '[' {
		at := closingBracket(b[end:])
		if at < 0 {
			return nil
		}
		end += at + 1
	}
	if end == 0 {
		if end = bytes.IndexByte(b, ' '); end < 0 {
			end = len(b)
		}
	}
	g.add("data", b[:end])
	return bytes.TrimLeft(b[end:len(b):len(b)], " ")
}

// closingBracket is the place of the bracket that closes an element of
// structured data.
func closingBracket(b []byte) int {
	quoted := false
	for i := 1; i < len(b); i++ {
		switch {
		case b[i] == '\\' && quoted:
			i++
		case b[i] == '"':
			quoted = !quoted
		case b[i] == ']' && !quoted:
			return i
		}
	}
	return -1
}

// header3164 reads time, host and app. Without a priority the line has to begin
// with the time of RFC 3164.
func (g *Guesser) header3164(b []byte, pri bool) []byte {
	var stamp int
	switch {
	case matches(b, "AAA _9 99:99:99 "):
		stamp = 15
	case matches(b, "AAA _9 9999 99:99:99"):
		stamp = 20
	case pri && matches(b, "9999-99-99T99:99:99"):
		if stamp = bytes.IndexByte(b, ' '); stamp < 0 {
			return nil
		}
	default:
		return nil
	}
	g.add("time", b[:stamp])
	b = bytes.TrimLeft(b[stamp:], ": ")
	word, rest := firstWord(b)
	if app, _ := appOf(word); app == nil || rest == nil {
		g.add("host", word)
		b = rest
		word, _ = firstWord(b)
	}
	return g.app(b, word)
}

// app notes the application that b begins with, and returns what follows.
func (g *Guesser) app(b, word []byte) []byte {
	app, pid := appOf(word)
	if app == nil {
		return b[:len(b):len(b)]
	}
	if app[0] == '%' {
		g.ev.Kind = app
		if at := bytes.LastIndexByte(app, '-'); at > 0 {
			g.ev.Kind = app[at+1:]
		}
	} else {
		g.ev.Kind = app
	}
	g.add("app", app)
	if pid != nil {
		g.add("procid", pid)
	}
	return bytes.TrimLeft(b[len(word):], " ")
}

// appOf takes a word like "sshd[12]:" apart; nil if it is none.
func appOf(word []byte) (app, pid []byte) {
	if len(word) < 2 || word[len(word)-1] != ':' {
		return nil, nil
	}
	app = word[:len(word)-1]
	if at := bytes.IndexByte(app, '['); at > 0 && app[len(app)-1] == ']' {
		app, pid = app[:at], app[at+1:len(app)-1]
	}
	if timed(app) != NoShape {
		return nil, nil
	}
	return app, pid
}

// firstWord cuts b at its first space. rest is nil if there is none.
func firstWord(b []byte) (word, rest []byte) {
	if at := bytes.IndexByte(b, ' '); at >= 0 {
		return b[:at], bytes.TrimLeft(b[at:], " ")
	}
	return b, nil
}

// access reads a line of a web server's log in the common or combined format.
func (g *Guesser) access(b []byte) bool {
	at := bytes.Index(b, []byte(" ["))
	if at < 0 || at > 300 {
		return false
	}
	end := bytes.IndexByte(b[at:], ']')
	if end < 0 || !matches(b[at+2:], "99/AAA/9999:99:99:99") {
		return false
	}
	client, rest, _ := bytes.Cut(b[:at], []byte{' '})
	ident, user, three := bytes.Cut(rest, []byte{' '})
	if !three {
		return false
	}
	g.add("client", client)
	g.add("ident", ident)
	g.add("user", user)
	g.add("time", b[at+2:at+end])
	names := [...]string{"request", "status", "bytes", "referer", "agent"}
	i := 0
	for b = b[at+end+1:]; len(b) > 0; i++ {
		if b[0] != ' ' {
			return false
		}
		b = b[1:]
		var v []byte
		if len(b) > 0 && b[0] == '"' {
			stop := quotedEnd(b, 1)
			if stop < 0 {
				return false
			}
			v, b = b[1:stop], b[stop+1:]
		} else {
			stop := bytes.IndexByte(b, ' ')
			if stop < 0 {
				stop = len(b)
			}
			v, b = b[:stop], b[stop:]
		}
		if i < len(names) {
			g.add(names[i], v)
		} else {
			g.column(i, v)
		}
	}
	return i >= 3
}

// cef reads a line of CEF. The severity has to be in its place.
func (g *Guesser) cef(b []byte) bool {
	names := [...]string{"version", "vendor", "product", "device_version", "signature", "name", "severity"}
	for i, name := range names {
		at := unescaped(b, '|')
		if at < 0 {
			if i == len(names)-1 { // no extension
				at = len(b)
			} else {
				return false
			}
		}
		g.add(name, b[:at])
		if name == "signature" {
			g.ev.Kind = b[:at]
		}
		b = b[min(at+1, len(b)):]
	}
	severity := g.ev.Fields[len(g.ev.Fields)-1].Value
	if len(severity) > 10 {
		return false
	}
	g.extension(b, " ")
	return true
}

// unescaped is the place of the first c without a backslash before it.
func unescaped(b []byte, c byte) int {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case c:
			return i
		}
	}
	return -1
}

// leef reads a line of LEEF.
func (g *Guesser) leef(b []byte) bool {
	names := [...]string{"version", "vendor", "product", "device_version", "event_id"}
	for _, name := range names {
		at := unescaped(b, '|')
		if at < 0 {
			return false
		}
		g.add(name, b[:at])
		g.ev.Kind = b[:at]
		b = b[at+1:]
	}
	if bytes.HasPrefix(g.ev.Fields[0].Value, []byte("LEEF:2")) {
		if at := bytes.IndexByte(b, '|'); at >= 0 {
			b = b[at+1:]
		}
	}
	sep := "\t"
	if bytes.IndexByte(b, '\t') < 0 {
		sep = " "
	}
	g.extension(b, sep)
	return true
}

// extension reads key=value pairs whose values may hold spaces: a value ends
// where the next key begins.
func (g *Guesser) extension(b []byte, sep string) {
	for b = bytes.Trim(b, " "); len(b) > 0; {
		eq := bytes.IndexByte(b, '=')
		if eq <= 0 {
			return
		}
		key := b[:eq]
		b = b[eq+1:]
		end, next := nextKey(b, sep[0])
		g.field(key, bytes.TrimRight(b[:end], " "), 0)
		b = b[next:]
	}
}

// nextKey finds where a value ends and the next key begins.
func nextKey(b []byte, sep byte) (end, next int) {
	word := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case sep:
			word = i + 1
			if sep == '\t' {
				return i, i + 1
			}
		case '=':
			if word > 0 && i > word && isKey(b[word:i]) {
				return word - 1, word
			}
		}
	}
	return len(b), len(b)
}

// isKey reports whether b may be a key: letters, digits and a few signs.
func isKey(b []byte) bool {
	if len(b) == 0 || len(b) > maxName {
		return false
	}
	for _, c := range b {
		if classes[c]&(digit|lower|upper|joint) == 0 && c != '@' {
			return false
		}
	}
	return true
}
