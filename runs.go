package feedgauge

import (
	"slices"
	"time"
)

// MaxGap is how far apart two arrivals of one run may be.
const MaxGap = 10 * time.Second

// Run is a stretch of time in which arrivals follow each other within [MaxGap].
type Run struct {
	First, Last Instant
}

// Runs are stretches with arrivals, in order and apart.
type Runs []Run

// Add notes an arrival at t, or all arrivals of a run.
func (r *Runs) Add(n Run) {
	if k := len(*r); k > 0 {
		if last := &(*r)[k-1]; n.First >= last.First && n.First.Sub(last.Last) <= MaxGap {
			last.Last = max(last.Last, n.Last) // nearly always
			return
		}
	}
	r.insert(n)
}

func (r *Runs) insert(n Run) {
	from := 0
	for from < len(*r) && n.First.Sub((*r)[from].Last) > MaxGap {
		from++
	}
	to := from
	for ; to < len(*r) && (*r)[to].First.Sub(n.Last) <= MaxGap; to++ {
		n.First, n.Last = min(n.First, (*r)[to].First), max(n.Last, (*r)[to].Last)
	}
	*r = slices.Replace(*r, from, to, n)
}

// Before returns the last arrival before t, or, inside a run, an instant that
// is at most [MaxGap] before it; Before if there is none.
func (r Runs) Before(t Instant) Instant {
	for i := len(r) - 1; i >= 0; i-- {
		switch {
		case r[i].Last < t:
			return r[i].Last
		case r[i].First < t:
			return max(r[i].First, t.Add(-MaxGap))
		}
	}
	return Before
}

// After returns the first arrival at or after t that begins a run or lies within
// one; After if there is none.
func (r Runs) After(t Instant) Instant {
	for _, run := range r {
		if run.Last >= t {
			return max(run.First, t)
		}
	}
	return After
}
