package forecast

import (
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/processortest"
)

func TestTrendKeepsTheContract(t *testing.T) {
	t.Parallel()
	for _, c := range []TrendConfig{*NewTrend(), {Factor: 0, Warmup: 1}, {Factor: 0.999, Warmup: 20}} {
		processortest.Forecaster(t, func() feedgauge.Forecaster { return build(t, c) })
	}
}

func build(t processortest.TB, c TrendConfig) feedgauge.Forecaster {
	t.Helper()
	f, err := c.Build(feedgauge.Env{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}
