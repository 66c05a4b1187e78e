package command

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge"
)

// Forever is the word for a mute without an end.
const Forever = "forever"

// maxDays keeps a number of days within a time.Duration.
const maxDays = 100_000

// End returns when a mute ends that was given a length, such as 90m, 2h or 7d, or
// an end: a time by RFC 3339, or [Forever]. Exactly one must not be empty. The
// end is compared with the time up to which logs have been counted, so it is
// meant for time in the logs, not for the moment of looking.
func End(length, until string, now time.Time) (feedgauge.Instant, error) {
	switch {
	case length == "" && until == "":
		return 0, errors.New("say for how long, or until when")
	case length != "" && until != "":
		return 0, errors.New("say for how long or until when, not both")
	case length != "":
		d, err := span(length)
		return feedgauge.InstantOf(now).Add(d), err
	case until == Forever:
		return feedgauge.After, nil
	}
	t, err := time.Parse(time.RFC3339, until)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q is neither a time such as 2026-11-25T07:00:00Z nor %s", until, Forever)
	case !t.After(now):
		return 0, fmt.Errorf("%s is past", until)
	}
	return feedgauge.InstantOf(t), nil
}

// span reads a duration that may be in days.
func span(s string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 32); err == nil && n > 0 && n <= maxDays {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	} else if d, err := time.ParseDuration(s); err == nil && d >= time.Millisecond {
		return d, nil
	}
	return 0, fmt.Errorf("%q is no length of time: for example 90m, 2h or 7d", s)
}
