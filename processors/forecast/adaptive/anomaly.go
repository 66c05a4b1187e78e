package adaptive

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/feedgauge/feedgauge"
)

// anomaly says what the open episode is, if one is.
func (m *model[F]) anomaly(x *view, w feedgauge.Window) feedgauge.Anomaly {
	ep := &m.core.m.Episode
	if x.alarm {
		ep.Kind = kindOf(x)
	}
	if !ep.Open && !x.alarm {
		return feedgauge.Anomaly{}
	}
	a := feedgauge.Anomaly{Kind: kinds[ep.Kind], Side: feedgauge.SideLow}
	if ep.Side == 1 {
		a.Side = feedgauge.SideHigh
	}
	if x.alarm {
		ep.Back = m.core.began(x)
		a.Reason = m.reason(x)
	}
	a.FirstBad = m.f.before(w, ep.Back)
	return a
}

// mostSteps bounds how far back windows are counted one by one.
const mostSteps = 10_000

// before returns the start of the window that lies so many before w.
func (f *forecaster) before(w feedgauge.Window, n uint32) feedgauge.Instant {
	if f.env.Window == nil || n > mostSteps {
		return w.Start.Add(-time.Duration(n) * f.env.Every)
	}
	for range n {
		w = f.env.Window(w.Start - 1)
	}
	return w.Start
}

// after returns the window behind w.
func (f *forecaster) after(w feedgauge.Window) feedgauge.Window {
	if f.env.Window == nil {
		return w.Next()
	}
	return f.env.Window(w.End)
}

// began returns how many windows ago the episode began that opens with x: as the
// summed deviations have it, but within what the test looked at.
func (c *core[F]) began(x *view) uint32 {
	reach := 1.0
	switch j := x.by[x.side]; j {
	case starvation:
		return max(x.starved, 1) - 1
	case dayLow, weekLow, hoursHigh, weekHigh:
		reach = c.p.horizon[sumOf(j)]
	case blockLow, blockHigh:
		reach = inBlock * c.p.perHour
	case cusum:
		reach = c.p.perDay
	}
	if c.m.Onset == nil {
		return 0
	}
	return uint32(clip(float64(c.m.Onset[x.side].Since), 1, math.Max(reach, 1))) - 1
}

// kinds of episodes, as they are remembered.
var kinds = [...]feedgauge.Status{feedgauge.Silent, feedgauge.Short, feedgauge.Drifting, feedgauge.StatusHigh}

const (
	silent = iota
	shrunk
	drifting
	high
)

// kindOf names an episode by the test that found it, and by what there is left of
// the feed.
func kindOf(x *view) uint8 {
	switch j := x.by[x.side]; {
	case j == starvation, x.side == 0 && x.v <= 0.05*x.mu && (j == innovation || j == blockLow):
		return silent
	case j == weekLow, j == weekHigh:
		return drifting
	case x.side == 1:
		return high
	}
	return shrunk
}

// reason says with numbers why an episode was opened.
func (m *model[F]) reason(x *view) string {
	c, of := &m.core, m.f.measure()
	switch j := x.by[x.side]; j {
	case starvation:
		if of != events {
			return fmt.Sprintf("hardly any %s for %s", of, m.span(float64(x.starved)))
		}
		return fmt.Sprintf("hardly an event for %s, in which %s were due", m.span(float64(x.starved)), plain(x.waited))
	case dayLow, weekLow, hoursHigh, weekHigh:
		i, less := sumOf(j), change(x.sums[sumOf(j)])
		if of != events {
			less = of + ": " + less
		}
		return fmt.Sprintf("%s over some %s", less, m.span(c.p.horizon[i]))
	case blockLow, blockHigh:
		count, expected, each := x.block.count, x.block.expected, ""
		if of != events { // different values do not add up
			count, expected, each = count/x.block.windows, expected/x.block.windows, " a window"
		}
		return fmt.Sprintf("%s %s%s in the last %s, %s were expected", plain(count), of, each, m.span(x.block.windows), plain(expected))
	case cusum:
		return fmt.Sprintf("more than expected for some time: %s %s, %s were expected", plain(x.v), of, plain(x.mu))
	}
	return fmt.Sprintf("%s %s, %s were expected", plain(x.v), of, plain(math.Max(x.mu, 0)))
}

const events = "events"

// measure is what the forecast is made of.
func (f *forecaster) measure() string {
	if f.env.Measure == "" {
		return events
	}
	return f.env.Measure
}

// sumOf returns which sum a test looks at.
func sumOf(test int) int {
	switch test {
	case dayLow:
		return 1
	case hoursHigh:
		return 0
	}
	return 2
}

// change tells a ratio to what was expected.
func change(ratio float64) string {
	if ratio < 1 {
		return fmt.Sprintf("%.0f%% less than expected", 100*(1-ratio))
	}
	return fmt.Sprintf("%.0f%% more than expected", 100*(ratio-1))
}

// span writes a number of windows as a time.
func (m *model[F]) span(windows float64) string {
	d := time.Duration(windows * float64(m.f.env.Every))
	switch {
	case d >= 48*time.Hour:
		return strconv.FormatFloat(math.Round(d.Hours()/24), 'f', -1, 64) + " days"
	case d >= 2*time.Hour:
		return strconv.FormatFloat(math.Round(d.Hours()), 'f', -1, 64) + " hours"
	}
	return strconv.FormatFloat(math.Round(d.Minutes()), 'f', -1, 64) + " minutes"
}

// plain writes a number of events.
func plain(x float64) string {
	if x >= 10 || x == math.Trunc(x) {
		return strconv.FormatFloat(math.Round(x), 'f', -1, 64)
	}
	return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64)
}
