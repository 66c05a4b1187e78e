package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// ciscoASA is the system log of Cisco's firewalls (Cisco Secure Firewall ASA Series
// Syslog Messages; also FTD, PIX and FWSM):
//
//	<PRI>time host : %ASA-severity-number: message
//
// The time may be that of RFC 3164, have a year, be that of RFC 5424, or be missing,
// and so may priority, host and colon: all are options of the device. A relay may
// have put a time and host of its own before it, also by RFC 5424. Behind "%ASA-" may stand the
// subsystem of a clustered device. The fields source and destination are the first
// two "interface:address/port" or "address/port" in the message, in its order.
func ciscoASA() dialect {
	return dialect{
		header: true,
		fields: []known{
			{name: "priority"}, {name: "time", typ: "timestamp(cisco)"}, {name: "host", typ: "host"}, {name: "facility"},
			{name: "severity"}, {name: "id"}, {name: "message"}, {name: "source", typ: "ip"}, {name: "source_port", typ: "port"},
			{name: "destination", typ: "ip"}, {name: "destination_port", typ: "port"},
		},
		time: "time", kind: "id",
		scanner: func([]string) scanner { return &asaScanner{row: syslogRow{row(asaFields)}} },
	}
}

var asaFields = []string{
	"priority", "time", "host", "facility", "severity", "id", "message", "source", "source_port", "destination", "destination_port",
}

const (
	asaTime = 1 + iota
	asaHost
	asaFacility
	asaSeverity
	asaID
	asaMessage
	asaSource
)

type asaScanner struct {
	fixed
	row syslogRow
}

// scan implements scanner.
func (s *asaScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	for i := range s.row.fields {
		s.row.fields[i].Value = nil
	}
	e.Fields = s.row.fields
	b, reason := s.row.priority(e, trimFrame(b))
	if reason != "" {
		return reason
	}
	b, newer := asaVersion(b, s.row.fields[syslogPriority].Value != nil)
	at := asaMark(b)
	if at < 0 {
		return s.unmarked(e, b)
	}
	head := b[:at]
	for newer && bytes.HasSuffix(head, []byte(" - ")) {
		head = head[:len(head)-2]
	}
	if reason := s.head(e, head); reason != "" {
		return reason
	}
	return s.mark(b[at:])
}

// asaVersion cuts off the version 1 that relays write which speak RFC 5424. They have
// "-" for what the device does not tell: program, process, message and data.
func asaVersion(b []byte, priority bool) (rest []byte, newer bool) {
	if priority && bytes.HasPrefix(b, []byte("1 ")) && ciscoStamp(b[2:]) > 0 {
		return b[2:], true
	}
	return b, false
}

// unmarked is the reason for a line without "%ASA-": it was cut before that, or is
// something else.
func (s *asaScanner) unmarked(e *feedgauge.Event, b []byte) feedgauge.Reason {
	if reason := s.head(e, b); reason != "" {
		return reason
	}
	if bytes.IndexByte(b, '%') >= 0 || len(b) < 64 {
		return feedgauge.Truncated
	}
	return feedgauge.Syntax
}

// asaMark returns where the mark of a message is: "%" and the name of a product.
func asaMark(b []byte) int {
	for from := 0; ; {
		at := bytes.IndexByte(b[from:], '%')
		if at < 0 {
			return -1
		}
		from += at + 1
		for _, name := range [...]string{"ASA-", "FTD-", "PIX-", "FWSM-"} {
			if bytes.HasPrefix(b[from:], []byte(name)) {
				return from - 1
			}
		}
	}
}

// head reads what stands before the mark: times and hosts in turn, of which the
// last count, and a colon.
func (s *asaScanner) head(e *feedgauge.Event, b []byte) feedgauge.Reason {
	if len(b) > 0 && b[0] == ':' && ciscoStamp(b[1:]) > 0 { // the form called EMBLEM
		b = b[1:]
	}
	for round := 0; ; round++ {
		b = bytes.TrimLeft(b, " ")
		if len(b) == 0 || len(b) <= 2 && b[0] == ':' {
			return ""
		}
		n := ciscoStamp(b)
		switch {
		case n > 0:
			s.row.set(asaTime, b[:n])
			b = b[n:]
			if len(b) > 0 && b[0] != ' ' && b[0] != ':' {
				return feedgauge.Syntax
			}
		case round == 0:
			return asaNoStamp(e, b)
		}
		b = bytes.TrimLeft(bytes.TrimPrefix(b, []byte{':'}), " ")
		if len(b) == 0 || ciscoStamp(b) > 0 {
			continue
		}
		if round > 1 {
			return feedgauge.Syntax
		}
		end := bytes.IndexByte(b, ' ')
		if end < 0 {
			end = len(b)
		}
		word := bytes.TrimSuffix(b[:end], []byte{':'})
		tag := n == 0 && len(word) < end && len(s.row.fields[asaHost].Value) > 0 // of a relay
		if len(word) > 0 && !tag {
			s.row.set(asaHost, word)
		}
		b = b[end:]
	}
}

// asaNoStamp is the reason for a line that does not begin with a time.
func asaNoStamp(e *feedgauge.Event, b []byte) feedgauge.Reason {
	word, rest, _ := bytes.Cut(b, []byte{' '})
	rest = bytes.TrimLeft(rest, " ")
	switch {
	case ciscoStamp(rest) > 0:
		return feedgauge.Syntax // columns exchanged
	case isHost(bytes.TrimSuffix(word, []byte{':'})) && len(bytes.Trim(rest, " :")) == 0:
		return "" // a device that tells its name, but no time
	}
	reason := badStamp(b)
	if reason == feedgauge.BadTimestamp {
		e.Fault = "time"
	}
	return reason
}

