package main

import (
	"strconv"

	"github.com/feedgauge/feedgauge"
)

// Even is a format that accepts even numbers.
type Even struct{}

// Build implements [feedgauge.FormatConfig].
func (*Even) Build(feedgauge.Env) (feedgauge.Checker, error) { return even{}, nil }

type even struct{}

// Check implements [feedgauge.Checker].
func (even) Check(r *feedgauge.Record) feedgauge.Verdict {
	if r.Value == nil {
		return feedgauge.Verdict{Reason: feedgauge.NullValue, Blank: true}
	}
	v := feedgauge.Verdict{Lines: 1}
	n, err := strconv.ParseInt(string(r.Value), 10, 64)
	switch {
	case err != nil:
		v.Reason = feedgauge.Syntax
	case n%2 != 0:
		v.Reason = feedgauge.BadType
	}
	return v
}
