package rules

import (
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

// opened returns a book in which a silence and a shortage are open, with the
// rules that opened them. Nothing has come since minute 1000.
func opened(t *testing.T) (*Book, []*Rule) {
	t.Helper()
	rs := []*Rule{
		rule(t, Config{Name: "silent", When: "silence.age > feed.period", Severity: "high"}),
		rule(t, Config{Name: "low", When: "window.events < 75", Status: "short"}),
	}
	b := &Book{}
	n := 0
	b.Judge(rs, closedWindow(1000, feedgauge.Counts{}), func(s *feedgauge.Step) {
		if n++; s.Activity != feedgauge.Open {
			t.Fatalf("a step %v", s.Activity)
		}
	})
	if n != 2 {
		t.Fatalf("%d findings opened, want 2", n)
	}
	return b, rs
}

// later is a moment some minutes after the findings of opened began.
func later(minutes int) *Moment { return closedWindow(1000+minutes, feedgauge.Counts{Events: 3}) }

func collect(steps *[]feedgauge.Step) func(*feedgauge.Step) {
	return func(s *feedgauge.Step) { *steps = append(*steps, *s) }
}

func TestOver(t *testing.T) {
	t.Parallel()
	minute := feedgauge.Window{Start: 0, End: 60_000}
	for _, tt := range []struct {
		rule     feedgauge.Status
		since    feedgauge.Instant
		arrivals int64
		window   feedgauge.Window
		want     string
	}{
		{feedgauge.Silent, 0, 3, minute, "web-01 is no longer silent after 10m0s, 3 records arrived in the last window"},
		{feedgauge.Empty, 0, 3, minute, "web-01 is no longer empty after 10m0s, 3 records arrived in the last window"},
		{feedgauge.Short, 0, 0, minute, "web-01 is no longer short after 10m0s, 0 records arrived in the last window"},
		{feedgauge.Malformed, 0, 1, minute, "web-01 is no longer malformed after 10m0s, 1 record arrived in the last window"},
		{feedgauge.Drifting, 0, 2, minute, "web-01 is no longer drifting after 10m0s, 2 records arrived in the last window"},
		{feedgauge.Late, 0, 2, minute, "web-01 is no longer late after 10m0s, 2 records arrived in the last window"},
		{feedgauge.StatusHigh, 0, 2, minute, "web-01 no longer sends too much after 10m0s, 2 records arrived in the last window"},
		{feedgauge.Duplicate, 0, 1, minute, "web-01 sends something new again after 10m0s, 1 record arrived in the last window"},
		{feedgauge.Incomplete, 0, 1, minute, "web-01 is delivered whole again after 10m0s, 1 record arrived in the last window"},
		{feedgauge.HeaderOnly, 0, 2, minute, "web-01 sends more than a header again after 10m0s, 2 records arrived in the last window"},
		{feedgauge.NeverSeen, 0, 1, minute, "web-01 has delivered at last after 10m0s, 1 record arrived in the last window"},
		{feedgauge.NeverSeen, feedgauge.Before, 2, minute, "web-01 has delivered at last, 2 records arrived in the last window"},
		{feedgauge.Silent, 0, 0, feedgauge.Window{}, "web-01 is no longer silent after 10m0s"},
		{"my own", 900_000, 2, minute, "web-01: rule my own holds no longer, 2 records arrived in the last window"},
	} {
		s := &feedgauge.Step{Feed: facts().Feed, Rule: string(tt.rule), Since: tt.since, End: 600_000}
		s.Numbers.Window, s.Numbers.Counts.Events = tt.window, tt.arrivals
		if got := closing(s); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestEndClosesAll(t *testing.T) {
	t.Parallel()
	b, rs := opened(t)
	var steps []feedgauge.Step
	m := later(5)
	b.End(rs, m, "retired by kim", collect(&steps))
	if len(steps) != 2 || b.Open() {
		t.Fatalf("%d steps, still open: %v", len(steps), b.Open())
	}
	for i, want := range []struct {
		rule             string
		previous, status feedgauge.Status
	}{{"silent", feedgauge.Silent, feedgauge.Short}, {"low", feedgauge.Short, feedgauge.OK}} {
		s := steps[i]
		if s.Rule != want.rule || s.Activity != feedgauge.Close || s.Sequence != 2 || s.Previous != want.previous || s.Status != want.status {
			t.Errorf("step %+v, want %+v", s, want)
		}
		// That it is silent no longer is not true, and must not be said.
		if s.End != m.At || s.Why != "retired by kim" || s.Retracted || s.Message != "web-01: "+want.rule+" is closed, retired by kim" {
			t.Errorf("end %v, why %q, message %q", s.End, s.Why, s.Message)
		}
	}
	b.End(rs, m, "again", func(*feedgauge.Step) { t.Error("closed twice") })
}

func TestRetract(t *testing.T) {
	t.Parallel()
	since := closedWindow(1000, feedgauge.Counts{}).Last
	at := closedWindow(1000, feedgauge.Counts{}).At
	for _, tt := range []struct {
		name        string
		first, last feedgauge.Instant
		steps       int
		retracted   bool
	}{
		{"an arrival before the silence shows nothing", since - 2000, since, 0, false},
		{"one within it, before it was told, undoes it", since + 1, since + 1, 1, true},
		{"one when it was told ends it", at, at + 1000, 1, false},
	} {
		b, rs := opened(t)
		var steps []feedgauge.Step
		b.Retract(rs, later(9), tt.first, tt.last, collect(&steps))
		if len(steps) != tt.steps {
			t.Errorf("%s: %d steps", tt.name, len(steps))
			continue
		}
		if !b.Pages[1].Open || b.Pages[0].Open == (tt.steps == 1) {
			t.Errorf("%s: pages %+v", tt.name, b.Pages)
		}
		for _, s := range steps {
			if s.Rule != "silent" || s.Activity != feedgauge.Close || s.Retracted != tt.retracted || s.End != tt.first || s.Sequence != 2 {
				t.Errorf("%s: %+v", tt.name, s)
			}
			if s.Previous != feedgauge.Silent || s.Status != feedgauge.Short {
				t.Errorf("%s: from %v to %v", tt.name, s.Previous, s.Status)
			}
			if want := "web-01 is no longer silent: records that were counted late show that it delivered"; s.Message != want {
				t.Errorf("%s: %q", tt.name, s.Message)
			}
		}
	}
}

func TestNote(t *testing.T) {
	t.Parallel()
	b, rs := opened(t)
	b.Pages[1] = Page{Rule: "low"} // closed meanwhile
	var steps []feedgauge.Step
	b.Note(rs, later(2), "kim", "ticket 7", collect(&steps))
	b.Note(rs, later(3), "lou", "", collect(&steps))
	if len(steps) != 2 {
		t.Fatalf("%d steps, want one for each word", len(steps))
	}
	s := steps[0]
	if s.Activity != feedgauge.Update || s.Sequence != 2 || s.Who != "kim" || s.Why != "ticket 7" || s.Message != "web-01: silent is looked after by kim: ticket 7" {
		t.Errorf("step %+v", s)
	}
	if s.Status != feedgauge.Silent || s.Previous != feedgauge.Silent || s.Severity != feedgauge.High || s.When != "silence.age > feed.period" || s.End != feedgauge.Before {
		t.Errorf("step %+v", s)
	}
	if s = steps[1]; s.Sequence != 3 || s.Message != "web-01: silent is looked after by lou" {
		t.Errorf("step %+v", s)
	}
	if !b.Pages[0].Open {
		t.Error("an acknowledgement closed the finding")
	}
}

// A rule that is removed closes its finding, once, with what was known of it.
func TestOrphans(t *testing.T) {
	t.Parallel()
	b, rs := opened(t)
	var steps []feedgauge.Step
	m := closedWindow(1005, feedgauge.Counts{}) // still silent, still low
	out := b.Judge(rs[1:], m, collect(&steps))
	if len(steps) != 1 || !out.Changed || out.Status != feedgauge.Short || !out.Held {
		t.Fatalf("outcome %+v, steps %+v", out, steps)
	}
	s := steps[0]
	if s.Rule != "silent" || s.Activity != feedgauge.Close || s.Sequence != 2 || s.Why != "the rule was removed" || s.End != m.At {
		t.Errorf("step %+v", s)
	}
	if s.Severity != feedgauge.High || s.When != "silence.age > feed.period" || s.Message != "web-01: silent is closed, the rule was removed" {
		t.Errorf("step %+v", s)
	}
	if s.Previous != feedgauge.Silent || s.Status != feedgauge.Short {
		t.Errorf("from %v to %v", s.Previous, s.Status)
	}
	b.Judge(rs[1:], closedWindow(1006, feedgauge.Counts{}), func(s *feedgauge.Step) { t.Errorf("told twice: %+v", s) })
}

// Between a restore under another configuration and the first judgement the
// pages are those of other rules. Commands and late arrivals come then, too.
func TestPagesOfOtherRules(t *testing.T) {
	t.Parallel()
	for name, pick := range map[string]func([]*Rule) []*Rule{
		"none left":   func([]*Rule) []*Rule { return nil },
		"first gone":  func(rs []*Rule) []*Rule { return rs[1:] },
		"other order": func(rs []*Rule) []*Rule { return []*Rule{rs[1], rs[0]} },
	} {
		b, rs := opened(t)
		rs = pick(rs)
		if got := b.Status(rs, false); got != feedgauge.Silent {
			t.Errorf("%s: status %v", name, got)
		}
		var steps []feedgauge.Step
		b.Note(rs, later(1), "kim", "", collect(&steps))
		b.Retract(rs, later(2), later(2).At, later(2).At, collect(&steps))
		b.End(rs, later(3), "retired", collect(&steps))
		last := steps[len(steps)-1]
		if len(steps) != 4 || last.Status != feedgauge.OK || b.Open() {
			t.Errorf("%s: %d steps, the last %+v", name, len(steps), last)
		}
		if name == "other order" && (steps[2].Rule != "silent" || steps[2].Why == "retired") {
			t.Errorf("the silence was not ended by an arrival: %+v", steps[2])
		}
	}
}

// A finding that was open for no time that can be told says nothing of it.
func TestClosingAtADeadline(t *testing.T) {
	t.Parallel()
	r := rule(t, Config{Name: "silent", When: "silence.age > feed.period"})
	b := &Book{}
	m := closedWindow(1000, feedgauge.Counts{})
	m.Closed = false
	var steps []feedgauge.Step
	b.Judge([]*Rule{r}, m, collect(&steps))
	n := *m
	n.At, n.Age, n.Last = m.At.Add(time.Minute), 0, m.At
	b.Judge([]*Rule{r}, &n, collect(&steps))
	if len(steps) != 2 || steps[1].Message != "web-01 is no longer silent after 10m0s" {
		t.Errorf("steps %+v", steps)
	}
}
