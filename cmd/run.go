package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/control"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/internal/web"
	"github.com/feedgauge/feedgauge/sinks/stdout"
)

// runFlags are the options of run.
type runFlags struct {
	config   []string
	brokers  []string
	logLevel string
	logJSON  bool
	only     []string
	control  string
	dryRun   bool
}

func runCommand(load loadFunc) *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run",
		Short: "watch the feeds of a pipeline until stopped",
		Long: `Run reads the configuration, creates our topics where they are missing, and
watches until it gets SIGINT or SIGTERM. At SIGHUP or "feedgauge reload" it reads the
configuration anew; one with mistakes changes nothing. Start as many processes as you like, each
under an instance name of its own (by default the host's): they share the work.

At the end it prints what was read; read equals accepted plus rejected.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			read := func(report io.Writer) (*pipeline.Pipeline, error) {
				pipe, err := load(f.config, report)
				if err == nil && len(f.brokers) > 0 {
					pipe.Kafka.Brokers, pipe.Embedded = f.brokers, nil
				}
				if err == nil && f.dryRun {
					rehearse(pipe)
				}
				return pipe, err
			}
			pipe, err := read(c.ErrOrStderr())
			if err != nil {
				return err
			}
			for _, role := range f.only {
				if !slices.Contains(engine.Roles(), role) {
					return fmt.Errorf("there is no role %q; %s", role, suggest.DidYouMean(role, engine.Roles()))
				}
			}
			return runPipeline(c.Context(), pipe, read, &f, c.ErrOrStderr())
		},
	}
	c.Flags().StringArrayVar(&f.config, configFlag, []string{"pipeline.hcl"}, "the configuration `FILE`, or a folder of .hcl files; several are read as one")
	c.Flags().StringSliceVar(&f.brokers, "brokers", nil, "`HOST:PORT,...` to use instead of those in the configuration")
	c.Flags().StringSliceVar(&f.only, "only", nil, "the `ROLES` to run, of intake, watch and deliver; all of them if none is named")
	c.Flags().StringVar(&f.control, controlFlag, control.Dir(), "the `FOLDER` for the socket by which \"feedgauge reload\" finds the process")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "tell what would be found on the standard output alone, under the prefix PREFIX.dry-run: its topics stay until \"topics delete --of-dry-run\"")
	c.Flags().StringVar(&f.logLevel, "log-level", "info", "trace, debug, info, warn or error")
	c.Flags().BoolVar(&f.logJSON, "log-json", false, "write logs as JSON")
	return c
}

// rehearse turns a pipeline into a dry run of it: under a prefix of its own, so
// that it shares neither topics nor groups with the monitor that may be at work,
// and with no sink but the standard output.
func rehearse(p *pipeline.Pipeline) {
	p.Kafka.Prefix += kafka.DryRun
	p.Sinks = []*pipeline.Sink{{
		Name: "dry-run", Kind: "stdout", Encode: stdout.Text,
		Open: func() (feedgauge.Sink, error) { return stdout.NewConfig().Build(feedgauge.Env{}) },
	}}
}

// runPipeline runs a pipeline with its embedded broker and metrics endpoint,
// and says at the end what was read.
func runPipeline(ctx context.Context, pipe *pipeline.Pipeline, read rereader, f *runFlags, stderr io.Writer) error {
	log := f.logger(stderr)
	local, err := engine.Local(pipe)
	if err != nil {
		return err
	}
	opts := engine.Options{Pipeline: pipe, Log: log, Version: version, Only: f.only, Opts: kafka.Options(pipe.Kafka)}
	if pipe.Embedded != nil && !local {
		broker, err := kafka.StartEmbedded(pipe.Embedded.Dir)
		if err != nil {
			return err
		}
		defer func() {
			if err := broker.Close(); err != nil {
				log.Error("the embedded broker could not keep everything", "error", err)
			}
		}()
		embed(&opts, broker)
		read = read.embedded(broker)
		forget, err := leaveAddress(pipe.Embedded.Dir, broker.Brokers())
		if err != nil {
			return err
		}
		defer forget()
		log.Info("the embedded broker is up", "brokers", strings.Join(broker.Brokers(), ","), "dir", pipe.Embedded.Dir)
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	opts.Registry = reg
	s, err := engine.NewSeries(opts)
	if err != nil {
		return err
	}
	stop, err := serveMetrics(ctx, pipe.Metrics, reg, s.Ready, log)
	if err != nil {
		return err
	}
	defer stop()
	run := s.Engine().RunLocal
	if !local {
		run = func(ctx context.Context) error { return runSeries(ctx, s, read, f, log) }
	}
	err = run(ctx)
	_, _ = fmt.Fprintln(stderr, closing(s.Totals()))
	return err
}

// runSeries runs a pipeline on Kafka whose configuration may be changed meanwhile.
func runSeries(ctx context.Context, s *engine.Series, read rereader, f *runFlags, log hclog.Logger) error {
	r := &reloader{read: read, series: s, log: log}
	s.Reread = func() (*pipeline.Pipeline, error) {
		var report strings.Builder
		p, err := read(&report)
		if err != nil {
			return nil, fmt.Errorf("%s%w", report.String(), err)
		}
		return p, nil
	}
	defer r.listen(ctx, f.control, f.config)()
	ctx, cancel := context.WithCancel(ctx)
	var signals sync.WaitGroup
	signals.Go(func() { r.onSignals(ctx) })
	defer signals.Wait()
	defer cancel()
	return s.Run(ctx)
}

// embedded is a rereader whose pipelines find the broker inside the process.
func (read rereader) embedded(broker *kafka.Embedded) rereader {
	return func(report io.Writer) (*pipeline.Pipeline, error) {
		p, err := read(report)
		if err == nil && p.Embedded != nil {
			p.Kafka.Brokers = broker.Brokers()
		}
		return p, err
	}
}

// addressFile is where a running process leaves the address of its embedded
// broker, in the broker's folder, so that other commands find it.
const addressFile = "address"

// leaveAddress writes the address down until forget is called.
func leaveAddress(dir string, brokers []string) (forget func(), err error) {
	if dir == "" {
		return func() {}, nil
	}
	file := filepath.Join(dir, addressFile)
	if err := os.WriteFile(file, []byte(strings.Join(brokers, ",")), 0o600); err != nil {
		return nil, fmt.Errorf("leaving the address of the embedded broker: %w", err)
	}
	return func() { _ = os.Remove(file) }, nil
}

// brokerDownError is that no process runs the embedded broker of a folder.
type brokerDownError struct{ dir string }

func (e brokerDownError) Error() string {
	return fmt.Sprintf("the embedded broker in %q is not running: start it with \"feedgauge run\"", e.dir)
}

// embeddedAddress returns the address that a running process has left. One that
// was killed leaves it, too.
func embeddedAddress(dir string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(dir, addressFile))
	if errors.Is(err, fs.ErrNotExist) || err == nil && kafka.Unused(dir) {
		return nil, brokerDownError{dir}
	}
	if err != nil {
		return nil, fmt.Errorf("finding the embedded broker: %w", err)
	}
	return strings.Split(string(b), ","), nil
}

// embed points the pipeline to a broker inside the process.
func embed(o *engine.Options, broker *kafka.Embedded) {
	o.Pipeline.Kafka.Brokers = broker.Brokers()
	o.Boot = fmt.Sprintf("%d-%d", os.Getpid(), time.Now().UnixMilli())
}

func serveMetrics(ctx context.Context, addr string, reg prometheus.Gatherer, ready func() error, log hclog.Logger) (stop func(), err error) {
	if addr == "" {
		return func() {}, nil
	}
	s, err := web.Listen(ctx, addr, reg, ready)
	if err != nil {
		return nil, err
	}
	go func() {
		if err := s.Serve(); err != nil {
			log.Error("the metrics endpoint failed", "error", err)
		}
	}()
	log.Info("metrics are served", "url", "http://"+s.Addr()+"/metrics")
	return func() { _ = s.Close() }, nil
}

// closing is the account at the end of a run.
func closing(t engine.Totals) string {
	var rejected int64
	var why []string
	for _, r := range slices.Sorted(maps.Keys(t.Rejected)) {
		rejected += t.Rejected[r]
		if n := t.Rejected[r]; n > 0 {
			why = append(why, fmt.Sprintf("%s %d", r, n))
		}
	}
	s := fmt.Sprintf("read %d = accepted %d + rejected %d", t.Read, t.Accepted, rejected)
	if len(why) > 0 {
		s += " (" + strings.Join(why, ", ") + ")"
	}
	return s + fmt.Sprintf("; windows closed %d, findings opened %d, closed %d", t.Windows, t.Opened, t.Closed)
}
