package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/forecast"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// watchArg as the first argument makes the process a whole monitor.
const watchArg = "watch"

// watcher is one process that runs all of a monitor: its intake, and the watch of
// every partition of the journal.
type watcher struct {
	Brokers     []string
	Topic       string
	Prefix      string
	Fingerprint string // of the configuration; a new one makes it save the state of all feeds
	Feeds       int
	Records     int64 // to be read
	Windows     int64 // to be closed
	Saved       bool  // the state of each feed is to be saved
	Every       time.Duration
}

// watched is what a watcher has used.
type watched struct {
	Restore time.Duration // from the start until all partitions are restored
	RSS     int64         // peak of resident memory in bytes, 0 if unknown
}

// run starts the watcher as a process of its own and waits for its end.
func (w watcher) run(ctx context.Context) (watched, error) {
	arg, err := json.Marshal(w)
	if err != nil {
		return watched{}, err
	}
	program, err := os.Executable()
	if err != nil {
		return watched{}, err
	}
	cmd := exec.CommandContext(ctx, program, watchArg, string(arg)) //nolint:gosec // ourselves
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return watched{}, fmt.Errorf("watching %d feeds: %w", w.Feeds, err)
	}
	var used watched
	return used, json.Unmarshal(out.Bytes(), &used)
}

// runWatcher is the main function of a watcher's process.
func runWatcher(arg string) error {
	var w watcher
	if err := json.Unmarshal([]byte(arg), &w); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	used, err := w.watch(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(used)
}

// watch runs the monitor until it has done what it was to do.
func (w watcher) watch(ctx context.Context) (used watched, err error) {
	p, err := w.pipeline()
	if err != nil {
		return used, err
	}
	registry := prometheus.NewRegistry()
	e, err := engine.New(engine.Options{
		Pipeline: p, Registry: registry, Log: hclog.New(&hclog.LoggerOptions{Level: hclog.Warn, Output: os.Stderr}),
	})
	if err != nil {
		return used, err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	began := time.Now()
	go func() { done <- e.Run(running) }()
	err = w.await(ctx, done, func() bool { return gauge(registry, "feedgauge_lanes", "watch") == float64(p.Kafka.Partitions) })
	used.Restore = time.Since(began)
	if err == nil {
		err = w.await(ctx, done, func() bool {
			t := e.Totals()
			return t.Read >= w.Records && t.Windows >= w.Windows && gauge(registry, "feedgauge_feeds", "") == float64(w.Feeds)
		})
	}
	if err == nil && w.Saved {
		err = w.awaitStates(ctx)
	}
	if err != nil {
		return used, err
	}
	used.RSS = peakRSS()
	stop()
	return used, <-done
}

// await asks until the answer is yes, or the monitor has ended.
func (w watcher) await(ctx context.Context, done <-chan error, ok func() bool) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case err := <-done:
			return fmt.Errorf("the monitor ended early: %w", errors.Join(err, ctx.Err()))
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// awaitStates waits until the state of every feed is saved.
func (w watcher) awaitStates(ctx context.Context) error {
	for {
		states, err := countKeys(ctx, w.Brokers, w.Prefix+"."+kafka.State)
		if err != nil || states >= w.Feeds {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the state of %d feeds was saved, want %d: %w", states, w.Feeds, ctx.Err())
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// gauge sums a metric over all its labels, or those of one role.
func gauge(from prometheus.Gatherer, name, role string) (sum float64) {
	families, err := from.Gather()
	if err != nil {
		return 0
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			matches := role == ""
			for _, l := range m.GetLabel() {
				matches = matches || l.GetName() == "role" && l.GetValue() == role
			}
			if matches {
				sum += m.GetGauge().GetValue()
			}
		}
	}
	return sum
}

// pipeline is the one the intake is measured with, with a forecast and the rules
// that most feeds have.
func (w watcher) pipeline() (*pipeline.Pipeline, error) {
	p := child{Brokers: w.Brokers, Topic: w.Topic, Prefix: w.Prefix}.pipeline()
	p.Fingerprint = w.Fingerprint
	class := p.Classes[0]
	class.Every, class.Period, class.Forecast = w.Every, 10*time.Minute, "trend"
	var err error
	if class.Forecaster, err = forecast.NewTrend().Build(feedgauge.Env{}); err != nil {
		return nil, err
	}
	for _, c := range []rules.Config{
		{Name: "silent", When: "silence.age > feed.period"},
		{Name: "short", When: "window.events > 0 && window.events < 0.75 * forecast.events.expected", For: 2},
		{Name: "malformed", When: "window.errors > 0.2 * window.arrivals"},
	} {
		c.For, c.Clear, c.Severity = max(c.For, 1), 1, string(feedgauge.High)
		r, err := c.Build([]string{"events", "bytes", "lines"}, true)
		if err != nil {
			return nil, err
		}
		class.Rules = append(class.Rules, r)
	}
	return p, nil
}

// The targets of watching many feeds in one process.
const (
	mostRSS     = 1 << 30
	mostRestore = 10 * time.Second
)

// measureWatch lets one process meet all feeds and another save their states,
// and measures a third: how long it takes to restore them, and its memory once
// it has restored, read and judged all of them.
func measureWatch(ctx context.Context, brokers []string, feeds int, run func(watcher, context.Context) (watched, error)) (watched, error) {
	l := load{topic: "bench-watch", records: 2 * feeds, feeds: feeds, inTurn: true}
	if err := l.produce(ctx, brokers); err != nil {
		return watched{}, fmt.Errorf("filling topic %q: %w", l.topic, err)
	}
	w := watcher{Brokers: brokers, Topic: l.topic, Prefix: "bench-watch-out", Fingerprint: "one", Feeds: feeds, Records: int64(l.records), Every: time.Minute}
	if _, err := run(w, ctx); err != nil {
		return watched{}, err
	}
	w.Fingerprint, w.Records, w.Saved = "two", 0, true
	if _, err := run(w, ctx); err != nil {
		return watched{}, err
	}
	if err := l.fill(ctx, brokers); err != nil {
		return watched{}, err
	}
	w.Records, w.Windows, w.Saved = int64(l.records), int64(feeds), false
	return run(w, ctx)
}

// print writes a line for each target.
func (u watched) print(out io.Writer, feeds int) error {
	_, err := fmt.Fprintf(out, `%d feeds watched in one process take %.0f MiB (target at most %d MiB)
their state is restored in %.1f s, joining the group included (target under %.0f s)
`, feeds, float64(u.RSS)/(1<<20), mostRSS>>20, u.Restore.Seconds(), mostRestore.Seconds())
	return err
}

// verdict is an error if a target is missed.
func (u watched) verdict() error {
	var errs []error
	if u.RSS > mostRSS {
		errs = append(errs, errors.New("watching many feeds takes too much memory"))
	}
	if u.Restore >= mostRestore {
		errs = append(errs, errors.New("restoring many feeds takes too long"))
	}
	return errors.Join(errs...)
}
