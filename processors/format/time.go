package format

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

// offset reports whether b is +hhmm or -hhmm, with a colon inside if colon.
func offset(b []byte, colon bool) bool {
	if colon {
		return len(b) == 6 && b[3] == ':' && sign(b[0]) && within(b[1:3], 0, 23) && within(b[4:], 0, 59)
	}
	return len(b) == 5 && sign(b[0]) && within(b[1:3], 0, 23) && within(b[3:], 0, 59)
}

func sign(c byte) bool { return c == '+' || c == '-' }

// rfc3339 reports whether b is a time as RFC 3339 has it: with a zone, a "T" or
// space in the middle, and any number of decimals. An offset without colon is
// accepted too, since Suricata and Java's default pattern write that.
func rfc3339(b []byte) bool {
	if len(b) < 20 || b[4] != '-' || b[7] != '-' || b[10]|0x20 != 't' && b[10] != ' ' || !clock(b[11:19]) {
		return false
	}
	year, mon := decimal(b[:4]), decimal(b[5:7])
	if year < 0 || mon < 1 || mon > 12 || !within(b[8:10], 1, daysIn(year, mon)) {
		return false
	}
	b = b[19:]
	if b[0] == '.' {
		n := 1
		for n < len(b) && b[n]-'0' <= 9 {
			n++
		}
		if n == 1 {
			return false
		}
		b = b[n:]
	}
	return len(b) == 1 && b[0]|0x20 == 'z' || offset(b, true) || offset(b, false)
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
