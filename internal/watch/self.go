package watch

import (
	"fmt"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// BlindAfter is how long, by the broker's time, intake may say nothing before
// that is told: nothing can be judged meanwhile.
const BlindAfter = time.Minute

// selfFinding is a finding about the monitor or a whole source. It belongs to
// one partition by hash of its name, and is told once.
type selfFinding struct {
	open     bool
	uid      string
	sequence int
	opened   feedgauge.Instant
	since    feedgauge.Instant
}

// selfID names the source of a finding about a source, or intake.
func selfID(name string) feedgauge.FeedID {
	return feedgauge.FeedID{Tenant: pipeline.Self, Name: name}
}

// ours reports whether the finding of that name is told by this partition.
func (w *Partition) ours(name string) bool {
	return feedgauge.Partition(selfID(name).Identity(), w.pipe.Kafka.Partitions) == w.index
}

// tell opens or closes the finding.
func (f *selfFinding) tell(name, rule string, at, since, end feedgauge.Instant, severity feedgauge.Severity, message string) *feedgauge.Step {
	s := &feedgauge.Step{
		Feed: selfID(name), Rule: rule, Severity: severity, Message: message, At: at, End: end,
		Numbers: feedgauge.Numbers{Last: since},
	}
	if f.open {
		f.sequence++
		s.Activity, s.Previous, s.Status = feedgauge.Close, feedgauge.Unknown, feedgauge.OK
	} else {
		f.uid = feedgauge.FindingUID(s.Feed, rule, feedgauge.WindowOf(at, time.Minute))
		f.sequence, f.opened, f.since = 1, at, since
		s.Activity, s.Previous, s.Status = feedgauge.Open, feedgauge.OK, feedgauge.Unknown
	}
	f.open = !f.open
	s.UID, s.Sequence, s.Opened, s.Since = f.uid, f.sequence, f.opened, f.since
	s.Numbers.Silence = at.Sub(f.since)
	return s
}

// outageDue is when the state of the source's outage changes next, by the
// arrivals known: After if it does not.
func (s *sourceState) outageDue() feedgauge.Instant {
	limit := s.conf.OutageAfter
	if !s.tellsOutage || limit <= 0 {
		return feedgauge.After
	}
	if s.outage.open {
		return s.runs.After(s.outage.since + 1)
	}
	for i, run := range s.runs {
		ends := i+1 == len(s.runs) || s.runs[i+1].First.Sub(run.Last) > limit
		if ends && run.Last > s.told {
			return run.Last.Add(limit + time.Millisecond)
		}
	}
	return feedgauge.After
}

// fireOutage opens or closes the outage of a source.
func (w *Partition) fireOutage(s *sourceState, at feedgauge.Instant, e *emit) {
	feeds := w.concerned(s.name)
	name := "source/" + s.name
	var step *feedgauge.Step
	if s.outage.open {
		lasted := at.Sub(s.outage.since)
		step = s.outage.tell(name, "outage", at, s.outage.since, at, feedgauge.Critical,
			fmt.Sprintf("source %s delivers again after %v", s.name, lasted.Round(time.Second)))
	} else {
		since := s.runs.Before(at)
		s.told = since
		step = s.outage.tell(name, "outage", at, since, feedgauge.Before, feedgauge.Critical,
			fmt.Sprintf("nothing arrives in any topic of source %s for %v%s", s.name, s.conf.OutageAfter, about("; about %d feeds are concerned", feeds)))
	}
	step.Source, step.Feeds = s.name, feeds
	e.step(step)
}

// concerned is about how many feeds of a source can be silent, in all partitions.
func (w *Partition) concerned(source string) int {
	feeds := 0
	for _, f := range w.feeds {
		if f.facts.Source == source && f.facts.Period > 0 {
			feeds++
		}
	}
	return feeds * int(w.pipe.Kafka.Partitions)
}

// about words how many feeds are concerned. Where there are few, the partition that
// tells may have none of them, and says nothing of it.
func about(text string, feeds int) string {
	if feeds == 0 {
		return ""
	}
	return fmt.Sprintf(text, feeds)
}

// turned tells that a topic went that has delivered, or that it is back, or gone
// for so long that nobody waits for it.
func (w *Partition) turned(t *turn, out Out) {
	name := "topic/" + t.name
	if t.last == feedgauge.Before || out.Step == nil || !w.ours(name) {
		return
	}
	f := selfFinding{}
	if !t.gone || w.broker.Sub(t.goneAt) > forgetAfter {
		f = selfFinding{open: true, sequence: 1, opened: t.goneAt, since: t.goneAt}
		f.uid = feedgauge.FindingUID(selfID(name), "gone", feedgauge.WindowOf(t.goneAt, time.Minute))
		message := fmt.Sprintf("topic %s is there again", t.name)
		if t.gone {
			message = fmt.Sprintf("topic %s has been gone for %v and is forgotten", t.name, forgetAfter)
		}
		out.Step(f.tell(name, "gone", w.broker, t.goneAt, w.broker, feedgauge.High, message), true)
		return
	}
	feeds := w.concerned(t.source)
	step := f.tell(name, "gone", t.goneAt, t.goneAt, feedgauge.Before, feedgauge.High,
		fmt.Sprintf("topic %s is gone, or no longer one of source %s%s", t.name, t.source, about("; some of its about %d feeds may be concerned", feeds)))
	step.Source, step.Feeds = t.source, feeds
	out.Step(step, true)
}

// tickWithin is how far apart, by the broker's time, two records of a journal
// partition may be while anybody watches it and the broker is there: watch writes
// ticks where nothing else comes.
const tickWithin = 30 * time.Second

// excuse does not hold against intake that it said nothing while nobody could.
func (w *Partition) excuse(before feedgauge.Instant) {
	if before == feedgauge.Before {
		return
	}
	nothing := w.broker.Sub(before)
	if nothing <= tickWithin {
		return
	}
	if w.heard != feedgauge.Before {
		w.heard = w.heard.Add(nothing)
	}
	for _, s := range w.sources {
		if s.unnamed.since > 0 && !s.unnamed.open {
			s.unnamed.since = s.unnamed.since.Add(nothing)
		}
		if s.held.since > 0 && !s.held.open {
			s.held.since = s.held.since.Add(nothing)
		}
	}
}

// watchIntake tells when intake has said nothing for too long. It is timed by
// the broker, and so stands outside what a replay from raw records repeats.
func (w *Partition) watchIntake(trailer bool, out Out) {
	if trailer {
		if w.blind.open && out.Step != nil {
			out.Step(w.blind.tell("intake", "blind", w.broker, w.blind.since, w.broker, feedgauge.Critical, "intake is heard of again"), true)
		}
		w.blind = selfFinding{}
		w.heard = w.broker
		return
	}
	if w.heard == feedgauge.Before {
		w.heard = w.broker // it may never have been there, and that must be told too
	}
	if !w.tellsBlind || w.blind.open || w.broker.Sub(w.heard) <= BlindAfter {
		return
	}
	step := w.blind.tell("intake", "blind", w.broker, w.heard, feedgauge.Before, feedgauge.Critical,
		fmt.Sprintf("intake has said nothing for %v: no feed can be judged", BlindAfter))
	if out.Step != nil {
		out.Step(step, true)
	}
}

// watchTopics tells of sources of which intake has named no topic for too long:
// what their feeds should deliver is nowhere to be seen.
func (w *Partition) watchTopics(out Out) {
	for _, s := range w.sources {
		if s.conf.Open != nil || !s.tellsOutage {
			continue
		}
		f, named := &s.unnamed, w.marks.named(s.name)
		var step *feedgauge.Step
		switch {
		case named && f.open:
			step = f.tell("source/"+s.name, "no_topic", w.broker, f.since, w.broker, feedgauge.Critical, fmt.Sprintf("source %s has a topic", s.name))
			*f = selfFinding{}
		case named:
			*f = selfFinding{}
		case f.since == 0:
			f.since = w.broker
		case !f.open && w.broker.Sub(f.since) > BlindAfter:
			step = f.tell("source/"+s.name, "no_topic", w.broker, f.since, feedgauge.Before, feedgauge.Critical,
				fmt.Sprintf("no topic of source %s is known, so none of its feeds can be watched; it takes %s", s.name, strings.Join(s.conf.Topics, ", ")))
		}
		if step != nil && out.Step != nil {
			step.Source = s.name
			out.Step(step, true)
		}
	}
}
