package clocks

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge"
)

// Finding is what is wrong with the clocks of a feed's events.
type Finding struct {
	Kind  Kind          // empty for a delay that grows
	Off   time.Duration // arrivals less stamps: negative where the clock is ahead
	Since feedgauge.Instant
	Text  string // what is off and by how much, in plain words
}

// Wrong returns how the sender's clock is wrong, and whether it is.
func (w *Watcher) Wrong() (f Finding, found bool) {
	r := &w.run
	if !r.told {
		return f, false
	}
	return Finding{Kind: r.kind, Off: ms(r.off), Since: r.since, Text: r.text()}, true
}

func (r *run) text() string {
	switch by := length(abs(r.off)); {
	case r.kind == Ahead:
		return fmt.Sprintf("%d%% of events are stamped in the future, by up to %s: the sender's clock is fast", r.share, by)
	case r.kind == Year && r.off < 0:
		return "times in events are " + years(r.off) + " ahead: the sender's clock stands in the wrong year"
	case r.kind == Year:
		return "times in events are " + years(r.off) + " behind: the sender's clock stands in the wrong year"
	case r.off < 0:
		return "times in events are " + by + " ahead: the sender's time zone is wrong"
	default:
		return "times in events are " + by + " behind: the sender's time zone is wrong, or something holds events back for just as long"
	}
}

// years says how many years are nearest to a number of ms.
func years(d int64) string {
	if n := (abs(d) + 180*day) / (365 * day); n > 1 {
		return strconv.FormatInt(n, 10) + " years"
	}
	return "a year"
}

// Growing returns since when the delay grows, and whether it does.
func (w *Watcher) Growing() (f Finding, found bool) {
	g := &w.growth
	if !g.told {
		return f, false
	}
	f = Finding{Off: ms(g.last - g.base), Since: g.since}
	f.Text = fmt.Sprintf("events arrive later and later: by now even the freshest are %s later than before", length(g.last-g.base))
	if g.stopped {
		f.Text = fmt.Sprintf("times in events have stood still for %s: the sender's clock has stopped, or it sends old events again and again", length(g.last-g.base))
	}
	return f, true
}

// length says how long a number of ms is, in whole minutes or, below one, seconds.
func length(d int64) string {
	if d < minute {
		return (ms(d).Round(time.Second)).String()
	}
	text := strings.TrimSuffix(ms(d).Round(time.Minute).String(), "0s")
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
