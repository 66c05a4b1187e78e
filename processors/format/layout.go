package format

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge"
)

// layout is a notation of times: one of the named ones, or steps.
type layout struct {
	name  string
	steps []step
}

// layoutNames are notations that options may name. Others are written as of Go
// ("2006-01-02 15:04:05") or of strftime ("%Y-%m-%d %H:%M:%S").
var layoutNames = []string{
	"rfc3339", "iso8601", "epoch", "epoch_ms", "epoch_us", "epoch_ns", "clf", "syslog",
}

// looseName is the layout that formats give to fields whose notation is the
// sender's choice; see looseTime.
const looseName = "loose"

// instant reads a time. Of the kinds of value that JSON tells apart, strings are
// times in words and numbers are times since 1970.
func (t *valueType) instant(kind feedgauge.ValueKind, text []byte, loose bool) (feedgauge.Instant, feedgauge.Clock, feedgauge.Reason) {
	number := kind == feedgauge.Integer || kind == feedgauge.Decimal
	if !number && kind != feedgauge.Text && kind != feedgauge.String {
		return 0, 0, feedgauge.BadType
	}
	var at feedgauge.Instant
	var clock feedgauge.Clock
	switch name := t.layout.name; {
	case name != "":
		at, clock = named(name, text)
	case t.layout.steps != nil:
		at, clock = readSteps(t.layout.steps, text)
	case number:
		at, clock = epochAny(text)
	default:
		if at, clock = iso(text); clock == feedgauge.NoClock && (loose || kind == feedgauge.Text) {
			at, clock = epochAny(text)
		}
	}
	if clock == feedgauge.NoClock {
		return 0, 0, feedgauge.BadTimestamp
	}
	return at, clock, ""
}

func named(name string, b []byte) (feedgauge.Instant, feedgauge.Clock) {
	switch name {
	case "rfc3339":
		if at, clock := iso(b); clock == feedgauge.ZonedClock {
			return at, clock
		}
		return 0, feedgauge.NoClock
	case "iso8601":
		return iso(b)
	case "epoch":
		return epochOf(b, 1000, 1)
	case "epoch_ms":
		return epochOf(b, 1, 1)
	case "epoch_us":
		return epochOf(b, 1, 1000)
	case "epoch_ns":
		return epochOf(b, 1, 1_000_000)
	case "clf":
		return clf(b)
	case "w3c":
		if at, ok := w3cClock(b); ok {
			return at, feedgauge.DatelessClock
		}
		return 0, feedgauge.NoClock
	case "cisco":
		if at, clock, n := ciscoTime(b); n == len(b) {
			return at, clock
		}
		return 0, feedgauge.NoClock
	case looseName:
		return looseTime(b)
	case panosName:
		return panosTime(b)
	default: // syslog
		if at, n := bsdStamp(b); n > 0 && n == len(b) {
			return at, feedgauge.YearlessClock
		}
		return iso(b)
	}
}

// epochOf reads a decimal number of units since 1970, of which times/per make a
// millisecond. Times outside of the years 1970 to 2286 are none.
func epochOf(b []byte, times, per int64) (feedgauge.Instant, feedgauge.Clock) {
	n, rest, ok := whole(b)
	if !ok {
		return 0, feedgauge.NoClock
	}
	ms := n * times / per
	if times == 1000 && len(rest) > 0 {
		ms += thousandths(rest)
	}
	if ms >= lastMilli {
		return 0, feedgauge.NoClock
	}
	return feedgauge.Instant(ms), feedgauge.ZonedClock
}

// lastMilli is where epoch times in milliseconds get 14 digits, in 2286.
const lastMilli = 10_000_000_000_000

// epochAny reads a time in seconds or milliseconds since 1970, by its size.
func epochAny(b []byte) (feedgauge.Instant, feedgauge.Clock) {
	if !epoch(b) {
		return 0, feedgauge.NoClock
	}
	n, _, _ := whole(b)
	if n >= lastMilli/1000 {
		return epochOf(b, 1, 1)
	}
	return epochOf(b, 1000, 1)
}

