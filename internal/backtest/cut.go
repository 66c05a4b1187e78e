package backtest

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Cut is one window of a feed and what it held.
type Cut struct {
	feedgauge.Window
	Count float64
}

// Windows is the history of a feed as its class cuts it.
type Windows struct {
	Class *pipeline.Class
	Cuts  []Cut
	grid  grid
}

// Cut returns the windows of a feed in order, as they would be run.
func (o *Options) Cut(s *Series) (*Windows, error) {
	p, err := o.plan(s)
	if err != nil {
		return nil, err
	}
	out := &Windows{Class: p.class, grid: p.grid}
	p.grid.cut(s.Rows, o.Zero, func(w feedgauge.Window, v float64) { out.Cuts = append(out.Cuts, Cut{w, v}) })
	return out, nil
}

// Every returns the length of a window, in a class with a schedule the longest.
func (w *Windows) Every() feedgauge.Instant { return feedgauge.Instant(w.grid.every.Milliseconds()) }

// Next returns the n windows that follow the last.
func (w *Windows) Next(n int) []feedgauge.Window {
	if len(w.Cuts) == 0 {
		return nil
	}
	out := make([]feedgauge.Window, 0, n)
	for last := w.Cuts[len(w.Cuts)-1].Window; len(out) < n; {
		last = w.grid.next(last)
		out = append(out, last)
	}
	return out
}
