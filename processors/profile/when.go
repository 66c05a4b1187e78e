package profile

// layouts are the beginnings of times, from the longest. In a pattern "9" stands
// for a digit, "_" for a digit or a space, "A" for a letter; anything else for
// itself.
var layouts = []struct {
	pattern string
	shape   Shape
}{
	{"9999-99-99T99:99", TimeISO},
	{"9999-99-99 99:99", TimeSpace},
	{"9999/99/99 99:99", TimeSlash},
	{"9999/99/99-99:99", TimeSlash},
	{"99/AAA/9999:99:99:99", TimeAccess},
	{"AAA _9 99:99:99", TimeSyslog},
	{"AAA _9 9999 99:99:99", TimeSyslog},
	{"AAA, _9 AAA 9999 99", TimeMail},
	{"AAA AAA _9 99:99:99", TimeMail},
	{"99.99.9999", DateLocal},
	{"99/99/9999", DateLocal},
	{"99-99-9999", DateLocal},
	{"99/99/99 99:99", DateLocal},
	{"99-AAA-9999", DateLocal},
}

// whole are layouts that are all of a value: what follows makes it another.
var whole = []struct {
	pattern string
	shape   Shape
}{
	{"9999-99-99", Date},
	{"9999/99/99", Date},
	{"99:99:99", Time},
	{"99:99:99.999", Time},
	{"99:99:99,999", Time},
	{"99:99:99.999999", Time},
}

// timed is the shape of a time, NoShape if b is none. Brackets around it are
// looked through.
func timed(b []byte) Shape {
	for len(b) > 0 && (b[0] == '[' || b[0] == ' ') {
		b = b[1:]
	}
	for _, l := range whole {
		if len(b) == len(l.pattern) && matches(b, l.pattern) {
			return l.shape
		}
	}
	for _, l := range layouts {
		if matches(b, l.pattern) {
			return l.shape
		}
	}
	return NoShape
}

// matches reports whether b begins with the pattern.
func matches(b []byte, pattern string) bool {
	if len(b) < len(pattern) {
		return false
	}
	for i := range len(pattern) {
		c := b[i]
		switch pattern[i] {
		case '9':
			if c-'0' > 9 {
				return false
			}
		case '_':
			if c-'0' > 9 && c != ' ' {
				return false
			}
		case 'A':
			if c |= 0x20; c < 'a' || c > 'z' {
				return false
			}
		default:
			if c != pattern[i] {
				return false
			}
		}
	}
	return true
}
