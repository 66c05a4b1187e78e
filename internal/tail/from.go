package tail

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
)

type place uint8

const (
	atStart place = iota
	atEnd
	atTime
)

// From is where reading begins. The zero value is the start of the topic.
type From struct {
	place place
	at    feedgauge.Instant
}

// Start is the beginning of each partition.
func Start() From { return From{place: atStart} }

// End is the end of each partition when reading begins: its last stable offset,
// so that what is being written in a transaction then will be seen.
func End() From { return From{place: atEnd} }

// Since is the first record of each partition stamped at or after at.
func Since(at feedgauge.Instant) From { return From{place: atTime, at: at} }

// ParseFrom reads "start", "end", a time by RFC 3339, or a time relative to now
// such as -90s, -2h or -7d.
func ParseFrom(s string, now time.Time) (From, error) {
	switch s {
	case "start":
		return Start(), nil
	case "end":
		return End(), nil
	}
	if back, ok := strings.CutPrefix(s, "-"); ok {
		d, err := age(back)
		if err != nil {
			return From{}, fmt.Errorf("%q is no time to go back by: for example -90s, -2h or -7d", s)
		}
		return Since(feedgauge.InstantOf(now.Add(-d))), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return From{}, fmt.Errorf("%q is neither start, end, a time such as 2026-11-25T07:00:00Z, nor a relative one such as -2h", s)
	}
	return Since(feedgauge.InstantOf(t)), nil
}

// maxDays keeps a number of days within a time.Duration.
const maxDays = 100_000

// age reads a duration that may be in days.
func age(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 32)
		if err != nil || n > maxDays {
			return 0, fmt.Errorf("%q is no number of days", days)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(s)
	if err == nil && d < 0 {
		err = fmt.Errorf("%q is negative", s)
	}
	return d, err
}

// offset returns where to begin in a partition; since is the offset that belongs
// to a time.
func (f From) offset(end kafka.End, since int64) int64 {
	switch f.place {
	case atEnd:
		return end.Stable
	case atTime:
		return max(since, end.Start)
	default:
		return end.Start
	}
}
