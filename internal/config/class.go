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
	Source      string            `hcl:"source,optional" doc:"name of the source its feeds come from" default:"the only source, if there is one only"`
	Match       []string          `hcl:"match,optional" doc:"feeds it takes, as patterns over names: * any text, ? any character, [a-z] a set; the first class that fits takes a feed" default:"[]"`
	Every       span              `hcl:"every,optional" doc:"length of a window, 1s to 24h; it must divide 24h, so that windows begin at the same times each day (UTC)" default:"1m"`
	Lateness    span              `hcl:"lateness,optional" doc:"how long to wait for records that arrive late before a window is judged; not below the metadata age" default:"30s, or the metadata age if that is more"`
	Period      span              `hcl:"period,optional" doc:"longest silence that is fine, at least one window; without it silence is not judged" default:"none"`
	Late        span              `hcl:"late,optional" doc:"silence after which a feed is late, at least one window and below the period" default:"none"`
	RetireAfter span              `hcl:"retire_after,optional" doc:"silence after which a feed is forgotten, above the period; all hours count for it" default:"none"`
	Settle      span              `hcl:"settle,optional" doc:"how long after lost records or an outage of the source nothing is judged, \"0s\" for not at all" default:"twice every, nothing where there is a delivery block"`
	Active      string            `hcl:"active,optional" doc:"hours in which silence counts and windows are judged, such as \"Mon-Fri 08:00-18:00\"; parts are separated by semicolons, \"24x7\" is always" default:"all hours"`
	TimeZone    string            `hcl:"time_zone,optional" doc:"zone of the clocks for active, for the schedule of deliveries, and for a forecast that knows hours and weekdays, as in \"Europe/Berlin\"" default:"UTC"`
	Holidays    []string          `hcl:"holidays,optional" doc:"days without active hours, or, where there is no active, on which a forecast that knows hours and weekdays expects a Sunday: of a country, by its code (de, de-by, fr, ch-zh), or those of an iCalendar file, ics:FILE, relative to this one" default:"[]"`
	Labels      map[string]string `hcl:"labels,optional" doc:"labels of its feeds, shown in alerts" default:"{}"`
	Learn       bool              `hcl:"learn,optional" doc:"whether to learn what the lines of each feed are like, in any format, and to tell of fields that vanish or empty, of types and layouts that change, and of kinds and levels of events that no longer come; provides the names lines.*, and the rule \"drifting\" unless a rule looks at them" default:"false"`
	Clocks      bool              `hcl:"clocks,optional" doc:"whether to compare the times in events with their arrival, where the format reads them; provides the names clock.* and delay.*, and the rules \"wrong_clock\" (another time zone, another year, events of the future) and \"delayed\" (a delay that grows over hours) unless rules look at them" default:"true"`
	Rules       []string          `hcl:"rules,optional" doc:"names of rules blocks whose rules it takes, before its own; a rule of its own takes the place of one of the same name" default:"[]"`
}

const (
	defaultEvery    = time.Minute
	defaultLateness = 30 * time.Second
	day             = 24 * time.Hour
	longestPeriod   = 400 * day
	longestSettle   = 7 * day
)

func newClass() *classBlock { return &classBlock{Every: "1m", TimeZone: "UTC", Clocks: true} }

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
	l.decode(b, insides(), cfg)
	c := &pipeline.Class{Name: b.Labels[0], Match: cfg.Match, Unit: "message", Labels: cfg.Labels, Learn: cfg.Learn}
	if c.Name == pipeline.Unclassified {
		l.report(b.text, b.LabelRanges[0], Diagnostic{
			Summary: "Reserved name", Detail: "The class " + quote(c.Name) + " holds the feeds that no other class takes.", Hint: "choose another name",
		})
	}
	c.Source = l.sourceOf(b, cfg.Source)
	l.labelled(b, cfg.Labels)
	zone := l.zone(b, cfg.TimeZone)
	holiday := l.hours(b, zone, cfg, c)
	l.windows(b, zone, cfg, c)
	l.times(b, cfg, c)
	l.patterns(b, c)
	l.chain(b, cfg, feedgauge.Env{Zone: zone, Holiday: holiday}, c)
	l.resolveOption(b, "source", c.Source)
	l.resolveOption(b, "lateness", brief(c.Lateness))
	l.resolveOption(b, "settle", brief(c.Settle))
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

// windows reads how a class cuts time: by every, or by its deliveries.
func (l *loader) windows(b *block, zone *time.Location, cfg *classBlock, c *pipeline.Class) {
	if d := l.deliveryOf(b); d != nil {
		l.delivery(d, b, zone, c)
		return
	}
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
}

