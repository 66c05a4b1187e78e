package stdout

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

// The escape sequences of ECMA-48 (SGR) for the colours used.
const (
	reset  = "\x1b[0m"
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	green  = "\x1b[32m"
	cyan   = "\x1b[36m"
)

// Line says in one line what an alert says: when (UTC, to the second), what
// happened to the finding, how bad, which feed, which rule, and why. Whatever
// could move the cursor or end the line is escaped.
//
// What happened is OPEN, UPDATE or CLOSED; ACK when somebody looks after it; and
// MUTED in place of the first two while the feed is muted.
func Line(s *ocsf.Summary, colour bool) string {
	mark := fmt.Sprintf("%-6s %-8s", verb(s), s.Severity)
	if colour {
		mark = shade(s) + mark + reset
	}
	feed := feedgauge.FeedID{Tenant: s.Tenant, Name: s.Feed}
	return fmt.Sprintf("%s  %s  %s  %s: %s%s",
		s.Time.Time().Format("2006-01-02 15:04:05"), mark,
		printable(feed.String()), printable(s.Rule), printable(s.Message), printable(aside(s)))
}

func verb(s *ocsf.Summary) string {
	switch {
	case s.Activity == feedgauge.Close:
		return "CLOSED"
	case s.Activity != feedgauge.Open && s.Activity != feedgauge.Update:
		return "STEP"
	case s.Muted:
		return "MUTED"
	case s.Activity == feedgauge.Open:
		return "OPEN"
	case s.Who != "":
		return "ACK"
	}
	return "UPDATE"
}

// aside is what the message does not say: who holds the alert back, or that
// there never was a reason for it.
func aside(s *ocsf.Summary) string {
	switch {
	case s.Retracted:
		return " (retracted)"
	case !s.Muted:
		return ""
	case s.Who == "":
		return " (muted)"
	case s.Why == "":
		return " (muted by " + s.Who + ")"
	}
	return " (muted by " + s.Who + ": " + s.Why + ")"
}

func shade(s *ocsf.Summary) string {
	switch {
	case s.Activity == feedgauge.Close:
		return green
	case s.Muted:
		return cyan
	case s.Severity == feedgauge.High || s.Severity == feedgauge.Critical:
		return red
	case s.Severity == feedgauge.Medium:
		return yellow
	}
	return cyan
}

// printable escapes every character that is not a letter, mark, number, symbol,
// punctuation or space: control characters, but also those that turn the
// direction of writing, with which a name could pose as another.
func printable(s string) string {
	if strings.IndexFunc(s, unprintable) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unprintable(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func unprintable(r rune) bool { return !strconv.IsGraphic(r) }
