package rules

import (
	"fmt"
	"slices"

	"github.com/feedgauge/feedgauge"
)

// Book is the memory of the rules of one feed: one page a rule.
//
// A page is calm until its condition has held For times in a row, open until it
// has failed Clear times in a row:
//
//	        holds              holds For times
//	calm ──────────► suspect ──────────────────► open
//	  ▲                 │ fails                   │ fails Clear times
//	  └─────────────────┴─────────────────────────┘
type Book struct {
	Pages []Page
}

// Page is the memory of one rule.
type Page struct {
	Rule     string
	When     string // the condition of the open finding
	Severity feedgauge.Severity
	Held     int  // times in a row the condition held
	Failed   int  // times in a row it failed while a finding was open
	Open     bool // a finding is open
	UID      string
	Sequence int
	Opened   feedgauge.Instant // due time of the opening step
	Since    feedgauge.Instant // when the condition began to hold
	Calmed   feedgauge.Instant // when it first failed again
}

// Outcome is what a judgement means for the rest of the chain.
type Outcome struct {
	Held    bool // some condition held or some finding is open: do not learn from this window
	Calming bool // some finding is open, but its condition no longer holds
	Changed bool // some finding took a step
	Failed  int  // conditions that could not be evaluated
	Status  feedgauge.Status
}

// Align gives b a page for each rule, in order, keeping what it remembers of
// them, and returns the pages with open findings of rules that are gone.
func (b *Book) Align(rs []*Rule) (orphans []Page) {
	if b.aligned(rs) {
		return nil
	}
	pages := make([]Page, len(rs))
	kept := make(map[string]bool, len(rs))
	for i, r := range rs {
		pages[i] = Page{Rule: r.Name()}
		for _, old := range b.Pages {
			if old.Rule == r.Name() {
				pages[i], kept[old.Rule] = old, true
			}
		}
	}
	for _, old := range b.Pages {
		if old.Open && !kept[old.Rule] {
			orphans = append(orphans, old)
		}
	}
	b.Pages = pages
	return orphans
}

func (b *Book) aligned(rs []*Rule) bool {
	if len(b.Pages) != len(rs) {
		return false
	}
	for i, r := range rs {
		if b.Pages[i].Rule != r.Name() {
			return false
		}
	}
	return true
}

// Status returns the standing of the feed: the status of the first rule in file
// order with an open finding, else learning or ok.
//
// The pages need not be aligned: one whose rule is gone has the rule's name for
// status until it is judged, and so closed.
func (b *Book) Status(rs []*Rule, learning bool) feedgauge.Status {
	for i := range b.Pages {
		if !b.Pages[i].Open {
			continue
		}
		if r := b.rule(rs, i); r != nil {
			return r.status()
		}
		return feedgauge.Status(b.Pages[i].Rule)
	}
	if learning {
		return feedgauge.Learning
	}
	return feedgauge.OK
}

// rule returns the rule of page i, nil if it is gone.
func (b *Book) rule(rs []*Rule, i int) *Rule {
	if i < len(rs) && rs[i].Name() == b.Pages[i].Rule {
		return rs[i]
	}
	for _, r := range rs {
		if r.Name() == b.Pages[i].Rule {
			return r
		}
	}
	return nil
}

// Judge evaluates all rules that can be judged at m, in order, and emits a step
// for each finding that opens or closes.
func (b *Book) Judge(rs []*Rule, m *Moment, emit func(*feedgauge.Step)) Outcome {
	var out Outcome
	learning := m.Learning()
	for _, p := range b.Align(rs) {
		step := p.end(m, "the rule was removed")
		step.Previous, step.Status = feedgauge.Status(p.Rule), b.Status(rs, learning)
		out.tell(step, emit)
	}
	for i, r := range rs {
		p := &b.Pages[i]
		if r.judgeable(m) {
			before := b.Status(rs, learning)
			step, err := p.judge(r, m)
			if err != nil {
				out.Failed++
			}
			if step != nil {
				step.Previous, step.Status = before, b.Status(rs, learning)
				out.tell(step, emit)
			}
		} else if m.Quiet {
			p.interrupt(r)
		}
		out.Held = out.Held || (p.Open || p.Held > 0) && !r.OnClocks()
		out.Calming = out.Calming || p.Open && p.Failed > 0
	}
	out.Status = b.Status(rs, learning)
	return out
}

// Return judges only the open findings of silence, which an arrival may end.
func (b *Book) Return(rs []*Rule, m *Moment, emit func(*feedgauge.Step)) Outcome {
	var out Outcome
	for i := range b.Pages {
		p, r := &b.Pages[i], b.rule(rs, i)
		if !p.Open || r == nil || r.needs()&needsSilence == 0 || !r.judgeable(m) {
			continue
		}
		before := b.Status(rs, false)
		step, err := p.judge(r, m)
		if err != nil {
			out.Failed++
		}
		if step != nil {
			step.Previous, step.Status = before, b.Status(rs, false)
			out.tell(step, emit)
		}
	}
	return out
}

