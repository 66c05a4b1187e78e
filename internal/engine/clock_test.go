package engine

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/count"
)

// The broker's time goes on from when it was measured, whatever our own clock
// shows; where that was set since, or the machine slept, it is measured again.
func TestBrokerClock(t *testing.T) {
	for name, c := range map[string]struct {
		jump  time.Duration // of our clock against the monotonic one, since
		holds bool
	}{
		"both go on":          {0, true},
		"slewed a little":     {count.Skew / 2, true},
		"set back":            {-time.Hour, false},
		"set ahead, or slept": {time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const behind, took = 10 * time.Minute, 3 * time.Second
				ours := feedgauge.InstantOf(time.Now())
				l := &intakeLoop{Engine: &Engine{Options: Options{Pipeline: &pipeline.Pipeline{}}}, clock: brokerClock{
					measured: true, stamp: ours.Add(behind), sent: time.Now().Add(-took), answered: time.Now(), wall: ours,
				}}
				<-time.After(20 * time.Second) // of virtual time
				now := ours.Add(20*time.Second + c.jump)
				if got := l.clock.holds(now); got != c.holds {
					t.Errorf("the measurement holds: %t, want %t", got, c.holds)
				}
				want := ours.Add(behind + 20*time.Second)
				if early, late := l.earliest(), l.latest(); early != want || late != want.Add(took) {
					t.Errorf("the broker's time is said to be %v to %v, want %v to %v", early, late, want, want.Add(took))
				}
			})
		})
	}
}

// Before anything is measured, nothing is known.
func TestBrokerClockUnmeasured(t *testing.T) {
	c := brokerClock{}
	if c.holds(feedgauge.InstantOf(time.Now())) || !c.due() {
		t.Error("a clock that was never compared is believed")
	}
}
