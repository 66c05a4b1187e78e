package tail

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/screen"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// heading names the columns of the state.
func heading() []string {
	return []string{"FEED", "CLASS", "FORMAT", "UNIT", "PERIOD", "FIRST SEEN", "LAST ARRIVAL", "LAST SIZE", "STATUS", "OPEN FINDINGS", "REMARKS"}
}

// stateRow is one feed's row of the table, as of a time.
func stateRow(s *watch.State, now feedgauge.Instant) []string {
	findings := strings.Join(s.Findings, ", ")
	if findings == "" {
		findings = "-"
	}
	row := []string{s.Feed.String(), s.Class, s.Format, s.Unit, periodText(s.Period), seen(s.First), seen(s.Last), size(s.Size), string(s.Status), findings, remarks(s, now)}
	if s.OfGroup() {
		for i := 2; i <= 7; i++ {
			row[i] = "-"
		}
	}
	for i := range row {
		row[i] = Clean(row[i])
	}
	return row
}

// remarks say what the status does not: why it is unknown, whose word holds the
// alerts back, and what measures of its own the feed's class counted last.
func remarks(s *watch.State, now feedgauge.Instant) string {
	var parts []string
	if s.OfGroup() {
		parts = append(parts, "group")
	}
	if s.Reason != "" {
		parts = append(parts, s.Reason)
	}
	if until, who, why := s.Mute(); until > now {
		text := "muted by " + who + endText(until)
		if why != "" {
			text += ": " + why
		}
		parts = append(parts, text)
	}
	for i := range s.Readings {
		if r := &s.Readings[i]; own(r.Measure) {
			parts = append(parts, customText(r.Measure, r.Value))
		}
	}
	if len(parts) == 0 {
		return "-"
	}
	return strings.Join(parts, "; ")
}

// endText says when a mute ends, nothing if it does not.
func endText(until feedgauge.Instant) string {
	if until == feedgauge.After {
		return ""
	}
	return " until " + when(until)
}

// seen returns a time to the second, which is what a person asks for.
func seen(i feedgauge.Instant) string {
	if i == feedgauge.Before || i == feedgauge.After {
		return "never"
	}
	return i.Time().Format(clock)
}

// aligned joins cells padded to widths; the last one is left as it is.
func aligned(cells []string, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		b.WriteString(cell)
		if i < len(cells)-1 {
			pad := max(0, widths[i]-utf8.RuneCountInString(cell))
			b.WriteString(strings.Repeat(" ", pad+2))
		}
	}
	return b.String()
}

func widen(widths []int, cells []string) []int {
	for i, cell := range cells {
		if i == len(widths) {
			widths = append(widths, 0)
		}
		widths[i] = max(widths[i], utf8.RuneCountInString(cell))
	}
	return widths
}

// table collects the newest state of each feed and prints it at the end.
type table struct {
	w    io.Writer
	on   screen.Screen
	rows map[string]tableRow // by key
}

// tableRow is the newest record of a key: a feed, or one that cannot be decoded.
type tableRow struct {
	feed  feedgauge.FeedID
	cells []string
	bad   string // says where the record lies and what is wrong with it
}

// Print implements Printer.
func (t *table) Print(r *kgo.Record) error {
	key := string(r.Key)
	switch c := decode(kafka.State, r); v := c.value.(type) {
	case *watch.State:
		t.rows[key] = tableRow{feed: v.Feed, cells: stateRow(v, feedgauge.InstantOf(r.Timestamp))}
	case *watch.Meta: // of the partition, not of a feed
	default:
		delete(t.rows, key)
		if c.err != nil {
			text, _ := keyText(kafka.State, r.Key)
			t.rows[key] = tableRow{bad: fmt.Sprintf("%s of %s cannot be decoded: %s", location(r), Clean(text), Clean(c.err.Error()))}
		}
	}
	return nil
}

// Close implements Printer.
func (t *table) Close() error {
	rows := slices.SortedFunc(maps.Values(t.rows), func(a, b tableRow) int {
		if c := strings.Compare(a.bad, b.bad); c != 0 {
			return c // those in form come first
		}
		return strings.Compare(a.feed.Identity(), b.feed.Identity())
	})
	widths := widen(nil, heading())
	for _, r := range rows {
		widths = widen(widths, r.cells)
	}
	shown := fitting(t.on, widths)
	widths = pick(widths, shown)
	lines := []string{aligned(pick(heading(), shown), widths)}
	for _, r := range rows {
		text := r.bad
		if text == "" {
			text = aligned(pick(r.cells, shown), widths)
		}
		lines = append(lines, t.on.Fold(text, 4))
	}
	if left := len(heading()) - len(shown); left > 0 {
		lines = append(lines, t.on.Fold(fmt.Sprintf("(%s more with --json, on a wider terminal, or piped)", Plural(int64(left), "column")), 4))
	}
	_, err := fmt.Fprintln(t.w, strings.Join(lines, "\n"))
	return err
}

// fitting returns the columns that a screen has room for. Those go first which are
// asked for least; the last one, of remarks, goes on below.
func fitting(on screen.Screen, widths []int) []int {
	var shown []int
	total := 0
	for i, w := range widths {
		shown, total = append(shown, i), total+w+2
	}
	total += len("REMARKS") - widths[len(widths)-1] - 2
	least := []string{"UNIT", "FORMAT", "LAST SIZE", "FIRST SEEN", "PERIOD", "OPEN FINDINGS", "CLASS"}
	for _, name := range least {
		if on.Width == 0 || total <= on.Width {
			break
		}
		i := slices.Index(heading(), name)
		total -= widths[i] + 2
		shown = slices.DeleteFunc(shown, func(j int) bool { return i == j })
	}
	return shown
}

func pick[T any](from []T, which []int) []T {
	out := make([]T, len(which))
	for i, j := range which {
		out[i] = from[j]
	}
	return out
}

// stateLines prints each record of the state as a row, as it comes.
type stateLines struct {
	w      io.Writer
	on     screen.Screen
	widths []int // what has been seen so far
}

// Print implements Printer.
func (p *stateLines) Print(r *kgo.Record) error {
	if p.widths == nil {
		// Room for what is usual; a longer name widens what follows it.
		p.widths = []int{24, 12, 16, 8, 6, len(clock), len(clock), 9, 10, 13, 0}
		if _, err := fmt.Fprintln(p.w, aligned(heading(), p.widths)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(p.w, p.on.Fold(p.text(r), 4))
	return err
}

func (p *stateLines) text(r *kgo.Record) string {
	c := decode(kafka.State, r)
	if s, ok := c.value.(*watch.State); ok {
		row := stateRow(s, feedgauge.InstantOf(r.Timestamp))
		p.widths = widen(p.widths, row[:len(row)-1])
		return aligned(row, p.widths)
	}
	text, _ := keyText(kafka.State, r.Key)
	switch c.kind {
	case kindMeta:
		text = "partition " + strconv.Itoa(int(r.Partition))
	case kindTombstone:
		return aligned([]string{Clean(text), "removed"}, p.widths)
	case kindUnknown:
		return aligned([]string{Clean(text), "cannot be decoded: " + detail(c)}, p.widths)
	}
	return aligned([]string{Clean(text), detail(c)}, p.widths)
}

// Close implements Printer.
func (p *stateLines) Close() error { return nil }
