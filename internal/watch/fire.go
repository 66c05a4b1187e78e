package watch

import (
	"container/heap"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/rules"
	"github.com/feedgauge/feedgauge/processors/status"
)

// fireFeed acts on a feed's due time.
func (w *Partition) fireFeed(s *sourceState, f *feed, d due, e *emit) {
	switch d.kind {
	case deadline:
		w.fireDeadline(s, f, d.at, e)
	case retirement:
		w.fireRetirement(s, f, d.at, e)
	case windowEnd:
		w.closeWindow(s, f, e)
	case muteEnd:
		w.endMute(f, s.moment(f, d.at, f.class.Window(d.at)), e)
	}
}

// endMute tells of what was found while a feed was muted and is still open, since
// nobody may have heard of it.
func (w *Partition) endMute(f *feed, m *rules.Moment, e *emit) {
	f.muted = mute{until: feedgauge.Before}
	f.dirty = true
	f.book.Remind(w.ownRules(f), m, "no longer muted", e.feed(f, m.At))
	if g := f.group; g != nil && g.members[0] == f && g.asleep <= w.next-1 {
		gm := *m
		gm.Facts = &g.facts
		g.book.Remind(g.rules, &gm, "no longer muted", e.feed(f, m.At))
		w.touch(g)
	}
	w.stand(f, m, "")
}

// fireDeadline judges a feed whose period has passed since its last arrival. An
// arrival before the deadline that waits in the open window excuses it; closing
// that window sets the next deadline. Time for which data was lost does not
// count, and while all of the source is quiet, that is told as one outage: of a
// source that has just fallen quiet, it is first waited for whether it is one.
func (w *Partition) fireDeadline(s *sourceState, f *feed, at feedgauge.Instant, e *emit) {
	f.deadline = feedgauge.After
	if f.pending.ArrivedBefore(at) {
		return
	}
	if s.quiet(at) {
		f.deadline = f.later(at)
		w.stand(f, s.moment(f, at, f.class.Window(at)), reasonOutage)
		return
	}
	if s.silence(f, at) <= f.facts.Period {
		f.deadline = s.again(f, at)
		return
	}
	m := s.moment(f, at, f.class.Window(at))
	if f.group != nil {
		if f.deadline = f.later(at); f.last == feedgauge.Before {
			f.deadline = f.silentAfter(at)
		}
		if enough := w.judgeGroup(f.group, m, e); enough || f.last != feedgauge.Before {
			return
		}
		// Too few deliver, and this one never has.
	}
	w.judge(f, m, e)
	if f.group == nil {
		f.lookAgain(at)
	}
}

// lookAgain sees to it that a dormant feed, whose windows are closed no more, is
// judged from time to time by the rules on silence that do not hold yet, such as
// one that waits for a day.
func (f *feed) lookAgain(at feedgauge.Instant) {
	if f.empty >= maxEmpty && f.deadline == feedgauge.After && f.book.Waits(f.class.Rules) {
		f.deadline = f.later(at)
	}
}

// closeWindow closes the next window: forecast, judge, learn. A window of which
// records may have been lost, or in which the whole source was quiet, is not
// judged and not learnt from.
func (w *Partition) closeWindow(s *sourceState, f *feed, e *emit) {
	win := f.toClose()
	tally, arrived := f.pending.Take(win)
	f.cursor, f.closed = f.class.NextWindow(win), true
	f.empty++
	f.events = tally.Counts.Events
	if arrived {
		f.empty, f.since = 0, feedgauge.After
		f.last = max(f.last, tally.Last)
		f.size = tally.Counts.Bytes
		f.deadline, f.retire = f.silentAfter(f.last), f.retireAfter(f.last)
	}
	m := s.moment(f, win.End, win)
	// Where silence is judged, a window without arrivals says nothing of what
	// arrives: it leaves findings of windows as they are and is not learnt from,
	// or else the first minutes of every outage would be.
	quiet := !arrived && f.facts.Period > 0
	m.Closed, m.Quiet, m.Counts, m.First = !quiet, quiet, tally.Counts, tally.First
	f.read(&tally, m.Readings)
	f.readings = m.Readings
	m.Clocks = clocksOf(tally.Sketches)
	if reason := s.incomplete(f, win); reason != "" {
		w.returns(f, m, e, arrived)
		w.stand(f, m, reason)
	} else if !f.class.Active(win.Start) {
		w.returns(f, m, e, arrived)
	} else {
		f.compare(m, tally.Sketches)
		f.compareClocks(m, tally.Sketches)
		f.compareDelivery(m, &tally)
		m.Judged = f.assess(m)
		held := w.judge(f, m, e)
		if !quiet && !m.Judged {
			f.learn(m, held)
		}
	}
	if f.group != nil && arrived {
		w.judgeGroup(f.group, m, e)
	}
	if f.group == nil {
		f.lookAgain(m.At)
	}
	e.closed(&feedgauge.Closed{
		Feed: f.facts.Feed, Window: win, Counts: tally.Counts, Forecast: m.Forecast, Readings: m.Readings, Clocks: m.Clocks, Status: f.status, Reason: f.reason,
	})
}