// whole reads up to 19 digits of a number and returns its decimals.
func whole(b []byte) (n int64, decimals []byte, ok bool) {
	end := 0
	for end < len(b) && b[end]-'0' <= 9 {
		end++
	}
	if end == 0 || end > 19 || end == 19 && b[0] > '8' {
		return 0, nil, false
	}
	for _, c := range b[:end] {
		n = n*10 + int64(c-'0')
	}
	if end == len(b) {
		return n, nil, true
	}
	if decimals = b[end+1:]; b[end] != '.' || len(decimals) > 0 && !allDigits(decimals) {
		return 0, nil, false
	}
	return n, decimals, true
}

// thousandths returns the first three decimals.
func thousandths(decimals []byte) int64 {
	n := int64(0)
	for i := range 3 {
		n *= 10
		if i < len(decimals) {
			n += int64(decimals[i] - '0')
		}
	}
	return n
}

// step is one part of a layout.
type step struct {
	part    part
	literal string
}

type part uint8

const (
	literalPart part = iota
	year4
	year2
	monthNumber
	monthName // three letters
	monthWord // the whole name
	dayNumber // one or two digits, or padded by a space
	hour24
	hour12
	minutePart
	secondPart
	fraction // a point or comma and digits; may be missing
	halfDay  // AM or PM
	zoneAny  // Z, +hh:mm, +hhmm or +hh
	zoneName // letters
	weekday  // letters
	dayOfYear
	epochSeconds
)

// goParts are the parts of Go's layouts, longer ones first.
var goParts = []struct {
	text string
	part part
}{
	{"Z07:00", zoneAny}, {"-07:00", zoneAny}, {"Z0700", zoneAny}, {"-0700", zoneAny}, {"January", monthWord},
	{"Monday", weekday}, {"2006", year4}, {"Jan", monthName}, {"Mon", weekday}, {"MST", zoneName}, {"002", dayOfYear},
	{"-07", zoneAny}, {"15", hour24}, {"01", monthNumber}, {"02", dayNumber}, {"_2", dayNumber}, {"03", hour12},
	{"04", minutePart}, {"05", secondPart}, {"06", year2}, {"PM", halfDay}, {"pm", halfDay},
	{"1", monthNumber}, {"2", dayNumber}, {"3", hour12}, {"4", minutePart}, {"5", secondPart},
}

// strftime are the conversions of strftime that layouts may have.
var strftime = map[byte]part{
	'Y': year4, 'y': year2, 'm': monthNumber, 'b': monthName, 'h': monthName, 'B': monthWord, 'd': dayNumber, 'e': dayNumber,
	'H': hour24, 'I': hour12, 'M': minutePart, 'S': secondPart, 'f': fraction, 'L': fraction, 'p': halfDay,
	'z': zoneAny, 'Z': zoneName, 'a': weekday, 'A': weekday, 'j': dayOfYear, 's': epochSeconds,
}

// longhand writes out the conversions of strftime that stand for several.
func longhand(text string) string {
	return strings.NewReplacer("%T", "%H:%M:%S", "%D", "%m/%d/%y", "%F", "%Y-%m-%d", "%R", "%H:%M").Replace(text)
}

// parseLayout reads a layout. None stands for any time by ISO 8601 or since 1970.
func parseLayout(text string) (layout, *typeError) {
	if text == "" {
		return layout{}, nil
	}
	if slices.Contains(layoutNames, text) || text == "w3c" || text == "cisco" || text == looseName || text == panosName { // of dialects only
		return layout{name: text}, nil
	}
	steps, err := goSteps(text)
	if strings.Contains(text, "%") {
		steps, err = strftimeSteps(longhand(text))
	}
	if err == nil && !dated(steps) {
		err = &typeError{0, fmt.Sprintf("%q is no layout of a time", text), `write it as Go does ("2006-01-02 15:04:05"), as strftime does ("%Y-%m-%d %H:%M:%S"), or name one: ` + strings.Join(layoutNames, ", ")}
	}
	return layout{steps: steps}, err
}

// dated reports whether steps hold at least one number of a date or time.
func dated(steps []step) bool {
	for _, s := range steps {
		if s.part != literalPart && s.part != weekday && s.part != zoneName {
			return true
		}
	}
	return false
}

