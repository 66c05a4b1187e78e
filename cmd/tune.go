package cmd

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/guptarohit/asciigraph"
	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
	"github.com/feedgauge/feedgauge/internal/chart"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/tune"
)

// tuneFlags are the options of tune.
type tuneFlags struct {
	pastFlags
	class   string
	horizon string
	feeds   int
}

// tuneCommand chooses the options of a forecast.
func tuneCommand(p Plugins, loads loadFunc) *cobra.Command {
	f := tuneFlags{pastFlags: newPast(p, loads)}
	c := &cobra.Command{
		Use:   "tune --class NAME",
		Short: "choose the options of a class's forecast on its history",
		Long: `Tune chooses how fast the forecast of a class forgets, so that it would have seen
ahead best in the history of the class's feeds. Forecasts are made from one day after
another, or from each window for models without seasons, and compared with what came
(sMAPE, in percent; each feed counts the same). Options are chosen on the first 70 %
of the history and checked on the rest, which takes no part in the choice.

It prints the errors before and after, the block to paste into the class, and a plot
of the biggest feed. Feeds that no class takes are in the class "default".

The model is the class's own, or the one that --model names. "adaptive" sets
itself; for it tune finds the shape of a week that the feeds have in common, so that
a new one is judged after two days and not seven.` + fromPast,
		Example: `  feedgauge tune --class web --input counts.csv --config pipeline.hcl
  feedgauge tune --class default --input counts.csv --model double_seasonal`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	f.add(c, "double_seasonal")
	fl := c.Flags()
	fl.StringVar(&f.class, "class", "", "`NAME` of the class")
	fl.StringVar(&f.horizon, "horizon", "auto", "how far forecasts are to reach, `auto|DUR`: two days, or one window for models without seasons")
	fl.IntVar(&f.feeds, "feeds", 50, "at most so many feeds are tried, a `NUMBER`")
	if err := c.MarkFlagRequired("class"); err != nil {
		panic(err) // the flag is defined above
	}
	return c
}

func (f *tuneFlags) run(c *cobra.Command) error {
	if f.feeds < 1 {
		return fmt.Errorf("--feeds %d: it is a number above 0", f.feeds)
	}
	in, opt, err := f.open(c, nil)
	if err != nil {
		return err
	}
	t, err := f.prepare(c, opt, in)
	if err != nil {
		return err
	}
	if class, ok := t.before.(tune.Shaped); ok {
		return t.shape(c.OutOrStdout(), class)
	}
	bar, done := percent(c.ErrOrStderr())
	t.after, err = tune.Search(c.Context(), t.cases, t.before, t.env, bar)
	done()
	if err != nil {
		return fmt.Errorf("class %q: %w", f.class, err)
	}
	return t.tell(c.OutOrStdout())
}

// tuning is what tune works on and tells.
type tuning struct {
	class, model  string
	standard      feedgauge.ForecastConfig
	before, after tune.Config
	env           feedgauge.Env
	measures      []string // that the class forecasts, where it says so
	every         time.Duration
	horizon       time.Duration
	cases         []tune.Case
}

// prepare finds the feeds of the class and its forecast.
func (f *tuneFlags) prepare(c *cobra.Command, opt *backtest.Options, in *backtest.Input) (*tuning, error) {
	t := &tuning{class: f.class}
	for _, s := range in.Feeds {
		w, err := opt.Cut(s)
		if err != nil {
			return nil, err
		}
		if w.Class.Name != f.class || len(w.Cuts) < 2 {
			continue
		}
		if t.horizon == 0 {
			if err := f.now(c, opt, w.Class, t); err != nil {
				return nil, err
			}
			t.every = time.Duration(w.Every()) * time.Millisecond
			if w.Class.Gap == 0 {
				t.env.Every = t.every
			}
			if t.horizon, err = f.reach(t.model, t.every); err != nil {
				return nil, err
			}
		}
		if every := time.Duration(w.Every()) * time.Millisecond; every != t.every {
			_, _ = fmt.Fprintf(c.ErrOrStderr(), "feedgauge: %q has windows of %s and not of %s, and is left out\n", s.Feed, length(every), length(t.every))
			continue
		}
		if len(t.cases) == f.feeds {
			_, _ = fmt.Fprintf(c.ErrOrStderr(), "feedgauge: there are more feeds, and the first %d are tried: see --feeds\n", f.feeds)
			break
		}
		step := max(t.every, min(24*time.Hour, t.horizon))
		t.cases = append(t.cases, tune.Split(s.Feed, w.Cuts, tune.Plan{Step: step, Horizon: t.horizon}))
	}
	if len(t.cases) == 0 {
		return nil, fmt.Errorf("there is no feed of class %q in the history", f.class)
	}
	return t, nil
}

// now finds the forecast of the class as it is now.
func (f *tuneFlags) now(c *cobra.Command, opt *backtest.Options, class *pipeline.Class, t *tuning) error {
	t.model, t.env, t.measures = f.model, class.Env, class.Forecasted()
	if class.Options != nil && !c.Flags().Changed("model") {
		t.model = class.Forecast
	}
	if class.Name == backtest.DefaultClass {
		zone, err := time.LoadLocation(f.zone)
		if err != nil {
			return err
		}
		t.env = feedgauge.Env{Class: class.Name, Measures: []string{"events"}, Zone: zone}
	}
	if opt.Every > 0 {
		t.env.Every = opt.Every
	}
	plugin := f.plugins.Processors.Forecasts[t.model]
	t.standard = plugin()
	cfg := plugin()
	if class.Options != nil && class.Forecast == t.model {
		cfg = class.Options
	}
	var ok bool
	if t.before, ok = cfg.(tune.Config); !ok {
		return fmt.Errorf("the forecast %q has nothing to tune; --model names another", t.model)
	}
	return nil
}

// reach returns how far forecasts are to reach.
func (f *tuneFlags) reach(model string, every time.Duration) (time.Duration, error) {
	if f.horizon == "auto" {
		if model == "trend" || model == "smooth" { // further ahead they only repeat themselves
			return every, nil
		}
		return max(every, 48*time.Hour), nil
	}
	d, err := time.ParseDuration(f.horizon)
	if err != nil || d < every || d > 60*24*time.Hour {
		return 0, fmt.Errorf("--horizon %q: it is auto, or a length such as 24h, from a window of %s to 60 days", f.horizon, length(every))
	}
	return d, nil
}

// tell prints what was chosen, what it is worth, and how to take it over.
func (t *tuning) tell(w io.Writer) error {
	old, err := t.before.Build(t.env)
	if err != nil {
		return err
	}
	fresh, err := t.after.Build(t.env)
	if err != nil {
		return err
	}
	was, is := tune.Measure(t.cases, old), tune.Measure(t.cases, fresh)
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, e1 := fmt.Fprintf(tab, "class %q, forecast %q, %d feeds, %s ahead\n\nOPTION\tBEFORE\tAFTER\n", t.class, t.model, len(t.cases), length(t.horizon))
	options := tune.Options(t.before)
	a, b := tune.Get(t.before, options), tune.Get(t.after, options)
	for i, o := range options {
		_, e := fmt.Fprintf(tab, "%s\t%v\t%v\n", o.Name, a[i], b[i])
		e1 = errors.Join(e1, e)
	}
	_, e2 := fmt.Fprintf(tab, "\nERROR (sMAPE)\tBEFORE\tAFTER\nwhere it was chosen\t%s\t%s\nbehind that\t%s\t%s\n",
		percentage(tune.Mean(was.Tried)), percentage(tune.Mean(is.Tried)), percentage(tune.Mean(was.Checked)), percentage(tune.Mean(is.Checked)))
	if err := errors.Join(e1, e2, tab.Flush()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\n%s\n%s\n%s\n", t.advice(tune.Mean(was.Checked), tune.Mean(is.Checked)), tune.HCL(t.model, t.after, t.standard, t.measures...), t.plot(canvas(w), old, fresh))
	return err
}

func percentage(x float64) string {
	if math.IsNaN(x) {
		return "-"
	}
	return fmt.Sprintf("%.2f", x)
}

// advice says whether the choice is worth anything. Lines begin as comments do, so
// that all can be pasted.
func (t *tuning) advice(was, is float64) string {
	if is < was {
		return fmt.Sprintf("# For class %q, in place of its forecast:", t.class)
	}
	return fmt.Sprintf("# Behind the time where it was chosen it is no better, so rather leave class %q as it is:", t.class)
}

// plot draws the end of the biggest feed, and what was expected of each window just
// before it.
func (t *tuning) plot(s chart.Terminal, old, fresh feedgauge.Forecaster) string {
	big := slices.MaxFunc(t.cases, func(a, b tune.Case) int { return int(min(max(total(a)-total(b), -1), 1)) })
	n := min(len(big.Windows), 3*s.Width)
	at := len(big.Windows) - n
	lines := []chart.Line{
		{Name: "actual", Color: asciigraph.Blue, Values: blank(n)},
		{Name: "before", Mark: "·", Color: asciigraph.Gray, Values: blank(n)},
		{Name: "after", Mark: "•", Color: asciigraph.Orange, Values: blank(n)},
	}
	before, after := tune.ByModel{Model: old.New()}, tune.ByModel{Model: fresh.New()}
	for i := range n {
		lines[0].Values[i] = big.Windows[at+i].Count
		for k, m := range []*tune.ByModel{&before, &after} {
			if v, ok := m.Sees(big.Windows, at+i, at+i); ok {
				lines[1+k].Values[i] = v
			}
		}
	}
	s.From, s.To = big.Windows[at].Start, big.Windows[len(big.Windows)-1].End
	s.Caption = fmt.Sprintf("%s: ─ actual, · expected before, • expected after; UTC", big.Feed)
	return s.Draw(lines...)
}

func total(c tune.Case) float64 {
	sum := 0.0
	for _, w := range c.Windows {
		sum += w.Count
	}
	return sum
}

// percent shows how far something has come, on a terminal.
func percent(stderr io.Writer) (tell func(int), done func()) {
	file, ok := stderr.(*os.File)
	if !ok || !isatty.IsTerminal(file.Fd()) {
		return func(int) {}, func() {}
	}
	bar := progressbar.NewOptions(100, progressbar.OptionSetWriter(stderr), progressbar.OptionSetDescription("trying"), progressbar.OptionClearOnFinish())
	return func(p int) { _ = bar.Set(p) }, func() { _ = bar.Finish() }
}
