package adaptive

import (
	"math"
	"time"
)

// number is how a model keeps its memory: in float32 where it runs, in float64
// where tests ask what that costs.
type number interface{ float32 | float64 }

// The tests. Low ones come first.
const (
	innovation = iota // one window against its forecast
	dayLow            // an exponential sum over a day
	weekLow           // and over days
	starvation        // events that did not come, in a row
	blockLow          // four hours against their forecast
	hoursHigh         // an exponential sum over hours
	weekHigh          // and over days
	cusum             // an excess that adds up
	spike             // one window, on the scale of counts
	blockHigh
	tests

	lowTests = hoursHigh
)

// params are what the length of windows and the budget make of the algorithm's
// constants. Durations are in windows.
type params struct {
	perDay   float64 // windows a day
	perMonth float64
	perHour  float64 // whole windows an hour, at least 1
	hourly   float64 // windows an hour, below 1 for longer ones
	dayly    bool    // windows of six hours and longer
	slots    bool    // a window is a delivery, which matters however small beside others
	memory   float64 // windows a day, for time constants, at least 6
	budget   float64 // false alarms a month, as thresholds follow it
	logB     float64
	logGaps  float64 // the budget of gaps, likewise
	logW     float64

	lessBy, moreBy float64 // least relevant change of a window
	share          [tests]float64
	tunings        [tests]tuning
	horizon        [3]float64
	compact        bool
	shape          []float64 // of a week, the mean being 1; nil for none
	headStart      float64   // days that a shape is worth
	calm           int       // windows in a row that end an episode
	apart          float64

	gainShort, gainDay float64
	forget             float64 // of regressions
}

const (
	daysToMonth = 30.4
	trainDays   = 14.0 // before alarms in narrow bounds
	scaleDays   = 7.0  // before scales are learnt
	warmDays    = trainDays / 2
)

// steepness is the power of the budget that the threshold follows. Tests see the
// same windows, and thin tails make a nat less than it says, so false alarms rise
// faster than the budget: by its power of 1.4, on real and simulated feeds alike.
const steepness = 0.75

func newParams(every time.Duration, budget float64, compact bool) *params {
	real := float64(24*time.Hour) / float64(every)
	perDay := math.Max(real, 1) // longer windows are learnt like days, one by one
	p := &params{
		perDay: perDay, perMonth: math.Max(real*daysToMonth, 1), perHour: math.Max(math.Floor(perDay/24), 1), hourly: perDay / 24,
		dayly: perDay <= 4, memory: math.Max(perDay, 6), compact: compact, budget: budget, lessBy: 0.2, moreBy: 0.6, tunings: tunings(),
	}
	p.budget = DefaultBudget * math.Pow(budget/DefaultBudget, steepness)
	p.logB, p.logW = math.Log(p.budget), math.Log(p.perMonth)
	p.logGaps = (math.Log(DefaultBudget) + p.logB) / 2 // gaps of one length are alike: too many pass a bound at once
	p.share = [tests]float64{-2.6, -2.5, -1.4, -2.0, -5.3, -2.3, -0.8, -4.6, -1.0, -3.4}
	p.calm = int(math.Max(3, p.perHour))
	if perDay < 24 {
		p.calm = int(math.Max(1, math.Floor((3*perDay+23)/24)))
	}
	if p.dayly {
		p.lessBy = 0.4
		p.share[innovation] += 0.6
		for _, j := range []int{dayLow, weekLow, blockLow, cusum, blockHigh} {
			p.share[j] -= 2
		}
	}
	switch {
	case perDay <= 2:
		p.horizon = [3]float64{3, 5, 10}
	case perDay <= 24:
		p.horizon = [3]float64{8, 24, 5 * perDay}
	case perDay <= 48:
		p.horizon = [3]float64{10, 40, 4 * perDay}
	default:
		p.horizon = [3]float64{16, 64, 3 * perDay}
	}
	p.apart = math.Floor(6*p.hourly) + 1
	p.gainShort, p.gainDay = 0.5, math.Min(1/perDay, 0.5)
	if p.hourly > 0.5 {
		p.gainShort = 1 / math.Max(2, 4*p.hourly)
	}
	p.forget = 1 - 1/(28*p.memory)
	return p
}