func strftimeSteps(text string) ([]step, *typeError) {
	var steps []step
	for i := 0; i < len(text); i++ {
		if text[i] != '%' || i+1 == len(text) {
			steps = literalStep(steps, text[i:i+1])
			continue
		}
		i++
		p, ok := strftime[text[i]]
		switch {
		case text[i] == '%':
			steps = literalStep(steps, "%")
		case !ok:
			return nil, &typeError{0, fmt.Sprintf("there is no conversion \"%%%c\"", text[i]), "see strftime"}
		case p == fraction:
			steps = append(trimPoint(steps), step{part: fraction})
		default:
			steps = append(steps, step{part: p})
		}
	}
	return steps, nil
}

// trimPoint drops a point or comma before a fraction, which brings its own.
func trimPoint(steps []step) []step {
	if n := len(steps); n > 0 && steps[n-1].part == literalPart {
		last := strings.TrimRight(steps[n-1].literal, ".,")
		if last == "" {
			return steps[:n-1]
		}
		steps[n-1].literal = last
	}
	return steps
}

func goSteps(text string) ([]step, *typeError) {
	var steps []step
next:
	for len(text) > 0 {
		if n := goFraction(text); n > 0 {
			steps = append(steps, step{part: fraction})
			text = text[n:]
			continue
		}
		for _, p := range goParts {
			if strings.HasPrefix(text, p.text) {
				steps = append(steps, step{part: p.part})
				if text = text[len(p.text):]; p.part == secondPart && goFraction(text) == 0 {
					steps = append(steps, step{part: fraction}) // as time.Parse does
				}
				continue next
			}
		}
		steps = literalStep(steps, text[:1])
		text = text[1:]
	}
	return steps, nil
}

// goFraction returns the length of ".000", ",999" or the like at the start.
func goFraction(text string) int {
	if text[0:min(1, len(text))] != "." && text[0:min(1, len(text))] != "," {
		return 0
	}
	n := 1
	for n < len(text) && (text[n] == '0' || text[n] == '9') && text[n] == text[1] {
		n++
	}
	if n == 1 || n < len(text) && text[n]-'0' <= 9 {
		return 0
	}
	return n
}

func literalStep(steps []step, text string) []step {
	if n := len(steps); n > 0 && steps[n-1].part == literalPart {
		steps[n-1].literal += text
		return steps
	}
	return append(steps, step{literal: text})
}

// moment is a time while it is read.
type moment struct {
	year, month, day, yearDay  int // 0 where the notation has none
	hour, minute, second, half int // half is 1 for AM, 2 for PM
	milli                      int64
	zone                       int // minutes east of UTC
	clock                      feedgauge.Clock
	epoch                      feedgauge.Instant
}

// readSteps reads b by the steps of a layout.
func readSteps(steps []step, b []byte) (feedgauge.Instant, feedgauge.Clock) {
	m := moment{clock: feedgauge.LocalClock}
	for i := range steps {
		n := m.read(&steps[i], b)
		if n < 0 {
			return 0, feedgauge.NoClock
		}
		b = b[n:]
	}
	if len(b) > 0 {
		return 0, feedgauge.NoClock
	}
	return m.instant()
}

// read reads one part and returns its length, or -1.
func (m *moment) read(s *step, b []byte) int {
	switch s.part {
	case literalPart:
		if len(b) < len(s.literal) || string(b[:len(s.literal)]) != s.literal {
			return -1
		}
		return len(s.literal)
	case year4:
		return number(b, 4, 4, 0, 9999, &m.year)
	case year2:
		n := number(b, 2, 2, 0, 99, &m.year)
		if m.year += 1900; m.year < 1969 {
			m.year += 100
		}
		return n
	case monthNumber:
		return number(b, 1, 2, 1, 12, &m.month)
	case monthName, monthWord:
		return m.word(b, s.part)
	case dayNumber:
		if len(b) > 1 && b[0] == ' ' {
			if n := number(b[1:], 1, 1, 1, 9, &m.day); n > 0 {
				return 1 + n
			}
			return -1
		}
		return number(b, 1, 2, 1, 31, &m.day)
	case dayOfYear:
		return number(b, 3, 3, 1, 366, &m.yearDay)
	default:
		return m.readTime(s, b)
	}
}

