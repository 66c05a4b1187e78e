package cmd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
	"github.com/feedgauge/feedgauge/internal/report"
	"github.com/feedgauge/feedgauge/internal/suggest"
)

// backtestFlags are the options of backtest.
type backtestFlags struct {
	plugins                     Plugins
	loads                       loadFunc
	config                      []string
	input, output               string
	every, zone, model, missing string
	windows, page               string
	budget                      float64
	jobs                        int
	json                        bool
}

// backtestCommand runs history through a chain.
func backtestCommand(p Plugins, loads loadFunc) *cobra.Command {
	f := backtestFlags{plugins: p, loads: loads}
	c := &cobra.Command{
		Use:   "backtest --input FILE",
		Short: "run history through forecasts and rules, and tell what would have been found",
		Long: `Backtest reads counts per window from a CSV file and runs them through the chain
of each feed's class, as the monitor would have. It writes one row for each finding
that opens, with the window whose end opened it.

The file has a header that names at least the columns feed, timestamp and count: the
start of the window by RFC 3339, and a decimal number. Rows that cannot be used are
counted by reason. A window without a row is one that nobody observed, unless
--missing zero says that nothing arrived in it.

Feeds that no class of --config takes, all of them without it, have the class
"default": the forecast that --model names, its rules, and windows as long as the
commonest step of the feed's first 400 rows. Windows of a day or a week begin by the
clocks of --time-zone, if the rows do. A feed whose windows are too short or too long
for the forecast is left out, and its rows are counted as bad_step. It exits with 0
whatever was found.`,
		Example: `  feedgauge backtest --input counts.csv
  feedgauge backtest --input counts.csv --config pipeline.hcl --output alerts.csv --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	fl := c.Flags()
	fl.StringVar(&f.input, "input", "", "`FILE` with the counts, - for standard input")
	fl.StringVar(&f.output, "output", "", "`FILE` for the findings as CSV (default - for standard output, none if something else goes there)")
	fl.StringArrayVar(&f.config, "config", nil, "configuration `FILE` with classes; may be repeated")
	fl.StringVar(&f.every, "every", "auto", "length of a window, `auto|DUR`")
	fl.StringVar(&f.zone, "time-zone", "UTC", "`ZONE` of the clocks that feeds of the default class go by")
	fl.Float64Var(&f.budget, "budget", 0.5, "false alarms that are fine, per feed of the default class and month: a `NUMBER` from 0.01 to 1000")
	fl.StringVar(&f.model, "model", defaultModel, "`NAME` of the forecast of the default class: "+strings.Join(slices.Sorted(maps.Keys(p.Processors.Forecasts)), ", "))
	fl.StringVar(&f.missing, "missing", "gap", "what a window without a row is: `gap|zero`")
	fl.StringVar(&f.windows, "windows", "", "`FILE` for each window with its forecast as CSV")
	fl.StringVar(&f.page, "report", "", "`FILE` for a page with a picture of each feed, as HTML")
	fl.IntVar(&f.jobs, "jobs", 0, "`NUMBER` of feeds to run at a time (default one a processor)")
	fl.BoolVar(&f.json, "json", false, "write a summary to standard output, as JSON")
	if err := c.MarkFlagRequired("input"); err != nil {
		panic(err) // the flag is defined above
	}
	return c
}

// defaultModel is the forecast of the class "default".
const defaultModel = "adaptive"

func (f *backtestFlags) run(c *cobra.Command) error {
	opt, err := f.options(c)
	if err != nil {
		return err
	}
	in, err := f.read(c)
	if err != nil {
		return err
	}
	done := progress(c.ErrOrStderr(), in.Rows, opt)
	res, err := backtest.Run(c.Context(), in, *opt)
	done()
	if err != nil {
		return err
	}
	return f.report(c, res)
}

// options checks the flags.
func (f *backtestFlags) options(c *cobra.Command) (*backtest.Options, error) {
	o := &backtest.Options{Zero: f.missing == "zero", Windows: f.windows != "" || f.page != "", Sensitivity: f.json, Jobs: f.jobs, Model: f.model}
	var errs []error
	if f.missing != "gap" && f.missing != "zero" {
		errs = append(errs, fmt.Errorf("--missing %q: it is gap or zero", f.missing))
	}
	if f.every != "auto" {
		d, err := time.ParseDuration(f.every)
		if err != nil || d < time.Second || d > 400*24*time.Hour {
			errs = append(errs, fmt.Errorf("--every %q: it is auto, or a length such as 5m, of at least 1s", f.every))
		}
		o.Every = d
	}
	if !(f.budget >= 0.01 && f.budget <= 1000) {
		errs = append(errs, fmt.Errorf("--budget %v: it is a number from 0.01 to 1000", f.budget))
	}
	if f.jobs < 0 {
		errs = append(errs, fmt.Errorf("--jobs %d: it is a number above 0, or 0 for one a processor", f.jobs))
	}
	if both := f.toStdout(); len(both) > 1 {
		errs = append(errs, fmt.Errorf("%s would write to standard output together: name a file for all but one", strings.Join(both, " and ")))
	}
	zone, err := time.LoadLocation(f.zone)
	if err != nil || f.zone == "" || f.zone == "Local" {
		errs = append(errs, fmt.Errorf("--time-zone %q: write a name of the IANA database, a region and a city as in Europe/Berlin, or UTC", f.zone))
	}
	o.Zone = zone
	if errs = append(errs, f.forecast(o, zone)); errors.Join(errs...) != nil {
		return nil, errors.Join(errs...)
	}
	if len(f.config) > 0 {
		if o.Pipeline, err = f.loads(f.config, c.ErrOrStderr()); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// toStdout returns the options that ask for something on standard output.
func (f *backtestFlags) toStdout() (out []string) {
	for _, o := range []struct{ option, file string }{{"--output", f.output}, {"--windows", f.windows}, {"--report", f.page}} {
		if o.file == "-" {
			out = append(out, o.option+" -")
		}
	}
	if f.json {
		out = append(out, "--json")
	}
	return out
}

// budgeted is a forecast with a budget of false alarms.
type budgeted interface{ SetBudget(perMonth float64) }

// forecast finds the forecast of the default class.
func (f *backtestFlags) forecast(o *backtest.Options, zone *time.Location) error {
	table := f.plugins.Processors.Forecasts
	plugin := table[f.model]
	if plugin == nil {
		return fmt.Errorf("--model %q: there is no such forecast; %s", f.model, suggest.DidYouMean(f.model, slices.Sorted(maps.Keys(table))))
	}
	o.Default = func(every time.Duration) (feedgauge.Forecaster, error) {
		cfg := plugin()
		if b, ok := cfg.(budgeted); ok {
			b.SetBudget(f.budget)
		}
		return cfg.Build(feedgauge.Env{Class: backtest.DefaultClass, Every: every, Measures: []string{"events"}, Zone: zone})
	}
	return nil
}

func (f *backtestFlags) read(c *cobra.Command) (*backtest.Input, error) {
	r := c.InOrStdin()
	if f.input != "-" {
		file, err := os.Open(f.input)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }() // nothing was written
		r = file
	}
	in, err := backtest.Read(bufio.NewReaderSize(r, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("%q: %w", f.input, err)
	}
	if in.Rows == 0 {
		return nil, fmt.Errorf("%q: there is no row that can be used%s", f.input, rejected(in.Rejected))
	}
	return in, nil
}

// report writes what was asked for.
func (f *backtestFlags) report(c *cobra.Command, res *backtest.Result) error {
	output := f.output
	if output == "" && len(f.toStdout()) == 0 {
		output = "-"
	}
	s := res.Summary()
	errs := []error{
		writeTo(c.OutOrStdout(), output, res.WriteAlerts),
		writeTo(c.OutOrStdout(), f.windows, res.WriteWindows),
		writeTo(c.OutOrStdout(), f.page, func(w io.Writer) error { return report.Write(w, res) }),
	}
	if f.json {
		errs = append(errs, s.WriteJSON(c.OutOrStdout()))
	}
	n := 0
	for _, k := range s.Findings {
		n += k
	}
	_, _ = fmt.Fprintf(c.ErrOrStderr(), "feedgauge: %d feeds, %d windows, %d findings in %.1f feed-months%s\n", s.Feeds, s.Rows, n, s.FeedMonths, rejected(s.Rejected))
	return errors.Join(errs...)
}

// rejected says which rows were not used.
func rejected(by map[string]int) string {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(by)) {
		parts = append(parts, fmt.Sprintf("%d %s", by[reason], reason))
	}
	if parts == nil {
		return ""
	}
	return "; rows rejected: " + strings.Join(parts, ", ")
}

// writeTo writes to a file, to stdout for "-", and nowhere for no name.
func writeTo(stdout io.Writer, name string, write func(io.Writer) error) (err error) {
	switch name {
	case "":
		return nil
	case "-":
		return write(stdout)
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	b := bufio.NewWriterSize(file, 1<<20)
	if err := write(b); err != nil {
		return err
	}
	return b.Flush()
}

// progress shows a bar while rows are run, on a terminal.
func progress(stderr io.Writer, rows int, o *backtest.Options) (done func()) {
	file, ok := stderr.(*os.File)
	if !ok || !isatty.IsTerminal(file.Fd()) {
		return func() {}
	}
	bar := progressbar.NewOptions(rows, progressbar.OptionSetWriter(stderr), progressbar.OptionSetDescription("windows"),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	o.Progress = func(n int) { _ = bar.Add(n) }
	return func() { _ = bar.Finish() }
}
