package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
)

// childArg as the first argument makes the process one that is measured.
const childArg = "child"

// child tells a measured process what to do.
type child struct {
	Plain   bool // consume only
	Brokers []string
	Topic   string
	Prefix  string // of the intake's output topics
	Records int64
	Profile string // file for a CPU profile, may be empty
}

// usage is what a child has used.
type usage struct {
	cpu time.Duration // user and system
	rss int64         // peak of resident memory in bytes, 0 if unknown
}

// run starts the child and waits for its end.
func (c child) run(ctx context.Context) (usage, error) {
	arg, err := json.Marshal(c)
	if err != nil {
		return usage{}, err
	}
	program, err := os.Executable()
	if err != nil {
		return usage{}, err
	}
	cmd := exec.CommandContext(ctx, program, childArg, string(arg)) //nolint:gosec // ourselves
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return usage{}, fmt.Errorf("reading topic %q: %w", c.Topic, err)
	}
	u := usage{cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	return u, json.Unmarshal(out.Bytes(), &u.rss)
}

// runChild is the main function of a child.
func runChild(arg string) error {
	var c child
	if err := json.Unmarshal([]byte(arg), &c); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	read := c.intake
	if c.Plain {
		read = c.plain
	}
	if err := c.profiled(func() error { return read(ctx) }); err != nil {
		return err
	}
	fmt.Println(peakRSS())
	return nil
}

// profiled runs f under the profiler, if a profile is wanted.
func (c child) profiled(f func() error) error {
	if c.Profile == "" {
		return f()
	}
	out, err := os.Create(c.Profile)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	err = f()
	pprof.StopCPUProfile()
	if closed := out.Close(); err == nil {
		err = closed
	}
	return err
}

// plain polls and looks at every record, and that is all. It fetches as our
// sessions do.
func (c child) plain(ctx context.Context) error {
	cl, err := kafka.Dial(c.Brokers,
		kgo.ConsumeTopics(c.Topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.KeepControlRecords())
	if err != nil {
		return err
	}
	defer cl.Close()
	var records, size int64
	for records < c.Records {
		fetches := cl.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return err
		}
		fetches.EachRecord(func(r *kgo.Record) {
			records++
			size += int64(len(r.Value))
		})
	}
	if size != c.Records*recordSize {
		return fmt.Errorf("%d records have %d bytes", records, size)
	}
	return nil
}

// intake runs the engine's intake until it has committed all records.
func (c child) intake(ctx context.Context) error {
	e, err := engine.New(engine.Options{
		Pipeline: c.pipeline(), Only: []string{"intake"},
		Log: hclog.New(&hclog.LoggerOptions{Level: hclog.Warn, Output: os.Stderr}),
	})
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- e.Run(running) }()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for e.Totals().Read < c.Records {
		select {
		case err := <-done:
			return fmt.Errorf("the intake ended early: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	stop()
	return <-done
}

// peakRSS is the highest resident memory of this process in bytes, 0 where the
// system does not tell. What the parent gets from the kernel when the child has
// ended will not do: that includes the parent's own memory as of the fork.
func peakRSS() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var kilobytes int64
	if _, err := fmt.Sscanf(rest, "%d kB", &kilobytes); err != nil {
		return 0
	}
	return kilobytes << 10
}
