package cmd

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge/internal/config"
)

// validateCommand checks configuration files, each on its own.
func validateCommand(plugins func() config.Plugins, given *assignments) *cobra.Command {
	var asJSON, together bool
	c := &cobra.Command{
		Use:   "validate FILE|FOLDER...",
		Short: "check configuration files and show every mistake",
		Long: `Validate reads each FILE as a configuration of its own and shows every mistake
in it, with file, line, column and a hint. The .hcl files of a FOLDER are one
configuration; with --together, all that is named is. Files that are included and
inventories are checked too; no connection is made. It exits with 0 if all is
valid, else with 1.

With --json the report has the shape of "terraform validate -json".`,
		Args:          cobra.MinimumNArgs(1),
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(c *cobra.Command, files []string) error {
			configurations := make([][]string, len(files))
			for i, f := range files {
				configurations[i] = []string{f}
			}
			if together {
				configurations = [][]string{files}
			}
			return validate(c.OutOrStdout(), configurations, plugins(), *given, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write the report as JSON")
	c.Flags().BoolVar(&together, "together", false, "read all files as one configuration")
	return c
}

// validate reports on configurations, each of some files, and returns an
// [ExitError] if one is invalid.
func validate(out io.Writer, configurations [][]string, plugins config.Plugins, given assignments, asJSON bool) error {
	var all config.Diagnostics
	invalid := 0
	for _, files := range configurations {
		_, ds := config.Load(files, plugins, given...)
		if ds.HasErrors() {
			invalid++
		}
		all = append(all, ds...)
	}
	if err := writeReport(out, all, configurations, invalid, asJSON); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if invalid > 0 {
		return &ExitError{Code: 1}
	}
	return nil
}

func writeReport(out io.Writer, ds config.Diagnostics, configurations [][]string, invalid int, asJSON bool) error {
	if asJSON {
		return ds.WriteJSON(out)
	}
	if err := ds.WriteText(out); err != nil {
		return err
	}
	n, noun := len(configurations), "files"
	switch {
	case n == 1 && len(configurations[0]) > 1:
		noun = "configuration"
	case n == 1:
		noun = "file"
	}
	_, err := fmt.Fprintf(out, "%d %s: %d valid, %d with errors\n", n, noun, n-invalid, invalid)
	return err
}
