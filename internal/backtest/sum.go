package backtest

import (
	"fmt"
	"time"

	"github.com/feedgauge/feedgauge"
)

// Sum returns s with rows added up to windows of length every, aligned to the
// epoch. A window some of whose rows are missing is missing; a step of the rows
// that does not divide every is an error.
func (s *Series) Sum(every time.Duration) (*Series, error) {
	of := step(s.Rows)
	if every == of {
		return s, nil
	}
	if every < of || every%of != 0 {
		return nil, fmt.Errorf("windows of %s cannot be put together from those of %s that feed %q has", every, of, s.Feed)
	}
	out := &Series{Feed: s.Feed}
	full, n := int(every/of), 0
	for _, r := range s.Rows {
		start := feedgauge.WindowOf(r.Start, every).Start
		if last := len(out.Rows) - 1; last < 0 || out.Rows[last].Start != start {
			out.Rows, n = append(out.dropped(n, full), Row{Start: start}), 0
		}
		out.Rows[len(out.Rows)-1].Count += r.Count
		n++
	}
	out.Rows = out.dropped(n, full)
	return out, nil
}

// dropped returns the rows without the last, if only n of full parts of it came.
func (s *Series) dropped(n, full int) []Row {
	if len(s.Rows) > 0 && n < full {
		return s.Rows[:len(s.Rows)-1]
	}
	return s.Rows
}
