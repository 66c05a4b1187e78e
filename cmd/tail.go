package cmd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/screen"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/internal/tail"
)

// tailFlags are the options of tail.
type tailFlags struct {
	json      bool
	from      string
	untilEnd  bool
	partition int32
}

// tailCommand shows what lies on our topics.
func tailCommand(conn connector) *cobra.Command {
	var f tailFlags
	c := &cobra.Command{
		Use:   "tail alerts|state|journal|history",
		Short: "show what lies on one of our topics, and what comes",
		Long: `Tail prints the records of one of our topics, one per line, and those that come,
until it is interrupted; with --until-end, until the ends that the partitions had
when it began.

  alerts    the steps of findings
  state     each feed with its class, format, period, last arrival and status, why that
            is unknown, and who muted it; with --until-end a table of the newest of each
  journal   what was counted (tallies), and how far (trailers)
  history   closed windows with what was expected in them

Only what is committed is shown. Times are in UTC. A record that cannot be decoded
is shown as of kind "unknown", with the reason.

With --json each line is an object with the fields version, topic, partition,
offset, time, key, headers, kind and value. Keys that are a feed's identity are
written tenant/name; key_base64 has the bytes of a key where its text does not
tell them, value_base64 those of a value that was not decoded. Of a header that
occurs twice the first is shown. Fields may be added, but are never renamed.`,
		Example: `  feedgauge tail alerts
  feedgauge tail state --until-end
  feedgauge tail alerts --from -2h --until-end --json | jq .value.message`,
		Args:      knownTopic,
		ValidArgs: tail.Topics(),
		RunE: func(c *cobra.Command, args []string) error {
			return f.run(c, conn, args[0])
		},
	}
	addConnectFlags(c)
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object per record and line")
	c.Flags().StringVar(&f.from, "from", "", "`start|end|TIME`: where to begin; a time by RFC 3339, or relative as -2h or -7d (default start for state and with --until-end, else end)")
	c.Flags().BoolVar(&f.untilEnd, "until-end", false, "stop at the end there was at the start")
	c.Flags().Int32Var(&f.partition, "partition", tail.AllPartitions, "read only partition `N`")
	return c
}

func knownTopic(_ *cobra.Command, args []string) error {
	switch {
	case len(args) != 1:
		return errors.New("name one topic: alerts, state, journal or history")
	case !slices.Contains(tail.Topics(), args[0]):
		return fmt.Errorf("there is no topic %q to show: %s", args[0], suggest.DidYouMean(args[0], tail.Topics()))
	}
	return nil
}

func (f *tailFlags) run(c *cobra.Command, conn connector, topic string) error {
	if f.partition < 0 && c.Flags().Changed("partition") {
		return fmt.Errorf("--partition %d: partitions are numbered from 0", f.partition)
	}
	from, err := f.start(topic, time.Now())
	if err != nil {
		return err
	}
	k, err := conn(c)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(c.OutOrStdout())
	p := f.printer(out, screen.Of(c.OutOrStdout()), topic)
	o := tail.Options{
		Brokers: k.Brokers, Topic: k.Topic(topic), Partition: f.partition, From: from, UntilEnd: f.untilEnd,
		Client: clientOptions(k, c.ErrOrStderr()),
	}
	if err := tail.Read(c.Context(), o, func(records []*kgo.Record) error {
		for _, r := range records {
			if err := p.Print(r); err != nil {
				return err
			}
		}
		return out.Flush()
	}); err != nil {
		return err
	}
	return errors.Join(p.Close(), out.Flush())
}

// start returns where to begin: where the user said, else where it is useful.
func (f *tailFlags) start(topic string, now time.Time) (tail.From, error) {
	switch {
	case f.from != "":
		from, err := tail.ParseFrom(f.from, now)
		if err != nil {
			return from, fmt.Errorf("--from: %w", err)
		}
		return from, nil
	case f.untilEnd || topic == kafka.State:
		return tail.Start(), nil
	}
	return tail.End(), nil
}

func (f *tailFlags) printer(w io.Writer, on screen.Screen, topic string) tail.Printer {
	if f.json {
		return tail.NewJSON(w, topic)
	}
	return tail.NewText(w, on, topic, f.untilEnd)
}
