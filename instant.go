package feedgauge

import (
	"math"
	"time"
)

// Instant is a point in time in milliseconds since the Unix epoch, UTC. It is
// the resolution of Kafka's timestamps and the only clock the monitor knows.
type Instant int64

// Bounds of time. Before sorts ahead of every real instant and stands for "not
// yet"; After sorts behind every real instant and stands for "never".
const (
	Before Instant = math.MinInt64
	After  Instant = math.MaxInt64
)

// InstantOf rounds t down to the millisecond.
func InstantOf(t time.Time) Instant { return Instant(t.UnixMilli()) }

// Time returns the instant as a time.Time in UTC.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).UTC() }

// Add returns i moved by d, rounded toward zero to the millisecond. Before and
// After stay where they are.
func (i Instant) Add(d time.Duration) Instant {
	if i == Before || i == After {
		return i
	}
	return i + Instant(d.Milliseconds())
}

// Sub returns i - j.
func (i Instant) Sub(j Instant) time.Duration {
	return time.Duration(i-j) * time.Millisecond
}

// String formats the instant as RFC 3339 in UTC, with milliseconds only where
// they are not zero.
func (i Instant) String() string {
	switch i {
	case Before:
		return "before"
	case After:
		return "never"
	}
	return i.Time().Format("2006-01-02T15:04:05.999Z07:00")
}

// Window is a half-open interval [Start, End) of arrival time.
type Window struct {
	Start, End Instant
}

// WindowOf returns the window of length every that holds t. Windows are aligned
// to the Unix epoch; every must be at least a millisecond.
func WindowOf(t Instant, every time.Duration) Window {
	step := Instant(every.Milliseconds())
	start := t - t%step
	if t%step < 0 {
		start -= step
	}
	return Window{Start: start, End: start + step}
}

// Len returns the length of the window.
func (w Window) Len() time.Duration { return w.End.Sub(w.Start) }

// Next returns the window of the same length that follows.
func (w Window) Next() Window {
	return Window{Start: w.End, End: w.End + (w.End - w.Start)}
}

// Holds reports whether t lies in [Start, End).
func (w Window) Holds(t Instant) bool { return w.Start <= t && t < w.End }
