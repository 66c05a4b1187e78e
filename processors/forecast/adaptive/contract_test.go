package adaptive

import (
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/processortest"
)

func TestAdaptiveKeepsTheContract(t *testing.T) {
	t.Parallel()
	for _, every := range []time.Duration{time.Second, time.Hour, 24 * time.Hour} {
		t.Run(every.String(), func(t *testing.T) {
			t.Parallel()
			processortest.Forecaster(t, func() feedgauge.Forecaster { return built(t, Config{Budget: 0.5}, feedgauge.Env{Every: every}) })
		})
	}
}

func built(t processortest.TB, c Config, env feedgauge.Env) feedgauge.Forecaster {
	t.Helper()
	f, err := c.Build(env)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