// returns ends the silence of a feed that delivers in a window that cannot be
// judged otherwise, or lies outside the hours that count.
func (w *Partition) returns(f *feed, m *rules.Moment, e *emit, arrived bool) {
	if !arrived || !f.book.Open() {
		return
	}
	out := f.book.Return(w.ownRules(f), m, e.feed(f, m.At))
	w.failed += int64(out.Failed)
	f.dirty = f.dirty || out.Changed
}

// judge evaluates the feed's rules and works out its status.
func (w *Partition) judge(f *feed, m *rules.Moment, e *emit) (held bool) {
	out := f.book.Judge(w.ownRules(f), m, e.feed(f, m.At))
	w.failed += int64(out.Failed)
	f.dirty = f.dirty || out.Changed
	switch {
	case f.book.Open():
		f.calm = 0
	case m.Closed && f.calm < needCalm:
		f.calm++
	}
	w.stand(f, m, "")
	return out.Held
}

// stand works out how the feed stands. reason says why it could not be judged,
// empty if it was.
func (w *Partition) stand(f *feed, m *rules.Moment, reason string) {
	in := status.Input{
		Seen: m.Last != feedgauge.Before || f.pending.ArrivedBefore(m.At), Judgeable: reason == "", Reason: reason,
		Open: f.book.Statuses(w.ownRules(f)), Learning: m.Learning(),
		Late: f.class.Late > 0 && m.Age > f.class.Late, Muted: f.muted.until > m.At,
		CalmWindows: f.calm, NeedCalm: needCalm,
	}
	f.status, f.reason = status.Next(f.status, in), in.Doubt()
}

// fireRetirement forgets a feed that has delivered nothing for long, as of time
// at. Arrivals from then on are those of a new feed.
func (w *Partition) fireRetirement(s *sourceState, f *feed, at feedgauge.Instant, e *emit) {
	f.retire = feedgauge.After
	if f.pending.ArrivedBefore(at) {
		return
	}
	if again := s.retireAt(f, at); again > at {
		f.retire = again
		return
	}
	w.forget(f, f.moment(at, f.class.Window(at)), "it has delivered nothing for "+f.class.RetireAfter.String(), e)
	if len(f.pending.All()) == 0 {
		return
	}
	heir := w.meet(s, f.facts.Feed, w.next-1)
	for _, p := range f.pending.All() {
		heir.merge(p.Window, &p.Tally)
	}
	heir.dirty = true
	w.changed = append(w.changed, heir)
	s.queue.set(heir)
}

// forget retires a feed: its findings end, its state is deleted, and if it
// delivers again it is a new feed.
func (w *Partition) forget(f *feed, m *rules.Moment, why string, e *emit) {
	f.book.End(f.class.Rules, m, why, e.feed(f, m.At))
	f.gone = true
	delete(w.feeds, f.key)
	w.leave(f, m, why, e)
	if s := w.source(f.facts.Source); s != nil && f.heapAt >= 0 {
		heap.Remove(&s.queue, f.heapAt)
	}
	w.saver.remove(f)
	w.graves.dig(f.key, f.facts.Feed, w.next)
}

// emit is what a firing tells.
type emit struct {
	step   func(*feedgauge.Step)
	closed func(*feedgauge.Closed)
}

// feed returns the receiver of the steps of one feed, which marks what is found
// while it is muted.
func (e *emit) feed(f *feed, at feedgauge.Instant) func(*feedgauge.Step) {
	if f.muted.until <= at {
		return e.step
	}
	return func(s *feedgauge.Step) {
		s.Muted = true
		if s.Who == "" && s.Why == "" {
			s.Who, s.Why = f.muted.who, f.muted.why
		}
		e.step(s)
	}
}
