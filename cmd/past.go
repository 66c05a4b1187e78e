package cmd

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
	"github.com/feedgauge/feedgauge/internal/history"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/internal/tail"
)

// pastFlags are the options of commands that learn from history: where it comes
// from, and how it is cut.
type pastFlags struct {
	backtestFlags
	aim    targeter
	tenant string
}

// fromPast is said of each of the commands.
const fromPast = `

History is a CSV file as of "feedgauge backtest", or the monitor's own history topic
where no --input is given: then name the configuration the monitor runs with, or the
brokers.`

func newPast(p Plugins, loads loadFunc) pastFlags {
	return pastFlags{backtestFlags: backtestFlags{plugins: p, loads: loads, missing: "gap", budget: 0.5}, aim: target(loads)}
}

func (f *pastFlags) add(c *cobra.Command, model string) {
	addConnectFlags(c)
	fl := c.Flags()
	fl.StringVar(&f.input, "input", "", "`FILE` with counts as CSV, - for standard input (default the history topic)")
	fl.StringVar(&f.tenant, "tenant", "main", "the `NAME` of the tenant, in the history topic")
	fl.StringVar(&f.every, "every", "auto", "length of a window, `auto|DUR`; windows are put together if it is a multiple of theirs")
	fl.StringVar(&f.missing, "missing", "gap", "what a window without a row is: `gap|zero`")
	fl.StringVar(&f.zone, "time-zone", "UTC", "`ZONE` of the clocks that feeds without a class go by")
	fl.StringVar(&f.model, "model", model, "`NAME` of the forecast: "+strings.Join(slices.Sorted(maps.Keys(f.plugins.Processors.Forecasts)), ", "))
}

// open reads the history of the feeds that want takes, all of them for nil. The
// options hold the configuration, if one was read.
func (f *pastFlags) open(c *cobra.Command, want func(feedgauge.FeedID) bool) (*backtest.Input, *backtest.Options, error) {
	opt, err := f.options(c)
	if err != nil {
		return nil, nil, err
	}
	in, err := f.past(c, opt, want)
	if err != nil {
		return nil, nil, err
	}
	if opt.Every > 0 {
		for i, s := range in.Feeds {
			if in.Feeds[i], err = s.Sum(opt.Every); err != nil {
				return nil, nil, fmt.Errorf("--every: %w", err)
			}
		}
	}
	return in, opt, nil
}

func (f *pastFlags) past(c *cobra.Command, opt *backtest.Options, want func(feedgauge.FeedID) bool) (*backtest.Input, error) {
	if f.input == "" {
		return f.topic(c, opt, want)
	}
	if c.Flags().Changed(brokersFlag) {
		return nil, errors.New("--input and --brokers: history is read from one of them")
	}
	if c.Flags().Changed(configFlag) {
		files, err := c.Flags().GetStringArray(configFlag)
		if err != nil {
			return nil, err
		}
		if opt.Pipeline, err = f.loads(files, c.ErrOrStderr()); err != nil {
			return nil, err
		}
	}
	in, err := f.read(c)
	if err != nil {
		return nil, err
	}
	in.Feeds = slices.DeleteFunc(in.Feeds, func(s *backtest.Series) bool {
		return want != nil && !want(feedgauge.FeedID{Tenant: f.tenant, Name: s.Feed})
	})
	return in, nil
}

// topic reads the history topic.
func (f *pastFlags) topic(c *cobra.Command, opt *backtest.Options, want func(feedgauge.FeedID) bool) (*backtest.Input, error) {
	k, p, err := f.aim(c)
	if err != nil {
		return nil, err
	}
	opt.Pipeline = p
	o := tail.Options{Brokers: k.Brokers, Topic: k.Topic(kafka.History), Client: clientOptions(k, c.ErrOrStderr())}
	return history.Read(c.Context(), o, func(id feedgauge.FeedID) bool {
		return id.Tenant == f.tenant && (want == nil || want(id))
	})
}

// forecaster returns the forecast of a class and its name: the class's own, or
// the one that --model names, if it was given or the class has none.
func (f *pastFlags) forecaster(c *cobra.Command, opt *backtest.Options, class *pipeline.Class) (feedgauge.Forecaster, string, error) {
	own := class.Forecaster != nil && (opt.Every == 0 || opt.Every == class.Every)
	if class.Name == backtest.DefaultClass || own && !c.Flags().Changed("model") {
		return class.Forecaster, class.Forecast, nil
	}
	env := class.Env
	if opt.Every > 0 {
		env.Every = opt.Every
	}
	cfg := f.plugins.Processors.Forecasts[f.model]()
	if class.Options != nil && class.Forecast == f.model {
		cfg = class.Options
	}
	made, err := cfg.Build(env)
	if err != nil {
		return nil, "", fmt.Errorf("the forecast %q, in windows of %s: %w", f.model, env.Every, err)
	}
	return made, f.model, nil
}

// feedOf finds a feed by its name.
func feedOf(in *backtest.Input, name string) (*backtest.Series, error) {
	var names []string
	for _, s := range in.Feeds {
		if s.Feed == name {
			return s, nil
		}
		names = append(names, s.Feed)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("there is nothing of a feed %q in the history", name)
	}
	return nil, fmt.Errorf("there is nothing of a feed %q in the history; %s", name, suggest.DidYouMean(name, names))
}

// length writes a length of time as short as it can be.
func length(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}
