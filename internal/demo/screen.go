package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/screen"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
	"github.com/feedgauge/feedgauge/sinks/stdout"
)

// display is what the viewer sees. It is also the sink of the demo's pipeline: it
// prints what is found live and counts what was found in the past.
type display struct {
	mu   sync.Mutex
	w    io.Writer
	on   screen.Screen
	past int
	open map[string]string // open findings of live feeds: uid to rule
}

func newDisplay(w io.Writer, on screen.Screen) *display {
	return &display{w: w, on: on, open: make(map[string]string)}
}

// say prints one line with the time, on as many as the terminal needs.
func (s *display) say(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := time.Now().UTC().Format(time.DateTime) + "  " + fmt.Sprintf(format, args...)
	_, _ = fmt.Fprintln(s.w, s.on.Fold(line, len(time.DateTime)+2))
}

// write prints plain text.
func (s *display) write(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = io.WriteString(s.w, text)
}

// Write implements feedgauge.Sink.
func (s *display) Write(_ context.Context, alerts []feedgauge.Alert) error {
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
		_, _ = fmt.Fprintln(s.w, stdout.Line(&sum, s.on))
		if sum.Activity == feedgauge.Close {
			delete(s.open, a.Key)
		} else {
			s.open[a.Key] = sum.Rule
		}
	}
	return nil
}

// Close implements feedgauge.Sink.
func (s *display) Close() error { return nil }

// standing sums up the live feeds: "17 ok, 1 silent, 1 short".
func (s *display) standing(feeds int) string {
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
