package feedgauge

import (
	"context"
	"fmt"
	"time"
)

// Batch is what one Poll of a source returned, in order within each lane.
type Batch struct {
	Records []Record
	Done    bool // the source has ended: nothing will ever follow
}

// LaneEnd is the end of one lane's log as of a moment before the call that
// returned it: High is the offset after the last record written, Stable after
// the last one that is not in an open transaction.
type LaneEnd struct {
	Lane
	High, Stable int64
}

// Source delivers raw records. It is polled by the engine, from one goroutine.
// Poll blocks until there is something, the source has ended, or ctx is done
// (then it returns what it has and no error). Ends is the ground on which a
// quiet lane is called idle; a source that cannot know says so by an error.
type Source interface {
	Poll(ctx context.Context) (Batch, error)
	Ends(ctx context.Context) ([]LaneEnd, error)
	Close() error
}

// Verdict is what a format says of one record.
type Verdict struct {
	Reason  Reason // of the first bad event; empty for a record in good form
	Fault   string // name of the field at fault, where there is one
	Lines   int    // lines in it, header and blank lines included
	Headers int    // header lines
	Events  int    // events, by the format's unit
	Bad     int    // events that break the format
	Blank   bool   // nothing but blank or header lines
}

// Checker checks the form of records. It is used by one goroutine and keeps no
// memory of earlier records that could change a verdict.
type Checker interface {
	Check(r *Record) Verdict
}

// Sink takes alerts out. A nil error means durable; after any other the engine
// calls again with the same alerts, so a sink must bear repeats (each alert has
// the uid to tell them).
type Sink interface {
	Write(ctx context.Context, alerts []Alert) error
	Close() error
}

// Env is what a plugin's configuration may know of its surroundings.
type Env struct {
	Class    string        // name of the class, empty for sources and sinks
	Every    time.Duration // window length of the class; of one with deliveries the mean
	Period   time.Duration // longest silence allowed in the class
	Measures []string      // measures counted by the processors above
	// Measure is what a forecast is made of, the events if empty, and Share of how many
	// measures of a feed there are forecasts: those share what may be alarmed falsely.
	Measure string
	Share   int // 0 is 1
	// Window returns the window that holds an instant, where windows end with
	// deliveries; nil where they are aligned to the epoch. Deadline is how long before
	// its end the delivery of a window is due.
	Window   func(at Instant) Window
	Deadline time.Duration
	// Zone is that of the clocks the class goes by, nil for UTC.
	Zone *time.Location
	// Holiday reports whether the date in Zone is a holiday; nil for none.
	Holiday func(at Instant) bool
}

// SourceConfig is the configuration of a source: a struct whose fields carry
// hcl tags. It answers validation and construction at once.
type SourceConfig interface {
	Build(env Env) (Source, error)
}

// FormatConfig is the configuration of a format.
type FormatConfig interface {
	Build(env Env) (Checker, error)
}

// ForecastConfig is the configuration of a forecast.
type ForecastConfig interface {
	Build(env Env) (Forecaster, error)
}

// ClockConfig is the configuration of a forecast that may go by the clocks of the
// class: its time zone and its holidays.
type ClockConfig interface {
	ForecastConfig
	// ByClock reports whether it does.
	ByClock() bool
}

// SinkConfig is the configuration of a sink.
type SinkConfig interface {
	Build(env Env) (Sink, error)
}

// Processors are the processor plugins, by kind and name. Each function returns
// a new configuration with its defaults filled in.
type Processors struct {
	Formats   map[string]func() FormatConfig
	Forecasts map[string]func() ForecastConfig
}

// FieldError is a mistake in one option of a plugin's configuration. The engine
// turns it into file, line and column; several are joined with errors.Join.
type FieldError struct {
	Field  string // name of the option, as in its hcl tag
	Index  int    // which element, where the option is a list
	Offset int    // byte within the string at fault, 0 for its start
	Msg    string // what is wrong
	Hint   string // what to do, may be empty
}

// Error implements error.
func (e *FieldError) Error() string {
	return fmt.Sprintf("option %q: %s", e.Field, e.Msg)
}
