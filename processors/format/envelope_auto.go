package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// auto finds out what each line is wrapped in, if it is. That is decided by the
// line and the format alone, never by what came before, so that a verdict does not
// depend on which records a worker has seen:
//
//   - a list is what begins as "[{" or `["`, or as an object whose first key is one
//     that lists have;
//   - an object with the event in a string is what Beats and the like write, or
//     docker. Where events are objects themselves that string has to be one, since
//     applications have messages of their own;
//   - CRI is known by its time, stream and tag;
//   - a header of syslog by its priority, or by time, host and tag. Formats that
//     read such headers themselves are left to it. It may also stand inside of one
//     of the above.
//
// Everything else is an event as it stands.
type auto struct {
	objects bool // events are objects
	header  bool // the format reads headers of syslog itself
	json    *jsonOpener
	stream  finder
	cri     criOpener
	syslog  opener
	array   *batch
	records *batch
}

func newAuto(field string, objects, header bool) *auto {
	fields := beatsFields()
	if field != "" {
		fields = []string{field}
	}
	return &auto{
		objects: objects, header: header, json: newJSONOpener(fields, shipperTimes()), stream: finder{name: "stream"},
		syslog: newSyslogOpener(), array: newBatch(nil, field), records: newBatch(recordKeys(), field),
	}
}

// names are the fields of envelopes that may be at fault.
func (a *auto) names() []string {
	out := append(a.json.names(), a.syslog.names()...)
	return append(out, a.records.names()...)
}

// sniffed checks the events in b, as each does.
func (c *checker) sniffed(b []byte, final bool) (rest []byte) {
	w := c.wrap
	for len(b) > 0 || w.list != nil {
		if w.list != nil {
			var wait bool
			if b, wait = c.listed(b, final); wait {
				return b
			}
			w.list = nil
			continue
		}
		var wait bool
		if b, wait = c.sniff(b, final); wait {
			return b
		}
	}
	if final {
		c.flush()
	}
	return nil
}

// sniff checks the events that begin on the first line of b, short of those of a
// list, which it opens only. wait says that b has to be longer for that.
func (c *checker) sniff(b []byte, final bool) (next []byte, wait bool) {
	w := c.wrap
	end := lineEnd(b)
	whole := final || b[end-1] == '\n'
	start := bytes.TrimLeft(b[:end], " \t")
	if !final && len(start) > 0 && (start[0] == '[' || start[0] == '{') && len(b) < end-len(start)+peek {
		return b, true
	}
	if l := w.auto.listIn(b[end-len(start):]); l != nil {
		l.forget()
		l.line, w.list = c.line, l
		b = b[end-len(start):]
		n := c.step(b, final)
		l.midway = true // of the line, as listed has it behind a step
		return b[n:], false
	}
	if !whole {
		return b, true
	}
	line, next := cutLine(b)
	if !c.clean(line) {
		return c.eventAt(b, final)
	}
	w.parcel = parcel{}
	found, reason := w.auto.open(&w.parcel, line)
	if !found {
		return c.eventAt(b, final)
	}
	c.line++
	c.opened(line, reason)
	return next, false
}

// clean reports whether a line can be looked into.
func (c *checker) clean(line []byte) bool {
	return !blank(line) && len(line) <= c.wrap.limit && (c.raw || unclean(line, c.allow) == "")
}

// peek is how many bytes tell whether a list begins.
const peek = 128

// listIn returns what opens the list that begins with b, nil if none does.
func (a *auto) listIn(b []byte) *batch {
	if len(b) == 0 {
		return nil
	}
	rest := bytes.TrimLeft(b[1:min(len(b), peek)], " \t\r\n")
	switch {
	case b[0] == '[' && (len(rest) == 0 || rest[0] == '{' || rest[0] == '"' || rest[0] == ']'):
		return a.array
	case b[0] == '{' && isRecords(rest):
		return a.records
	}
	return nil
}

