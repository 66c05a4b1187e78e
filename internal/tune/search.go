package tune

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"

	"gonum.org/v1/gonum/optimize"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
)

// Case is one feed on which a forecast is tried.
type Case struct {
	Feed    string
	Windows []backtest.Cut
	Plan    Plan // where it is tried
	Check   Plan // and where what was chosen is checked, behind it
}

// Split makes a case of a feed's windows: forecasts are tried in the time between
// two and seven tenths of the history, and checked in the rest. step and horizon
// are as of [Plan].
func Split(feed string, windows []backtest.Cut, p Plan) Case {
	first, last := windows[0].Start, windows[len(windows)-1].End
	at := func(tenths feedgauge.Instant) feedgauge.Instant { return first + (last-first)/10*tenths }
	c := Case{Feed: feed, Windows: windows, Plan: p, Check: p}
	c.Plan.From, c.Plan.To = at(2), at(7).Add(-p.Horizon) // nothing of what is checked is seen
	c.Check.From, c.Check.To = at(7), last
	return c
}

// Losses are the errors of a forecast by feed, as the plan has them: where it was tried, and
// where it is checked. A feed too short for either has no number there.
type Losses struct{ Tried, Checked []float64 }

// Mean returns the mean of those that are numbers, and not a number for none. Each
// feed counts the same, whether it delivers much or little.
func Mean(losses []float64) float64 {
	sum, n := 0.0, 0
	for _, l := range losses {
		if !math.IsNaN(l) {
			sum, n = sum+l, n+1
		}
	}
	return sum / float64(n)
}

// Measure returns the losses of a forecast.
func Measure(cases []Case, f feedgauge.Forecaster) Losses {
	return Losses{
		Tried:   each(cases, func(c *Case) float64 { return loss(c, &c.Plan, f) }),
		Checked: each(cases, func(c *Case) float64 { return loss(c, &c.Check, f) }),
	}
}

func loss(c *Case, p *Plan, f feedgauge.Forecaster) float64 {
	e := p.Rolling(c.Windows, &ByModel{Model: f.New()})[0]
	if p.Loss != nil {
		return p.Loss(e)
	}
	return e.SMAPE()
}

// each calls do for each case on all processors.
func each(cases []Case, do func(*Case) float64) []float64 {
	out := make([]float64, len(cases))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(cases)) {
		wg.Go(func() {
			for i := range next {
				out[i] = do(&cases[i])
			}
		})
	}
	for i := range cases {
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}

// ErrNothing is returned where no feed has history enough to try anything.
var ErrNothing = errors.New("no feed has history enough: models with seasons want two weeks of it and more")

// tries is how often a forecast is tried for each option that is chosen.
const tries = 50

// Search chooses the options of a forecast that see ahead best, by the mean loss
// over cases where they are tried. It begins at those of c and goes downhill with a
// simplex (Nelder & Mead, "A simplex method for function minimization", Computer
// Journal 7, 1965), within their ranges. Progress is told how far it has come, in
// percent.
func Search(ctx context.Context, cases []Case, c Config, env feedgauge.Env, progress func(percent int)) (Config, error) {
	options := Options(c)
	s := search{ctx: ctx, cases: cases, from: c, options: options, env: env, best: math.Inf(1)}
	s.most, s.progress = tries*len(options), progress
	begin := s.unbound(Get(c, options))
	if !(s.try(begin) < math.Inf(1)) {
		if s.err != nil {
			return nil, s.err
		}
		return nil, ErrNothing
	}
	settings := &optimize.Settings{FuncEvaluations: s.most, Converger: &optimize.FunctionConverge{Absolute: 1e-4, Iterations: 20}}
	_, err := optimize.Minimize(optimize.Problem{Func: s.try}, begin, settings, &optimize.NelderMead{SimplexSize: 1})
	if err != nil {
		return nil, fmt.Errorf("searching: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.choice, nil
}

// search is one run of Search.
type search struct {
	ctx         context.Context //nolint:containedctx // the optimiser has none to pass
	cases       []Case
	from        Config
	options     []Option
	env         feedgauge.Env
	tried, most int
	progress    func(percent int)

	best   float64
	choice Config
	err    error
}

// try returns the loss at a place, infinite where nothing can be built.
func (s *search) try(place []float64) float64 {
	s.tried++
	if s.progress != nil {
		s.progress(min(100, 100*s.tried/s.most))
	}
	if s.ctx.Err() != nil {
		return math.Inf(1)
	}
	c := With(s.from, s.options, s.bound(place))
	f, err := c.Build(s.env)
	if err != nil {
		s.err = err
		return math.Inf(1)
	}
	l := Mean(each(s.cases, func(c *Case) float64 { return loss(c, &c.Plan, f) }))
	if math.IsNaN(l) {
		return math.Inf(1)
	}
	if l < s.best {
		s.best, s.choice = l, c
	}
	return l
}

// bound turns a place, which has no bounds, into values within theirs, as they are
// written.
func (s *search) bound(place []float64) []float64 {
	out := make([]float64, len(place))
	for i, o := range s.options {
		out[i] = min(max(Round(o.Low+(o.High-o.Low)/(1+math.Exp(-place[i]))), o.Low), o.High)
	}
	return out
}

// unbound is the inverse of bound. Values at their bounds are moved in a little, or
// there would be no way back.
func (s *search) unbound(values []float64) []float64 {
	out := make([]float64, len(values))
	for i, o := range s.options {
		share := min(max((values[i]-o.Low)/(o.High-o.Low), 0.002), 0.998)
		out[i] = math.Log(share / (1 - share))
	}
	return out
}
