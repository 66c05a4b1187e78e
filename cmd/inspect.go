package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/inspect"
)

// inspectCommand says what is in a topic or a file.
func inspectCommand(conn connector, formats map[string]func() feedgauge.FormatConfig) *cobra.Command {
	var records int
	var asJSON bool
	c := &cobra.Command{
		Use:   "inspect FILE|kafka:TOPIC",
		Short: "say what a topic or a file holds, and how to watch it",
		Long: `Inspect reads a little of a file ("-" is stdin, what gzip packed is unpacked), or
the last records of a topic. It says which format they are, which fields they have
and how full those are, and which feeds each accessor would name, with their rates.
Then it prints a source and a class that validate accepts.

The format is the most specific one that accepts nine in ten records. It exits with
2 if there is none.`,
		Example: `  feedgauge inspect conn.log
  feedgauge inspect --brokers localhost:9092 kafka:syslog`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if records < 1 {
				return fmt.Errorf("--max-records %d: at least one has to be looked at", records)
			}
			in, err := inspectInput(c, conn, args[0], records)
			if err != nil {
				return err
			}
			report := inspect.Look(in, formats)
			write := report.WriteText
			if asJSON {
				write = report.WriteJSON
			}
			if err := write(c.OutOrStdout()); err != nil {
				return fmt.Errorf("writing the report: %w", err)
			}
			if report.Guess.Format == inspect.Unknown {
				return &ExitError{Code: 2}
			}
			return nil
		},
	}
	addConnectFlags(c)
	c.Flags().IntVar(&records, "max-records", 10_000, "how many records to look at, at most")
	c.Flags().BoolVar(&asJSON, "json", false, "write the report as JSON")
	return c
}

func inspectInput(c *cobra.Command, conn connector, what string, records int) (*inspect.Input, error) {
	topic, isTopic := strings.CutPrefix(what, "kafka:")
	if !isTopic {
		return inspect.File(what, c.InOrStdin(), records)
	}
	k, err := conn(c)
	if err != nil {
		return nil, err
	}
	return inspect.Topic(c.Context(), k.Brokers, topic, records, noticesTo(c.ErrOrStderr()))
}
