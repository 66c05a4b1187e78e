package cmd

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge/internal/config"
)

// validateCommand checks configuration files, each on its own.
func validateCommand(plugins func() config.Plugins) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "validate FILE...",
		Short: "check configuration files and show every mistake",
		Long: `Validate reads each FILE as a configuration of its own and shows every mistake
in it, with file, line, column and a hint. Inventories that it names are checked
too; no connection is made. It exits with 0 if all files are valid, else with 1.

With --json the report has the shape of "terraform validate -json".`,
		Args:          cobra.MinimumNArgs(1),
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(c *cobra.Command, files []string) error {
			return validate(c.OutOrStdout(), files, plugins(), asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write the report as JSON")
	return c
}

// validate reports on files and returns an [ExitError] if one is invalid.
func validate(out io.Writer, files []string, plugins config.Plugins, asJSON bool) error {
	var all config.Diagnostics
	invalid := 0
	for _, f := range files {
		_, ds := config.Load([]string{f}, plugins)
		if ds.HasErrors() {
			invalid++
		}
		all = append(all, ds...)
	}
	if err := writeReport(out, all, len(files), invalid, asJSON); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if invalid > 0 {
		return &ExitError{Code: 1}
	}
	return nil
}

func writeReport(out io.Writer, ds config.Diagnostics, files, invalid int, asJSON bool) error {
	if asJSON {
		return ds.WriteJSON(out)
	}
	if err := ds.WriteText(out); err != nil {
		return err
	}
	noun := "files"
	if files == 1 {
		noun = "file"
	}
	_, err := fmt.Fprintf(out, "%d %s: %d valid, %d with errors\n", files, noun, files-invalid, invalid)
	return err
}
