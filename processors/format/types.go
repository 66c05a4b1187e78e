package format

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/suggest"
)

// typeKind is a type that a field may have.
type typeKind uint8

const (
	anyType typeKind = iota
	stringType
	intType
	floatType
	numberType
	boolType
	timestampType
	ipType
	portType
	cidrType
	hostType
	macType
	uuidType
	hexType
	objectType
	arrayType
	enumType
	regexpType
	// Below are types that formats give to their own fields.
	clientType  // host, or "unix:" as nginx writes for a socket
	statusType  // status of HTTP, or "000" where none was sent
	sizeType    // digits only
	methodType  // of HTTP: a token without digits alone
	wordType    // letters, digits and underscores, beginning with a letter
	codeType    // letters, digits and "-", "_", ".", "/"
	wordsType   // text that is no number
	addressType // an address, or the name of a host
)

// typeNames are the names of the types, in the order of the constants.
var typeNames = []string{
	"", "string", "int", "float", "number", "bool", "timestamp", "ip", "port", "cidr", "host", "mac", "uuid", "hex",
	"object", "array", "enum", "regexp", "client", "status", "size", "method", "word", "code", "words", "address",
}

// publicTypes are those that the options may name.
func publicTypes() []string { return typeNames[stringType:clientType] }

// valueType is a type with its argument.
type valueType struct {
	kind   typeKind
	layout layout         // of a timestamp
	values []string       // of an enum
	re     *regexp.Regexp // of a regexp
	most   int            // bytes that it may be matched against
	nests  bool           // an object will do as well
}

// typeError is a mistake in the text of a type.
type typeError struct {
	offset    int
	msg, hint string
}

// parseType reads a type: a name, for some with an argument in parentheses, as
// "timestamp(%d.%m.%Y)", "enum(allow|deny)", "regexp([A-Z]+-[0-9]+)".
func parseType(text string) (t valueType, err *typeError) {
	name, arg, has := strings.Cut(text, "(")
	if has {
		if !strings.HasSuffix(arg, ")") {
			return t, &typeError{len(text), "the argument is not closed", `add ")"`}
		}
		arg = arg[:len(arg)-1]
	}
	at := slices.Index(typeNames, name)
	if at <= 0 {
		return t, unknownType(name)
	}
	t.kind = typeKind(at)
	start := len(name) + 1
	switch t.kind {
	case timestampType:
		t.layout, err = parseLayout(arg)
	case enumType:
		if t.values = strings.Split(arg, "|"); arg == "" {
			err = &typeError{len(name), "an enum needs its values", `for example "enum(allow|deny)"`}
		}
	case regexpType:
		if t.re, err = compile(arg); err == nil {
			t.most = maxWork / stepsOf(t.re)
		}
	default:
		if has {
			err = &typeError{len(name), fmt.Sprintf("the type %q has no argument", name), "remove the parentheses"}
		}
	}
	if err != nil && err.offset == 0 {
		err.offset = start
	}
	return t, err
}

func unknownType(name string) *typeError {
	hint := suggest.Hint(name, publicTypes())
	if hint == "" {
		hint = "types are " + strings.Join(publicTypes(), ", ")
	}
	return &typeError{0, fmt.Sprintf("%q is no type", name), hint}
}

// maxNumber bounds the text of a number, as in JSON. What programs write has 25
// characters.
const maxNumber = 128

// fits reports whether a value of that kind is of the type. Times are not asked
// here but by instant.
func (t *valueType) fits(kind feedgauge.ValueKind, text []byte, loose bool) bool {
	words := kind == feedgauge.Text || kind == feedgauge.String
	number := (kind == feedgauge.Text || loose && kind == feedgauge.String) && len(text) <= maxNumber
	switch t.kind {
	case anyType:
		return true
	case stringType:
		return words
	case intType:
		return kind == feedgauge.Integer || number && isInt(text)
	case floatType, numberType:
		return kind == feedgauge.Integer || kind == feedgauge.Decimal || number && isNumber(text)
	case boolType:
		return kind == feedgauge.Bool || number && isBool(text)
	case portType:
		return (kind == feedgauge.Integer || number) && len(text) <= 5 && allDigits(text) && within(text, 0, 65535)
	case statusType:
		return (kind == feedgauge.Integer || number) && len(text) == 3 && (within(text, 100, 599) || string(text) == "000")
	case sizeType:
		return kind == feedgauge.Integer && text[0] != '-' || number && allDigits(text)
	case objectType:
		return kind == feedgauge.Object
	case arrayType:
		return kind == feedgauge.Array
	case enumType:
		return kind < feedgauge.Object && oneOf(t.values, text)
	case regexpType:
		return kind < feedgauge.Object && len(text) <= t.most && t.re.Match(text)
	default:
		return words && t.spells(text)
	}
}

