// Package adaptive is the forecast that watches by itself: it learns how much a
// feed delivers at each hour of the week, how much that scatters, and how often
// its own statistics exceed what they should by chance, and alarms so rarely that
// an operator's budget of false alarms is kept. Its memory is fixed.
//
// # How a window is judged
//
//  1. expected: the level of the feed times its profile (profile.go), on a holiday
//     that of Sunday (holiday.go);
//  2. residuals on a scale on which variance is stable (transform.go), and what
//     the last hours foretell of them (short.go);
//  3. ten tests: one window low and high, sums over hours and days, four hours
//     against their forecast, an excess that adds up, and events that stay away
//     (short.go, sums.go, blocks.go, starve.go);
//  4. each statistic's own tail and the budget make scores of them: nats above
//     what the test's share of the budget allows (tail.go, calibrate.go);
//  5. a score above zero opens an episode, which is told once; while it lasts
//     nothing is learnt; it ends when windows are as expected again, or after
//     three days, when its level is taken for the new one (episode.go);
//  6. else all of this learns from the window, cleaned of outliers (learn.go).
//
// Times never have a part in it except as a place in the week on the feed's
// clocks (place.go), so history moved by whole weeks gives the same verdicts.
package adaptive

import (
	"errors"
	"math"
	"time"

	"github.com/feedgauge/feedgauge"
)

// Config configures the "adaptive" forecast.
type Config struct {
	// Budget is how many false alarms a feed may raise a month.
	Budget float64 `hcl:"budget,optional" doc:"false alarms that are fine, per feed and month, of all its measures together: more finds more" default:"0.5"`
	// Compact remembers 0.8 kB of a feed in place of 1.4 kB.
	Compact bool `hcl:"compact,optional" doc:"remember 0.8 kB of a feed in place of 1.4 kB, with one shape for Monday to Friday; false alarms are a third more" default:"false"`
	// Shape is what the feeds of a class have in common: the level of each hour of
	// the week from Monday 00:00 on, in any unit. A feed begins with it, and learns
	// its own.
	Shape []float64 `hcl:"shape,optional" doc:"what a new feed begins with, as \"feedgauge tune\" writes it: the level of each of the 168 hours of the week, from Monday 00:00 on, in any unit; so it is judged after two days and not seven" default:"none"`
}

// New returns the configuration with its defaults.
func New() *Config { return &Config{Budget: DefaultBudget} }

// DefaultBudget is one false alarm per feed in two months.
const DefaultBudget = 0.5

// SetBudget sets how many false alarms a feed may raise a month.
func (c *Config) SetBudget(perMonth float64) { c.Budget = perMonth }

// ByClock implements [feedgauge.ClockConfig].
func (c *Config) ByClock() bool { return true }

const maxEvery = 31 * 24 * time.Hour

// Build checks the configuration.
func (c *Config) Build(env feedgauge.Env) (feedgauge.Forecaster, error) {
	var errs []error
	if !(c.Budget >= 0.01 && c.Budget <= 1000) {
		errs = append(errs, &feedgauge.FieldError{
			Field: "budget", Msg: "the budget of false alarms must be between 0.01 and 1000 a month",
			Hint: "0.5 is one false alarm per feed in two months",
		})
	}
	if env.Every == 0 {
		env.Every = time.Minute
	}
	if env.Every < time.Second || env.Every > maxEvery {
		errs = append(errs, errors.New("an adaptive forecast takes windows from a second to 31 days"))
	}
	shape, err := normal(c.Shape)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	// A false alarm of any measure is one of the feed's. Even shares sum up to the
	// budget however the measures depend on each other (Bonferroni's bound).
	p := newParams(env.Every, c.Budget/float64(max(env.Share, 1)), c.Compact)
	p.slots = env.Window != nil
	if p.shape = shape; shape != nil {
		p.headStart = headStart
	}
	return &forecaster{env: env, p: p}, nil
}

type forecaster struct {
	env feedgauge.Env
	p   *params
}

// New implements [feedgauge.Forecaster].
func (f *forecaster) New() feedgauge.Model { return newModel[float32](f) }

// Model is the forecast of one feed.
type model[F number] struct {
	f     *forecaster
	clock clock
	core  core[F]
}

func newModel[F number](f *forecaster) *model[F] {
	return &model[F]{f: f, clock: newClock(f.env), core: *newCore[F](f.p)}
}

const (
	usual    = 3.0 // scales that are usual
	lowScore = -10
	topScore = 100
)

// Expect implements [feedgauge.Model].
func (m *model[F]) Expect(w feedgauge.Window) feedgauge.Forecast {
	x := m.core.expect(m.clock.at(w), 0, float64(m.core.m.Seen)+1)
	if !x.shape.known {
		return feedgauge.Forecast{}
	}
	m.core.foretell(&x)
	return m.core.forecast(&x)
}

// forecast is what was expected of a window.
func (c *core[F]) forecast(x *view) feedgauge.Forecast {
	if !x.shape.known {
		return feedgauge.Forecast{}
	}
	phi, mu := float64(c.m.Scale.Phi), math.Min(x.mu, maxCount)
	return feedgauge.Forecast{
		Expected: mu,
		Lower:    math.Min(restore(x.am-float64(usual*x.s), phi), mu),
		Upper:    clip(restore(x.am+float64(usual*x.s), phi), mu, maxCount),
		Ready:    x.days >= warmDays,
	}
}

// Judge implements [feedgauge.Judge].
func (m *model[F]) Judge(w feedgauge.Window, v float64) feedgauge.Forecast {
	if math.IsNaN(v) {
		return m.Expect(w) // not an observation
	}
	missed := m.missed(w)
	m.core.m.Next = int64(w.End)
	x := m.core.step(m.clock.at(w), missed, clip(v, 0, maxCount))
	f := x.told
	if !f.Ready {
		return f
	}
	f.Score = clip(math.Max(x.n[0], x.n[1]), lowScore, topScore)
	f.Anomaly = m.anomaly(&x, w)
	return f
}

const maxCount = 1e15

// missed returns how many windows before w nobody observed.
func (m *model[F]) missed(w feedgauge.Window) float64 {
	if m.core.m.Seen == 0 {
		return 0
	}
	return math.Max(math.Round(float64(int64(w.Start)-m.core.m.Next)/float64(m.f.env.Every.Milliseconds())), 0)
}

// Learn implements [feedgauge.Model].
func (m *model[F]) Learn(w feedgauge.Window, v float64) { m.Judge(w, v) }

// Accept implements [feedgauge.Model]: v is the new level, and no episode is
// open any more.
func (m *model[F]) Accept(w feedgauge.Window, v float64) {
	x := m.core.expect(m.clock.at(w), v, float64(m.core.m.Seen))
	if !x.shape.known {
		return
	}
	m.core.rebase(clip(v/math.Max(x.mu, 1e-6), 1e-3, 1e3))
	m.core.close()
}

// Note implements [feedgauge.Judge].
func (m *model[F]) Note(word feedgauge.Word) { m.core.feedback(word) }

// Append implements [feedgauge.Model].
func (m *model[F]) Append(b []byte) []byte { return m.core.append(b) }

// Load implements [feedgauge.Model].
func (m *model[F]) Load(b []byte) error {
	m.core = *newCore[F](m.f.p)
	return m.core.load(b)
}
