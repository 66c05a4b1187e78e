package watch

import (
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
)

// maxCommands is how many command ids are remembered, so that one that is
// written twice is folded once.
const maxCommands = 1000

// command folds an operator's word. It takes effect at its place in the journal.
func (w *Partition) command(c *feedgauge.Command, e *emit) {
	if slices.Contains(w.commands, c.ID) {
		return
	}
	// A new slice each time: points remember what was known at their place.
	known := w.commands[max(0, len(w.commands)+1-maxCommands):]
	w.commands = append(slices.Clone(known), c.ID)
	if g := w.groups[c.Feed.Identity()]; g != nil && c.Verb == feedgauge.Ack && len(c.Labels) == 0 {
		w.noteGroup(g, c, e)
		return
	}
	for _, f := range w.addressed(c) {
		w.obey(f, c, e)
	}
	if c.Verb == feedgauge.Retire {
		w.retireExpected(c)
	}
}

// retireExpected notes which feeds of the inventory a command retires: those too
// that have not been met, or, when it is folded again, are gone already.
func (w *Partition) retireExpected(c *feedgauge.Command) {
	for _, want := range w.expected {
		g := w.pipe.GroupOf(want.ID)
		named := want.ID == c.Feed || g != nil && g.ID() == c.Feed
		if len(c.Labels) > 0 {
			named = labelled(w.pipe.Labels(w.pipe.Classify(w.pipe.SourceFor(want.ID), want.ID), want.ID), c.Labels)
		}
		if named {
			w.retire(want.ID.Identity())
		}
	}
}

// noteGroup tells of somebody's word on the findings of a group.
func (w *Partition) noteGroup(g *group, c *feedgauge.Command, e *emit) {
	if g.asleep > w.next-1 || len(g.members) == 0 {
		return
	}
	m := g.members[0].moment(w.broker, g.members[0].class.Window(w.broker))
	m.Facts = &g.facts
	g.book.Note(g.rules, m, c.Who, c.Why, e.feed(g.members[0], m.At))
	w.touch(g)
}

// addressed returns the feeds a command is about, in order of identity; for a
// group, its members.
func (w *Partition) addressed(c *feedgauge.Command) []*feed {
	if len(c.Labels) == 0 {
		if g := w.groups[c.Feed.Identity()]; g != nil {
			return slices.Clone(g.members)
		}
		if f := w.feeds[c.Feed.Identity()]; f != nil {
			return []*feed{f}
		}
		return nil
	}
	var out []*feed
	for _, f := range w.feeds {
		if labelled(f.facts.Labels, c.Labels) {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b *feed) int { return strings.Compare(a.key, b.key) })
	return out
}

func labelled(have, want map[string]string) bool {
	for k, v := range want {
		if have[k] != v {
			return false
		}
	}
	return true
}

// obey does to one feed what the command says. A feed restored further than the
// fold has come has done so already.
func (w *Partition) obey(f *feed, c *feedgauge.Command, e *emit) {
	if f.foldedTo > w.next-1 {
		return
	}
	m := f.moment(w.broker, f.class.Window(w.broker))
	switch c.Verb {
	case feedgauge.Mute:
		if s := w.source(f.facts.Source); s != nil && c.Until > s.effective {
			f.muted = mute{until: c.Until, who: c.Who, why: c.Why}
		}
	case feedgauge.Unmute:
		if f.muted.until > m.At {
			w.endMute(f, m, e)
		}
		f.muted = mute{until: feedgauge.Before}
	case feedgauge.Ack:
		f.book.Note(w.ownRules(f), m, c.Who, c.Why, e.feed(f, m.At))
		f.note(c.Word)
	case feedgauge.Approve:
		f.accept(m.Window)
	case feedgauge.Retire:
		w.forget(f, m, strings.TrimSuffix("retired by "+c.Who+": "+c.Why, ": "), e)
		return
	}
	f.dirty = true
	w.changed = append(w.changed, f)
	if s := w.source(f.facts.Source); s != nil && f.heapAt >= 0 {
		s.queue.set(f) // the end of a mute is due like anything else
	}
}
