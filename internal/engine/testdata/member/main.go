// Member is one process of a monitor for the chaos test: the engine of the
// program, with roles and timeouts that the program does not offer. It ends when
// its standard input does, and so with the test that started it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/config"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/forecast"
	"github.com/feedgauge/feedgauge/processors/format"
)

func main() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "member:", err)
		os.Exit(1)
	}
}

func run() error {
	file := flag.String("config", "", "the configuration")
	only := flag.String("only", "", "roles, separated by commas; all if empty")
	client := flag.String("client", "member", "what the broker knows this process by")
	fetch := flag.Int("fetch", 1<<20, "bytes of one lane in one fetch")
	session := flag.Duration("session", 10*time.Second, "session timeout; the others follow from it")
	flag.Parse()
	pipe, err := load(*file)
	if err != nil {
		return err
	}
	var roles []string
	if *only != "" {
		roles = strings.Split(*only, ",")
	}
	e, err := engine.New(engine.Options{
		Pipeline: pipe, Version: "dev", Only: roles,
		Log:            hclog.New(&hclog.LoggerOptions{Name: *client, Output: os.Stderr}),
		SessionTimeout: *session, RebalanceTimeout: 3 * *session, TransactionTimeout: 2 * *session,
		Opts: []kgo.Opt{kgo.ClientID(*client), kgo.FetchMaxPartitionBytes(int32(*fetch))},
	})
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	err = e.Run(ctx)
	totals := e.Totals()
	var rejected int64
	for _, n := range totals.Rejected {
		rejected += n
	}
	fmt.Fprintf(os.Stderr, "read %d = accepted %d + rejected %d\n", totals.Read, totals.Accepted, rejected)
	return err
}

func load(file string) (*pipeline.Pipeline, error) {
	p, ds := config.Load([]string{file}, config.Plugins{Processors: feedgauge.Processors{
		Formats:   format.All(),
		Forecasts: map[string]func() feedgauge.ForecastConfig{"trend": func() feedgauge.ForecastConfig { return forecast.NewTrend() }},
	}})
	if ds.HasErrors() {
		var b strings.Builder
		_ = ds.WriteText(&b)
		return nil, fmt.Errorf("%s", b.String())
	}
	return p, nil
}
