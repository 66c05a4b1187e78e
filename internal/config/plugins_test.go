package config

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/forecast"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/sinks/stdout"
)

// builtin is the table of plugins as the program has it, and one guest of each
// kind.
func builtin() Plugins {
	return Plugins{
		Sources: map[string]func() feedgauge.SourceConfig{},
		Processors: feedgauge.Processors{
			Formats:   format.All(),
			Forecasts: forecast.All(),
		},
		Sinks: map[string]func() feedgauge.SinkConfig{"stdout": func() feedgauge.SinkConfig { return stdout.NewConfig() }},
	}
}
