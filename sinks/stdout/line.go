package stdout

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/screen"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

// Line says in one line what an alert says: when (UTC, to the second), what
// happened to the finding, how bad, which feed, which rule, and why. Whatever
// could move the cursor or end the line is escaped. On a screen that is narrower
// the line goes on below the mark.
//
// What happened is OPEN, UPDATE or CLOSED; ACK when somebody looks after it; and
// MUTED in place of the first two while the feed is muted.
func Line(s *ocsf.Summary, on screen.Screen) string {
	const clock = "2006-01-02 15:04:05"
	mark := on.Paint(shade(s), fmt.Sprintf("%-6s %-8s", verb(s), s.Severity))
	feed := feedgauge.FeedID{Tenant: s.Tenant, Name: s.Feed}
	return on.Fold(fmt.Sprintf("%s  %s  %s  %s: %s%s",
		s.Time.Time().Format(clock), mark,
		printable(feed.String()), printable(s.Rule), printable(s.Message), printable(aside(s))), len(clock)+2)
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
		return screen.Green
	case s.Muted:
		return screen.Cyan
	case s.Severity == feedgauge.High || s.Severity == feedgauge.Critical:
		return screen.Red
	case s.Severity == feedgauge.Medium:
		return screen.Yellow
	}
	return screen.Cyan
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