// times reads the other durations of a class, each checked against the others.
func (l *loader) times(b *block, cfg *classBlock, c *pipeline.Class) {
	age := l.out.Kafka.MetadataAge
	c.Lateness = max(defaultLateness, age)
	if d := l.duration(b, "lateness", cfg.Lateness, 0, day); cfg.Lateness != "" && !b.bad["lateness"] {
		if c.Lateness = d; d < age {
			l.invalid(b, "lateness", fmt.Sprintf("%s is less than the metadata age of %s: a new partition could hold records that nobody knows of yet.", cfg.Lateness, brief(age)),
				fmt.Sprintf("write at least %q, or lower metadata_age in the block of the cluster", brief(age)))
		}
	}
	c.Period = l.period(b, cfg.Period, c)
	c.Late = l.late(b, cfg, c)
	c.RetireAfter = l.retireAfter(b, cfg, c)
	c.Settle = l.duration(b, "settle", cfg.Settle, 0, longestSettle)
	if cfg.Settle == "" && c.Schedule == nil {
		c.Settle = 2 * c.Every
	}
}

// late reads when a feed is late: a stage before its period is over.
func (l *loader) late(b *block, cfg *classBlock, c *pipeline.Class) time.Duration {
	d := l.duration(b, "late", cfg.Late, time.Millisecond, longestPeriod)
	switch {
	case d == 0 || b.bad["period"]:
	case c.Period == 0:
		l.invalid(b, "late", "A feed is late until its period is over, and the class has no period.", periodHint)
	case d >= c.Period:
		l.invalid(b, "late", fmt.Sprintf("%s is not below the period of %s, after which a feed is silent.", cfg.Late, brief(c.Period)),
			"write less than the period, or leave it out")
	case d < c.Every && !b.bad["every"]:
		l.invalid(b, "late", fmt.Sprintf("%s is less than the window of %s, and silence shorter than a window is not seen.", cfg.Late, brief(c.Every)),
			fmt.Sprintf("write at least %q", brief(c.Every)))
	}
	return d
}

// retireAfter reads when a feed is forgotten: not before it was told silent.
// Where silence counts in some hours only, a period takes longer to pass.
func (l *loader) retireAfter(b *block, cfg *classBlock, c *pipeline.Class) time.Duration {
	d := l.duration(b, "retire_after", cfg.RetireAfter, time.Millisecond, longestPeriod)
	if d == 0 || b.bad["period"] || b.bad["every"] {
		return d
	}
	wait := longestWait(c)
	switch {
	case d <= c.Period:
		l.invalid(b, "retire_after", fmt.Sprintf("%s is not above the period of %s: a feed would be forgotten before it is told to be silent.", cfg.RetireAfter, brief(c.Period)),
			fmt.Sprintf("write more than %q", brief(c.Period)))
	case d <= wait:
		l.invalid(b, "retire_after", fmt.Sprintf("%s is too short: of the hours that count, the period of %s may take %s to pass.", cfg.RetireAfter, brief(c.Period), brief(wait)),
			fmt.Sprintf("write more than %q; holidays may take longer still", brief(wait)))
	case d < c.Every:
		l.invalid(b, "retire_after", fmt.Sprintf("%s is less than the window of %s.", cfg.RetireAfter, brief(c.Every)),
			fmt.Sprintf("write at least %q", brief(c.Every)))
	}
	return d
}

// period reads the period of a class or of one of its feeds.
func (l *loader) period(b *block, s span, c *pipeline.Class) time.Duration {
	d := l.duration(b, "period", s, time.Millisecond, longestPeriod)
	if d > 0 && c != nil && d < c.Every && !b.bad["every"] {
		l.invalid(b, "period", tooBrief(string(s), c), tooBriefHint(c))
	}
	return d
}

// tooBrief says of a period that it is shorter than a window.
func tooBrief(s string, c *pipeline.Class) string {
	if c.Schedule != nil {
		return fmt.Sprintf("%s is less than the %s that may lie between two deliveries, and silence shorter than that is not seen.", s, brief(c.Every))
	}
	return fmt.Sprintf("%s is less than the window of %s, and silence shorter than a window is not seen.", s, brief(c.Every))
}

func tooBriefHint(c *pipeline.Class) string {
	hint := fmt.Sprintf("write at least %q", brief(c.Every))
	if c.Schedule == nil {
		hint += ", or lower every in the class"
	}
	return hint
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
	l.unused()
	l.idleSets()
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
