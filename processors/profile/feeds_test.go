package profile

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// pair is a field of a made event. A raw value stands in JSON as it is.
type pair struct {
	k, v string
	raw  bool
}

// sender makes the lines of a feed as one of its kind writes them: what comes
// follows day and night, weekends, jobs at night and bursts of odd traffic, and all
// of it is sound.
type sender struct {
	name   string
	every  int                        // minutes in a window
	rate   func(m *maker) float64     // events in a window, in the mean
	event  func(m *maker) []pair      // of now
	write  func(fields []pair) string // a line
	bursts []burst
	lose   string   // a field that all events have, or all of those that only names
	only   pair     // the field and value of those events
	stamp  string   // the field of the time
	hard   []string // breaks that do not show
	kind   pair     // a field that tells a kind or level, and one that comes often
}

// maker is the state of a sender: the time, and the bursts that go on.
type maker struct {
	*rand.Rand
	now    time.Time
	bursts map[string]time.Time // until when
	n      int
}

// feedStart is a Monday, at nine; feeds drawn by FEEDGAUGE_SEED begin at other days
// and hours.
var feedStart = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func newMaker(seed uint64) *maker {
	draw := int(seed / 1000)
	return &maker{Rand: rand.New(rand.NewPCG(seed, 7)), now: feedStart.Add(time.Duration(29*draw) * time.Hour), bursts: map[string]time.Time{}}
}

// open is how much of the day's business goes on: 0 at night, 1 at noon of a
// working day.
func (m *maker) open() float64 {
	h := float64(m.now.Hour()) + float64(m.now.Minute())/60
	if d := m.now.Weekday(); d == time.Saturday || d == time.Sunday {
		return 0.05 * bump(h)
	}
	return bump(h)
}

func bump(h float64) float64 { return math.Max(0, math.Sin(math.Pi*(h-6.5)/13)) }

// at reports whether it is within so many minutes after that hour.
func (m *maker) at(hour, minutes int) bool { return m.now.Hour() == hour && m.now.Minute() < minutes }

// burst is what comes on top of what a feed has to say: so many events a minute,
// while it goes on.
type burst struct {
	name  string
	on    func(m *maker) bool
	more  float64
	event func(m *maker) []pair
}

// often is on so many times a week, for so many minutes.
func often(name string, perWeek float64, minutes int) func(m *maker) bool {
	return func(m *maker) bool { return m.burst(name, perWeek, minutes) }
}

// nightly is on every night at an hour.
func nightly(hour, minutes int) func(m *maker) bool {
	return func(m *maker) bool { return m.at(hour, minutes) }
}

// expect is how many events of now are to be expected in a minute, and of them
// those of a burst.
func (s *sender) expect(m *maker) (all, more float64, b *burst) {
	for i := range s.bursts {
		if s.bursts[i].on(m) {
			b = &s.bursts[i]
			more = b.more
			break
		}
	}
	return s.rate(m) + more*float64(s.every), more * float64(s.every), b
}

// burst reports whether one of a kind of burst goes on, of which there are so many
// a week, of so many minutes.
func (m *maker) burst(name string, perWeek float64, minutes int) bool {
	if until, ok := m.bursts[name]; ok && m.now.Before(until) {
		return true
	} else if !ok || m.now.Sub(until) >= time.Minute {
		m.bursts[name] = m.now // looked at once a minute
		if m.Float64() < perWeek/(7*24*60) {
			m.bursts[name] = m.now.Add(time.Duration(minutes) * time.Minute)
			return true
		}
	}
	return false
}

// one of the words, the first the most often, as words come.
func (m *maker) zipf(words ...string) string {
	sum := 0.0
	for i := range words {
		sum += 1 / float64(i+1)
	}
	x := m.Float64() * sum
	for i, w := range words {
		if x -= 1 / float64(i+1); x < 0 {
			return w
		}
	}
	return words[0]
}

func (m *maker) maybe(p float64) bool { return m.Float64() < p }

// or is one with probability p, else the other.
func (m *maker) or(p float64, one, other string) string {
	if m.maybe(p) {
		return one
	}
	return other
}

func (m *maker) num(n int) string { return fmt.Sprint(m.IntN(n)) }

func (m *maker) port() string { return fmt.Sprint(32768 + m.IntN(28000)) }

func (m *maker) inside() string {
	return fmt.Sprintf("10.%d.%d.%d", m.IntN(4), m.IntN(30), 1+m.IntN(250))
}

func (m *maker) outside() string {
	return fmt.Sprintf("%d.%d.%d.%d", 20+m.IntN(180), m.IntN(256), m.IntN(256), 1+m.IntN(250))
}

func (m *maker) user() string {
	return m.zipf("alice", "bob", "c.miller", "dave", "eve42", "f-lindner", "Grace", "svc_backup", "j.o'neil", "x")
}

func (m *maker) hex(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte("0123456789abcdef"[m.IntN(16)])
	}
	return b.String()
}

// words are n words of a sentence.
func (m *maker) words(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(m.zipf("request", "handled", "for", "session", "of", "customer", "order", "placed", "retrying", "queue", "cache", "miss", "in", "12", "ms", "(ok)", "id=7", "stock", "updated", "a,b"))
	}
	return b.String()
}

func str(k, v string) pair { return pair{k, v, false} }
func raw(k, v string) pair { return pair{k, v, true} }

// get is the value of a field, "" if there is none.
func get(fields []pair, k string) string {
	for _, f := range fields {
		if f.k == k {
			return f.v
		}
	}
	return ""
}

func writeJSON(fields []pair) string {
	var b strings.Builder
	for i, f := range fields {
		b.WriteString(",{"[min(1, max(0, 1-i)):][:1])
		if f.raw {
			fmt.Fprintf(&b, `"%s":%s`, f.k, f.v)
		} else {
			fmt.Fprintf(&b, `"%s":"%s"`, f.k, escaped(f.v))
		}
	}
	return b.String() + "}"
}

func escaped(s string) string {
	if !strings.ContainsAny(s, "\\\"") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`)
}

// writePairs writes key=value, quoted where that is needed.
func writePairs(fields []pair) string {
	var b strings.Builder
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(' ')
		}
		if v := f.v; strings.ContainsAny(v, " =\"") || v == "" {
			fmt.Fprintf(&b, "%s=%q", f.k, v)
		} else {
			b.WriteString(f.k + "=" + v)
		}
	}
	return b.String()
}

// writeColumns returns a writer of columns.
func writeColumns(delimiter, blank string) func([]pair) string {
	return func(fields []pair) string {
		vs := make([]string, len(fields))
		for i, f := range fields {
			if vs[i] = f.v; f.v == "" {
				vs[i] = blank
			} else if delimiter == "," && strings.ContainsAny(f.v, ",\"") {
				vs[i] = `"` + strings.ReplaceAll(f.v, `"`, `""`) + `"`
			}
		}
		return strings.Join(vs, delimiter)
	}
}
