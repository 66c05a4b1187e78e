package overview

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge/internal/screen"
	"github.com/feedgauge/feedgauge/internal/tail"
)

// maxShown is how many findings are printed, and lanes named.
const (
	maxShown = 20
	maxNamed = 4
)

// WriteText writes the report for people. On a terminal its width is minded.
func (r *Report) WriteText(w io.Writer) error {
	p := page{on: screen.Of(w)}
	p.line("ROLES", 0)
	p.table(r.roles(), "none has ever run: start one with \"feedgauge run\"")
	p.line("SOURCES", 0)
	p.table(r.sources(), "intake has said nothing lately")
	p.line("FEEDS     "+r.Feeds.text(), 10)
	p.line("COVERAGE  "+r.coverage(), 10)
	p.line("FINDINGS  "+open(len(r.Findings)), 10)
	shown := r.Findings[:min(maxShown, len(r.Findings))]
	rows := make([]row, len(shown))
	for i := range shown {
		rows[i] = shown[i].row()
	}
	p.table(rows, "")
	if more := len(r.Findings) - maxShown; more > 0 {
		p.line(fmt.Sprintf("  and %d more", more), 2)
	}
	_, err := io.WriteString(w, p.String())
	return err
}

// page is what is written for a screen.
type page struct {
	strings.Builder
	on screen.Screen
}

// row is a line of a table: cells, or a note that stands below the row before. Rows
// of one level are aligned with each other.
type row struct {
	level int // 0, or 1 for what belongs to the row before
	cells []string
}

// line writes a line that goes on below so many columns.
func (p *page) line(text string, indent int) { p.WriteString(p.on.Fold(text, indent) + "\n") }

func (p *page) table(rows []row, none string) {
	if len(rows) == 0 && none != "" {
		p.line("  "+none, 2)
	}
	var widths [2][]int
	for _, r := range rows {
		for i, cell := range r.cells[:max(0, len(r.cells)-1)] { // the last one is as long as it is
			if i == len(widths[r.level]) {
				widths[r.level] = append(widths[r.level], 0)
			}
			widths[r.level][i] = max(widths[r.level][i], screen.Width(cell))
		}
	}
	for _, r := range rows {
		indent := 2 + 2*r.level
		text := strings.Repeat(" ", indent)
		for i, cell := range r.cells {
			if i < len(r.cells)-1 {
				cell = screen.Pad(cell, widths[r.level][i]) + "  "
			}
			text += cell
		}
		p.line(text, indent+2)
	}
}

func (r *Report) roles() []row {
	var rows []row
	for i := range r.Roles {
		rows = append(rows, r.Roles[i].rows()...)
	}
	return rows
}

func (r *Report) sources() []row {
	var rows []row
	for i := range r.Sources {
		rows = append(rows, r.Sources[i].rows(r.Time)...)
	}
	return rows
}

func open(n int) string {
	if n == 0 {
		return "none is open"
	}
	return fmt.Sprintf("%d open", n)
}

func (r *Role) rows() []row {
	rows := []row{{0, []string{
		tail.Clean(r.Role), strings.ToLower(r.State), tail.Plural(int64(len(r.Members)), "member"), "lag " + tail.Plural(r.Lag, "record"),
	}}}
	for _, m := range r.Members {
		rows = append(rows, row{1, []string{
			tail.Clean(m.Instance), tail.Plural(int64(m.Lanes), "lane"), "lag " + tail.Plural(m.Lag, "record"),
		}})
	}
	return rows
}

func (s *Source) rows(now time.Time) []row {
	known := "not known yet"
	if s.Watermark != nil {
		known = fmt.Sprintf("known up to %s, %s ago", s.Watermark.UTC().Format(time.DateTime), tail.Duration(now.Sub(*s.Watermark).Round(time.Second)))
	}
	rows := []row{{0, []string{tail.Clean(s.Source), tail.Plural(int64(s.Lanes), "lane"), known}}}
	rows = append(rows, named(s.Blocked, "blocked by a transaction of others")...)
	return append(rows, named(s.Unknown, "nobody has spoken for")...)
}

func named(lanes []string, what string) []row {
	if len(lanes) == 0 {
		return nil
	}
	list := strings.Join(lanes[:min(maxNamed, len(lanes))], ", ")
	if more := len(lanes) - maxNamed; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return []row{{1, []string{what + ": " + tail.Clean(list)}}}
}

func (f *Feeds) text() string {
	if f.Known == 0 {
		return "none is known"
	}
	parts := make([]string, 0, len(f.ByStatus))
	for _, status := range slices.SortedFunc(maps.Keys(f.ByStatus), func(a, b string) int {
		return cmp.Or(cmp.Compare(f.ByStatus[b], f.ByStatus[a]), strings.Compare(a, b))
	}) {
		parts = append(parts, fmt.Sprintf("%d %s", f.ByStatus[status], status))
	}
	return fmt.Sprintf("%d: %s", f.Known, strings.Join(parts, ", "))
}

func (r *Report) coverage() string {
	if r.Coverage == nil {
		return "no feed to judge"
	}
	return fmt.Sprintf("%.1f %% of the feeds can be judged now", *r.Coverage*100)
}

func (f *Finding) row() row {
	since := "since " + f.Opened.UTC().Format(time.DateTime)
	if f.Muted {
		since += "  (muted)"
	}
	return row{0, []string{f.Severity, tail.Clean(f.Tenant + "/" + f.Feed), tail.Clean(f.Rule), since}}
}