func (m *moment) readTime(s *step, b []byte) int {
	switch s.part {
	case hour24:
		return number(b, 1, 2, 0, 23, &m.hour)
	case hour12:
		return number(b, 1, 2, 1, 12, &m.hour)
	case minutePart:
		return number(b, 2, 2, 0, 59, &m.minute)
	case secondPart:
		return number(b, 2, 2, 0, 60, &m.second)
	case fraction:
		n := fractionLen(b)
		if n > 0 {
			m.milli = thousandths(b[1:n])
		}
		return n
	case halfDay:
		if len(b) < 2 || b[1]|0x20 != 'm' || b[0]|0x20 != 'a' && b[0]|0x20 != 'p' {
			return -1
		}
		m.half = 1
		if b[0]|0x20 == 'p' {
			m.half = 2
		}
		return 2
	case zoneAny:
		return m.readZone(b)
	case epochSeconds:
		n := digitsLen(b)
		at, clock := epochOf(b[:n], 1000, 1)
		if clock == feedgauge.NoClock {
			return -1
		}
		m.epoch, m.clock = at, feedgauge.ZonedClock
		return n
	default:
		return letters(b, m, s.part)
	}
}

// letters reads the name of a zone or weekday. Of zones only UTC is known for
// what it is.
func letters(b []byte, m *moment, p part) int {
	n := 0
	for n < len(b) && (b[n]|0x20 >= 'a' && b[n]|0x20 <= 'z') {
		n++
	}
	if n == 0 {
		return -1
	}
	if z := string(b[:n]); p == zoneName && (z == "UTC" || z == "GMT" || z == "Z") {
		m.clock = feedgauge.ZonedClock
	}
	return n
}

func (m *moment) word(b []byte, p part) int {
	if len(b) < 3 {
		return -1
	}
	if m.month = month(b[:3]); m.month == 0 {
		return -1
	}
	if p == monthName {
		return 3
	}
	whole := time.Month(m.month).String()
	if !bytes.HasPrefix(b, []byte(whole)) {
		return -1
	}
	return len(whole)
}

func (m *moment) readZone(b []byte) int {
	zone, n := zoneAt(b)
	if n == 0 {
		return -1
	}
	m.zone, m.clock = zone, feedgauge.ZonedClock
	return n
}

// instant puts the parts together.
func (m *moment) instant() (feedgauge.Instant, feedgauge.Clock) {
	if m.epoch > 0 {
		return m.epoch, m.clock
	}
	if m.half > 0 {
		m.hour = m.hour%12 + 12*(m.half-1)
	}
	clock := m.clock
	switch {
	case m.month == 0 && m.day == 0 && m.yearDay == 0 && m.year == 0:
		clock = feedgauge.DatelessClock
	case m.year == 0:
		clock = feedgauge.YearlessClock
	}
	m.month, m.day = max(m.month, 1), max(m.day, 1)
	if m.day > daysIn(m.year, m.month) {
		return 0, feedgauge.NoClock
	}
	if m.yearDay > 0 {
		m.day = m.yearDay
	}
	at := instantOf(m.year, m.month, m.day, m.hour, m.minute, m.second) - feedgauge.Instant(m.zone*60_000) + feedgauge.Instant(m.milli)
	return at, clock
}

// number reads low to high digits into n.
func number(b []byte, least, most, low, high int, n *int) int {
	end := 0
	for end < len(b) && end < most && b[end]-'0' <= 9 {
		end++
	}
	if end < least || !within(b[:end], low, high) {
		return -1
	}
	*n = decimal(b[:end])
	return end
}

func digitsLen(b []byte) int {
	n := 0
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	return n
}

// fractionLen returns the length of a point or comma and digits at the start.
func fractionLen(b []byte) int {
	if len(b) < 2 || b[0] != '.' && b[0] != ',' {
		return 0
	}
	n := digitsLen(b[1:])
	if n == 0 {
		return 0
	}
	return 1 + n
}
