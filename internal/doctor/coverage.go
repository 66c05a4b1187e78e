package doctor

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/tail"
)

// coverage holds the feeds that the monitor knows, and those of the inventory,
// against the classes. Nothing is known before it has run.
func coverage(p *pipeline.Pipeline, feeds map[feedgauge.FeedID]known) []Check {
	if len(feeds) == 0 {
		return []Check{{About: "classes", OK: true, Says: fmt.Sprintf("%s in the inventory; which feeds there are is known once the monitor has run", tail.Plural(int64(len(p.Feeds)), "feed"))}}
	}
	c := &covered{p: p, takes: make(map[string]bool)}
	for _, id := range slices.SortedFunc(maps.Keys(feeds), byIdentity) {
		c.delivers(id, feeds[id])
	}
	for _, id := range slices.SortedFunc(maps.Keys(p.Feeds), byIdentity) {
		c.expected(id, feeds[id].seen)
	}
	return c.checks(len(feeds))
}

// covered is what has been found of feeds and classes so far.
type covered struct {
	p                      *pipeline.Pipeline
	takes                  map[string]bool // classes that take some feed
	untaken, never, astray []string
}

func (c *covered) delivers(id feedgauge.FeedID, k known) {
	class := c.p.Classify(k.source, id)
	c.takes[class.Name] = true
	if class.Name == pipeline.Unclassified && k.seen {
		c.untaken = append(c.untaken, id.String())
	}
	if f := c.p.Feeds[id]; f != nil && f.Class != class.Name && k.seen {
		c.astray = append(c.astray, fmt.Sprintf("%s (class %s, comes by source %s)", id, f.Class, k.source))
	}
}

func (c *covered) expected(id feedgauge.FeedID, seen bool) {
	c.takes[c.p.Feeds[id].Class] = true
	if !seen {
		c.never = append(c.never, id.String())
	}
}

func (c *covered) checks(feeds int) []Check {
	var out []Check
	finding := func(names []string, do, says string) {
		if len(names) > 0 {
			out = append(out, Check{About: "classes", Says: fmt.Sprintf(says, len(names), some(names)), Do: do})
		}
	}
	var idle []string
	for _, class := range c.p.Classes {
		if !c.takes[class.Name] {
			idle = append(idle, class.Name)
		}
	}
	finding(c.untaken, "add them to the match of a class, or a class of their own behind the others", "no class takes %d of the feeds that deliver, so they are counted and never alarmed: %s")
	finding(idle, "hold their match against the names in \"feedgauge tail state --until-end\", or remove them", "%d of the classes take no feed: %s")
	finding(c.never, "hold their names and tenants against \"feedgauge tail state --until-end\", or take them out of the inventory", "%d feeds of the inventory have never delivered: %s")
	finding(c.astray, "give them a class of that source, or name them anew", "%d feeds of the inventory come by another source than that of their class, which does not watch them: %s")
	if len(out) == 0 {
		out = append(out, Check{About: "classes", OK: true, Says: fmt.Sprintf("%s known, all taken by a class, and no class is idle", tail.Plural(int64(feeds), "feed"))})
	}
	return out
}

func byIdentity(a, b feedgauge.FeedID) int { return strings.Compare(a.Identity(), b.Identity()) }
