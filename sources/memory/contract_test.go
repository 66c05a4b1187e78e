package memory

import (
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/sources/sourcetest"
)

func TestSourceKeepsTheContract(t *testing.T) {
	t.Parallel()
	records := []feedgauge.Record{
		{Topic: "b", Offset: 4}, {Topic: "a", Partition: 1, Offset: 0}, {Topic: "b", Offset: 5}, {Topic: "b", Offset: 9},
	}
	for _, batch := range []int{0, 1, 3, 4, 100} {
		sourcetest.Source(t, func() feedgauge.Source { return New(records, batch) }, len(records))
	}
	sourcetest.Source(t, func() feedgauge.Source { return New(nil, 1) }, 0)
}
