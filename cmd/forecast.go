package cmd

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/guptarohit/asciigraph"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
	"github.com/feedgauge/feedgauge/internal/chart"
	"github.com/feedgauge/feedgauge/internal/screen"
	"github.com/feedgauge/feedgauge/internal/tune"
)

// forecastFlags are the options of forecast.
type forecastFlags struct {
	pastFlags
	steps     int
	csv, json bool
}

// forecastCommand tells what is to be expected of a feed.
func forecastCommand(p Plugins, loads loadFunc) *cobra.Command {
	f := forecastFlags{pastFlags: newPast(p, loads)}
	c := &cobra.Command{
		Use:   "forecast FEED",
		Short: "tell how much a feed will deliver",
		Long: `Forecast learns from the history of a feed and tells what is to be expected in the
windows that follow, each with the bounds of the usual, as a table and a plot.

The model is that of the feed's class, if it is known and has one; else, or where
--model is given, the one that --model names. The default, double_seasonal, knows
days and weeks and is made to see ahead; it wants windows of at least 5m, so give
--every 1h, say, to feeds with shorter ones. All of the history is learnt, what was
wrong in it too.` + fromPast,
		Example: `  feedgauge forecast web-01 --steps 24 --every 1h
  feedgauge forecast web-01 --input counts.csv --model holt_winters --csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return f.run(c, args[0]) },
	}
	f.add(c, "double_seasonal")
	c.Flags().IntVar(&f.steps, "steps", 48, "`NUMBER` of windows to forecast")
	c.Flags().BoolVar(&f.csv, "csv", false, "write CSV, and no plot")
	c.Flags().BoolVar(&f.json, "json", false, "write JSON, and no plot")
	c.MarkFlagsMutuallyExclusive("csv", "json")
	return c
}

// mostSteps is as far as one can ask to see.
const mostSteps = 100_000

func (f *forecastFlags) run(c *cobra.Command, feed string) error {
	if f.steps < 1 || f.steps > mostSteps {
		return fmt.Errorf("--steps %d: it is from 1 to %d", f.steps, mostSteps)
	}
	in, opt, err := f.open(c, nil)
	if err != nil {
		return err
	}
	s, err := feedOf(in, feed)
	if err != nil {
		return err
	}
	p, err := f.predict(c, opt, s)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(c.ErrOrStderr(), "feedgauge: %q by %s, learnt from %d windows of %s up to %s%s\n",
		feed, p.Model, len(p.past), length(p.every), p.past[len(p.past)-1].End, rejected(in.Rejected))
	switch {
	case f.csv:
		return p.writeCSV(c.OutOrStdout())
	case f.json:
		return json.NewEncoder(c.OutOrStdout()).Encode(p)
	}
	if err := p.writeTable(c.OutOrStdout()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "\n%s\n", p.plot(canvas(c.OutOrStdout())))
	return err
}

// prediction is what forecast tells.
type prediction struct {
	Version int    `json:"version"`
	Feed    string `json:"feed"`
	Class   string `json:"class"`
	Model   string `json:"model"`
	Every   int64  `json:"every_ms"`
	Steps   []step `json:"steps"`

	every time.Duration
	past  []backtest.Cut
}

// step is one window of a prediction.
type step struct {
	Timestamp feedgauge.Instant `json:"-"`
	Start     string            `json:"timestamp"`
	Expected  float64           `json:"expected"`
	Lower     float64           `json:"lower"`
	Upper     float64           `json:"upper"`
}

func (f *forecastFlags) predict(c *cobra.Command, opt *backtest.Options, s *backtest.Series) (*prediction, error) {
	w, err := opt.Cut(s)
	if err != nil {
		return nil, err
	}
	maker, name, err := f.forecaster(c, opt, w.Class)
	if err != nil {
		return nil, err
	}
	p := &prediction{Version: 1, Feed: s.Feed, Class: w.Class.Name, Model: name, Every: int64(w.Every()), past: w.Cuts}
	p.every = time.Duration(w.Every()) * time.Millisecond
	m := tune.ByModel{Model: maker.New()}
	m.Learn(w.Cuts, len(w.Cuts))
	for _, next := range w.Next(f.steps) {
		e := m.Model.Expect(next)
		if !e.Ready {
			return nil, fmt.Errorf("%d windows of %s are too few for the forecast %q: those with seasons want a week and more", len(w.Cuts), length(p.every), name)
		}
		p.Steps = append(p.Steps, step{next.Start, next.Start.String(), e.Expected, e.Lower, e.Upper})
	}
	if len(p.Steps) == 0 {
		return nil, fmt.Errorf("no row of feed %q begins a window", s.Feed)
	}
	return p, nil
}

// number writes a count with as many digits as say something.
func number(x float64) string {
	if x >= 100 {
		return strconv.FormatFloat(math.Round(x), 'f', -1, 64)
	}
	return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64)
}

func (p *prediction) writeTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, err := fmt.Fprintln(t, "START\tEXPECTED\tLOWER\tUPPER")
	for _, s := range p.Steps {
		_, e := fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", s.Start, number(s.Expected), number(s.Lower), number(s.Upper))
		err = errors.Join(err, e)
	}
	return errors.Join(err, t.Flush())
}

func (p *prediction) writeCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	err := c.Write([]string{"feed", "timestamp", "expected", "lower", "upper"})
	exact := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	for _, s := range p.Steps {
		err = errors.Join(err, c.Write([]string{p.Feed, s.Start, exact(s.Expected), exact(s.Lower), exact(s.Upper)}))
	}
	c.Flush()
	return errors.Join(err, c.Error())
}

// plot draws what is to come behind the end of the past, which is twice as long,
// or as long as there is room for.
func (p *prediction) plot(t chart.Terminal) string {
	past := p.past[max(0, len(p.past)-max(2*len(p.Steps), t.Width-len(p.Steps))):]
	n := len(past) + len(p.Steps)
	lines := []chart.Line{
		{Name: "lower bound", Mark: "·", Color: asciigraph.Gray, Values: blank(n)},
		{Name: "upper bound", Mark: "·", Color: asciigraph.Gray, Values: blank(n)},
		{Name: "actual", Color: asciigraph.Blue, Values: blank(n)},
		{Name: "expected", Mark: "•", Color: asciigraph.Orange, Values: blank(n)},
	}
	for i, w := range past {
		lines[2].Values[i] = w.Count
	}
	for i, s := range p.Steps {
		at := len(past) + i
		lines[0].Values[at], lines[1].Values[at], lines[3].Values[at] = s.Lower, s.Upper, s.Expected
	}
	t.From, t.To = past[0].Start, p.Steps[len(p.Steps)-1].Timestamp
	t.Caption = fmt.Sprintf("%s: ─ actual, • expected, · bounds of the usual; windows of %s, UTC", p.Feed, length(p.every))
	return t.Draw(lines...)
}

// blank returns values that are none.
func blank(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// canvas returns a chart as wide as the terminal, or of a usual width where there
// is none.
func canvas(w io.Writer) chart.Terminal {
	t := chart.Terminal{Width: 72, Height: 16}
	on := screen.Of(w)
	t.Color = on.Colour
	if on.Width > 40 {
		t.Width = min(on.Width-16, 160)
	}
	return t
}
