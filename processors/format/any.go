package format

import "github.com/feedgauge/feedgauge"

// Any accepts everything that has a value. It counts lines and tells blank
// records apart.
type Any struct{}

// NewAny returns the configuration of format "any".
func NewAny() feedgauge.FormatConfig { return &Any{} }

// Build implements [feedgauge.FormatConfig].
func (*Any) Build(feedgauge.Env) (feedgauge.Checker, error) { return anyChecker{}, nil }

type anyChecker struct{}

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
