package profile

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge/internal/figures"
)

// poisson is a number of events where mean are to be expected.
func (m *maker) poisson(mean float64) int {
	if mean > 60 {
		return max(0, int(mean+m.NormFloat64()*math.Sqrt(mean)))
	}
	n, p := 0, math.Exp(-mean)
	for x := m.Float64(); x > p; x *= m.Float64() {
		n++
	}
	return n
}

// window makes the profile of the next window, of which spoil may change the
// lines; nil if nothing came.
func (s *sender) window(m *maker, g *Guesser, spoil func([]pair) (string, bool)) *Profile {
	p, any := New(), false
	all, more, b := s.expect(m)
	for range m.poisson(all) {
		m.n++
		hash := uint64(m.n) * 0x9e3779b97f4a7c15
		if !p.Wants(hash) {
			continue
		}
		event, write := s.event, spoil
		if b != nil && m.maybe(more/all) {
			event = b.event
		}
		if write == nil {
			write = func(f []pair) (string, bool) { return s.write(f), true }
		}
		if line, keep := write(event(m)); keep {
			ev, st := g.Read([]byte(line))
			p.Add(ev, st, hash)
			any = true
		}
	}
	m.now = m.now.Add(time.Duration(s.every) * time.Minute)
	if !any {
		return nil
	}
	return p
}

// days is for how many days a feed is watched, and whether that is for long: as
// many weeks as FEEDGAUGE_WEEKS says, else a day or two.
func (s *sender) days() (n int, long bool) {
	if n, err := strconv.Atoi(os.Getenv("FEEDGAUGE_WEEKS")); err == nil && n > 0 {
		return 7 * n, true
	}
	if s.every == 1 {
		return 1, false
	}
	return 3, false
}

// episode is a time in which something is told of a feed.
type episode struct {
	Drift
	others int // what else was told with it
}

// watch lets a learner see so many minutes of a feed, and returns what it told.
func (s *sender) watch(m *maker, l *Learner, minutes int, spoil func([]pair) (string, bool)) (told []episode, events int) {
	g := NewGuesser()
	for at := 0; at < minutes; at += s.every {
		before, now := len(l.Drifts()), m.now
		p := s.window(m, g, spoil)
		if p == nil {
			continue
		}
		events += p.Records()
		for _, d := range l.Observe(p, now.UnixMilli()) {
			switch {
			case d.Info():
			case before == 0:
				told, before = append(told, episode{Drift: d}), 1
			case len(told) > 0:
				told[len(told)-1].others++
			}
		}
		if spoil != nil && len(told) > 0 {
			break
		}
	}
	return told, events
}

const aDay = 24 * 60 * 60 * 1000

func day(ms int64) float64 { return time.UnixMilli(ms).Sub(feedStart).Hours() / 24 }

// picked are the senders, or that which FEEDGAUGE_FEED names.
func picked() (out []sender) {
	for _, s := range senders() {
		if only := os.Getenv("FEEDGAUGE_FEED"); only == "" || only == s.name {
			out = append(out, s)
		}
	}
	return out
}

// budget is how many false findings there may be a month of a feed.
const budget = 0.5

// TestFeeds counts what is told of feeds of which nothing is wrong, and holds that
// against the budget; then it breaks them and counts after how many events that is
// told, which are at most two hundred a window. FEEDGAUGE_WEEKS=4 watches for so
// long, which takes some minutes, and breaks feeds in more ways and by night too;
// FEEDGAUGE_SEED draws others, and -short leaves the breaks of these out.
func TestFeeds(t *testing.T) {
	t.Parallel()
	sum, months := 0, 0.0
	rows := []string{fmt.Sprintf("%-16s %-10s %s", "", "false", strings.Join(padded(breaks), " "))}
	for i, s := range picked() {
		if _, long := s.days(); !long && s.every == 1 && i%4 > 0 { // a minute's windows take long
			continue
		}
		days, long := s.days()
		m, l := newMaker(uint64(i+1)+1000*seed()), NewLearner(aDay)
		told, _ := s.watch(m, l, days*24*60+4*60, nil)
		for _, d := range told {
			t.Logf("%s: day %.2f, since %.2f, %d events, %d others: %s | %s", s.name, day(d.Found), day(d.Since), d.Events, d.others, d.String(), d.Sample[:min(len(d.Sample), 100)])
		}
		sum, months = sum+len(told), months+float64(days)/30.4
		row := fmt.Sprintf("%-16s %-10s", s.name, fmt.Sprintf("%d in %dd", len(told), days))
		for _, how := range breaks {
			if long && testing.Short() {
				break
			}
			row += fmt.Sprintf(" %-12s", s.broken(t, l.Append(nil), m.now, how, long))
		}
		rows = append(rows, row)
	}
	figures.Tell(t, "learned format: false findings of feeds that are sound, and events until a break was told")
	for _, row := range rows {
		figures.Tell(t, "%s", row)
	}
	figures.Tell(t, "%d false findings in %.1f months of feeds", sum, months)
	if float64(sum) > max(1, budget*months) {
		t.Errorf("%d false findings in %.1f months of feeds, more than %.1f each", sum, months, budget)
	}
}