// spells reports whether text is in the notation of the type.
func (t *valueType) spells(text []byte) bool {
	switch t.kind {
	case ipType:
		return isIP(text)
	case cidrType:
		return isCIDR(text)
	case hostType:
		return isHost(text)
	case clientType:
		return isClient(text)
	case methodType:
		return isToken(text) && !allDigits(text)
	case wordType:
		return isWord(text)
	case codeType:
		return isCode(text)
	case addressType:
		return isHost(text)
	case wordsType:
		return !isNumber(text)
	case macType:
		return isMAC(text)
	case uuidType:
		return isUUID(text)
	case hexType:
		return isHex(text)
	default:
		return false
	}
}

// isClient reports whether b can stand for whoever sent a request: a host, "unix:"
// for a socket, or whatever a name server said, as long as no number alone.
func isClient(b []byte) bool {
	if isIPv4(b) || isHost(b) || string(b) == "unix:" {
		return true
	}
	letters := false
	for _, c := range b {
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z', c >= 0x80:
			letters = true
		case c-'0' <= 9, c == '.', c == '-', c == '_', c == '*', c == '+', c == '~':
		default:
			return false
		}
	}
	return letters
}

// isToken reports whether b is a token of RFC 9110, 5.6.2.
func isToken(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c >= 0x7f || bytes.IndexByte([]byte(`"(),/:;<=>?@[\]{}`), c) >= 0 {
			return false
		}
	}
	return len(b) > 0
}

func isWord(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 && (c|0x20 < 'a' || c|0x20 > 'z') && c != '_' && c != '-' {
			return false
		}
	}
	return len(b) > 0 && b[0] > '9'
}

// isCode reports whether b is letters, digits and "-", "_", ".", "/".
func isCode(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 && (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' && c != '_' && c != '.' && c != '/' {
			return false
		}
	}
	return len(b) > 0
}

func oneOf(values []string, text []byte) bool {
	for _, v := range values {
		if v == string(text) {
			return true
		}
	}
	return false
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 {
			return false
		}
	}
	return len(b) > 0
}

// isInt reports whether b is a decimal number, perhaps negative.
func isInt(b []byte) bool {
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	return allDigits(b)
}

func isNumber(b []byte) bool {
	_, ok := float(b)
	return ok
}

func isBool(b []byte) bool {
	switch string(b) {
	case "true", "false", "True", "False", "TRUE", "FALSE", "T", "F", "yes", "no":
		return true
	}
	return false
}

// isCIDR reports whether b is an address, a slash and the length of a prefix.
func isCIDR(b []byte) bool {
	slash := bytes.IndexByte(b, '/')
	if slash < 0 || len(b) > slash+4 || !allDigits(b[slash+1:]) {
		return false
	}
	if isIPv4(b[:slash]) {
		return within(b[slash+1:], 0, 32)
	}
	return isIP(b[:slash]) && within(b[slash+1:], 0, 128)
}

// isMAC reports whether b is six bytes in hexadecimal, joined by ":" or "-", or
// three pairs joined by ".", as Cisco writes.
func isMAC(b []byte) bool {
	step := 3
	if len(b) == 14 {
		step = 5
	} else if len(b) != 17 {
		return false
	}
	for i, c := range b {
		switch {
		case i%step == step-1:
			if c != b[step-1] || step == 5 && c != '.' || step == 3 && c != ':' && c != '-' {
				return false
			}
		case !hexDigit(c):
			return false
		}
	}
	return true
}

// isUUID reports whether b is a UUID of RFC 9562, perhaps in braces, as Windows
// writes.
func isUUID(b []byte) bool {
	if len(b) == 38 && b[0] == '{' && b[37] == '}' {
		b = b[1:37]
	}
	if len(b) != 36 {
		return false
	}
	for i, c := range b {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !hexDigit(c) {
			return false
		}
	}
	return true
}

// isHex reports whether b is a number in hexadecimal, perhaps behind "0x".
func isHex(b []byte) bool {
	if len(b) > 2 && b[0] == '0' && b[1]|0x20 == 'x' {
		b = b[2:]
	}
	return len(b) > 0 && hexDigits(b) == len(b)
}

func hexDigit(c byte) bool { return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'f' }
