package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/engine"
)

// Act is one thing that happens to a live feed, so long after the show began.
type Act struct {
	At   time.Duration
	Feed string
	Do   Deed
	Say  string
}

// Deed is what is done to a feed.
type Deed int

// The deeds.
const (
	Stop Deed = iota
	Thin
	Break
	Recover
)

// script is the usual show. It repeats with other feeds.
func script(round int) []Act {
	web := fmt.Sprintf("web-%02d", 3+round%5)
	app := fmt.Sprintf("app-%02d", 2+round%4)
	host := fmt.Sprintf("host-%02d", 4-round%3)
	return []Act{
		{2 * time.Second, web, Stop, "the demo cuts off " + web + ": it delivers nothing any more"},
		{3 * time.Second, app, Thin, "the demo makes " + app + " lose three of five records"},
		{4 * time.Second, host, Break, "the demo breaks the format of " + host + ": every other line loses its beginning"},
		{40 * time.Second, web, Recover, "the demo lets " + web + " deliver again"},
		{45 * time.Second, app, Recover, "the demo lets " + app + " deliver all its records"},
		{50 * time.Second, host, Recover, "the demo repairs the format of " + host},
	}
}

const (
	beat       = 200 * time.Millisecond // between two batches of live records
	statusBeat = 5 * time.Second        // between two status lines
	roundTime  = 90 * time.Second       // between two rounds of the script
)

// live produces the live feeds, and begins the show when the monitor has caught
// up with the past.
func (d *demo) live(ctx context.Context, e *engine.Engine) error {
	promise := kgo.AbortingFirstErrPromise(d.client)
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	st := &stage{demo: d, engine: e}
	for {
		select {
		case <-ctx.Done():
			return nil
		case t := <-ticker.C:
			st.turn(t)
			for _, f := range d.feeds {
				for _, r := range f.until(t) {
					r.Timestamp = time.Now() // a machine that is busy makes feeds late, not wrong
					d.client.Produce(ctx, r, promise.Promise())
				}
			}
		}
	}
}

// stage is where the show stands.
type stage struct {
	*demo
	engine *engine.Engine
	began  time.Time // of this round; zero until caught up
	round  int
	acts   []Act
	status time.Time // when the last status line was printed
}

func (s *stage) turn(t time.Time) {
	if s.began.IsZero() {
		s.catchUp(t)
		return
	}
	if t.Sub(s.began) >= roundTime {
		s.start(t, s.round+1)
	}
	for len(s.acts) > 0 && t.Sub(s.began) >= s.acts[0].At {
		s.perform(s.acts[0])
		s.acts = s.acts[1:]
	}
	if t.Sub(s.status) >= statusBeat {
		s.status = t
		s.screen.say("%d live feeds: %s", len(s.feeds), s.screen.standing(len(s.feeds)))
	}
}

// catchUp begins the show when all of the past has been judged.
func (s *stage) catchUp(t time.Time) {
	totals := s.engine.Totals()
	mark := s.engine.Watermark()
	if totals.Read < s.made || mark == feedgauge.Before || feedgauge.InstantOf(t).Sub(mark) > 10*time.Second {
		return
	}
	s.screen.say("caught up: %d records read, %d windows closed", totals.Read, totals.Windows)
	s.screen.say("%d findings in the past: counted, not shown", totals.Opened)
	s.start(t, 0)
}

func (s *stage) start(t time.Time, round int) {
	s.began, s.round, s.acts, s.status = t, round, script(round), t
}

func (s *stage) perform(a Act) {
	for _, f := range s.feeds {
		if f.name != a.Feed {
			continue
		}
		f.stopped, f.thinned, f.broken = a.Do == Stop, a.Do == Thin, a.Do == Break
		s.screen.say("» %s", a.Say)
	}
}
