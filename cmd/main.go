// Package cmd is the command line of feedgauge, and the door for plugins: a
// program of a few lines that calls [Main] with its own plugins beside the
// built-in ones is a feedgauge with these plugins.
//
//	func main() {
//		p := cmd.BuiltIn()
//		p.Sinks["pager"] = func() feedgauge.SinkConfig { return pager.NewConfig() }
//		cmd.Main(p)
//	}
package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/config"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/screen"
	"github.com/feedgauge/feedgauge/processors/forecast"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/sinks/stdout"
)

// version is set by the linker.
var version = "dev"

// Plugins are the tables in which a configuration's block labels are looked up.
// Each function returns a new configuration with its defaults filled in.
type Plugins struct {
	Sources    map[string]func() feedgauge.SourceConfig
	Processors feedgauge.Processors
	Sinks      map[string]func() feedgauge.SinkConfig
}

// BuiltIn returns the plugins that come with feedgauge. Adding one is one folder
// and one line here.
func BuiltIn() Plugins {
	return Plugins{
		Sources: map[string]func() feedgauge.SourceConfig{},
		Processors: feedgauge.Processors{
			Formats:   format.All(),
			Forecasts: forecast.All(),
		},
		Sinks: map[string]func() feedgauge.SinkConfig{
			"stdout": func() feedgauge.SinkConfig { return stdout.NewConfig() },
		},
	}
}

func (p Plugins) config() config.Plugins {
	return config.Plugins{Sources: p.Sources, Processors: p.Processors, Sinks: p.Sinks}
}

// Main runs the command line of the process and exits: 0 done, 1 could not, 2
// done with findings or differences.
func Main(p Plugins) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := Run(ctx, p, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// Run runs one command line and returns its exit code. Data goes to stdout,
// everything said about it to stderr.
func Run(ctx context.Context, p Plugins, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := rootCommand(p)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	var exit *ExitError
	if !errors.As(err, &exit) {
		complain(stderr, "feedgauge: %v", kafka.Advised(err))
		return 1
	}
	if exit.Err != nil {
		complain(stderr, "feedgauge: %v", kafka.Advised(exit.Err))
	}
	return exit.Code
}

// complain tells a person something, on as many lines as the terminal needs.
func complain(w io.Writer, format string, args ...any) {
	on := screen.Of(w)
	var b strings.Builder
	for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
		b.WriteString(on.Fold(line, 2) + "\n")
	}
	_, _ = io.WriteString(w, b.String())
}

func rootCommand(p Plugins) *cobra.Command {
	root := &cobra.Command{
		Use:   "feedgauge",
		Short: "watches log feeds in Kafka and tells which is silent, short, empty or malformed",
		Long: `Feedgauge reads the logs that arrive in Kafka, learns how much each feed should
deliver, and writes an alert when one goes silent, shrinks, arrives empty or
loses its format.

  feedgauge demo               see it work, without a Kafka
  feedgauge validate FILE      check a configuration
  feedgauge run                watch
  feedgauge tail alerts        read what it found`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	var given assignments
	root.PersistentFlags().Var(&given, "var", "the value of a variable of the configuration, as `NAME=VALUE`")
	loads := func(files []string, stderr io.Writer) (*pipeline.Pipeline, error) {
		return load(p, files, given, stderr)
	}
	root.SetFlagErrorFunc(flagError)
	conn, aim := connect(loads), target(loads)
	root.AddCommand(
		demoCommand(p),
		runCommand(loads),
		reloadCommand(),
		validateCommand(p.config, &given),
		checkCommand(p.Processors.Formats),
		inspectCommand(conn, p.Processors.Formats),
		backtestCommand(p, loads),
		forecastCommand(p, loads),
		tuneCommand(p, loads),
		fmtCommand(),
		explainCommand(p.config, &given),
		statusCommand(conn),
		tailCommand(conn),
		produceCommand(conn),
		muteCommand(aim),
		unmuteCommand(aim),
		ackCommand(aim),
		retireCommand(aim),
		approveCommand(aim),
		manCommand(),
		doctorCommand(aim),
		topicsCommand(aim),
	)
	return root
}
