package format

import "github.com/feedgauge/feedgauge"

// Times are checked by hand: time.Parse would need a string, and returns an
// error that costs an allocation on every bad record.

const months = "JanFebMarAprMayJunJulAugSepOctNovDec"

// month returns 1 to 12 for an English month's first three letters, else 0.
func month(b []byte) int {
	for i := 0; i+3 <= len(months); i += 3 {
		if string(b) == months[i:i+3] {
			return i/3 + 1
		}
	}
	return 0
}

// daysIn returns the length of a month, 1 to 12. In year 0, which stands for an
// unknown one, February has 29 days.
func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// decimal returns the number b spells, -1 if a byte is no digit. It is meant for
// up to nine digits.
func decimal(b []byte) int {
	n := 0
	for _, c := range b {
		if c -= '0'; c > 9 {
			return -1
		}
		n = n*10 + int(c)
	}
	return n
}

// within reports whether b spells a number from low to high.
func within(b []byte, low, high int) bool {
	n := decimal(b)
	return n >= low && n <= high
}

// clock reports whether b is hh:mm:ss. A leap second is fine.
func clock(b []byte) bool {
	return len(b) == 8 && b[2] == ':' && b[5] == ':' &&
		within(b[:2], 0, 23) && within(b[3:5], 0, 59) && within(b[6:], 0, 60)
}

// zoneAt reads Z, +hh:mm, +hhmm or +hh at the start of b: minutes east of UTC, and
// the length, 0 if there is none.
func zoneAt(b []byte) (minutes, n int) {
	switch {
	case len(b) > 0 && b[0]|0x20 == 'z':
		return 0, 1
	case len(b) < 3 || !sign(b[0]) || !within(b[1:3], 0, 23):
		return 0, 0
	}
	minutes, n = 60*decimal(b[1:3]), 3
	switch {
	case len(b) >= 6 && b[3] == ':' && within(b[4:6], 0, 59):
		minutes, n = minutes+decimal(b[4:6]), 6
	case len(b) >= 5 && within(b[3:5], 0, 59):
		minutes, n = minutes+decimal(b[3:5]), 5
	}
	if b[0] == '-' {
		minutes = -minutes
	}
	return minutes, n
}

func sign(c byte) bool { return c == '+' || c == '-' }

// rfc3339 reports whether b is a time as RFC 3339 has it; see iso.
func rfc3339(b []byte) bool {
	_, clock := iso(b)
	return clock == feedgauge.ZonedClock
}

// iso reads a time as RFC 3339 has it: a "T" or space in the middle, any number of
// decimals behind a point or comma, and a zone, of which an offset without colon
// or without minutes is accepted too, since Suricata and Java's default pattern
// write that. Without zone it is a local time.
func iso(b []byte) (feedgauge.Instant, feedgauge.Clock) {
	if len(b) < 19 || b[4] != '-' || b[7] != '-' || b[10]|0x20 != 't' && b[10] != ' ' || !clock(b[11:19]) {
		return 0, feedgauge.NoClock
	}
	year, mon, day := decimal(b[:4]), decimal(b[5:7]), decimal(b[8:10])
	if year < 0 || mon < 1 || mon > 12 || day < 1 || day > daysIn(year, mon) {
		return 0, feedgauge.NoClock
	}
	at := instantOf(year, mon, day, decimal(b[11:13]), decimal(b[14:16]), decimal(b[17:19]))
	b = b[19:]
	if n := fractionLen(b); n > 0 {
		at += feedgauge.Instant(thousandths(b[1:n]))
		b = b[n:]
	}
	if len(b) == 0 {
		return at, feedgauge.LocalClock
	}
	zone, n := zoneAt(b)
	if n == 0 || n != len(b) {
		return 0, feedgauge.NoClock
	}
	return at - feedgauge.Instant(zone*60_000), feedgauge.ZonedClock
}

// clf reads dd/Mon/yyyy:hh:mm:ss +hhmm, the time of the common log format.
func clf(b []byte) (feedgauge.Instant, feedgauge.Clock) {
	if len(b) != 26 || b[2] != '/' || b[6] != '/' || b[11] != ':' || b[20] != ' ' || !clock(b[12:20]) {
		return 0, feedgauge.NoClock
	}
	year, mon, day := decimal(b[7:11]), month(b[3:6]), decimal(b[:2])
	zone, n := zoneAt(b[21:])
	if year < 0 || mon == 0 || day < 1 || day > daysIn(year, mon) || n != 5 {
		return 0, feedgauge.NoClock
	}
	at := instantOf(year, mon, day, decimal(b[12:14]), decimal(b[15:17]), decimal(b[18:20]))
	return at - feedgauge.Instant(zone*60_000), feedgauge.ZonedClock
}

// bsdStamp reads a time "Mmm dd hh:mm:ss" at the start of b, as of 1970, and
// returns its length, 0 if there is none. The day may be padded by a space, a zero
// or not at all.
func bsdStamp(b []byte) (feedgauge.Instant, int) {
	if len(b) < len("Mar 1 00:00:00") || b[3] != ' ' {
		return 0, 0
	}
	mon := month(b[:3])
	if mon == 0 {
		return 0, 0
	}
	i := 4
	if b[i] == ' ' {
		i++
	}
	day := i
	for i < day+2 && b[i]-'0' <= 9 {
		i++
	}
	if i == day || !within(b[day:i], 1, daysIn(0, mon)) || b[i] != ' ' || len(b) < i+9 || !clock(b[i+1:i+9]) {
		return 0, 0
	}
	at := instantOf(1970, mon, decimal(b[day:i]), decimal(b[i+1:i+3]), decimal(b[i+4:i+6]), decimal(b[i+7:i+9]))
	return at, i + 9
}

// instantOf returns the instant of a time in UTC. The days since 1970 follow
// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
// Year 0, which stands for an unknown one, is taken for 1970.
func instantOf(year, month, day, hour, minute, second int) feedgauge.Instant {
	if year == 0 {
		year = 1970
	}
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400
	yearOfEra := year - era*400
	dayOfYear := (153*(month-3)+2)/5 + day - 1
	days := era*146097 + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - 719468
	return feedgauge.Instant(((int64(days)*24+int64(hour))*60+int64(minute))*60+int64(second)) * 1000
}

// maxEpochDigits is the length of an epoch time in milliseconds, until 2286.
const maxEpochDigits = 13

// epoch reports whether b, a JSON number, is a time in seconds or milliseconds
// since 1970.
func epoch(b []byte) bool {
	n := 0
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	if n == 0 || n > maxEpochDigits {
		return false
	}
	if n < len(b) && b[n] == '.' {
		for n++; n < len(b) && b[n]-'0' <= 9; {
			n++
		}
	}
	return n == len(b)
}
