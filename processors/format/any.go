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
	v, _ := survey(r)
	return v
}
