package scenario_test

import (
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// reconfigure lets the members started from now on have another configuration.
func (w *world) reconfigure(fingerprint string) {
	w.change = func(p *pipeline.Pipeline) { p.Fingerprint = fingerprint }
}

// yields waits for a member to end by itself, for a configuration newer than its
// own.
func (m *member) yields() {
	m.w.t.Helper()
	ended := m.w.until(10*time.Minute, func() bool {
		select {
		case err := <-m.done:
			if m.cancel = nil; err == nil || !strings.Contains(err.Error(), "newer configuration is in force") {
				m.w.t.Errorf("member %s ended with %v", m.name, err)
			}
			return true
		default:
			return false
		}
	})
	if !ended {
		m.w.t.Errorf("member %s goes on with an old configuration", m.name)
	}
	m.w.pass(time.Until(time.Now().Truncate(every).Add(every))) // the checks count from a beat
}

// A member is started with a new configuration while one with the old is at
// work. The old one ends and says why, and nothing is lost between them.
func TestOlderMemberYields(t *testing.T) {
	inWorld(t, func(w *world) {
		old := w.start("a", options{})
		w.pass(20 * time.Minute)
		w.reconfigure("two")
		w.start("b", options{})
		old.yields()
		w.pass(10 * time.Minute)
		w.calm()
		w.misses("web-0")
		w.whole("web-1", "web-7")
	})
}

// A member whose clock is an hour ahead writes a revision of the future. Members
// with right clocks and another configuration, started after it, need not wait
// for an hour.
func TestRevisionOfTheFuture(t *testing.T) {
	inWorld(t, func(w *world) {
		w.reconfigure("ahead")
		ahead := w.start("a", options{ahead: time.Hour})
		w.pass(2 * time.Minute)
		ahead.end()
		w.reconfigure("right")
		w.start("b", options{})
		w.pass(20 * time.Minute)
		w.calm()
		w.misses("web-0")
	})
}
