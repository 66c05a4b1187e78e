package config

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/suggest"
)

type classBlock struct {
	Source   string            `hcl:"source,optional" doc:"name of the source its feeds come from" default:"the only source, if there is one only"`
	Match    []string          `hcl:"match,optional" doc:"feeds it takes, as patterns over names: * any text, ? any character, [a-z] a set; the first class that fits takes a feed" default:"[]"`
	Every    span              `hcl:"every,optional" doc:"length of a window, 1s to 24h; it must divide 24h, so that windows begin at the same times each day (UTC)" default:"1m"`
	Lateness span              `hcl:"lateness,optional" doc:"how long to wait for records that arrive late before a window is judged; not below the metadata age" default:"30s, or the metadata age if that is more"`
	Period   span              `hcl:"period,optional" doc:"longest silence that is fine, at least one window; without it silence is not judged" default:"none"`
	Labels   map[string]string `hcl:"labels,optional" doc:"labels of its feeds, shown in alerts" default:"{}"`
}

const (
	defaultEvery    = time.Minute
	defaultLateness = 30 * time.Second
	day             = 24 * time.Hour
	longestPeriod   = 400 * day
)

func newClass() *classBlock { return &classBlock{Every: "1m"} }

// classes builds the class blocks in file order.
func (l *loader) classes() {
	all := l.unique(l.blocks["class"])
	if len(all) == 0 && l.sure("class") {
		l.absent("Missing block", "There is no class, so nothing would be watched.", `add class "all" { match = ["*"] }`)
	}
	for _, b := range all {
		l.class(b)
	}
}

func (l *loader) class(b *block) {
	cfg := newClass()
	l.decode(b, chain(), cfg)
	c := &pipeline.Class{Name: b.Labels[0], Match: cfg.Match, Unit: "message", Labels: cfg.Labels}
	if c.Name == pipeline.Unclassified {
		l.report(b.text, b.LabelRanges[0], Diagnostic{
			Summary: "Reserved name", Detail: "The class " + quote(c.Name) + " holds the feeds that no other class takes.", Hint: "choose another name",
		})
	}
	c.Source = l.sourceOf(b, cfg.Source)
	l.labelled(b, cfg.Labels)
	l.times(b, cfg, c)
	l.patterns(b, c)
	l.chain(b, c)
	l.out.Classes = append(l.out.Classes, c)
}

// sourceOf resolves the option source of a class.
func (l *loader) sourceOf(b *block, name string) string {
	if b.bad["source"] || !l.sure("source") {
		return name
	}
	var known []string
	for _, s := range l.out.Sources {
		known = append(known, s.Name)
	}
	switch {
	case slices.Contains(known, name) || len(known) == 0:
		return name
	case name == "" && b.Body.Attributes["source"] == nil:
		if len(known) == 1 {
			return known[0]
		}
		l.reportHeader(b, Diagnostic{
			Summary: "Missing option", Detail: fmt.Sprintf("%s needs the option \"source\", since there are several.", title(b.Block)),
			Hint: "one of: " + strings.Join(known, ", "),
		})
		return ""
	}
	l.report(b.text, b.valueRange("source"), Diagnostic{
		Summary: "Unknown source", Detail: "There is no source " + quote(name) + ".", Hint: suggest.DidYouMean(name, known),
	})
	return name
}

// times reads the durations of a class, each checked against the others.
func (l *loader) times(b *block, cfg *classBlock, c *pipeline.Class) {
	c.Every = l.duration(b, "every", cfg.Every, time.Second, day)
	if c.Every > 0 && day%c.Every != 0 {
		below, above := divisors(c.Every)
		l.invalid(b, "every", fmt.Sprintf("%s does not divide 24h, so windows would begin at other times each day.", cfg.Every),
			fmt.Sprintf("write %q or %q", brief(below), brief(above)))
	}
	if c.Every == 0 {
		c.Every = defaultEvery
		b.bad["every"] = true
	}
	age := l.out.Kafka.MetadataAge
	c.Lateness = max(defaultLateness, age)
	if d := l.duration(b, "lateness", cfg.Lateness, 0, day); cfg.Lateness != "" && !b.bad["lateness"] {
		if c.Lateness = d; d < age {
			l.invalid(b, "lateness", fmt.Sprintf("%s is less than the metadata age of %s: a new partition could hold records that nobody knows of yet.", cfg.Lateness, brief(age)),
				fmt.Sprintf("write at least %q, or lower metadata_age in the block of the cluster", brief(age)))
		}
	}
	c.Period = l.period(b, cfg.Period, c)
}

