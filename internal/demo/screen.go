package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
	"github.com/feedgauge/feedgauge/sinks/stdout"
)

// screen is what the viewer sees. It is also the sink of the demo's pipeline: it
// prints what is found live and counts what was found in the past.
type screen struct {
	mu     sync.Mutex
	w      io.Writer
	colour bool
	past   int
	open   map[string]string // open findings of live feeds: uid to rule
}

func newScreen(w io.Writer) *screen {
	return &screen{w: w, colour: stdout.Coloured(w), open: make(map[string]string)}
}

// say prints one line with the time.
func (s *screen) say(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = fmt.Fprintf(s.w, "%s  %s\n", time.Now().UTC().Format(time.DateTime), fmt.Sprintf(format, args...))
}

// write prints plain text.
func (s *screen) write(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = io.WriteString(s.w, text)
}

// Write implements feedgauge.Sink.
func (s *screen) Write(_ context.Context, alerts []feedgauge.Alert) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range alerts {
		sum, err := ocsf.Summarize(a.Value)
		if err != nil {
			return fmt.Errorf("alert %q: %w", a.Key, err)
		}
		if strings.HasPrefix(a.Key, "self/") {
			continue // what the monitor tells of itself
		}
		if strings.HasPrefix(sum.Feed, "archive-") {
			if sum.Activity == feedgauge.Open {
				s.past++
			}
			continue
		}
		// Beside the other lines, the time at which it is seen reads better
		// than the one for which it is said.
		sum.Time = feedgauge.InstantOf(time.Now())
		_, _ = fmt.Fprintln(s.w, stdout.Line(&sum, s.colour))
		if sum.Activity == feedgauge.Close {
			delete(s.open, a.Key)
		} else {
			s.open[a.Key] = sum.Rule
		}
	}
	return nil
}

// Close implements feedgauge.Sink.
func (s *screen) Close() error { return nil }

// standing sums up the live feeds: "17 ok, 1 silent, 1 short".
func (s *screen) standing(feeds int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	count := make(map[string]int)
	for _, rule := range s.open {
		count[rule]++
	}
	parts := []string{fmt.Sprintf("%d ok", feeds-len(s.open))}
	for _, rule := range []string{"silent", "short", "malformed"} {
		if n := count[rule]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, rule))
		}
	}
	return strings.Join(parts, ", ")
}
