package overview

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/feedgauge/feedgauge/internal/engine"
)

// roles finds the monitor's groups by their names.
func (r *reader) roles(ctx context.Context) error {
	listed, err := r.adm.ListGroups(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, g := range listed.Groups() {
		if r.role(g) != "" {
			names = append(names, g)
		}
	}
	if len(names) == 0 {
		return nil // kadm takes none for all
	}
	lags, err := r.adm.Lag(ctx, names...)
	if err != nil {
		return err
	}
	for _, g := range lags.Sorted() {
		if err := g.Error(); err != nil {
			return err
		}
		r.report.Roles = append(r.report.Roles, r.describe(&g))
	}
	order := engine.Roles()
	slices.SortStableFunc(r.report.Roles, func(a, b Role) int {
		return cmp.Compare(slices.Index(order, firstWord(a.Role)), slices.Index(order, firstWord(b.Role)))
	})
	return nil
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

// role returns the role of a group of ours, empty for a group of others.
func (r *reader) role(group string) string {
	name, ours := strings.CutPrefix(group, r.Kafka.Prefix+"-")
	if sink, delivers := strings.CutPrefix(name, "deliver-"); ours && delivers {
		return "deliver " + sink
	}
	if ours && slices.Contains(engine.Roles(), name) {
		return name
	}
	return ""
}

func (r *reader) describe(g *kadm.DescribedGroupLag) Role {
	out := Role{Role: r.role(g.Group), Group: g.Group, State: g.State, Members: []Member{}}
	place := make(map[string]int)
	for _, m := range g.Members {
		name := m.MemberID
		if m.InstanceID != nil {
			name = *m.InstanceID
		}
		place[m.MemberID] = len(out.Members)
		out.Members = append(out.Members, Member{Instance: name, Host: strings.TrimPrefix(m.ClientHost, "/")})
	}
	for _, lane := range g.Lag.Sorted() {
		lag := max(0, lane.Lag)
		out.Lag += lag
		if lane.Member == nil {
			continue
		}
		if i, ok := place[lane.Member.MemberID]; ok {
			out.Members[i].Lanes++
			out.Members[i].Lag += lag
		}
	}
	return out
}