// period reads the period of a class or of one of its feeds.
func (l *loader) period(b *block, s span, c *pipeline.Class) time.Duration {
	d := l.duration(b, "period", s, time.Millisecond, longestPeriod)
	if d > 0 && c != nil && d < c.Every && !b.bad["every"] {
		l.invalid(b, "period", fmt.Sprintf("%s is less than the window of %s, and silence shorter than a window is not seen.", s, brief(c.Every)),
			fmt.Sprintf("write at least %q, or lower every in the class", brief(c.Every)))
	}
	return d
}

// divisors returns the parts of a day next to d, whole hours, minutes or seconds
// as d is.
func divisors(d time.Duration) (below, above time.Duration) {
	step := time.Second
	for _, unit := range []time.Duration{time.Minute, time.Hour} {
		if d%unit == 0 {
			step = unit
		}
	}
	below, above = d.Truncate(step), d.Truncate(step)+step
	for below > step && day%below != 0 {
		below -= step
	}
	for day%above != 0 {
		above += step
	}
	return below, above
}

// patterns checks the globs of a class, and that earlier classes leave it
// something.
func (l *loader) patterns(b *block, c *pipeline.Class) {
	for i, glob := range c.Match {
		if _, err := path.Match(glob, ""); err != nil || glob == "" {
			l.mistakes(b, &feedgauge.FieldError{
				Field: "match", Index: i, Msg: quote(glob) + " is no pattern",
				Hint: "a set needs both brackets, as in web-[0-9]; a backslash stands before a character that is meant as it is",
			})
			b.bad["match[]"] = true
		}
	}
	if len(c.Match) == 0 || b.bad["match"] || b.bad["match[]"] {
		return
	}
	for _, earlier := range l.out.Classes {
		if earlier.Source == c.Source && earlier.Name != c.Name && covers(earlier.Match, c.Match) {
			l.report(b.text, b.valueRange("match"), Diagnostic{
				Summary: "Class takes no feed", Detail: fmt.Sprintf("Class %s comes first and takes every feed that this one matches.", quote(earlier.Name)),
				Hint: "put the class with the narrower pattern first, or change one of the two",
			})
			return
		}
	}
}

// covers reports whether each of the later globs is among the earlier ones, or
// one of those takes everything. It does not understand globs beyond that.
func covers(earlier, later []string) bool {
	for _, g := range later {
		if !slices.Contains(earlier, g) && !slices.Contains(earlier, "*") {
			return false
		}
	}
	return true
}

// unreachable warns of what is configured and has no effect. Beside errors that
// would only distract.
func (l *loader) unreachable() {
	if l.diags.HasErrors() {
		return
	}
	named, read := map[string]bool{}, map[string]bool{}
	for _, f := range l.out.Feeds {
		named[f.Class] = true
	}
	for _, c := range l.out.Classes {
		read[c.Source] = true
	}
	for _, b := range l.blocks["class"] {
		if _, ok := b.Body.Attributes["match"]; !ok && !named[b.Labels[0]] {
			l.reportHeader(b, Diagnostic{
				Severity: Warning, Summary: "Class without feeds", Detail: "It has no option \"match\", and no feed names it.",
				Hint: `add match = ["*"], or a feed with this class`,
			})
		}
	}
	for _, b := range l.blocks["source"] {
		if !read[b.Labels[1]] {
			l.reportHeader(b, Diagnostic{
				Severity: Warning, Summary: "Source without classes", Detail: "No class reads it, so its feeds are counted and nothing more.",
			})
		}
	}
}
