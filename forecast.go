package feedgauge

// Forecast is what is expected of a measure in a window, made before the window
// is seen. Lower and Upper bound the usual; Score is left to models that grade
// how unusual a value is. Ready is false while the model is still learning, and
// then no number means anything.
type Forecast struct {
	Expected, Lower, Upper float64
	Score                  float64
	Ready                  bool
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

// Forecaster makes the models of one class.
type Forecaster interface {
	New() Model
}
