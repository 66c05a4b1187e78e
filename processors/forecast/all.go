package forecast

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/forecast/adaptive"
)

// All returns the forecasts by name.
func All() map[string]func() feedgauge.ForecastConfig {
	return map[string]func() feedgauge.ForecastConfig{
		"adaptive": func() feedgauge.ForecastConfig { return adaptive.New() },
		"trend":    func() feedgauge.ForecastConfig { return NewTrend() },
	}
}
