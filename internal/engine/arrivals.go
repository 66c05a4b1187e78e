package engine

import (
	"sync"

	"github.com/feedgauge/feedgauge"
)

// arrivals are lanes that were assigned since the loop last looked, with what
// the hook for offsets has found out about each. The hook runs beside the loop.
type arrivals[T any] struct {
	mu    sync.Mutex
	lanes map[feedgauge.Lane]T
}

// put notes a lane, in place of what an earlier assignment said of it.
func (a *arrivals[T]) put(l feedgauge.Lane, v T) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lanes == nil {
		a.lanes = make(map[feedgauge.Lane]T)
	}
	a.lanes[l] = v
}

// take removes and returns those of the lanes that the client shows as owned.
// The others are still on their way, or went again.
func (a *arrivals[T]) take(have map[feedgauge.Lane]int64) map[feedgauge.Lane]T {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make(map[feedgauge.Lane]T)
	for l, v := range a.lanes {
		if _, ok := have[l]; ok {
			out[l] = v
			delete(a.lanes, l)
		}
	}
	return out
}
