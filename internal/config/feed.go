package config

import (
	"fmt"
	"slices"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/processors/naming"
)

type feedBlock struct {
	Class  string            `hcl:"class" doc:"name of its class"`
	Tenant string            `hcl:"tenant,optional" doc:"tenant it belongs to" default:"main"`
	Period span              `hcl:"period,optional" doc:"longest silence that is fine for this feed" default:"that of the class"`
	Owner  string            `hcl:"owner,optional" doc:"who is to be asked, shown in alerts" default:"none"`
	Labels map[string]string `hcl:"labels,optional" doc:"labels beside those of the class, shown in alerts" default:"{}"`
}

func newFeed() *feedBlock { return &feedBlock{Tenant: naming.DefaultTenant} }

// feeds builds the feed blocks.
func (l *loader) feeds() {
	seen := map[feedgauge.FeedID]*block{}
	for _, b := range l.blocks["feed"] {
		cfg := newFeed()
		l.decode(b, nil, cfg)
		if !goodName(cfg.Tenant) {
			l.invalid(b, "tenant", badName, "")
		}
		id := feedgauge.FeedID{Tenant: cfg.Tenant, Name: b.Labels[0]}
		if first := seen[id]; first != nil {
			l.twice(b, b.LabelRanges[0], first)
		} else {
			seen[id] = b
		}
		l.labelled(b, cfg.Labels)
		f := &pipeline.Feed{ID: id, Class: cfg.Class, Owner: cfg.Owner, Labels: cfg.Labels}
		if !b.bad["class"] {
			c := l.classOf(b, cfg.Class)
			f.Period = l.feedPeriod(b, cfg.Period, c)
			if c != nil && c.Period > 0 {
				l.resolveOption(b, "period", brief(c.Period))
			}
		}
		l.out.Feeds[id] = f
	}
}

// classOf resolves the class of a feed, nil if there is none of that name.
func (l *loader) classOf(b *block, name string) *pipeline.Class {
	c, hint := l.findClass(name)
	if c == nil && l.sure("class") {
		l.report(b.text, b.valueRange("class"), unknownClass(name, hint))
	}
	return c
}

func unknownClass(name, hint string) Diagnostic {
	return Diagnostic{Summary: "Unknown class", Detail: "There is no class " + quote(name) + ".", Hint: hint}
}

// findClass returns the class of that name, or a hint.
func (l *loader) findClass(name string) (*pipeline.Class, string) {
	for _, c := range l.out.Classes {
		if c.Name == name {
			return c, ""
		}
	}
	var known []string
	for _, c := range l.out.Classes {
		known = append(known, c.Name)
	}
	slices.Sort(known)
	return nil, suggest.DidYouMean(name, known)
}

// feedPeriod reads a feed's own period; one in a class without period would
// have no effect.
func (l *loader) feedPeriod(b *block, s span, c *pipeline.Class) time.Duration {
	d := l.period(b, s, c)
	if d > 0 && c != nil && c.Period == 0 && !l.classBad(c.Name, "period") {
		l.invalid(b, "period", noPeriod(c.Name), periodHint)
	}
	return d
}

const periodHint = "add a period to the class, which is the rule for all of its feeds"

func noPeriod(class string) string {
	return fmt.Sprintf("Class %s has no period, so silence of its feeds is not judged.", quote(class))
}

// classBad reports whether a mistake in that option of a class is known.
func (l *loader) classBad(name, option string) bool {
	for _, b := range l.blocks["class"] {
		if b.Labels[0] == name && b.bad[option] {
			return true
		}
	}
	return false
}
