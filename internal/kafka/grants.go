package kafka

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Roles that need rights: those of a running monitor, and the people who ask it
// and speak to it.
const (
	RoleIntake  = "intake"
	RoleWatch   = "watch"
	RoleDeliver = "deliver"
	RoleOperate = "operate" // tail, mute and the like
)

// GrantRoles returns all roles.
func GrantRoles() []string { return []string{RoleIntake, RoleWatch, RoleDeliver, RoleOperate} }

// Grant is one right on the cluster.
type Grant struct {
	Kind     kmsg.ACLResourceType
	Name     string
	Prefixed bool // Name is how the names begin
	Op       kadm.ACLOperation
}

// String reads like: READ on topics that begin with "web-".
func (g Grant) String() string {
	kind := map[kmsg.ACLResourceType]string{
		kmsg.ACLResourceTypeTopic: "topic", kmsg.ACLResourceTypeGroup: "group", kmsg.ACLResourceTypeTransactionalId: "transactional id",
	}[g.Kind]
	switch {
	case g.Name == "*":
		return fmt.Sprintf("%s on all %ss", g.Op, kind)
	case g.Prefixed:
		return fmt.Sprintf("%s on %ss that begin with %q", g.Op, kind, g.Name)
	}
	return fmt.Sprintf("%s on %s %q", g.Op, kind, g.Name)
}

// Covers reports whether the right holds for a name.
func (g Grant) Covers(name string) bool {
	return g.Name == "*" || g.Name == name || g.Prefixed && len(name) >= len(g.Name) && name[:len(g.Name)] == g.Name
}

// Grants returns the least rights with which the roles of a pipeline work, each
// once. READ and WRITE bring DESCRIBE with them, so that is named only where there
// is nothing else.
func Grants(p *pipeline.Pipeline, roles ...string) []Grant {
	g := granter{k: p.Kafka}
	for _, role := range roles {
		switch role {
		case RoleIntake:
			g.intake(p)
		case RoleWatch:
			g.watch()
		case RoleDeliver:
			g.topics(kadm.OpRead, Alerts)
			g.add(kmsg.ACLResourceTypeGroup, p.Kafka.Prefix+"-deliver-", true, kadm.OpRead)
			g.prepare()
		case RoleOperate:
			g.topics(kadm.OpRead, fullBare()...)
			g.topics(kadm.OpWrite, Journal)
			g.add(kmsg.ACLResourceTypeTransactionalId, p.Kafka.Prefix+"-cli-", true, kadm.OpWrite)
		}
	}
	return g.least()
}

type granter struct {
	k   pipeline.Kafka
	out []Grant
}

func (g *granter) add(kind kmsg.ACLResourceType, name string, prefixed bool, op kadm.ACLOperation) {
	if one := (Grant{kind, name, prefixed, op}); !slices.Contains(g.out, one) {
		g.out = append(g.out, one)
	}
}

func (g *granter) topics(op kadm.ACLOperation, names ...string) {
	for _, name := range names {
		g.add(kmsg.ACLResourceTypeTopic, g.k.Topic(name), false, op)
	}
}

// prepare is what each member looks at before it begins.
func (g *granter) prepare() {
	g.topics(kadm.OpDescribe, append(fullBare(), Resize)...)
	g.topics(kadm.OpDescribeConfigs, fullBare()...)
}

func (g *granter) member(role string) {
	name := g.k.Prefix + "-" + role
	g.add(kmsg.ACLResourceTypeGroup, name, false, kadm.OpRead)
	g.add(kmsg.ACLResourceTypeTransactionalId, name+"-", true, kadm.OpWrite)
}

func (g *granter) intake(p *pipeline.Pipeline) {
	for _, s := range p.Sources {
		for _, expr := range s.Topics {
			name, prefixed := reach(expr)
			g.add(kmsg.ACLResourceTypeTopic, name, prefixed, kadm.OpRead)
		}
	}
	g.topics(kadm.OpRead, Journal)
	g.topics(kadm.OpWrite, Journal, Dead)
	if slices.ContainsFunc(p.Sources, func(s *pipeline.Source) bool { return s.MaxFeeds > 0 }) {
		g.topics(kadm.OpRead, State)
	}
	g.member(RoleIntake)
	g.prepare()
}

func (g *granter) watch() {
	g.topics(kadm.OpRead, Journal, State)
	g.topics(kadm.OpWrite, Journal, State, Alerts, History)
	g.member(RoleWatch)
	g.prepare()
}

// reach is the closest that an access control list comes to an expression: a name,
// how names begin, or all of them.
func reach(expr string) (name string, prefixed bool) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return "*", false
	}
	switch name, whole := re.LiteralPrefix(); {
	case whole && name != "":
		return name, false
	case name != "":
		return name, true
	}
	return "*", false
}

// least leaves DESCRIBE out where another right brings it.
func (g *granter) least() []Grant {
	return slices.DeleteFunc(g.out, func(d Grant) bool {
		return d.Op == kadm.OpDescribe && slices.ContainsFunc(g.out, func(o Grant) bool {
			return o.Kind == d.Kind && o.Name == d.Name && o.Prefixed == d.Prefixed && (o.Op == kadm.OpRead || o.Op == kadm.OpWrite)
		})
	})
}

func fullBare() []string {
	var names []string
	for _, t := range topics() {
		names = append(names, t.name)
	}
	return names
}

// Planned is one of our topics as it is to be created.
type Planned struct {
	Name    string
	Configs map[string]string
}

// Plan returns our topics by their full names.
func Plan(k pipeline.Kafka) []Planned {
	var out []Planned
	for _, t := range topics() {
		out = append(out, Planned{k.Topic(t.name), t.configs})
	}
	return out
}