// isRecords reports whether b begins with a key that only lists have first.
func isRecords(b []byte) bool {
	for _, key := range recordKeys() {
		if after, ok := cutKey(b, key); ok {
			return len(after) > 0 && after[0] == '['
		}
	}
	after, ok := cutKey(b, "messageType") // of CloudWatch Logs
	return ok && (bytes.HasPrefix(after, []byte(`"DATA_MESSAGE"`)) || bytes.HasPrefix(after, []byte(`"CONTROL_MESSAGE"`)))
}

// cutKey returns what follows the key at the start of b and its colon.
func cutKey(b []byte, key string) (after []byte, ok bool) {
	if len(b) < len(key)+2 || b[0] != '"' || string(b[1:len(key)+1]) != key || b[len(key)+1] != '"' {
		return nil, false
	}
	b = bytes.TrimLeft(b[len(key)+2:], " \t\r\n")
	if len(b) == 0 || b[0] != ':' {
		return nil, false
	}
	return bytes.TrimLeft(b[1:], " \t\r\n"), true
}

// open opens the envelope that a line is. found is false if it is none.
func (a *auto) open(p *parcel, line []byte) (found bool, reason feedgauge.Reason) {
	b := bytes.TrimLeft(line, " \t")
	switch {
	case b[0] == '{':
		found, reason = a.object(p, b)
	case b[0]-'0' <= 9 && isCRI(b):
		found, reason = true, a.cri.open(p, b)
	case a.header || !isSyslog(line):
		return false, ""
	default:
		return true, a.syslog.open(p, line)
	}
	if found && reason == "" && !p.more && !a.header && isSyslog(p.text) {
		a.inner(p)
	}
	return found, reason
}

// object opens an object with the event in a string. Where events are no objects it
// cannot be anything else.
func (a *auto) object(p *parcel, b []byte) (found bool, reason feedgauge.Reason) {
	reason = a.json.open(p, b)
	if a.objects && (reason != "" || !isObject(p.text)) {
		return false, ""
	}
	f := a.json.event()
	if reason == "" && f.Kind != feedgauge.String {
		return false, ""
	}
	if s := a.stream.find(a.json.reader.Fields); reason == "" && string(f.Name) == "log" && s != nil {
		dockerPart(p, s)
	}
	return true, reason
}

func isObject(b []byte) bool {
	b = bytes.TrimSpace(b)
	return len(b) > 1 && b[0] == '{' && b[len(b)-1] == '}'
}

// inner opens a header of syslog inside of another envelope, whose time is the
// better one.
func (a *auto) inner(p *parcel) {
	var q parcel
	if a.syslog.open(&q, p.text) != "" {
		return
	}
	p.text = q.text
	if p.clock == feedgauge.NoClock {
		p.at, p.clock = q.at, q.clock
	}
}

// isCRI reports whether b has the three words of CRI.
func isCRI(b []byte) bool {
	stamp, rest, _ := bytes.Cut(b, []byte{' '})
	if len(rest) < len("stdout F") || string(rest[:7]) != "stdout " && string(rest[:7]) != "stderr " || rest[7] != 'F' && rest[7] != 'P' {
		return false
	}
	return len(rest) == 8 || rest[8] == ' ' && rfc3339(stamp) || rest[8] == ':' && rfc3339(stamp)
}

// isSyslog reports whether b begins with a priority, or with a time as syslog has
// it, a host and a tag.
func isSyslog(b []byte) bool {
	b = trimFrame(b)
	if priorityLen(b) > 0 {
		return true
	}
	_, n := bsdStamp(b)
	if n == 0 {
		word, _, _ := bytes.Cut(b, []byte{' '})
		if len(word) < 20 || word[10] != 'T' || !rfc3339(word) {
			return false
		}
		n = len(word)
	}
	rest := bytes.TrimLeft(b[n:], " ")
	if tagLen(rest) > 0 {
		return true
	}
	rest = pastHost(rest)
	return beginsEvent(rest) || tagLen(rest) > 0
}
