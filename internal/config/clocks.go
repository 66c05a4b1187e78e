package config

import (
	"slices"

	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// timed reports whether the format of a class reads the times of events.
func timed(c *pipeline.Class) bool {
	if c.Checker == nil {
		return false
	}
	check, err := c.Checker()
	if err != nil {
		return false // reported where it was built first
	}
	t, ok := check.(interface{ Timed() bool })
	return ok && t.Timed()
}

// clockRules gives a class the rules on clocks and delays that it has none of its
// own for.
func (l *loader) clockRules(b *block, measures []string, forecasts bool, c *pipeline.Class) {
	own := len(c.Rules)
	for _, cfg := range rules.Timed() {
		r, err := cfg.Build(measures, forecasts)
		if err != nil {
			l.mistakes(b, err)
			continue
		}
		if !slices.ContainsFunc(c.Rules[:own], r.Alike) {
			c.Rules = append(c.Rules, r)
			l.originOf(b)[r.Name()] = " of clocks"
		}
	}
}

// originOf returns where the rules of a class come from, by name.
func (l *loader) originOf(b *block) map[string]string {
	d := l.decoded[b.Block]
	if d.origin == nil {
		d.origin = map[string]string{}
	}
	return d.origin
}