// Waits reports whether some rule on silence has no open finding yet.
func (b *Book) Waits(rs []*Rule) bool {
	for i, r := range rs {
		if r.needs()&needsSilence != 0 && (i >= len(b.Pages) || !b.Pages[i].Open) {
			return true
		}
	}
	return false
}

func (o *Outcome) tell(s *feedgauge.Step, emit func(*feedgauge.Step)) {
	o.Changed = true
	emit(s)
}

// End closes all open findings for a reason that is not their condition's, such
// as the feed being retired.
func (b *Book) End(rs []*Rule, m *Moment, why string, emit func(*feedgauge.Step)) {
	for i := range b.Pages {
		if !b.Pages[i].Open {
			continue
		}
		step := b.Pages[i].end(m, why)
		step.Previous = b.Status(rs, false)
		b.Pages[i] = Page{Rule: b.Pages[i].Rule}
		step.Status = b.Status(rs, false)
		emit(step)
	}
}

// Retract closes open findings of silence that an arrival shows never to have
// been, or to be over: one that came after they began, but is only known of now.
func (b *Book) Retract(rs []*Rule, m *Moment, first, last feedgauge.Instant, emit func(*feedgauge.Step)) {
	for i := range b.Pages {
		p := &b.Pages[i]
		r := b.rule(rs, i)
		if !p.Open || r == nil || r.needs()&needsSilence == 0 || last <= p.Since {
			continue
		}
		step := p.end(m, "records that were counted late show that it delivered")
		step.Message = over(step.Feed.Name, step.Rule) + ": " + step.Why
		step.Retracted = first < p.Opened
		step.End, step.Previous = first, b.Status(rs, false)
		*p = Page{Rule: p.Rule}
		step.Status = b.Status(rs, false)
		emit(step)
	}
}

// Note tells of somebody's word on each open finding, as an update.
func (b *Book) Note(rs []*Rule, m *Moment, who, why string, emit func(*feedgauge.Step)) {
	for i := range b.Pages {
		p := &b.Pages[i]
		if !p.Open {
			continue
		}
		p.Sequence++
		step := p.base(m, feedgauge.Update)
		step.Who, step.Why = who, why
		step.Message = step.Feed.Name + ": " + p.Rule + " is looked after by " + who
		if why != "" {
			step.Message += ": " + why
		}
		step.Status = b.Status(rs, false)
		step.Previous = step.Status
		emit(step)
	}
}

// Remind tells again of each open finding, with the reason for it.
func (b *Book) Remind(rs []*Rule, m *Moment, why string, emit func(*feedgauge.Step)) {
	for i := range b.Pages {
		p := &b.Pages[i]
		if !p.Open {
			continue
		}
		p.Sequence++
		step := p.base(m, feedgauge.Update)
		step.Why = why
		step.Message = step.Feed.Name + ": " + p.Rule + " is still open, " + why
		step.Status = b.Status(rs, false)
		step.Previous = step.Status
		emit(step)
	}
}

// Statuses returns the statuses of the rules with open findings, in file order.
func (b *Book) Statuses(rs []*Rule) []feedgauge.Status {
	var out []feedgauge.Status
	for i := range b.Pages {
		if b.Pages[i].Open && i < len(rs) {
			out = append(out, rs[i].status())
		}
	}
	return out
}

// Open reports whether a finding is open.
func (b *Book) Open() bool {
	for i := range b.Pages {
		if b.Pages[i].Open {
			return true
		}
	}
	return false
}

// OpenedBefore reports whether a finding is open that was opened before time t.
func (b *Book) OpenedBefore(t feedgauge.Instant) bool {
	for i := range b.Pages {
		if b.Pages[i].Open && b.Pages[i].Opened < t {
			return true
		}
	}
	return false
}

// judge moves one page and returns the step it took, if any. A condition that
// cannot be evaluated leaves the page as it is.
func (p *Page) judge(r *Rule, m *Moment) (*feedgauge.Step, error) {
	holds, err := r.holds(m)
	if err != nil {
		return nil, err
	}
	if holds {
		return p.hold(r, m), nil
	}
	return p.fail(r, m), nil
}

func (p *Page) hold(r *Rule, m *Moment) *feedgauge.Step {
	p.Failed, p.Calmed = 0, 0
	if p.Open {
		return nil
	}
	if p.Held == 0 {
		p.Since = began(r, m)
	}
	p.Held++
	if p.Held < r.cfg.For {
		return nil
	}
	p.Open, p.Opened, p.Sequence = true, m.At, 1
	p.UID = feedgauge.FindingUID(m.Facts.Feed, r.cfg.Name, m.Window)
	return p.step(r, m, feedgauge.Open)
}

// interrupt ends the row of windows in which the condition held, because a window
// came between that cannot be judged: the part of a window before a feed was cut
// off and the part after it came back are not two short windows in a row.
func (p *Page) interrupt(r *Rule) {
	if !p.Open && r.needs()&needsWindow != 0 {
		p.Held = 0
	}
}

