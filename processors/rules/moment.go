package rules

import (
	"slices"
	"time"

	"github.com/feedgauge/feedgauge"
)

// Moment is a due time of one feed with everything a rule may look at. A window
// end has Closed set; a deadline (the period has passed since the last arrival)
// has not, and then Counts mean nothing, and Forecast is that of the window that
// holds it.
type Moment struct {
	At       feedgauge.Instant
	Closed   bool
	Quiet    bool             // a window has ended in which nothing arrived, and which only rules on silence judge
	Judged   bool             // the forecast's model has judged the window by itself
	Window   feedgauge.Window // the closed window, or the one that holds the deadline
	Counts   feedgauge.Counts
	Readings feedgauge.Readings // what measures other than the events came to, and their forecasts
	First    feedgauge.Instant  // first arrival in the closed window, After if none
	Forecast feedgauge.Forecast
	Last     feedgauge.Instant  // last arrival before At, Before if none
	Age      time.Duration      // how much of the time that counts has passed since Last
	Drifts   []feedgauge.Drift  // what is no longer as it was in the lines, the earliest first
	Clocks   feedgauge.Clocks   // how long after their own time the window's events arrived
	Skew     feedgauge.Skew     // how the clock of those times is wrong
	Growth   feedgauge.Skew     // how their delay grows
	Delivery feedgauge.Delivery // what is wrong with the window's delivery
	Facts    *Facts
}

// forecast returns the forecast of a measure, one that is not ready if there is none.
func (m *Moment) forecast(measure string) *feedgauge.Forecast {
	if measure == events {
		return &m.Forecast
	}
	for i := range m.Readings {
		if m.Readings[i].Measure == measure {
			return &m.Readings[i].Forecast
		}
	}
	return &feedgauge.Forecast{}
}

// Learning reports whether the feed has forecasts, none of which is ready.
func (m *Moment) Learning() bool {
	if !m.Facts.Forecasts || m.Forecast.Ready {
		return false
	}
	return !slices.ContainsFunc(m.Readings, func(r feedgauge.Reading) bool { return r.Forecast.Ready })
}

// Facts are what is known of a feed apart from its traffic.
type Facts struct {
	Feed   feedgauge.FeedID
	Class  string
	Source string
	Format string
	Period time.Duration
	Owner  string
	Labels map[string]string
	// Forecasts tells that the class has a forecast at all.
	Forecasts bool
}
