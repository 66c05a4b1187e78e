package profile

import "bytes"

// Shape is what a value looks like, told from its text alone. The numbers are
// written to the journal and never change their meaning.
type Shape uint8

// The shapes of values.
const (
	NoShape      Shape = iota
	Bool               // true, false
	Int                // digits, perhaps signed
	Float              // a number with a point or an exponent
	Epoch              // seconds to nanoseconds since 1970, of the years 2001 to 2040
	IPv4               // four numbers
	IPv6               // groups of hexadecimal digits
	Socket             // an IPv4 address with a port
	CIDR               // an address and the length of its prefix
	MAC                // six pairs of hexadecimal digits
	UUID               // 8-4-4-4-12 hexadecimal digits
	Hex                // 0x and digits, or 16 and more hexadecimal digits
	TimeISO            // 2006-01-02T15:04:05
	TimeSpace          // 2006-01-02 15:04:05
	TimeSlash          // 2006/01/02 15:04:05
	TimeAccess         // 02/Jan/2006:15:04:05
	TimeSyslog         // Jan _2 15:04:05
	TimeMail           // Mon, 02 Jan 2006 15:04:05
	Date               // 2006-01-02
	DateLocal          // 02.01.2006 and the like
	Time               // 15:04:05
	URL                // scheme://
	Path               // begins with a slash, or with a drive
	Lower              // one word without capitals
	Upper              // one word without small letters
	Mixed              // one word, or several joined by signs
	Prose              // words with spaces
	NestedObject       // an object of JSON
	NestedArray        // an array of JSON
	Binary             // control characters or broken UTF-8
	shapes
)

var shapeNames = [...]string{
	"none", "bool", "int", "float", "epoch", "ipv4", "ipv6", "socket", "cidr", "mac", "uuid", "hex",
	"time_iso", "time_space", "time_slash", "time_access", "time_syslog", "time_mail", "date", "date_local", "time",
	"url", "path", "lower", "upper", "mixed", "text", "object", "array", "binary",
}

// String returns the name of the shape.
func (s Shape) String() string {
	if int(s) < len(shapeNames) {
		return shapeNames[s]
	}
	return "unknown"
}

// family is what shapes are taken for one another by: values that are now a
// whole number and now a decimal have not changed their type.
type family uint8

const (
	noFamily family = iota
	truth
	number
	moment
	address
	identifier
	word
	prose
	nested
	garbled
)

func (s Shape) family() family {
	switch {
	case s == NoShape:
		return noFamily
	case s == Bool:
		return truth
	case s <= Epoch:
		return number
	case s <= CIDR:
		return address
	case s <= Hex:
		return identifier
	case s <= Time:
		return moment
	case s <= Mixed:
		return word
	case s == Prose:
		return prose
	case s <= NestedArray:
		return nested
	}
	return garbled
}

// IsTime reports whether values of the shape tell a time.
func (s Shape) IsTime() bool { return s == Epoch || s.family() == moment }

// class is a set of bytes, as bits.
type class uint8

const (
	digit class = 1 << iota
	lower
	upper
	hexLetter // of either case, besides lower or upper
	space
	joint // signs that stand inside words
	other
	control
)

var classes = func() (t [256]class) { //nolint:gochecknoglobals // a table, worked out once
	for c := range t {
		switch b := byte(c); {
		case b >= '0' && b <= '9':
			t[c] = digit
		case b >= 'a' && b <= 'z':
			t[c] = lower
		case b >= 'A' && b <= 'Z':
			t[c] = upper
		case b == ' ':
			t[c] = space
		case b < ' ' && b != '\t' && b != '\n' && b != '\r' || b == 0x7f:
			t[c] = control
		case bytes.IndexByte([]byte("-_."), b) >= 0:
			t[c] = joint
		default:
			t[c] = other
		}
		if b := byte(c) | 0x20; b >= 'a' && b <= 'f' {
			t[c] |= hexLetter
		}
	}
	return t
}()

// maxLook is how much of a value its shape is told from.
const maxLook = 128

// ShapeOf tells the shape of a value that is not empty.
func ShapeOf(b []byte) Shape {
	if len(b) > maxLook {
		b = b[:maxLook]
	}
	var all class
	hexOnly := true
	for _, c := range b {
		k := classes[c]
		all |= k &^ hexLetter
		hexOnly = hexOnly && k&(digit|hexLetter) != 0
	}
	switch {
	case all&control != 0:
		return Binary
	case all == digit:
		return integer(b)
	case all&digit != 0:
		if s := withDigits(b, all, hexOnly); s != NoShape {
			return s
		}
	case hexOnly && len(b) >= 16:
		return Hex
	case string(b) == "true" || string(b) == "false" || string(b) == "True" || string(b) == "False":
		return Bool
	}
	return worded(b, all)
}

