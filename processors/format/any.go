package format

import (
	"errors"
	"math"

	"github.com/feedgauge/feedgauge"
)

// Any accepts everything that has a value. It counts lines and tells blank
// records apart. In an envelope each line is an event.
type Any struct {
	Envelope      string `hcl:"envelope,optional" doc:"what lines are wrapped in; see the options common to all formats" default:"none"`
	EnvelopeField string `hcl:"envelope_field,optional" doc:"field of the envelope that holds the line" default:"that of the envelope"`

	limit string // see Limit
}

// NewAny returns the configuration of format "any".
func NewAny() feedgauge.FormatConfig { return &Any{} }

// Build implements [feedgauge.FormatConfig].
func (a *Any) Build(feedgauge.Env) (feedgauge.Checker, error) {
	o := a.options()
	if a.EnvelopeField == "" && (a.Envelope == "" || a.Envelope == noEnvelope) {
		max, err := a.max()
		if err != nil {
			return nil, err
		}
		return anyChecker{max}, nil
	}
	k, err := o.build(dialect{open: true, scanner: func([]string) scanner { return anyScanner{} }})
	if err != nil {
		return nil, err
	}
	k.raw = true
	if a.limit == "" { // what Kafka holds has its bound
		k.max = math.MaxInt / 8
		k.wrap.limit = k.max
	}
	return k, nil
}

// max reads the limit, 0 if there is none.
func (a *Any) max() (int, error) {
	if a.limit == "" {
		return 0, nil
	}
	var b builder
	max := b.size(a.limit)
	return max, errors.Join(b.errs...)
}

func (a *Any) options() *Options {
	o := Defaults()
	o.Envelope, o.EnvelopeField = a.Envelope, a.EnvelopeField
	if a.limit != "" {
		o.MaxLine = a.limit
	}
	return &o
}

// EventUnit is what one event is, where a record is meant to hold several; else a
// record is counted as one.
func (a *Any) EventUnit() string { return a.options().EventUnit() }

// Wrap sets what lines are wrapped in, and the field that holds them.
func (a *Any) Wrap(envelope, field string) { a.Envelope, a.EnvelopeField = envelope, field }

// Limit sets the length above which a line of a file is too long, as "1MiB". A record
// of Kafka is in memory already, a line of a file may never end.
func (a *Any) Limit(size string) { a.limit = size }

// anyChecker has the limit of lines of a file, 0 for none.
type anyChecker struct{ max int }

// Check implements [feedgauge.Checker].
func (anyChecker) Check(r *feedgauge.Record) feedgauge.Verdict {
	if r.Value == nil {
		return feedgauge.Verdict{Reason: feedgauge.NullValue, Blank: true}
	}
	v := feedgauge.Verdict{Lines: countLines(r.Value), Blank: blank(trimMark(r.Value))}
	if !v.Blank {
		v.Events = 1
	}
	return v
}

// anyScanner is what a stream uses: there each line is an event.
type anyScanner struct{}

func (anyScanner) scan(*feedgauge.Event, []byte) feedgauge.Reason { return "" }
