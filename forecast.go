package feedgauge

import "time"

// Forecast is what is expected of a measure in a window, made before the window
// is seen. Lower and Upper bound the usual; Score is left to models that grade
// how unusual a value is. Ready is false while the model is still learning, and
// then no number means anything.
//
// A [Judge] adds, once it has seen the window, its Score and its Anomaly.
type Forecast struct {
	Expected, Lower, Upper float64
	Score                  float64
	Ready                  bool
	Anomaly                Anomaly
}

// Anomaly is what a [Judge] finds in a window; the zero Anomaly is nothing.
type Anomaly struct {
	// Kind is [Silent], [Short], [Drifting] or [StatusHigh] while an episode
	// lasts, and empty otherwise.
	Kind Status
	Side Side
	// FirstBad is the start of the window with which the episode began, which
	// may lie before the one in which it was noticed.
	FirstBad Instant
	// Reason says with numbers what was noticed. It is set only for the window
	// with which an episode of this kind opens.
	Reason string
}

// Side says whether there is less or more than expected.
type Side int8

// The sides of a forecast.
const (
	SideLow  Side = -1
	SideHigh Side = 1
)

// String returns "low", "high", or nothing for the zero Side.
func (s Side) String() string {
	switch s {
	case SideLow:
		return "low"
	case SideHigh:
		return "high"
	}
	return ""
}

// Model forecasts one measure of one feed, window by window, in bounded memory.
// It is pure: the same calls give the same answers, and Append then Load at any
// point changes nothing.
type Model interface {
	// Expect forecasts w from what was learnt before it.
	Expect(w Window) Forecast
	// Learn takes in that w held v.
	Learn(w Window, v float64)
	// Accept takes v as the new level, after an anomaly has lasted so long
	// that it must be the new normal.
	Accept(w Window, v float64)
	// Append writes the model's memory behind b, versioned.
	Append(b []byte) []byte
	// Load reads what Append wrote; an error leaves the model as new.
	Load(b []byte) error
}

// Judge is a Model that decides by itself what is unusual, and what of it to
// learn. Its Judge is called once for each window that was observed, in order,
// in place of Learn and whatever the rules make of the window. Windows that
// could not be observed are left out; the model tells by their times.
type Judge interface {
	Model
	// Judge forecasts w as Expect does, takes in that it held v, and returns
	// the forecast with score and anomaly.
	Judge(w Window, v float64) Forecast
	// Note takes in an operator's word on the episode that is open, or was
	// last: was it real, a false alarm, or bad but expected?
	Note(word Word)
}

// Sensor is a Judge that can say how sharp it is.
type Sensor interface {
	Judge
	// Noticed returns how long after the start of w a loss of a share of all
	// events, from 0 to 1 for silence, would be noticed that began with w: in at
	// least four of five cases. ok is false if that would take more than a week,
	// or is not known.
	Noticed(w Window, loss float64) (within time.Duration, ok bool)
}

// Word is an operator's word on a finding.
type Word string

// What an operator may say of a finding.
const (
	WordReal     Word = "real"     // something was wrong: do not learn it, and stay as alert
	WordFalse    Word = "false"    // nothing was wrong: it is usual, and not to be told again
	WordExpected Word = "expected" // it was known of, like maintenance: forget it
)

// Forecaster makes the models of one class.
type Forecaster interface {
	New() Model
}
