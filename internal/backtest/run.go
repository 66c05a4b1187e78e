package backtest

import (
	"cmp"
	"context"
	"errors"
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
				res.Feeds[i], errs[i] = o.one(in.Feeds[i])
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
	if err := refused(res.Feeds); err != nil {
		return nil, err
	}
	for reason, n := range in.Rejected {
		res.Rejected[reason] = n
	}
	for i, f := range res.Feeds {
		if f.OffGrid > 0 {
			res.Rejected[OffGrid] += f.OffGrid
		}
		if f.Refused != nil {
			res.Rejected[BadStep] += len(in.Feeds[i].Rows)
		}
	}
	return res, nil
}

// one runs a feed. One with windows of a length that its forecast does not take is
// not run, for the sake of the others.
func (o *Options) one(s *Series) (*Feed, error) {
	f, err := o.walk(s)
	var step *stepError
	if errors.As(err, &step) && o.Every == 0 {
		return &Feed{Name: s.Feed, Class: DefaultClass, Every: step.every.Milliseconds(), Refused: err}, nil
	}
	return f, err
}

// refused returns why nothing was run, if nothing was.
func refused(feeds []*Feed) error {
	for _, f := range feeds {
		if f.Refused == nil {
			return nil
		}
	}
	if len(feeds) == 0 {
		return nil
	}
	return feeds[0].Refused
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
