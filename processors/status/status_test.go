package status

import (
	"fmt"
	"slices"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// all are the statuses there are, and one of a rule of somebody's own.
var all = []feedgauge.Status{
	feedgauge.Learning, feedgauge.OK, feedgauge.NeverSeen, feedgauge.Late, feedgauge.Recovering,
	feedgauge.Unknown, feedgauge.Muted, feedgauge.Silent, feedgauge.Empty, feedgauge.HeaderOnly,
	feedgauge.Short, feedgauge.StatusHigh, feedgauge.Malformed, feedgauge.Drifting, "too_chatty",
}

// inputs returns every combination of facts, and of up to two open findings.
func inputs() []Input {
	opens := [][]feedgauge.Status{nil}
	for _, a := range all {
		opens = append(opens, []feedgauge.Status{a})
		for _, b := range all {
			opens = append(opens, []feedgauge.Status{a, b})
		}
	}
	var list []Input
	for bits := range 32 {
		for _, open := range opens {
			for _, calm := range []int{0, 1, 2, 3} {
				list = append(list, Input{
					Seen: bits&1 != 0, Judgeable: bits&2 != 0, Learning: bits&4 != 0, Late: bits&8 != 0, Muted: bits&16 != 0,
					Open: open, CalmWindows: calm, NeedCalm: 2,
				})
			}
		}
	}
	return list
}

// laws must hold for every combination; each returns whether it does.
var laws = map[string]func(previous feedgauge.Status, in Input, next feedgauge.Status) bool{
	"it is one of those there are": func(_ feedgauge.Status, _ Input, next feedgauge.Status) bool {
		return slices.Contains(all, next)
	},
	"never ok, learning, unknown or muted while a finding is open": func(_ feedgauge.Status, in Input, next feedgauge.Status) bool {
		return len(in.Open) == 0 || !Reserved(next) || next == feedgauge.Recovering
	},
	"trouble shows only if its finding is open": func(_ feedgauge.Status, in Input, next feedgauge.Status) bool {
		return !Trouble(next) || slices.Contains(in.Open, next)
	},
	"an open finding of trouble is not hidden by what is no finding": func(_ feedgauge.Status, in Input, next feedgauge.Status) bool {
		return !slices.ContainsFunc(in.Open, Trouble) || slices.Contains(in.Open, next)
	},
	"the first finding in file order shows": func(_ feedgauge.Status, in Input, next feedgauge.Status) bool {
		return len(in.Open) == 0 || !Trouble(in.Open[0]) || next == in.Open[0]
	},
	"unknown if and only if not judgeable, without a finding": func(_ feedgauge.Status, in Input, next feedgauge.Status) bool {
		return (next == feedgauge.Unknown) == (!in.Judgeable && len(in.Open) == 0)
	},
	"never_seen only if never seen": func(_ feedgauge.Status, in Input, next feedgauge.Status) bool {
		return next != feedgauge.NeverSeen || !in.Seen
	},
	"what was never seen is not good": func(_ feedgauge.Status, in Input, next feedgauge.Status) bool {
		return in.Seen || next != feedgauge.OK && next != feedgauge.Learning && next != feedgauge.Muted
	},
	"late only if something is due": func(_ feedgauge.Status, in Input, next feedgauge.Status) bool {
		return next != feedgauge.Late || in.Late || slices.Contains(in.Open, feedgauge.Late)
	},
	"muted only if muted": func(_ feedgauge.Status, in Input, next feedgauge.Status) bool {
		return next != feedgauge.Muted || in.Muted
	},
	"a mute changes only what is good": func(previous feedgauge.Status, in Input, next feedgauge.Status) bool {
		in.Muted = !in.Muted
		other := Next(previous, in)
		good := func(s feedgauge.Status) bool {
			return s == feedgauge.OK || s == feedgauge.Learning || s == feedgauge.Recovering || s == feedgauge.Muted
		}
		return other == next || good(other) && good(next)
	},
	"learning only while forecasts are not ready": func(_ feedgauge.Status, in Input, next feedgauge.Status) bool {
		return next != feedgauge.Learning || in.Learning
	},
	"recovering ends after calm enough": func(_ feedgauge.Status, in Input, next feedgauge.Status) bool {
		return next != feedgauge.Recovering || in.CalmWindows < in.NeedCalm || len(in.Open) > 0
	},
	"after trouble never good before calm enough": func(previous feedgauge.Status, in Input, next feedgauge.Status) bool {
		return !Trouble(previous) && previous != feedgauge.Recovering || in.CalmWindows >= in.NeedCalm ||
			next != feedgauge.OK && next != feedgauge.Learning
	},
	"a good feed does not recover": func(previous feedgauge.Status, in Input, next feedgauge.Status) bool {
		return previous != feedgauge.OK || len(in.Open) > 0 || next != feedgauge.Recovering
	},
	"the same facts change nothing more": func(_ feedgauge.Status, in Input, next feedgauge.Status) bool {
		return Next(next, in) == next
	},
	"doubt if and only if not judgeable": func(_ feedgauge.Status, in Input, _ feedgauge.Status) bool {
		return (in.Doubt() == "") == in.Judgeable
	},
}

func TestLaws(t *testing.T) {
	broken := make(map[string]int)
	for _, previous := range append([]feedgauge.Status{""}, all...) {
		for _, in := range inputs() {
			next := Next(previous, in)
			for name, holds := range laws {
				if !holds(previous, in, next) {
					if broken[name]++; broken[name] == 1 {
						t.Errorf("%s: from %q with %+v to %q", name, previous, in, next)
					}
				}
			}
		}
	}
}

func TestNext(t *testing.T) {
	type in = Input
	const calm = 9
	silent := []feedgauge.Status{feedgauge.Silent}
	for _, c := range []struct {
		previous feedgauge.Status
		in       Input
		want     feedgauge.Status
	}{
		{"", in{Judgeable: true, CalmWindows: calm}, feedgauge.NeverSeen},
		{"", in{CalmWindows: calm}, feedgauge.Unknown},
		{feedgauge.NeverSeen, in{Judgeable: true, Seen: true, Learning: true}, feedgauge.Learning},
		{feedgauge.Learning, in{Judgeable: true, Seen: true, CalmWindows: calm}, feedgauge.OK},
		{feedgauge.OK, in{Judgeable: true, Seen: true, Late: true, CalmWindows: calm}, feedgauge.Late},
		{feedgauge.Late, in{Judgeable: true, Seen: true, CalmWindows: calm, NeedCalm: 3}, feedgauge.OK},
		{feedgauge.Late, in{Judgeable: true, Seen: true, Late: true, Open: silent}, feedgauge.Silent},
		{feedgauge.Late, in{Judgeable: true, Seen: true, CalmWindows: 1, NeedCalm: 3}, feedgauge.Recovering},
		{feedgauge.Silent, in{Seen: true, Open: silent}, feedgauge.Silent},
		{feedgauge.Silent, in{Judgeable: true, Seen: true, Muted: true, Open: silent}, feedgauge.Silent},
		{feedgauge.Silent, in{Judgeable: true, Seen: true, NeedCalm: 3}, feedgauge.Recovering},
		{feedgauge.Silent, in{Judgeable: true, Seen: true, Learning: true, NeedCalm: 3}, feedgauge.Recovering},
		{feedgauge.Silent, in{Judgeable: true, Seen: true}, feedgauge.OK},
		{feedgauge.Recovering, in{Judgeable: true, Seen: true, CalmWindows: 2, NeedCalm: 3}, feedgauge.Recovering},
		{feedgauge.Recovering, in{Judgeable: true, Seen: true, CalmWindows: 3, NeedCalm: 3}, feedgauge.OK},
		{feedgauge.Recovering, in{Judgeable: true, Seen: true, Muted: true, NeedCalm: 3}, feedgauge.Muted},
		{feedgauge.Muted, in{Judgeable: true, Seen: true, CalmWindows: 1, NeedCalm: 3}, feedgauge.Recovering},
		{feedgauge.Recovering, in{Seen: true, CalmWindows: 1, NeedCalm: 3}, feedgauge.Unknown},
		{feedgauge.Unknown, in{Judgeable: true, Seen: true, CalmWindows: 1, NeedCalm: 3}, feedgauge.Recovering},
		{feedgauge.Unknown, in{Judgeable: true, Seen: true, CalmWindows: 3, NeedCalm: 3}, feedgauge.OK},
		{feedgauge.NeverSeen, in{Judgeable: true, Open: []feedgauge.Status{feedgauge.NeverSeen}}, feedgauge.NeverSeen},
		{feedgauge.NeverSeen, in{Judgeable: true, Seen: true, Open: []feedgauge.Status{feedgauge.NeverSeen}}, feedgauge.Recovering},
		{feedgauge.OK, in{Judgeable: true, Seen: true, Open: []feedgauge.Status{"too_chatty", feedgauge.Silent}}, "too_chatty"},
	} {
		if got := Next(c.previous, c.in); got != c.want {
			t.Errorf("from %q with %+v to %q, want %q", c.previous, c.in, got, c.want)
		}
	}
}

func TestReserved(t *testing.T) {
	for _, s := range all {
		want := map[feedgauge.Status]bool{
			feedgauge.Learning: true, feedgauge.OK: true, feedgauge.Recovering: true, feedgauge.Unknown: true, feedgauge.Muted: true,
		}[s]
		if got := Reserved(s); got != want {
			t.Errorf("%q is reserved: %t", s, got)
		}
		if Reserved(s) && Trouble(s) {
			t.Errorf("%q is trouble, but no rule can be named so", s)
		}
	}
	if !Reserved("") || Trouble("") {
		t.Error("no status is a status")
	}
}

func TestDoubt(t *testing.T) {
	for want, in := range map[string]Input{
		"":                     {Judgeable: true, Reason: "left over"},
		"it cannot be judged":  {},
		"lane raw/3 is behind": {Reason: "lane raw/3 is behind"},
	} {
		if got := in.Doubt(); got != want {
			t.Errorf("doubt %q, want %q", got, want)
		}
	}
}

func ExampleNext() {
	s := feedgauge.OK
	for _, in := range []Input{
		{Seen: true, Judgeable: true, Late: true},
		{Seen: true, Judgeable: true, Open: []feedgauge.Status{feedgauge.Silent}},
		{Seen: true, Judgeable: true, CalmWindows: 0, NeedCalm: 1},
		{Seen: true, Judgeable: true, CalmWindows: 1, NeedCalm: 1},
	} {
		s = Next(s, in)
		fmt.Println(s)
	}
	// Output:
	// late
	// silent
	// recovering
	// ok
}
