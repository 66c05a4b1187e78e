package cmd

import (
	"encoding/json"
	"time"

	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge/internal/overview"
)

// statusCommand tells how the monitor stands.
func statusCommand(conn connector) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: "show who is at work, how far they have come, and what is found",
		Long: `Status reads from Kafka how the monitor stands: the members of each role with their
lanes and lag, how far each source is known and which lanes hold it back, how many
feeds there are and how they stand, which share of them can be judged now, and the
open findings. It asks no process, so it works from anywhere and also when none runs.
States of feeds are written every five minutes, and at once when a finding opens or
closes.

It exits with 0 if no finding is open, with 2 if there is one.`,
		Example: `  feedgauge status
  feedgauge status --json | jq .coverage`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			k, err := conn(c)
			if err != nil {
				return err
			}
			r, err := overview.Read(c.Context(), overview.Options{Kafka: k, Client: clientOptions(k, c.ErrOrStderr()), Now: time.Now})
			if err != nil {
				return err
			}
			if err := showStatus(c, r, asJSON); err != nil || len(r.Findings) == 0 {
				return err
			}
			return &ExitError{Code: 2}
		},
	}
	addConnectFlags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func showStatus(c *cobra.Command, r *overview.Report, asJSON bool) error {
	if !asJSON {
		return r.WriteText(c.OutOrStdout())
	}
	enc := json.NewEncoder(c.OutOrStdout())
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}
