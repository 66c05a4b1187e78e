package cmd

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

const (
	// mostRepeats is how often one message is logged in repeatsWithin, whatever
	// stands behind it: what goes wrong with a thousand lanes, or again and again,
	// must not bury everything else.
	mostRepeats   = 10
	repeatsWithin = time.Minute
	// mostKept bounds how many messages are remembered.
	mostKept = 10_000
)

// newLogger returns a logger whose repeated messages are limited, from info on.
func newLogger(o *hclog.LoggerOptions, now func() time.Time) hclog.Logger {
	plain := *o
	r := &repeats{now: now, said: make(map[repeated]*tally), log: hclog.New(&plain)}
	limited := *o
	limited.Exclude = r.exclude
	return hclog.New(&limited)
}

// repeats counts what has been logged.
type repeats struct {
	mu   sync.Mutex
	now  func() time.Time
	said map[repeated]*tally
	log  hclog.Logger // without limits
}

type repeated struct {
	level hclog.Level
	msg   string
}

type tally struct {
	from time.Time
	n    int
}

// exclude reports whether a message has been said often enough for now. Before it
// is said again, it is told how often it was left out.
func (r *repeats) exclude(level hclog.Level, msg string, _ ...any) bool {
	if level < hclog.Info {
		return false
	}
	r.mu.Lock()
	key := repeated{level, msg}
	t, now := r.said[key], r.now()
	left := 0
	if t == nil || now.Sub(t.from) >= repeatsWithin {
		if t != nil {
			left = t.n - mostRepeats
		}
		if len(r.said) >= mostKept {
			clear(r.said)
		}
		t = &tally{from: now}
		r.said[key] = t
	}
	t.n++
	over := t.n > mostRepeats
	r.mu.Unlock()
	if left > 0 {
		r.log.Log(level, fmt.Sprintf("%s (%d more times lately, not logged)", msg, left))
	}
	return over
}

func (f *runFlags) logger(w io.Writer) hclog.Logger {
	return newLogger(&hclog.LoggerOptions{
		Name: "feedgauge", Level: hclog.LevelFromString(f.logLevel), Output: w, JSONFormat: f.logJSON,
	}, time.Now)
}
