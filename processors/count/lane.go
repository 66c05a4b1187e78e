// Package count turns records into tallies on the intake side and merges
// tallies into windows on the watch side.
package count

import (
	"time"

	"github.com/feedgauge/feedgauge"
)

// Skew is how far two clocks may differ before either is mistrusted: stamps up
// to Skew ahead of the broker's time are taken at their word.
const Skew = 2 * time.Second

// Lane is what intake remembers of one lane. It travels with the committed
// offset, so that the next owner stamps the next record exactly as this one
// would have.
type Lane struct {
	High      feedgauge.Instant // highest arrival time counted, Before if none
	Watermark feedgauge.Instant // everything that arrived before it is counted
	First     feedgauge.Instant // first arrival time ever counted, After if none
	Stamp     feedgauge.StampKind
}

// NewLane returns the memory of a lane nobody has read yet.
func NewLane() Lane {
	return Lane{High: feedgauge.Before, Watermark: feedgauge.Before, First: feedgauge.After}
}

// Arrive gives a record stamped t its arrival time and moves the lane forward.
// A producer's stamp ahead of now, the broker's time, is not believed: the record
// takes the lane's high (now, if there is none). The broker's own stamp always is. A stamp below the watermark comes too late to
// change what has been said: the record takes the watermark. So the arrival
// time never lies behind the watermark, and how records are cut into batches
// changes nothing. slack is how far behind High a record may still be in time.
func (l *Lane) Arrive(t feedgauge.Instant, kind feedgauge.StampKind, now feedgauge.Instant, slack time.Duration) (at feedgauge.Instant, delayed, future bool) {
	l.Stamp = kind
	if kind == feedgauge.CreateTime && t > now.Add(Skew) {
		future = true
		if t = l.High; t == feedgauge.Before {
			t = now
		}
	}
	if t < l.Watermark {
		return l.Watermark, true, future
	}
	if t > l.High {
		if l.First == feedgauge.After {
			l.First = t
		}
		l.High = t
		l.Watermark = max(l.Watermark, t.Add(-slack))
	}
	return t, false, future
}

// Idle moves the watermark by proof: at time asked the lane's log ended where
// the reader stands. Whatever comes later may still carry a stamp up to slack
// in the past, or up to Skew by the difference of clocks.
func (l *Lane) Idle(asked feedgauge.Instant, slack time.Duration) {
	l.Watermark = max(l.Watermark, asked.Add(-max(slack, Skew)))
}
