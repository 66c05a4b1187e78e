package main

import (
	"path/filepath"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/processortest"
	"github.com/feedgauge/feedgauge/sinks/sinktest"
	"github.com/feedgauge/feedgauge/sources/sourcetest"
)

func TestSource(t *testing.T) {
	sourcetest.Source(t, func() feedgauge.Source {
		s, err := (&Numbers{Topic: "n", First: "2026-01-01T00:00:00Z", Step: "1m", Of: []string{"a 1 2 3", "b 4"}}).Build(feedgauge.Env{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}, 4)
}

func TestFormat(t *testing.T) {
	processortest.Checker(t, func() feedgauge.Checker { return even{} }, [][]byte{[]byte("12"), []byte("-7"), []byte("x")})
}

func TestSink(t *testing.T) {
	sinktest.Sink(t, func() feedgauge.Sink { return &file{path: filepath.Join(t.TempDir(), "alerts")} }, nil)
}