// mark reads %ASA-severity-number: and the message.
func (s *asaScanner) mark(b []byte) feedgauge.Reason {
	end := bytes.IndexByte(b, ':')
	if end < 0 {
		if len(b) < 32 {
			return feedgauge.Truncated
		}
		return feedgauge.Syntax
	}
	name, rest, _ := bytes.Cut(b[1:end], []byte{'-'})
	if i := bytes.IndexByte(rest, '-'); i > 1 { // a subsystem
		rest = rest[i+1:]
	}
	if len(rest) < 3 || rest[0]-'0' > 7 || rest[1] != '-' || len(rest) != 8 || !allDigits(rest[2:]) {
		return feedgauge.Syntax
	}
	s.row.set(asaFacility, name)
	s.row.set(asaSeverity, rest[:1])
	s.row.set(asaID, rest[2:])
	message := bytes.TrimLeft(b[end+1:], " ")
	s.row.set(asaMessage, message)
	if len(message) == 0 {
		return feedgauge.Truncated
	}
	s.ends(message)
	return ""
}

// ends finds the two ends of a connection in a message.
func (s *asaScanner) ends(b []byte) {
	for i := asaSource; i < len(s.row.fields) && len(b) > 0; {
		var word []byte
		word, b, _ = bytes.Cut(b, []byte{' '})
		slash := bytes.IndexByte(word, '/')
		if slash <= 0 {
			continue
		}
		n := digitsLen(word[slash+1:])
		address := word[:slash]
		if colon := bytes.IndexByte(address, ':'); colon >= 0 && !isIP(address) {
			address = address[colon+1:]
		}
		if n == 0 || !isIP(address) {
			continue
		}
		s.row.set(i, address)
		s.row.set(i+1, word[slash+1:slash+1+n])
		i += 2
	}
}

// ciscoStamp returns the length of a time at the start of b: that of RFC 3164, with
// a year before or behind the time of day, with decimals and the name of a zone, or
// that of RFC 5424. Devices whose clock is not set write "*" or "." before it.
func ciscoStamp(b []byte) int {
	_, _, n := ciscoTime(b)
	return n
}

func ciscoTime(b []byte) (feedgauge.Instant, feedgauge.Clock, int) {
	skip := 0
	if len(b) > 0 && (b[0] == '*' || b[0] == '.') {
		skip, b = 1, b[1:]
	}
	if at, n := bsdStamp(b); n > 0 {
		return at, feedgauge.YearlessClock, skip + n + ciscoTail(b[n:])
	}
	if at, n := yearStamp(b); n > 0 {
		return at, feedgauge.LocalClock, skip + n + ciscoTail(b[n:])
	}
	end := bytes.IndexByte(b, ' ')
	if end < 0 {
		end = len(b)
	}
	if end > 0 && b[end-1] == ':' {
		end--
	}
	if at, clock := iso(b[:end]); clock != feedgauge.NoClock && b[10] != ' ' {
		return at, clock, skip + end
	}
	return 0, feedgauge.NoClock, 0
}

// ciscoTail returns the length of decimals and a zone behind a time of day: a zone
// of capital letters ends in a colon, or the text does.
func ciscoTail(b []byte) int {
	n := fractionLen(b)
	if n+4 > len(b) || b[n] != ' ' {
		return n
	}
	end := n + 1
	for end < len(b) && b[end] >= 'A' && b[end] <= 'Z' {
		end++
	}
	if end >= n+3 && end < n+7 && (end == len(b) || b[end] == ':') {
		return end
	}
	return n
}

// yearStamp reads "Mmm dd yyyy hh:mm:ss" at the start of b, or "yyyy Mmm dd
// hh:mm:ss" as NX-OS writes it.
func yearStamp(b []byte) (feedgauge.Instant, int) {
	if len(b) > 5 && b[4] == ' ' && allDigits(b[:4]) {
		return yearFirst(decimal(b[:4]), b[5:])
	}
	if len(b) < len("Mar 1 2015 00:00:00") || b[3] != ' ' {
		return 0, 0
	}
	mon := month(b[:3])
	i := 4
	if b[i] == ' ' {
		i++
	}
	day := digitsLen(b[i:])
	if mon == 0 || day == 0 || day > 2 || len(b) < i+day+14 {
		return 0, 0
	}
	d, rest := decimal(b[i:i+day]), b[i+day:]
	year := decimal(rest[1:5])
	if rest[0] != ' ' || rest[5] != ' ' || year < 1970 || d < 1 || d > daysIn(year, mon) || !clock(rest[6:14]) {
		return 0, 0
	}
	return instantOf(year, mon, d, decimal(rest[6:8]), decimal(rest[9:11]), decimal(rest[12:14])), i + day + 14
}

// yearFirst reads "Mmm dd hh:mm:ss" behind a year; the length counts both.
func yearFirst(year int, b []byte) (feedgauge.Instant, int) {
	_, n := bsdStamp(b)
	if n == 0 || year < 1970 {
		return 0, 0
	}
	mon, d, at := month(b[:3]), decimal(bytes.TrimLeft(b[4:n-9], " ")), b[n-8:n]
	if d > daysIn(year, mon) {
		return 0, 0
	}
	return instantOf(year, mon, d, decimal(at[:2]), decimal(at[3:5]), decimal(at[6:])), 5 + n
}
