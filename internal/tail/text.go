package tail

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/screen"
	"github.com/feedgauge/feedgauge/internal/watch"
	"github.com/feedgauge/feedgauge/processors/measure"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
	"github.com/feedgauge/feedgauge/sinks/stdout"
)

// Printer prints records. Close prints what is only known at the end.
type Printer interface {
	Print(r *kgo.Record) error
	Close() error
}

// NewText returns a printer for people: one line per record, times in UTC, as the
// screen can show it. Of the state it prints a table; if it is read until its end,
// then the newest of each feed, sorted. topic is the name without the prefix.
func NewText(w io.Writer, on screen.Screen, topic string, untilEnd bool) Printer {
	switch {
	case topic == kafka.State && untilEnd:
		return &table{w: w, on: on, rows: make(map[string]tableRow)}
	case topic == kafka.State:
		return &stateLines{w: w, on: on}
	}
	return &lines{w: w, on: on, topic: topic}
}

// lines prints one line per record.
type lines struct {
	w     io.Writer
	on    screen.Screen
	topic string
}

// Print implements Printer.
func (p *lines) Print(r *kgo.Record) error {
	_, err := fmt.Fprintln(p.w, textLine(p.on, p.topic, r))
	return err
}

// Close implements Printer.
func (p *lines) Close() error { return nil }

// clock is the form of times, in UTC.
const clock = "2006-01-02 15:04:05"

// textLine says in one line what a record of the alerts, the journal or the
// history holds.
func textLine(on screen.Screen, topic string, r *kgo.Record) string {
	c := decode(topic, r)
	switch v := c.value.(type) {
	case *feedgauge.Closed:
		return on.Fold(closedText(v), len(clock)+2)
	case alert:
		if s, err := ocsf.Summarize(v); err == nil {
			return stdout.Line(&s, on)
		}
	}
	line := fmt.Sprintf("%s  %9s  %-8s  %s", r.Timestamp.UTC().Format(clock+".000"), location(r), c.kind, detail(c))
	return on.Fold(strings.TrimRight(line, " "), len(clock)+2)
}

// location is where a record lies: partition/offset.
func location(r *kgo.Record) string { return fmt.Sprintf("%d/%d", r.Partition, r.Offset) }

// detail says what a record holds behind its time, place and kind.
func detail(c content) string {
	switch v := c.value.(type) {
	case *feedgauge.Tally:
		return tallyText(v)
	case *feedgauge.Trailer:
		return trailerText(v)
	case *feedgauge.Command:
		return Clean(commandText(v))
	case *feedgauge.Revision:
		return Clean(fmt.Sprintf("configuration %d, %s", v.Number, v.Fingerprint))
	case *feedgauge.Gap:
		return Clean(fmt.Sprintf("%s/%d lost %s of %s until %s", v.Topic, v.Partition, Plural(v.Records, "record"), when(v.From), when(v.To)))
	case *watch.Meta:
		return fmt.Sprintf("folded to %d, replay from %d, %d partitions", v.Next, v.ReplayFrom, v.Partitions)
	case alert:
		return Clean(string(v))
	}
	if c.err != nil {
		return Clean(c.err.Error())
	}
	return ""
}

// maxListed is how many feeds or lanes one line lists.
const maxListed = 8

func tallyText(t *feedgauge.Tally) string {
	var sum feedgauge.Counts
	var list []string
	for i := range t.Feeds {
		f := &t.Feeds[i]
		sum.Merge(&f.Counts)
		if i < maxListed {
			parts := []string{size(f.Counts.Bytes)}
			for name, x := range measure.All(f.Sketches) {
				parts = append(parts, customText(name, x))
			}
			list = append(list, fmt.Sprintf("%s %d (%s)", Clean(f.Feed.String()), f.Counts.Arrivals(), strings.Join(parts, ", ")))
		}
	}
	return fmt.Sprintf("%s  %s  %s, %s, %s: %s", Clean(t.Source), windowText(t.Window), Plural(int64(len(t.Feeds)), "feed"),
		Plural(sum.Arrivals(), "event"), size(sum.Bytes), listed(list, len(t.Feeds)))
}

func trailerText(t *feedgauge.Trailer) string {
	var list []string
	for _, l := range t.Lanes[:min(maxListed, len(t.Lanes))] {
		list = append(list, fmt.Sprintf("%s/%d at %d until %s %s", Clean(l.Topic), l.Partition, l.Position, when(l.Watermark), l.Proof))
	}
	return fmt.Sprintf("%s  %s: %s", Clean(t.Worker), Plural(int64(len(t.Lanes)), "lane"), listed(list, len(t.Lanes)))
}

