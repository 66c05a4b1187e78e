package forecast

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/forecast/adaptive"
	"github.com/feedgauge/feedgauge/processors/forecast/doubleseasonal"
	"github.com/feedgauge/feedgauge/processors/forecast/holtwinters"
	"github.com/feedgauge/feedgauge/processors/forecast/seasonal31"
	"github.com/feedgauge/feedgauge/processors/forecast/smooth"
)

// All returns the forecasts by name.
func All() map[string]func() feedgauge.ForecastConfig {
	return map[string]func() feedgauge.ForecastConfig{
		"adaptive":        func() feedgauge.ForecastConfig { return adaptive.New() },
		"double_seasonal": func() feedgauge.ForecastConfig { return doubleseasonal.NewConfig() },
		"holt_winters":    func() feedgauge.ForecastConfig { return holtwinters.NewConfig() },
		"seasonal31":      func() feedgauge.ForecastConfig { return seasonal31.NewConfig() },
		"smooth":          func() feedgauge.ForecastConfig { return smooth.NewConfig() },
		"trend":           func() feedgauge.ForecastConfig { return NewTrend() },
	}
}
