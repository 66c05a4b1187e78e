package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// syslogOpener opens lines with a header of syslog before the event, of RFC 3164 as
// syslogRFC3164 describes it or of RFC 5424:
//
//	<13>Jan  2 03:04:05 host tag[pid]: the event
//	<13>1 2026-01-02T03:04:05Z host app procid msgid [id name="value"] the event
//
// Where no tag is, the event begins behind the host; what cannot be host or tag,
// such as "{" or "key=", begins the event. "@cee:" before an object is dropped.
type syslogOpener struct {
	row   syslogRow
	five  rfc5424Scanner
	event feedgauge.Event // scratch
}

func newSyslogOpener() opener {
	return &syslogOpener{row: syslogRow{row(syslogFields)}, five: rfc5424Scanner{fields: row(rfc5424Fields)}}
}

// names implements opener.
func (*syslogOpener) names() []string { return []string{"priority", "time"} }

// open implements opener.
func (o *syslogOpener) open(p *parcel, line []byte) feedgauge.Reason {
	b := trimFrame(line)
	o.event.Fault = ""
	var reason feedgauge.Reason
	if n := priorityLen(b); n > 0 && versioned(b[n:]) {
		reason = o.new(p, b)
	} else {
		reason = o.old(p, b)
	}
	p.fault = o.event.Fault
	if reason == "" {
		p.text = pastCookie(p.text)
	}
	return reason
}

// versioned reports whether b, behind the priority, begins as of RFC 5424: with a
// version, and the time or "-" for none.
func versioned(b []byte) bool {
	n := digitsLen(b)
	if n == 0 || n > 2 || len(b) < n+3 || b[n] != ' ' {
		return false
	}
	return b[n+1] == '-' && b[n+2] == ' ' || len(b) > n+11 && b[n+5] == '-' && b[n+8] == '-'
}

// new reads a header of RFC 5424.
func (o *syslogOpener) new(p *parcel, b []byte) feedgauge.Reason {
	if reason := o.five.scan(&o.event, b); reason != "" {
		return reason
	}
	if t := o.five.fields[rfc5424Time].Value; string(t) != "-" {
		if p.at, p.clock = iso(t); p.clock != feedgauge.ZonedClock {
			o.event.Fault = "time"
			return feedgauge.BadTimestamp
		}
	}
	p.text = o.five.fields[rfc5424Message].Value
	return ""
}

// old reads a header of RFC 3164. With a priority the time may be missing.
func (o *syslogOpener) old(p *parcel, b []byte) feedgauge.Reason {
	head := len(b)
	b, reason := o.row.priority(&o.event, b)
	if reason != "" {
		return reason
	}
	prior := len(b) < head
	if at, clock, n := ciscoTime(b); clock != feedgauge.NoClock {
		p.at, p.clock = at, clock
		b = bytes.TrimPrefix(b[n:], []byte{':'})
	} else if !prior || !beginsEvent(b) {
		if reason = badStamp(b); reason == feedgauge.BadTimestamp {
			o.event.Fault = "time"
		}
		return reason
	}
	p.text = pastTag(pastHost(bytes.TrimLeft(b, " ")))
	return ""
}

// pastHost returns what follows the host at the start of b, or b if it begins with
// a tag or the event.
func pastHost(b []byte) []byte {
	if beginsEvent(b) || tagLen(b) > 0 {
		return b
	}
	space := bytes.IndexByte(b, ' ')
	if space < 0 {
		return b
	}
	return b[space+1:]
}

// pastTag returns what follows the tag at the start of b, and one space.
func pastTag(b []byte) []byte {
	if beginsEvent(b) {
		return b
	}
	if n := tagLen(b); n > 0 {
		return bytes.TrimPrefix(b[n:], []byte{' '})
	}
	return b
}

// tagLen returns the length of "name:", "name[pid]:" or "name[pid]" at the start of
// b, behind which a space, the end or an object stands; 0 if there is no tag. An address of
// IPv6 is none.
func tagLen(b []byte) int {
	i := 0
	for i < len(b) && b[i] > ' ' && b[i] != ':' && b[i] != '[' && b[i] != '=' && b[i] != '{' && b[i] != '"' {
		i++
	}
	if i == 0 || i == len(b) {
		return 0
	}
	if b[i] == '[' {
		shut := bytes.IndexAny(b[i:], "] ")
		if shut < 0 || b[i+shut] == ' ' {
			return 0
		}
		if i += shut + 1; i == len(b) || b[i] == ' ' {
			return i
		}
	}
	if b[i] == ':' && (i+1 == len(b) || b[i+1] == ' ' || b[i+1] == '{' || b[i+1] == '@') {
		return i + 1
	}
	return 0
}

// beginsEvent reports whether b begins as neither a host nor a tag does: an object,
// an element, a mark of CEF or LEEF, or a pair.
func beginsEvent(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	return b[0] == '{' || b[0] == '<' || b[0] == '"' || bytes.HasPrefix(b, []byte("CEF:")) || bytes.HasPrefix(b, []byte("LEEF:")) ||
		bytes.HasPrefix(b, []byte(cookie)) || startsPair(b)
}

// cookie says that an object follows (CEE 1.0, "CEE Log Transport").
const cookie = "@cee:"

func pastCookie(b []byte) []byte {
	if rest, ok := bytes.CutPrefix(b, []byte(cookie)); ok {
		return bytes.TrimLeft(rest, " ")
	}
	return b
}
