package count

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

func TestArrive(t *testing.T) {
	t.Parallel()
	const now, slack = feedgauge.Instant(1_000_000), 30 * time.Second
	at := func(high, mark feedgauge.Instant) Lane { return Lane{High: high, Watermark: mark, First: high} }
	for _, tt := range []struct {
		name            string
		lane            Lane
		stamp           feedgauge.Instant
		kind            feedgauge.StampKind
		want            feedgauge.Instant
		delayed, future bool
		high, mark      feedgauge.Instant
	}{
		{"first record", NewLane(), 900_000, feedgauge.CreateTime, 900_000, false, false, 900_000, 870_000},
		{"forward", at(900_000, 870_000), 910_000, feedgauge.CreateTime, 910_000, false, false, 910_000, 880_000},
		{"late within slack", at(900_000, 870_000), 880_000, feedgauge.CreateTime, 880_000, false, false, 900_000, 870_000},
		{"at the watermark", at(900_000, 870_000), 870_000, feedgauge.CreateTime, 870_000, false, false, 900_000, 870_000},
		{"below the watermark", at(900_000, 870_000), 1, feedgauge.CreateTime, 870_000, true, false, 900_000, 870_000},
		{"ahead within skew", at(900_000, 870_000), 1_002_000, feedgauge.CreateTime, 1_002_000, false, false, 1_002_000, 972_000},
		{"ahead of the clock", at(900_000, 870_000), 4_000_000_000, feedgauge.CreateTime, 900_000, false, true, 900_000, 870_000},
		{"ahead, nothing known", NewLane(), 4_000_000_000, feedgauge.CreateTime, now, false, true, now, 970_000},
		{"the broker is believed", at(900_000, 870_000), 2_000_000, feedgauge.LogAppendTime, 2_000_000, false, false, 2_000_000, 1_970_000},
	} {
		l := tt.lane
		got, delayed, future := l.Arrive(tt.stamp, tt.kind, now, slack)
		if got != tt.want || delayed != tt.delayed || future != tt.future || l.High != tt.high || l.Watermark != tt.mark {
			t.Errorf("%s: at %d delayed %v future %v, lane %+v", tt.name, got, delayed, future, l)
		}
	}
}

func TestIdleNeverGoesBack(t *testing.T) {
	t.Parallel()
	l := Lane{High: 900_000, Watermark: 870_000}
	l.Idle(880_000, 30*time.Second)
	if l.Watermark != 870_000 {
		t.Errorf("watermark went back to %d", l.Watermark)
	}
	l.Idle(1_000_000, time.Second) // less than the skew of clocks
	if l.Watermark != 998_000 {
		t.Errorf("watermark %d, want 998000", l.Watermark)
	}
}

// Arrival times never lie behind the watermark of their moment, and the
// watermark never goes back.
func TestArriveInvariants(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := NewLane()
		slack := time.Duration(rapid.IntRange(0, 60_000).Draw(t, "slack")) * time.Millisecond
		for range rapid.IntRange(1, 50).Draw(t, "n") {
			before := l.Watermark
			now := feedgauge.Instant(rapid.Int64Range(0, 2_000_000).Draw(t, "now"))
			if rapid.Bool().Draw(t, "idle") {
				l.Idle(now, slack)
			} else {
				stamp := feedgauge.Instant(rapid.Int64Range(-1000, 3_000_000).Draw(t, "stamp"))
				kind := feedgauge.StampKind(rapid.IntRange(0, 1).Draw(t, "kind"))
				at, delayed, _ := l.Arrive(stamp, kind, now, slack)
				if at < before {
					t.Fatalf("arrival %d behind watermark %d", at, before)
				}
				if delayed && at != before {
					t.Fatalf("delayed arrival at %d, watermark %d", at, before)
				}
			}
			if l.Watermark < before {
				t.Fatalf("watermark went back from %d to %d", before, l.Watermark)
			}
		}
	})
}