// broken breaks a feed in one way and returns after how many events that was told,
// by day and by night.
func (s *sender) broken(t *testing.T, known []byte, at time.Time, how string, long bool) string {
	t.Helper()
	if s.spoiler(newMaker(0), how) == nil {
		return "-"
	}
	if long {
		return s.breakAt(t, known, at, how, 24*60) + "/" + s.breakAt(t, known, at.Add(13*time.Hour), how, 24*60)
	}
	if how != "vanish" && how != "stamp" && how != "delimiter" && how != "cut" {
		return ""
	}
	cell := s.breakAt(t, known, at, how, 60*max(1, s.every/2))
	if cell == "never" && !slices.Contains(s.hard, how) {
		t.Errorf("%s, %s: not told", s.name, how)
	}
	return cell
}

func seed() uint64 {
	n, _ := strconv.Atoi(os.Getenv("FEEDGAUGE_SEED"))
	return uint64(n)
}

// breaks are what may become of a feed.
var breaks = []string{"vanish", "empty", "type", "stamp", "delimiter", "cut", "gone", "third"}

// spoiler breaks the events of a feed; nil if they cannot be broken so.
func (s *sender) spoiler(m *maker, how string) func([]pair) (string, bool) {
	if how == "gone" && s.kind.k == "" {
		return nil
	}
	return func(f []pair) (string, bool) {
		at := func(k string) int { return slices.IndexFunc(f, func(p pair) bool { return p.k == k }) }
		i := at(s.lose)
		if s.only.k != "" && get(f, s.only.k) != s.only.v {
			i = -1
		}
		switch how {
		case "vanish", "third":
			if i >= 0 && (how == "vanish" || m.IntN(3) == 0) {
				f = slices.Delete(f, i, i+1)
			}
		case "empty":
			if i >= 0 {
				f[i] = str(f[i].k, "")
			}
		case "type":
			if i >= 0 {
				if f[i] = str(f[i].k, m.num(1e6)); s.lose == "pid" {
					f[i].v = "p-" + f[i].v + "x"
				}
			}
		case "stamp":
			if j := at(s.stamp); j >= 0 {
				f[j] = str(s.stamp, m.now.Format("2006|01|02 15h04"))
				if strings.Contains(s.write([]pair{str("a", "b"), str("c", "d")}), " ") {
					f[j].v = strings.ReplaceAll(f[j].v, " ", "/")
				}
			}
		case "gone":
			return s.write(f), get(f, s.kind.k) != s.kind.v
		case "delimiter":
			return strings.NewReplacer(",", ";", ";", ",", " ", "|", "\t", ";").Replace(s.write(f)), true
		case "cut":
			line := s.write(f)
			return line[:2*len(line)/5], true
		}
		return s.write(f), true
	}
}

// breakAt breaks a feed at a time and returns after how many events that was told.
func (s *sender) breakAt(t *testing.T, known []byte, at time.Time, how string, minutes int) string {
	t.Helper()
	l, err := LoadLearner(known, aDay)
	if err != nil {
		t.Fatal(err)
	}
	m := newMaker(99)
	m.now = at
	s.watch(m, l, 60, nil) // whatever was odd is over
	l.drifts = nil
	told, events := s.watch(m, l, minutes, s.spoiler(m, how))
	if len(told) == 0 {
		return "never"
	}
	t.Logf("%s, %s: %s", s.name, how, told[0].String())
	return fmt.Sprint(events)
}
