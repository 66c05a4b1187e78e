package format

import "bytes"

// maxHeader is how many words may stand between the time of a syslog header and
// the message.
const maxHeader = 8

// behindHeader returns what follows the syslog header at the start of b, of RFC
// 3164, RFC 5424 or what senders take for one: a priority, a time, or both, then up
// to eight words and structured data. starts tells where the message begins. A
// message without header is returned as it is, nil if there is none.
func behindHeader(b []byte, starts func([]byte) bool) []byte {
	if starts(b) {
		return b
	}
	rest, found := priorityAndTime(b)
	if !found {
		return nil
	}
	for range maxHeader {
		rest = bytes.TrimLeft(rest, " :")
		if len(rest) == 0 {
			return nil
		}
		rest = trimMark(rest)
		if starts(rest) {
			return rest
		}
		if rest = pastWord(rest); rest == nil {
			return nil
		}
	}
	return nil
}

// priorityAndTime reads "<PRI>", perhaps with the version of RFC 5424 behind it,
// and a time. One of them has to be there.
func priorityAndTime(b []byte) (rest []byte, found bool) {
	if n := priorityLen(b); n > 0 {
		b, found = b[n:], true
		if len(b) > 2 && b[0] == '1' && b[1] == ' ' {
			b = b[2:]
		}
		b = bytes.TrimLeft(b, " ")
	}
	if n := stampLen(b); n > 0 {
		return b[n:], true
	}
	return b, found
}

// priorityLen returns the length of "<PRI>" at the start of b, 0 if there is none.
func priorityLen(b []byte) int {
	if len(b) < 3 || b[0] != '<' {
		return 0
	}
	end := 1
	for end < len(b) && b[end]-'0' <= 9 {
		end++
	}
	if end == 1 || end > 4 || end == len(b) || b[end] != '>' || decimal(b[1:end]) > 191 {
		return 0
	}
	return end + 1
}

// stampLen returns the length of the time at the start of b, 0 if there is none.
// Cisco puts an asterisk before a time that is not synchronized, and a year behind
// the day.
func stampLen(b []byte) int {
	skip := 0
	if len(b) > 0 && (b[0] == '*' || b[0] == '.') {
		skip = 1
	}
	if _, n := bsdStamp(b[skip:]); n > 0 {
		n += skip
		return n + fractionLen(b[n:])
	}
	if n := len("Jan 02 2006 15:04:05"); len(b) >= n {
		if _, c := withoutZone(b[:n]); c != 0 {
			return n
		}
	}
	end := bytes.IndexByte(b, ' ')
	if end < 0 {
		end = len(b)
	}
	if _, c := iso(b[:end]); c != 0 {
		return end
	}
	return 0
}

// pastWord returns what follows the word at the start of b: one of structured data
// in brackets, where spaces may lie in quotes, or up to a space. nil if it does not
// end.
func pastWord(b []byte) []byte {
	if b[0] == '[' {
		if n := structuredLen(b); n > 0 {
			return b[n:]
		}
	}
	space := bytes.IndexByte(b, ' ')
	if space < 0 {
		return nil
	}
	return b[space+1:]
}

// structuredLen returns the length of an element of structured data (RFC 5424,
// 6.3) at the start of b, 0 if it does not end.
func structuredLen(b []byte) int {
	quoted := false
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ']' && !quoted:
			return i + 1
		}
	}
	return 0
}
