package config

import (
	"fmt"
	"slices"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/processors/naming"
)

type groupBlock struct {
	Members []string `hcl:"members" doc:"names of its feeds, each in the inventory or a feed block, all of one class; a feed is in one group at most"`
	Need    int      `hcl:"need,optional" doc:"how many members must deliver" default:"1"`
	Tenant  string   `hcl:"tenant,optional" doc:"tenant of the group and its members" default:"main"`
}

func newGroup() *groupBlock { return &groupBlock{Need: 1, Tenant: naming.DefaultTenant} }

// groups builds the group blocks.
func (l *loader) groups() {
	names := map[feedgauge.FeedID]*block{}
	members := map[feedgauge.FeedID]*block{}
	for _, b := range l.blocks["group"] {
		cfg := newGroup()
		l.decode(b, nil, cfg)
		if !goodName(cfg.Tenant) {
			l.invalid(b, "tenant", badName, "")
		}
		g := &pipeline.Group{Name: b.Labels[0], Tenant: cfg.Tenant, Need: cfg.Need}
		l.groupName(b, g.ID(), names)
		if !b.bad["members"] && !b.bad["tenant"] {
			l.members(b, cfg, g, members)
		}
		l.out.Groups = append(l.out.Groups, g)
	}
}

// groupName checks that a group is told from feeds and from other groups.
func (l *loader) groupName(b *block, id feedgauge.FeedID, names map[feedgauge.FeedID]*block) {
	if first := names[id]; first != nil {
		l.twice(b, b.LabelRanges[0], first)
		return
	}
	names[id] = b
	if l.out.Feeds[id] != nil {
		l.report(b.text, b.LabelRanges[0], Diagnostic{
			Summary: "Name used twice", Detail: "There is a feed of this name, and a group is told like a feed.", Hint: "rename the group",
		})
	}
}

// members resolves the members of a group.
func (l *loader) members(b *block, cfg *groupBlock, g *pipeline.Group, taken map[feedgauge.FeedID]*block) {
	if len(cfg.Members) == 0 {
		l.invalid(b, "members", "The list is empty.", `for example ["fw-01a", "fw-01b"]`)
		return
	}
	class := ""
	for i, name := range cfg.Members {
		if len(l.diags) > maxDiagnostics {
			return
		}
		id := feedgauge.FeedID{Tenant: cfg.Tenant, Name: name}
		fe := &feedgauge.FieldError{Field: "members", Index: i}
		f := l.out.Feeds[id]
		switch {
		case f == nil && !l.sure("feed", "inventory"):
			continue
		case f == nil:
			fe.Msg, fe.Hint = fmt.Sprintf("the inventory has no feed %s", quote(id.String())), l.nearFeed(id, taken)
		case taken[id] == b:
			fe.Msg, fe.Hint = quote(name)+" is listed twice", "remove one of them"
		case taken[id] != nil:
			fe.Msg, fe.Hint = fmt.Sprintf("%s is in the group at %s already", quote(name), taken[id].where()), "a feed is in one group at most"
		case class != "" && f.Class != class:
			fe.Msg = fmt.Sprintf("%s is of class %s, members before it are of class %s", quote(name), quote(f.Class), quote(class))
			fe.Hint = "a group has members of one class, whose rules it is judged by"
		default:
			class, taken[id] = f.Class, b
			g.Members = append(g.Members, id)
			continue
		}
		l.mistakes(b, fe)
	}
	if class == "" {
		return // no member is known
	}
	if !b.bad["need"] && (cfg.Need < 1 || cfg.Need > len(cfg.Members)) {
		l.invalid(b, "need", fmt.Sprintf("Of %d members %d cannot be what is needed.", len(cfg.Members), cfg.Need), fmt.Sprintf("write a number from 1 to %d", len(cfg.Members)))
	}
	l.groupPeriod(b, class)
}

// groupPeriod reports a group in a class that does not judge silence, which is
// all that a group is judged by.
func (l *loader) groupPeriod(b *block, class string) {
	c, _ := l.findClass(class)
	if c != nil && c.Period == 0 && !l.classBad(class, "period") {
		l.invalid(b, "members", noPeriod(class), periodHint)
	}
}

// nearFeed returns a hint to somebody who named a feed that is not there.
func (l *loader) nearFeed(id feedgauge.FeedID, taken map[feedgauge.FeedID]*block) string {
	const few = 500 // to compare with more takes long
	var names, tenants []string
	if len(l.out.Feeds) <= few {
		for other := range l.out.Feeds {
			if other.Tenant == id.Tenant && taken[other] == nil {
				names = append(names, other.Name)
			}
			if other.Tenant != id.Tenant && other.Name == id.Name {
				tenants = append(tenants, other.Tenant)
			}
		}
	}
	if len(tenants) > 0 {
		return fmt.Sprintf("there is one of tenant %s", quote(slices.Min(tenants)))
	}
	slices.Sort(names)
	if hint := suggest.Hint(id.Name, names); hint != "" {
		return hint
	}
	return "members are named in feed blocks or in an inventory file"
}