// worded is the shape of what is no number, time or address.
func worded(b []byte, all class) Shape {
	switch {
	case bytes.Contains(b, []byte("://")) && all&space == 0:
		return URL
	case b[0] == '/' && all&space == 0 || len(b) > 2 && b[1] == ':' && b[2] == '\\':
		return Path
	case all&space != 0:
		return Prose
	case all&(upper|other) == 0 && all&lower != 0:
		return Lower
	case all&(lower|other) == 0 && all&upper != 0:
		return Upper
	}
	return Mixed
}

// integer is the shape of digits.
func integer(b []byte) Shape {
	switch len(b) {
	case 10, 13, 16, 19:
		if string(b[:4]) >= "1000" && string(b[:4]) < "2210" {
			return Epoch
		}
	}
	return Int
}

// withDigits is the shape of what holds digits and more, NoShape for a word.
func withDigits(b []byte, all class, hexOnly bool) Shape {
	switch first := classes[b[0]]; {
	case len(b) == 36 && isUUID(b), len(b) == 38 && b[0] == '{' && b[37] == '}' && isUUID(b[1:37]):
		return UUID
	case all&(lower|upper|space) == 0:
		return numeric(b)
	case hexOnly && len(b) >= 16, len(b) > 2 && b[0] == '0' && b[1]|0x20 == 'x' && onlyHex(b[2:]):
		return Hex
	case first&(digit|upper) != 0 || b[0] == '[' || b[0] == ' ':
		if s := timed(b); s != NoShape {
			return s
		}
	}
	return coloned(b)
}

// numeric is the shape of digits and signs without letters and spaces.
func numeric(b []byte) Shape {
	if s := timed(b); s != NoShape {
		return s
	}
	sign := b[0] == '-' || b[0] == '+'
	digits, dots, rest := 0, 0, 0
	for _, c := range b {
		switch {
		case c-'0' <= 9:
			digits++
		case c == '.':
			dots++
		default:
			rest++
		}
	}
	switch {
	case rest == 0 && dots == 3 && isIPv4(b):
		return IPv4
	case sign && rest == 1 && dots == 0:
		return Int
	case dots == 1 && (rest == 0 || sign && rest == 1) && digits > 0:
		if at := bytes.IndexByte(b, '.'); rest == 0 && at == 10 && integer(b[:10]) == Epoch {
			return Epoch
		}
		return Float
	case dots == 3 && rest == 1:
		return addressAnd(b)
	}
	return coloned(b)
}

// addressAnd is the shape of an address with a port or the length of a prefix.
func addressAnd(b []byte) Shape {
	if at := bytes.IndexByte(b, ':'); at > 0 && isIPv4(b[:at]) {
		return Socket
	}
	if at := bytes.IndexByte(b, '/'); at > 0 && isIPv4(b[:at]) {
		if len(b)-at <= 3 {
			return CIDR
		}
		return Socket
	}
	return NoShape
}

// coloned is the shape of IPv6 and MAC addresses, and of numbers with exponents.
func coloned(b []byte) Shape {
	colons, dashes, hex := 0, 0, 0
	for _, c := range b {
		switch {
		case c == ':':
			colons++
		case c == '-':
			dashes++
		case classes[c]&(digit|hexLetter) != 0:
			hex++
		}
	}
	switch {
	case len(b) == 17 && hex == 12 && (colons == 5 || dashes == 5):
		return MAC
	case colons >= 2 && colons <= 7 && hex+colons == len(b) && len(b) <= 39 && !bytes.Contains(b, []byte(":::")):
		return IPv6
	case isExponent(b):
		return Float
	}
	return NoShape
}

// isExponent reports whether b is a number like -1.5e-07.
func isExponent(b []byte) bool {
	at := bytes.IndexAny(b, "eE")
	if at <= 0 || at == len(b)-1 {
		return false
	}
	return plainNumber(b[:at]) && plainNumber(b[at+1:])
}

// plainNumber reports whether b is digits, perhaps with a sign and a point.
func plainNumber(b []byte) bool {
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		b = b[1:]
	}
	digits, dots := 0, 0
	for _, c := range b {
		switch {
		case c-'0' <= 9:
			digits++
		case c == '.':
			dots++
		default:
			return false
		}
	}
	return digits > 0 && dots <= 1
}

func onlyHex(b []byte) bool {
	for _, c := range b {
		if classes[c]&(digit|hexLetter) == 0 {
			return false
		}
	}
	return true
}

func isUUID(b []byte) bool {
	for i, c := range b {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if classes[c]&(digit|hexLetter) == 0 {
			return false
		}
	}
	return true
}

// isIPv4 reports whether b is four numbers up to 255 with dots between them.
func isIPv4(b []byte) bool {
	if len(b) < 7 || len(b) > 15 {
		return false
	}
	dots, n, digits := 0, 0, 0
	for _, c := range b {
		switch {
		case c == '.' && digits > 0:
			dots, n, digits = dots+1, 0, 0
		case c-'0' <= 9:
			if n, digits = n*10+int(c-'0'), digits+1; n > 255 {
				return false
			}
		default:
			return false
		}
	}
	return dots == 3 && digits > 0
}
