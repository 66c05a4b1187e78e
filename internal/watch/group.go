package watch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

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

// leave takes a feed out of its group, which is saved with the removal of the
// feed's state: restored as of an earlier moment, it would miss a member. The
// finding of a group ends with its last member.
func (w *Partition) leave(f *feed, m *rules.Moment, why string, e *emit) {
	g := f.group
	if g == nil {
		return
	}
	if len(g.members) == 1 {
		gm := *m
		gm.Facts = &g.facts
		g.book.End(g.rules, &gm, why, e.feed(f, m.At))
		delete(w.groups, g.conf.ID().Identity())
		w.dropped = append(w.dropped, g.conf.ID().Identity())
	}
	g.members = slices.DeleteFunc(g.members, func(m *feed) bool { return m == f })
	if len(g.members) > 0 && g.asleep < w.next { // else what was restored knows of it
		w.touch(g)
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

// standing is how a member of a group stands at some time.
type standing struct {
	name string
	age  time.Duration     // of its silence
	last feedgauge.Instant // last arrival, the time itself for one that waits to be counted
}

// stand says how member f stands at time at.
func (w *Partition) standing(f *feed, at feedgauge.Instant) standing {
	st := standing{name: f.facts.Feed.Name, last: f.last}
	if f.pending.ArrivedBefore(at) {
		st.last = at
	} else if s := w.source(f.facts.Source); s != nil {
		st.age = s.silence(f, at)
	}
	return st
}

// judgeGroup judges a group at a due time of one of its members: while enough of
// them deliver, the group does, and enough is true. The group is silent for as
// long as the member is whose loss leaves too few: of those ordered by their
// silence, the one in the place that is needed.
func (w *Partition) judgeGroup(g *group, m *rules.Moment, e *emit) (enough bool) {
	if g.asleep > w.next-1 {
		return true
	}
	all := make([]standing, len(g.members))
	alive := 0
	var silent []string
	for i, f := range g.members {
		all[i] = w.standing(f, m.At)
		if all[i].last != feedgauge.Before && (f.facts.Period <= 0 || all[i].age <= f.facts.Period) {
			alive++
		} else {
			silent = append(silent, all[i].name)
		}
	}
	out := g.book.Judge(g.rules, g.moment(m, all), w.tellGroup(g, m.At, e, func(s *feedgauge.Step) {
		s.Message = fmt.Sprintf("%s: %d of %d members deliver, %d are needed; silent: %s",
			g.conf.Name, alive, len(g.conf.Members), g.conf.Need, strings.Join(silent, ", "))
	}))
	w.failed += int64(out.Failed)
	if out.Changed {
		w.touch(g)
	}
	return alive >= g.conf.Need
}

// moment is a due time of a member as one of the group.
func (g *group) moment(m *rules.Moment, all []standing) *rules.Moment {
	slices.SortStableFunc(all, func(a, b standing) int {
		if never := cmp.Compare(flag(a.last == feedgauge.Before), flag(b.last == feedgauge.Before)); never != 0 {
			return never // who never delivered comes last
		}
		return cmp.Compare(a.age, b.age)
	})
	gm := *m
	gm.Facts, gm.Closed, gm.Quiet, gm.Counts = &g.facts, false, false, feedgauge.Counts{}
	decisive := all[min(g.conf.Need, len(all))-1]
	gm.Age, gm.Last = decisive.age, decisive.last
	if gm.Last == feedgauge.Before { // too few have ever delivered
		gm.Last = all[0].last
	}
	return &gm
}

// tellGroup returns the receiver of a group's steps, muted as its members are.
// opening words the step that opens.
func (w *Partition) tellGroup(g *group, at feedgauge.Instant, e *emit, opening func(*feedgauge.Step)) func(*feedgauge.Step) {
	tell := e.feed(g.members[0], at)
	return func(s *feedgauge.Step) {
		if s.Activity == feedgauge.Open {
			opening(s)
		}
		tell(s)
	}
}

// retractGroup does for a group what a late tally of a member means for its
// silence, if with that member enough were delivering.
func (w *Partition) retractGroup(f *feed, m *rules.Moment, t *feedgauge.FeedTally, e *emit) {
	g := f.group
	if g == nil || g.asleep > w.next-1 {
		return
	}
	alive := 0
	for _, member := range g.members {
		if st := w.standing(member, t.Last); st.last != feedgauge.Before && st.age <= member.facts.Period {
			alive++
		}
	}
	if alive < g.conf.Need {
		return
	}
	gm := *m
	gm.Facts = &g.facts
	g.book.Retract(g.rules, &gm, t.First, t.Last, func(s *feedgauge.Step) {
		e.feed(f, t.Last)(s)
		w.touch(g)
	})
}

// touch sees to it that a group is saved with the next transaction, again if it
// was saved in the middle of this entry's firings.
func (w *Partition) touch(g *group) {
	first := g.members[0]
	g.foldedTo, first.foldedTo = min(g.foldedTo, w.next-1), min(first.foldedTo, w.next-1)
	first.dirty = true
	w.changed = append(w.changed, first)
	if s := w.source(first.facts.Source); s != nil && first.heapAt >= 0 {
		s.queue.set(first) // the end of its mute may be due by now
	}
}
