package cmd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/resize"
)

// topicsCommand looks after our topics while the monitor is stopped.
func topicsCommand(aim targeter) *cobra.Command {
	var f printFlags
	c := &cobra.Command{
		Use:   "topics",
		Short: "print, create and look after the monitor's own topics",
		Long: `Topics prints what a cluster needs for the configuration: the commands that create
the monitor's own topics, and those that give it the least rights with which it
works. Nothing is asked of Kafka.

Kafka has no rights on topics by expression. Where a source names topics by one,
the right is on all topics whose names begin as it does.`,
		Example: `  feedgauge topics
  feedgauge topics --format terraform --principal User:monitor
  feedgauge topics --role operate --principal User:alice`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c, aim) },
	}
	f.add(c)
	addConnectFlags(c)
	c.AddCommand(createCommand(aim), deleteCommand(aim), resizeCommand(aim), repairCommand(aim))
	return c
}

// resizeFlags are the options of topics resize.
type resizeFlags struct {
	partitions int32
	yes        bool
}

func resizeCommand(aim targeter) *cobra.Command {
	var f resizeFlags
	c := &cobra.Command{
		Use:   "resize --partitions N",
		Short: "change the number of partitions of journal and state",
		Long: `Resize changes into how many partitions the monitor divides its feeds, which bounds
how many workers can share them. No finding is lost or told again.

Stop the monitor on all machines first: resize refuses while members run. An
embedded broker, which stops with the monitor, is started meanwhile. Resize folds
what is left in the journal, deletes journal and state and makes them anew with
the configuration that feedgauge gives them, and gives alerts and history more
partitions where they have fewer. Then set partitions = N in the configuration,
and start the monitor.

Meanwhile the new state lies in a topic PREFIX.state.resize. If resize is cut
short, run it again, with the same number: it goes on or starts over, and until it
is through no monitor starts.`,
		Example: `  feedgauge topics resize --partitions 24
  feedgauge topics resize --partitions 24 --yes --config /etc/feedgauge/pipeline.hcl`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c, aim) },
	}
	addConnectFlags(c)
	c.Flags().Int32Var(&f.partitions, "partitions", 0, "how many there are to be: a `NUMBER` above 0")
	c.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	return c
}

func (f *resizeFlags) run(c *cobra.Command, aim targeter) error {
	if f.partitions < 1 {
		return fmt.Errorf("--partitions %d: say how many there are to be, at least one", f.partitions)
	}
	o, done, err := offline(c, aim)
	if err != nil {
		return err
	}
	pipe := o.Pipeline
	if len(pipe.Sources) == 0 {
		return errors.New("feeds are dealt out by the configuration: name the one the monitor runs with, by --config")
	}
	err = resize.Run(c.Context(), resize.Options{
		Engine:     o,
		Partitions: f.partitions,
		Confirm: func(from, to int32) error {
			return ask(c, f.yes, fmt.Sprintf("%s and %s are made anew, with %d partitions in place of %d.", pipe.Kafka.Topic("journal"), pipe.Kafka.Topic("state"), to, from))
		},
		Say: func(line string) { _, _ = fmt.Fprintf(c.ErrOrStderr(), "feedgauge: %s\n", line) },
	})
	return errors.Join(err, done())
}

// repairFlags are the options of topics repair.
type repairFlags struct {
	partition int32
	yes       bool
}

func repairCommand(aim targeter) *cobra.Command {
	var f repairFlags
	c := &cobra.Command{
		Use:   "repair --partition K",
		Short: "go on from an older state where the newest is lost",
		Long: `Repair mends a partition of which the monitor says that its state is lost: the
broker has forgotten the newest records of the state topic, though what was
committed together with them is there. It sets the monitor back to where the state
that is left stands in the journal, or to the journal's beginning if none is left.

What lies between is judged again, and findings made there may be told again, under
the uids they had. Stop the monitor on all machines first.`,
		Example: `  feedgauge topics repair --partition 3`,
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return f.run(c, aim) },
	}
	addConnectFlags(c)
	c.Flags().Int32Var(&f.partition, "partition", -1, "the partition's `NUMBER`, from 0")
	c.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	return c
}

func (f *repairFlags) run(c *cobra.Command, aim targeter) error {
	if f.partition < 0 {
		return errors.New("--partition: say which one, as the monitor's message does")
	}
	o, done, err := offline(c, aim)
	if err != nil {
		return err
	}
	err = engine.Repair(c.Context(), o, f.partition, func(r engine.Repaired) error {
		return ask(c, f.yes, fmt.Sprintf("partition %d of %s goes back from %d to %d; the journal ends at %d.", f.partition, o.Pipeline.Kafka.Topic("journal"), r.Committed, r.Next, r.End))
	})
	return errors.Join(err, done())
}

// offline returns what a command needs that works while the monitor is stopped. An
// embedded broker is stopped with it, so it is started here; done stops it.
func offline(c *cobra.Command, aim targeter) (o engine.Options, done func() error, err error) {
	k, pipe, err := aim(c)
	var down brokerDownError
	switch {
	case errors.As(err, &down):
		o = engineOptions(c, pipe)
		broker, err := kafka.StartEmbedded(down.dir)
		if err != nil {
			return o, nil, err
		}
		embed(&o, broker)
		return o, broker.Close, nil
	case err != nil:
		return o, nil, err
	case pipe == nil:
		pipe = &pipeline.Pipeline{Kafka: k}
	}
	return engineOptions(c, pipe), func() error { return nil }, nil
}

func engineOptions(c *cobra.Command, pipe *pipeline.Pipeline) engine.Options {
	log := hclog.New(&hclog.LoggerOptions{Name: "feedgauge", Level: hclog.Warn, Output: c.ErrOrStderr()})
	return engine.Options{Pipeline: pipe, Log: log, Version: version, Opts: clientOptions(pipe.Kafka, c.ErrOrStderr())}
}

// ask tells what is to be done, and returns an error unless the answer is yes.
func ask(c *cobra.Command, yes bool, what string) error {
	if yes {
		return nil
	}
	if _, err := fmt.Fprintf(c.ErrOrStderr(), "%s\nGo on? [y/N] ", what); err != nil {
		return err
	}
	line, err := bufio.NewReader(c.InOrStdin()).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the answer: %w", err)
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	}
	return errors.New("nothing has been changed; with --yes it is not asked")
}
