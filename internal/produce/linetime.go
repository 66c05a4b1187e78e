package produce

import (
	"bytes"
	"regexp"
	"strconv"
	"time"
)

// searched is how much of a line is looked through for its time.
const searched = 64 << 10

var (
	accessTime = regexp.MustCompile(`\[(\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\]`)
	isoTime    = regexp.MustCompile(`\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:[Zz]|[+-]\d{2}:?\d{2})`)
	bsdTime    = regexp.MustCompile(`^(?:<\d{1,3}>)?([A-Z][a-z]{2} {1,2}\d{1,2} \d{2}:\d{2}:\d{2})\b`)
)

// LineTime finds the time in a line: that of BSD syslog at its start, else the
// first that is written as in an access log, [25/Nov/2026:07:00:00 +0000], or by
// RFC 3339. Syslog tells neither year nor zone: it is taken for UTC, in the
// latest year that does not put it more than a day after now.
func LineTime(b []byte, now time.Time) (time.Time, bool) {
	b = b[:min(len(b), searched)]
	t, ok := syslogTime(b, now)
	if !ok {
		t, ok = zonedTime(b)
	}
	return t, ok && t.UnixMilli() >= 0 // Kafka knows no time before 1970
}

// years is how far back a year may lie: there is a leap year among eight, also
// around 1900 and 2100.
const years = 8

func syslogTime(b []byte, now time.Time) (time.Time, bool) {
	m := bsdTime.FindSubmatch(b)
	if m == nil {
		return time.Time{}, false
	}
	now = now.UTC()
	for back := range years {
		t, err := time.Parse("2006 Jan _2 15:04:05", strconv.Itoa(now.Year()+1-back)+" "+string(m[1]))
		if err == nil && t.Before(now.Add(24*time.Hour)) {
			return t, true
		}
	}
	return time.Time{}, false
}

// zonedTime takes whichever notation comes first.
func zonedTime(b []byte) (time.Time, bool) {
	access, iso := accessTime.FindSubmatchIndex(b), isoTime.FindIndex(b)
	if access != nil && (iso == nil || access[0] < iso[0]) {
		t, err := time.Parse("02/Jan/2006:15:04:05 -0700", string(b[access[2]:access[3]]))
		return t, err == nil
	}
	if iso == nil {
		return time.Time{}, false
	}
	text := bytes.ToUpper(b[iso[0]:iso[1]])
	text[len("2006-01-02")] = 'T'
	layout := "2006-01-02T15:04:05Z0700"
	if text[len(text)-3] == ':' && text[len(text)-1] != 'Z' {
		layout = time.RFC3339
	}
	t, err := time.Parse(layout, string(text))
	return t, err == nil
}
