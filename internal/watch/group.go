package watch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// group is a set of feeds of which only some need to deliver. It is told as one
// feed with the group's name. All members are watched in its partition, and are
// saved together with it, so that a restore finds them as of one moment.
type group struct {
	conf     *pipeline.Group
	members  []*feed // those met, in order of identity
	facts    rules.Facts
	rules    []*rules.Rule // those that look at silence alone
	book     rules.Book
	foldedTo int64
	asleep   int64 // restored as of this offset: not judged before
}

// join finds or makes the group of a feed that is being met.
func (w *Partition) join(f *feed) {
	conf := w.pipe.GroupOf(f.facts.Feed)
	if conf == nil {
		return
	}
	g := w.groups[conf.ID().Identity()]
	if g == nil {
		g = &group{conf: conf, foldedTo: f.foldedTo}
		w.groups[conf.ID().Identity()] = g
	}
	if g.rules == nil {
		g.rules, g.facts = pick(f.class.Rules, true), f.facts
		g.facts.Feed = conf.ID()
	}
	f.group = g
	g.members = append(g.members, f)
	slices.SortFunc(g.members, func(a, b *feed) int { return strings.Compare(a.key, b.key) })
}

// leave takes a feed out of its group.
func (f *feed) leave() {
	if f.group != nil {
		f.group.members = slices.DeleteFunc(f.group.members, func(m *feed) bool { return m == f })
	}
}

// pick returns the rules that look at silence alone, or all others.
func pick(all []*rules.Rule, silence bool) []*rules.Rule {
	var out []*rules.Rule
	for _, r := range all {
		if r.OnlySilence() == silence {
			out = append(out, r)
		}
	}
	return out
}

// ownRules returns the rules by which a feed is judged on its own: for a member
// of a group, silence is the group's affair.
func (w *Partition) ownRules(f *feed) []*rules.Rule {
	if f.group == nil {
		return f.class.Rules
	}
	rs, ok := w.alone[f.class]
	if !ok {
		rs = pick(f.class.Rules, false)
		w.alone[f.class] = rs
	}
	return rs
}

// alive reports whether a member was within its period at time at.
func (w *Partition) alive(f *feed, at feedgauge.Instant) bool {
	if f.pending.ArrivedBefore(at) {
		return true
	}
	if f.last == feedgauge.Before || f.facts.Period <= 0 {
		return f.last != feedgauge.Before
	}
	s := w.source(f.facts.Source)
	return s != nil && s.silence(f, at) <= f.facts.Period
}

// judgeGroup judges a group at a due time of one of its members: while enough of
// them deliver, the group does, and enough is true.
func (w *Partition) judgeGroup(g *group, m *rules.Moment, e *emit) (enough bool) {
	if g.asleep > w.next-1 {
		return true
	}
	alive := 0
	var silent []string
	for _, f := range g.members {
		if w.alive(f, m.At) {
			alive++
		} else {
			silent = append(silent, f.facts.Feed.Name)
		}
	}
	gm := *m
	gm.Facts, gm.Closed, gm.Counts = &g.facts, false, feedgauge.Counts{}
	if alive >= g.conf.Need {
		gm.Age = 0
	}
	if gm.Last == feedgauge.Before && alive > 0 {
		gm.Last = gm.At
	}
	tell := e.feed(g.members[0], m.At) // muted as its members are
	out := g.book.Judge(g.rules, &gm, func(s *feedgauge.Step) {
		if s.Activity == feedgauge.Open {
			s.Message = fmt.Sprintf("%s: %d of %d members deliver, %d are needed; silent: %s",
				g.conf.Name, alive, len(g.conf.Members), g.conf.Need, strings.Join(silent, ", "))
		}
		tell(s)
	})
	w.failed += int64(out.Failed)
	if out.Changed {
		w.touch(g)
	}
	return alive >= g.conf.Need
}

// touch sees to it that a group is saved with the next transaction, again if it
// was saved in the middle of this entry's firings.
func (w *Partition) touch(g *group) {
	first := g.members[0]
	g.foldedTo, first.foldedTo = min(g.foldedTo, w.next-1), min(first.foldedTo, w.next-1)
	first.dirty = true
	w.changed = append(w.changed, first)
}
