package backtest

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Result is what came of all feeds, in order of their names.
type Result struct {
	Feeds    []*Feed
	Rejected map[string]int
}

// Run runs all feeds of in. Feeds do not know of each other, so the result does
// not depend on how many are run at a time.
func Run(ctx context.Context, in *Input, o Options) (*Result, error) {
	res := &Result{Feeds: make([]*Feed, len(in.Feeds)), Rejected: map[string]int{}}
	errs := make([]error, len(in.Feeds))
	jobs := o.Jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(jobs, len(in.Feeds)) {
		wg.Go(func() {
			for i := range next {
				res.Feeds[i], errs[i] = o.walk(in.Feeds[i])
				if o.Progress != nil {
					o.Progress(len(in.Feeds[i].Rows))
				}
			}
		})
	}
	for i := range in.Feeds {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wg.Wait()
	if err := cmp.Or(ctx.Err(), first(errs)); err != nil {
		return nil, err
	}
	for reason, n := range in.Rejected {
		res.Rejected[reason] = n
	}
	for _, f := range res.Feeds {
		if f.OffGrid > 0 {
			res.Rejected[OffGrid] += f.OffGrid
		}
	}
	return res, nil
}

func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Findings returns the findings of all feeds by time, feed and kind.
func (r *Result) Findings() []Finding {
	var out []Finding
	for _, f := range r.Feeds {
		out = append(out, f.Findings...)
	}
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.At, b.At), strings.Compare(a.Feed, b.Feed), strings.Compare(string(a.Kind), string(b.Kind)))
	})
	return out
}
