package overview

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge/internal/tail"
)

// maxShown is how many findings are printed, and lanes named.
const (
	maxShown = 20
	maxNamed = 4
)

// WriteText writes the report for people, in lines of about 80 columns.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	b.WriteString("ROLES\n")
	if len(r.Roles) == 0 {
		b.WriteString("  none has ever run\n")
	}
	for i := range r.Roles {
		r.Roles[i].text(&b)
	}
	b.WriteString("SOURCES\n")
	if len(r.Sources) == 0 {
		b.WriteString("  intake has said nothing lately\n")
	}
	for i := range r.Sources {
		r.Sources[i].text(&b, r.Time)
	}
	fmt.Fprintf(&b, "FEEDS     %s\n", r.Feeds.text())
	fmt.Fprintf(&b, "COVERAGE  %s\n", r.coverage())
	fmt.Fprintf(&b, "FINDINGS  %s\n", open(len(r.Findings)))
	for i := range r.Findings[:min(maxShown, len(r.Findings))] {
		r.Findings[i].text(&b)
	}
	if more := len(r.Findings) - maxShown; more > 0 {
		fmt.Fprintf(&b, "  and %d more\n", more)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func open(n int) string {
	if n == 0 {
		return "none is open"
	}
	return fmt.Sprintf("%d open", n)
}

func (r *Role) text(b *strings.Builder) {
	fmt.Fprintf(b, "  %-16s %-10s %-11s lag %s\n", r.Role, strings.ToLower(r.State), tail.Plural(int64(len(r.Members)), "member"), tail.Plural(r.Lag, "record"))
	for _, m := range r.Members {
		fmt.Fprintf(b, "    %-24s %-8s lag %s\n", tail.Clean(m.Instance), tail.Plural(int64(m.Lanes), "lane"), tail.Plural(m.Lag, "record"))
	}
}

func (s *Source) text(b *strings.Builder, now time.Time) {
	known := "not known yet"
	if s.Watermark != nil {
		known = fmt.Sprintf("known up to %s, %v ago", s.Watermark.UTC().Format(time.DateTime), now.Sub(*s.Watermark).Round(time.Second))
	}
	fmt.Fprintf(b, "  %-16s %-8s %s\n", tail.Clean(s.Source), tail.Plural(int64(s.Lanes), "lane"), known)
	named(b, s.Blocked, "blocked by a transaction of others")
	named(b, s.Unknown, "nobody has spoken for")
}

func named(b *strings.Builder, lanes []string, what string) {
	if len(lanes) == 0 {
		return
	}
	list := strings.Join(lanes[:min(maxNamed, len(lanes))], ", ")
	if more := len(lanes) - maxNamed; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	fmt.Fprintf(b, "    %s: %s\n", what, tail.Clean(list))
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

func (f *Finding) text(b *strings.Builder) {
	muted := ""
	if f.Muted {
		muted = "  (muted)"
	}
	fmt.Fprintf(b, "  %-8s  %-30s %-12s since %s%s\n", f.Severity, tail.Clean(f.Tenant+"/"+f.Feed), tail.Clean(f.Rule), f.Opened.UTC().Format(time.DateTime), muted)
}
