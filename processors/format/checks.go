package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// finder finds a field by name.
type finder struct{ name string }

// find returns the first field of that name, nil if there is none.
func (k *finder) find(fields []feedgauge.Field) *feedgauge.Field {
	if at := k.index(fields); at >= 0 {
		return &fields[at]
	}
	return nil
}

// index returns the index of the first field of that name, -1 if there is none.
func (k *finder) index(fields []feedgauge.Field) int {
	if k.name == "" {
		return -1
	}
	for i := range fields {
		if string(fields[i].Name) == k.name {
			return i
		}
	}
	return -1
}

// check is what one field must fulfil.
type check struct {
	finder
	column   int // where the field is, if header lines tell
	required bool
	unless   finder // a field that makes this one dispensable
	typ      valueType
	loose    bool // typed values may be JSON strings
	time     bool // the field is the event's time
	bounds   *bounds
	memo     memo
}

// optional reports whether the check is about nothing but the type of a field
// that may be missing.
func (k *check) optional() bool { return !k.required && !k.time && k.bounds == nil }

// blank reports whether the field counts as missing: nothing, "-", null, and of
// what must be there the address that stands for none.
func (k *check) blank(f *feedgauge.Field) bool {
	if f.Blank() {
		return true
	}
	return k.required && k.typ.kind != stringType && nowhere(f.Value)
}

// nowhere reports whether b is the unspecified address (RFC 1122, 3.2.1.3; RFC
// 4291, 2.5.2), which devices write for "no address".
func nowhere(b []byte) bool { return string(b) == "0.0.0.0" || string(b) == "::" }

// missed reports whether the lack of the field is a fault.
func (k *check) missed(fields []feedgauge.Field) bool {
	if !k.required {
		return false
	}
	other := k.unless.find(fields)
	return other == nil || other.Blank()
}

// Ranks of the reasons that test returns, in their order.
const (
	rankType = 1 + iota
	rankTime
	rankRange
)

// test checks the type, the time and the range of a field that is not blank. text
// is its value without escapes. The rank is 0 if all is well.
func (k *check) test(e *feedgauge.Event, f *feedgauge.Field, text []byte) (feedgauge.Reason, int) {
	if k.typ.kind == timestampType {
		at, clock, reason := k.instant(f.Kind, text)
		switch {
		case reason == feedgauge.BadType:
			return reason, rankType
		case reason != "":
			return reason, rankTime
		case k.time:
			e.Time, e.Clock = at, clock
		}
		return "", 0
	}
	if !k.typ.fits(f.Kind, text, k.loose) {
		return feedgauge.BadType, rankType
	}
	if k.bounds != nil {
		return k.bounds.test(text)
	}
	return "", 0
}

// instant reads a time. Events come in runs of the same second, so that of the event
// before is kept.
func (k *check) instant(kind feedgauge.ValueKind, text []byte) (feedgauge.Instant, feedgauge.Clock, feedgauge.Reason) {
	if len(text) > maxTime && kind < feedgauge.Object {
		return 0, 0, feedgauge.BadTimestamp
	}
	m := &k.memo
	if m.kind == kind && len(text) > 0 && string(m.text) == string(text) {
		return m.at, m.clock, ""
	}
	at, clock, reason := k.typ.instant(kind, text, k.loose)
	if reason == "" && len(text) <= maxMemo {
		m.text, m.kind, m.at, m.clock = append(m.text[:0], text...), kind, at, clock
	}
	return at, clock, reason
}

// maxTime bounds the text of a time. What senders write has 45 characters.
const maxTime = 128

// maxMemo bounds the text of a time that is kept.
const maxMemo = 64

// memo is a time that was read.
type memo struct {
	text  []byte
	kind  feedgauge.ValueKind
	at    feedgauge.Instant
	clock feedgauge.Clock
}

// bounds is a range of numbers, both ends included.
type bounds struct{ low, high float64 }

func (b *bounds) test(text []byte) (feedgauge.Reason, int) {
	n, ok := float(text)
	switch {
	case !ok:
		return feedgauge.BadType, rankType
	case n < b.low || n > b.high:
		return feedgauge.OutOfRange, rankRange
	}
	return "", 0
}

// float reads a decimal number with or without fraction and exponent. It exists
// because strconv needs a string; its error is below one part in 10^15, which is
// enough to compare with a bound.
func float(b []byte) (float64, bool) {
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		b = b[1:]
	}
	mantissa, exp := b, 0
	if e := bytes.IndexAny(b, "eE"); e >= 0 {
		var ok bool
		if exp, ok = exponent(b[e+1:]); !ok {
			return 0, false
		}
		mantissa = b[:e]
	}
	n, digits, point := 0.0, 0, false
	for _, c := range mantissa {
		switch {
		case c-'0' <= 9:
			n = n*10 + float64(c-'0')
			digits++
			if point {
				exp--
			}
		case c == '.' && !point:
			point = true
		default:
			return 0, false
		}
	}
	if digits == 0 {
		return 0, false
	}
	for ; exp > 0; exp-- {
		n *= 10
	}
	for ; exp < 0; exp++ {
		n /= 10
	}
	if negative {
		n = -n
	}
	return n, true
}

// exponent reads the digits behind an "e", up to four, since no number has more.
func exponent(b []byte) (int, bool) {
	negative := len(b) > 0 && b[0] == '-'
	if len(b) > 0 && sign(b[0]) {
		b = b[1:]
	}
	n := decimal(b)
	if len(b) == 0 || len(b) > 4 || n < 0 {
		return 0, false
	}
	if negative {
		n = -n
	}
	return n, true
}