func commandText(c *feedgauge.Command) string {
	text := fmt.Sprintf("%s %s by %s", c.Verb, addressee(c), c.Who)
	if c.Verb == feedgauge.Mute {
		text += endText(c.Until)
	}
	if c.Why != "" {
		text += ": " + c.Why
	}
	return text
}

// addressee is whom a command is about.
func addressee(c *feedgauge.Command) string {
	if len(c.Labels) == 0 {
		return c.Feed.String()
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(c.Labels)) {
		parts = append(parts, k+"="+c.Labels[k])
	}
	return "all with " + strings.Join(parts, ",")
}

func listed(list []string, total int) string {
	s := strings.Join(list, ", ")
	if more := total - len(list); more > 0 {
		return s + fmt.Sprintf(" and %d more", more)
	}
	return s
}

// customText tells what a measure of the class's own came to.
func customText(name string, x float64) string {
	return Clean(name) + " " + strconv.FormatFloat(x, 'f', -1, 64)
}

// forecastText tells what was expected, in parentheses what is usual.
func forecastText(f *feedgauge.Forecast) string {
	return fmt.Sprintf("%.1f expected (%.1f to %.1f)", f.Expected, f.Lower, f.Upper)
}

// clockText says how long after their own time events arrived.
func clockText(c *feedgauge.Clocks) string {
	if c.Delay < 0 {
		return "stamped " + roughly(-c.Delay) + " ahead"
	}
	return roughly(c.Delay) + " after they happened"
}

// roughly is a length of time in whole seconds, or milliseconds where it is short.
func roughly(d time.Duration) string {
	if d < 10*time.Second {
		return Duration(d.Round(time.Millisecond))
	}
	return Duration(d.Round(time.Second))
}

func closedText(c *feedgauge.Closed) string {
	parts := []string{Plural(c.Counts.Events, "event")}
	if c.Late {
		parts[0] += " more, late"
	}
	if c.Forecast.Ready {
		parts = append(parts, forecastText(&c.Forecast))
	}
	parts = append(parts, size(c.Counts.Bytes))
	for i := range c.Readings {
		r := &c.Readings[i]
		if own(r.Measure) {
			parts = append(parts, customText(r.Measure, r.Value))
		}
		if r.Forecast.Ready {
			parts = append(parts, Clean(r.Measure)+" "+forecastText(&r.Forecast))
		}
	}
	for _, n := range []struct {
		n    int64
		what string
	}{{c.Counts.Delayed, "delayed"}, {c.Counts.Future, "ahead of the clock"}, {c.Counts.Blank, "blank"}} {
		if n.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.n, n.what))
		}
	}
	if c.Clocks.Events > 0 {
		parts = append(parts, clockText(&c.Clocks))
	}
	for _, e := range c.Counts.Errors {
		what := Clean(string(e.Reason))
		if e.Field != "" {
			what += " " + Clean(e.Field)
		}
		parts = append(parts, fmt.Sprintf("%d malformed (%s)", e.N, what))
	}
	return fmt.Sprintf("%s  %-9s  %-24s  %s", windowText(c.Window), Clean(string(c.Status)), Clean(c.Feed.String()), strings.Join(parts, ", "))
}

// windowText is a window's start and its length.
func windowText(w feedgauge.Window) string {
	return fmt.Sprintf("%s +%-4s", when(w.Start), Duration(w.Len()))
}

// when returns an instant in UTC, with milliseconds only if there are any.
func when(i feedgauge.Instant) string {
	switch {
	case i == feedgauge.Before, i == feedgauge.After:
		return "-"
	case i%1000 != 0:
		return i.Time().Format(clock + ".000")
	}
	return i.Time().Format(clock)
}

// Plural counts things in words: "1 lane", "2 lanes".
func Plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.FormatInt(n, 10) + " " + what + "s"
}

// size returns a number of bytes in decimal units.
func size(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	x := float64(n)
	for _, unit := range []string{"kB", "MB", "GB"} {
		if x /= 1000; x < 999.95 {
			return fmt.Sprintf("%.1f %s", x, unit)
		}
	}
	return fmt.Sprintf("%.1f TB", x/1000)
}

// Clean escapes what could end the line, move the cursor or turn the direction
// of writing, so that no name can pose as something else.
func Clean(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !strconv.IsGraphic(r) }) < 0 {
		return s
	}
	q := strconv.QuoteToGraphic(s)
	return q[1 : len(q)-1]
}

// periodText is the longest silence allowed.
func periodText(ms int64) string {
	if ms <= 0 {
		return "-"
	}
	return Duration(time.Duration(ms) * time.Millisecond)
}
