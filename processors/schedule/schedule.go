// Package schedule tells when the deliveries of a batch feed are due: at a fixed
// interval, or as a line of cron says.
package schedule

import (
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/internal/wall"
)

// Schedule is a series of due times. It never changes, so it may be shared. No
// delivery is due outside the years 1 to 9999.
type Schedule interface {
	// Next returns the first due time after an instant, [feedgauge.After] if
	// there is none.
	Next(after feedgauge.Instant) feedgauge.Instant
	// Slot returns the last due time at or before an instant,
	// [feedgauge.Before] if there is none.
	Slot(at feedgauge.Instant) feedgauge.Instant
}

// Every returns the schedule with deliveries due at anchor and each interval
// after it; none is due before. The interval is time that passes, a day being
// 24 hours even where clocks change; [Cron] knows local days. Errors are
// [feedgauge.FieldError] of field "schedule".
func Every(interval time.Duration, anchor feedgauge.Instant) (Schedule, error) {
	switch {
	case interval < time.Second:
		return nil, mistake(0, `for example "1h"`, "the interval must be at least a second")
	case interval%time.Millisecond != 0:
		return nil, mistake(0, `for example "1h"`, "the interval must be whole milliseconds")
	case anchor < wall.First || anchor >= wall.Last:
		return nil, mistake(0, "", "the first delivery must be in the years 1 to 9999")
	}
	return every{feedgauge.Instant(interval.Milliseconds()), anchor}, nil
}

type every struct{ step, anchor feedgauge.Instant }

// Next implements [Schedule].
func (e every) Next(after feedgauge.Instant) feedgauge.Instant {
	if after < e.anchor {
		return e.anchor
	}
	if next := e.Slot(after) + e.step; next > after && next < wall.Last {
		return next
	}
	return feedgauge.After
}

// Slot implements [Schedule].
func (e every) Slot(at feedgauge.Instant) feedgauge.Instant {
	if at < e.anchor {
		return feedgauge.Before
	}
	at = min(at, wall.Last-1)
	return at - (at-e.anchor)%e.step
}
