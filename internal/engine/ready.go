package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// readiness tells whether every worker of every role has its place in its group
// and, for watch, has restored what it owns.
type readiness struct {
	mu      sync.Mutex
	waiting map[string]bool
	lacking []string // sources without a topic
}

// expect sets the roles to wait for. Deliver is never waited for: a sink that is
// away must not keep the monitor from counting as ready.
func (r *readiness) expect(roles map[string]func(context.Context) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = make(map[string]bool)
	for name := range roles {
		if !strings.HasPrefix(name, "deliver ") {
			r.waiting[name] = true
		}
	}
}

func (r *readiness) done(role string, worker int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.waiting, fmt.Sprintf("%s %d", role, worker))
}

// lack notes the sources that match no topic.
func (r *readiness) lack(sources []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lacking = sources
}

// Ready returns nil when this process does its work, else what it waits for.
func (e *Engine) Ready() error {
	e.ready.mu.Lock()
	defer e.ready.mu.Unlock()
	if e.ready.waiting == nil {
		return errors.New("starting")
	}
	var names []string
	for _, s := range e.ready.lacking {
		names = append(names, fmt.Sprintf("a topic of source %q", s))
	}
	for name := range e.ready.waiting {
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return fmt.Errorf("waiting for %s", strings.Join(names, ", "))
}
