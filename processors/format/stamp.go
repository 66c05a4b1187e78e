package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// looseLayouts are notations of times in formats that leave the notation to the
// sender; a zone may follow each. The first one that fits counts.
var looseLayouts = mustLayouts( //nolint:gochecknoglobals // a table that nothing writes to
	"Jan 2 2006 15:04:05", "2 Jan 2006 15:04:05", "Mon Jan 2 15:04:05 2006", "Mon, 2 Jan 2006 15:04:05", "02-Jan-2006 15:04:05",
	"2006/01/02 15:04:05", "2006/01/02-15:04:05", "2006.01.02 15:04:05", "02.01.2006 15:04:05", "1/2/2006 3:04:05 PM", "1/2/2006 15:04:05", "20060102T150405",
)

func mustLayouts(texts ...string) [][]step {
	out := make([][]step, len(texts))
	for i, t := range texts {
		l, err := parseLayout(t)
		if err != nil {
			panic(t + ": " + err.msg)
		}
		out[i] = l.steps
	}
	return out
}

// looseTime reads a time in any notation that senders are known to use where the
// format does not say which: ISO 8601, since 1970 in seconds down to nanoseconds,
// month names, slashes, with or without a zone in letters or digits.
func looseTime(b []byte) (feedgauge.Instant, feedgauge.Clock) {
	b = bytes.TrimSpace(b)
	if at, clock := sinceEpoch(b); clock != feedgauge.NoClock {
		return at, clock
	}
	if at, clock := iso(b); clock != feedgauge.NoClock {
		return at, clock
	}
	if at, clock := clf(b); clock != feedgauge.NoClock {
		return at, clock
	}
	local, shift, zoned := trimZone(b)
	at, clock := withoutZone(local)
	if clock == feedgauge.LocalClock && zoned {
		return at - shift, feedgauge.ZonedClock
	}
	return at, clock
}

func withoutZone(b []byte) (feedgauge.Instant, feedgauge.Clock) {
	if at, clock := iso(b); clock != feedgauge.NoClock {
		return at, clock
	}
	if at, n := bsdStamp(b); n > 0 && n+fractionLen(b[n:]) == len(b) {
		return at, feedgauge.YearlessClock
	}
	for _, steps := range looseLayouts {
		if at, clock := readSteps(steps, b); clock != feedgauge.NoClock {
			return at, clock
		}
	}
	return 0, feedgauge.NoClock
}

// trimZone cuts a zone off behind a space: its name, its offset, or both as in
// "GMT+01:00". Of names only those of UTC have a known offset.
func trimZone(b []byte) (local []byte, shift feedgauge.Instant, zoned bool) {
	space := bytes.LastIndexByte(b, ' ')
	if space < 0 {
		return b, 0, false
	}
	zone := b[space+1:]
	name := 0
	for name < len(zone) && zone[name] >= 'A' && zone[name] <= 'Z' {
		name++
	}
	word := string(zone[:name])
	utc := word == "GMT" || word == "UTC" || word == "Z"
	minutes, n := zoneAt(zone[name:])
	switch {
	case name == len(zone) && word != "AM" && word != "PM" && name > 0 && name <= 5:
		return b[:space], 0, utc
	case n > 0 && name+n == len(zone) && (name == 0 || utc):
		return b[:space], feedgauge.Instant(minutes * 60_000), true
	}
	return b, 0, false
}

// sinceEpoch reads seconds, milliseconds, microseconds or nanoseconds since 1970,
// by the number of digits, perhaps as "/Date(1600762949000)/", which Microsoft's
// JSON serializers write.
func sinceEpoch(b []byte) (feedgauge.Instant, feedgauge.Clock) {
	if bytes.HasPrefix(b, []byte("/Date(")) && bytes.HasSuffix(b, []byte(")/")) {
		b = b[len("/Date(") : len(b)-len(")/")]
	}
	digits := 0
	for digits < len(b) && b[digits]-'0' <= 9 {
		digits++
	}
	switch {
	case digits < 9:
		return 0, feedgauge.NoClock
	case digits <= 10:
		return epochOf(b, 1000, 1)
	case digits <= 13:
		return epochOf(b, 1, 1)
	case digits <= 16:
		return epochOf(b, 1, 1000)
	}
	return epochOf(b, 1, 1_000_000)
}
