package format

import (
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

func TestRFC3339(t *testing.T) {
	for text, want := range map[string]bool{
		"2026-03-01T12:00:00Z": true, "2026-03-01t12:00:00z": true, "2026-03-01 12:00:00.123456789Z": true,
		"2026-03-01T12:00:00+05:30": true, "2026-03-01T12:00:00,5Z": true, "2026-03-01T12:00:00+05": true, "2018-03-24T14:37:19.037299-0600": true, "1970-01-01T00:00:00Z": true,
		"2024-02-29T00:00:00Z": true, "2000-02-29T00:00:00Z": true, "2016-12-31T23:59:60Z": true, "2099-12-31T23:59:59Z": true,
		"2023-02-29T00:00:00Z": false, "1900-02-29T00:00:00Z": false, "2026-04-31T00:00:00Z": false,
		"2026-00-01T00:00:00Z": false, "2026-13-01T00:00:00Z": false, "2026-03-00T00:00:00Z": false,
		"2026-03-01T24:00:00Z": false, "2026-03-01T12:60:00Z": false, "2026-03-01T12:00:61Z": false,
		"2026-03-01T12:00:00": false, "2026-03-01T12:00:00.5": false, "2026-03-01T12:00:00.Z": false, "2026-03-01T12:00:00,Z": false,
		"2026-03-01T12:00:00ZZ": false, "2026-03-01T12:00:00+24:00": false, "2026-03-01T12:00:00+5:30": false,
		"2026-03-01T12:00:00+00:60": false, "2026-03-01T12:00:00 0000": false, "2026/03/01T12:00:00Z": false,
		"2026-03-01X12:00:00Z": false, "x026-03-01T12:00:00Z": false, "2026-03-01T12.00:00Z": false, "": false, "2026-03-01": false,
	} {
		if got := rfc3339([]byte(text)); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestEpoch(t *testing.T) {
	for text, want := range map[string]bool{
		"0": true, "1575413155": true, "1575413155.938245": true, "1575413155938": true, "1575413155938.5": true,
		"-1": false, "1.5e9": false, "15754131559380": false, "1575413155938000": false, "": false,
	} {
		if got := epoch([]byte(text)); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestAccessStamp(t *testing.T) {
	for text, want := range map[string]bool{
		"17/May/2015:10:05:03 +0000": true, "29/Feb/2024:00:00:60 -0330": true, "31/Dec/2099:23:59:59 +1400": true,
		"29/Feb/2023:00:00:00 +0000": false, "31/Apr/2015:10:05:03 +0000": false, "17/may/2015:10:05:03 +0000": false,
		"17/May/2015 10:05:03 +0000": false, "17/May/2015:10:05:03": false, "17/May/2015:10:05:03 +00:00": false,
		"17/May/2015:10:05:03 00000": false, "2015-05-17T10:05:03Z": false, "": false, "7/May/2015:10:05:03 +0000": false,
		"17/May/x015:10:05:03 +0000": false, "ay /May/2015:10:05:03 +0000": false, "17/Nja/2015:10:05:03 +0000": false,
	} {
		if got := func() bool { _, c := clf([]byte(text)); return c == feedgauge.ZonedClock }(); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

// FuzzRFC3339 holds the check against the standard library, which takes the
// same times but for what is rewritten here.
func FuzzRFC3339(f *testing.F) {
	for _, seed := range []string{"2026-03-01T12:00:00Z", "2018-02-29T14:37:19.037299-06:00", "0000-12-31T23:59:60+23:59", "0000-01-01T00:00:00+00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 20 || text[10] != 'T' || strings.ContainsAny(text, ",z") || text[17] == '6' {
			return
		}
		_, err := time.Parse(time.RFC3339, text)
		_, err2 := time.Parse("2006-01-02T15:04:05-0700", text)
		_, err3 := time.Parse("2006-01-02T15:04:05-07", text)
		if got, want := rfc3339([]byte(text)), err == nil || err2 == nil || err3 == nil; got != want && !loose(text) {
			t.Fatalf("%q: got %v, want %v", text, got, want)
		}
	})
}

// loose reports what time.Parse lets pass and RFC 3339 does not: an hour of one
// digit, and an offset of 24 hours.
func loose(text string) bool {
	return text[13] != ':' || strings.Contains(text[19:], "24")
}