func (p *Page) fail(r *Rule, m *Moment) *feedgauge.Step {
	if !p.Open {
		p.Held = 0
		return nil
	}
	if p.Failed == 0 {
		p.Calmed = ended(r, m)
	}
	p.Failed++
	if p.Failed < r.cfg.Clear {
		return nil
	}
	p.Sequence++
	step := p.step(r, m, feedgauge.Close)
	*p = Page{Rule: p.Rule}
	return step
}

// began is when the condition began to hold: the last arrival for a silence,
// else the start of the window.
func began(r *Rule, m *Moment) feedgauge.Instant {
	switch needs := r.needs(); {
	case needs&needsSilence != 0:
		return m.Last
	case needs&needsLines != 0 && len(m.Drifts) > 0:
		return m.Drifts[0].Since
	}
	if s := r.skewsOf(m); len(s) > 0 {
		return s[0].Since
	}
	return m.Window.Start
}

// ended is when the condition ceased: the first arrival for a silence, else the
// start of the window in which it failed.
func ended(r *Rule, m *Moment) feedgauge.Instant {
	if r.needs()&needsSilence != 0 && m.First != feedgauge.After {
		return m.First
	}
	return m.Window.Start
}

func (p *Page) step(r *Rule, m *Moment, a feedgauge.Activity) *feedgauge.Step {
	s := p.base(m, a)
	s.When, s.Severity = r.cfg.When, feedgauge.Severity(r.cfg.Severity)
	if r.OnLines() {
		s.Drifts = slices.Clone(m.Drifts)
	}
	s.Skews = r.skewsOf(m)
	s.Message = r.say.render(r.vars, m)
	if a == feedgauge.Close {
		s.End = p.Calmed
		s.Message = closing(s)
	}
	p.When, p.Severity = s.When, s.Severity
	return s
}

// base is a step of the page's finding without what the rule has to say.
func (p *Page) base(m *Moment, a feedgauge.Activity) *feedgauge.Step {
	return &feedgauge.Step{
		UID: p.UID, Sequence: p.Sequence, Activity: a,
		Feed: m.Facts.Feed, Class: m.Facts.Class, Source: m.Facts.Source, Format: m.Facts.Format,
		Rule: p.Rule, When: p.When, Severity: p.Severity,
		Opened: p.Opened, Since: p.Since, At: m.At, End: feedgauge.Before,
		Numbers: numbers(m), Labels: m.Facts.Labels, Owner: m.Facts.Owner,
	}
}

// end is the step that closes the page's finding for a reason that is not its
// condition's: whether that still holds is not said.
func (p *Page) end(m *Moment, why string) *feedgauge.Step {
	p.Sequence++
	s := p.base(m, feedgauge.Close)
	s.End, s.Why = m.At, why
	s.Message = s.Feed.Name + ": " + s.Rule + " is closed, " + why
	return s
}

// closing is the sentence of a close: the rule's own would tell, with today's
// numbers, of something that is no longer so.
func closing(s *feedgauge.Step) string {
	text := over(s.Feed.Name, s.Rule)
	if s.Since != feedgauge.Before && s.Since <= s.End {
		text += " after " + plainDuration(s.End.Sub(s.Since))
	}
	n := s.Numbers.Counts.Arrivals()
	switch {
	case s.Numbers.Window == feedgauge.Window{}:
		return text // judged at a deadline: nothing was counted
	case n == 1:
		return text + ", 1 record arrived in the last window"
	}
	return fmt.Sprintf("%s, %d records arrived in the last window", text, n)
}

// over says that a rule holds no longer; rules named after a status make a
// better sentence.
func over(feed, rule string) string {
	switch feedgauge.Status(rule) {
	case feedgauge.Silent, feedgauge.Empty, feedgauge.Short, feedgauge.Malformed, feedgauge.Late, feedgauge.Drifting:
		return feed + " is no longer " + rule
	case feedgauge.WrongClock:
		return feed + " stamps its events by a clock that is right again"
	case feedgauge.Delayed:
		return feed + " no longer arrives later and later"
	case feedgauge.NeverSeen:
		return feed + " has delivered at last"
	case feedgauge.StatusHigh:
		return feed + " no longer sends too much"
	case feedgauge.HeaderOnly:
		return feed + " sends more than a header again"
	case feedgauge.Duplicate:
		return feed + " sends something new again"
	case feedgauge.StatusTruncated, feedgauge.Incomplete, feedgauge.Surplus:
		return feed + " is delivered whole again"
	}
	return feed + ": rule " + rule + " holds no longer"
}

func numbers(m *Moment) feedgauge.Numbers {
	n := feedgauge.Numbers{Last: m.Last, Silence: m.Age, Period: m.Facts.Period}
	n.Forecast = m.Forecast
	if m.Closed {
		n.Window, n.Counts, n.Readings = m.Window, m.Counts, m.Readings
	}
	return n
}
