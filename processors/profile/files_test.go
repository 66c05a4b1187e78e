package profile

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge/internal/figures"
)

// file makes so many lines of a sender, of which those from a place on are broken,
// and returns what is told.
func (s *sender) file(m *maker, lines, from int, how string) (told []Found, changed int) {
	st, g, spoil := NewStream(), NewGuesser(), s.spoiler(m, how)
	for n := 0; n < lines; {
		all, more, b := s.expect(m)
		for range m.poisson(all) {
			event := s.event
			if b != nil && m.maybe(more/all) {
				event = b.event
			}
			f := event(m)
			line := s.write(f)
			if n++; n > from && spoil != nil {
				was := line
				var keep bool
				if line, keep = spoil(f); !keep {
					n--
					continue
				}
				if line != was && n <= from+200 {
					changed++
				}
			}
			ev, structure := g.Read([]byte(line))
			for _, d := range st.Add(ev, structure, n) {
				if !d.Info() {
					told = append(told, d)
				}
			}
		}
		m.now = m.now.Add(time.Duration(s.every) * time.Minute)
	}
	return told, changed
}

// TestFilesOfFeeds looks at the lines of a day or two of feeds as those of a file,
// which has no times to look at: what is broken is told within two hundred lines,
// and of the nights and bursts of sound ones not too much.
func TestFilesOfFeeds(t *testing.T) {
	t.Parallel()
	sum := 0
	rows := []string{fmt.Sprintf("%-16s %-10s %s", "", "false", strings.Join(padded(breaks), " "))}
	for i, s := range picked() {
		told, _ := s.file(newMaker(uint64(i+1)+1000*seed()), 3000, math.MaxInt, "vanish")
		for _, d := range told {
			t.Logf("%s: line %d: %s | %.100s", s.name, d.Line, d.String(), d.Text)
		}
		sum += len(told)
		row := fmt.Sprintf("%-16s %-10d", s.name, len(told))
		for _, how := range breaks {
			row += fmt.Sprintf(" %-12s", s.brokenFile(t, uint64(i+1)+1000*seed(), how))
		}
		rows = append(rows, row)
	}
	figures.Tell(t, "learned format: lines of files until a break was told, and findings in 3,000 lines of sound ones")
	for _, row := range rows {
		figures.Tell(t, "%s", row)
	}
	if sum > 10 {
		t.Errorf("%d findings in sound files", sum)
	}
}

// brokenFile breaks a file from its line 400 on and returns after how many lines
// that was told.
func (s *sender) brokenFile(t *testing.T, seed uint64, how string) string {
	t.Helper()
	const from = 400
	m := newMaker(seed)
	if s.spoiler(m, how) == nil {
		return "-"
	}
	told, changed := s.file(m, 650, from, how)
	for _, d := range told {
		if d.Line > from-block {
			return fmt.Sprint(int(d.Drift.Found) + block - 1 - from)
		}
	}
	if changed >= least && how != "third" && !slices.Contains(s.hard, how) {
		t.Errorf("%s, %s: not told", s.name, how)
	}
	return "never"
}
