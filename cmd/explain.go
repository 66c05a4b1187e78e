package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge/internal/config"
)

// explainCommand shows what a configuration comes to.
func explainCommand(plugins func() config.Plugins, given *assignments) *cobra.Command {
	var files []string
	var asJSON bool
	c := &cobra.Command{
		Use:   "explain-config",
		Short: "show what is in effect, defaults too",
		Long: `Explain-config reads a configuration as run would, and prints it with all that is
in effect: values in place of variables and locals, files that are included in
their place, and what nobody wrote, marked as default. A comment stands where
nothing holds. What comes from the environment, from files and from sensitive
variables is not shown.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			e, ds := config.Explain(files, plugins(), *given...)
			if err := ds.WriteText(c.ErrOrStderr()); err != nil {
				return fmt.Errorf("writing the report: %w", err)
			}
			if e == nil {
				return &ExitError{Code: 1, Err: fmt.Errorf("%q cannot be used as it is", strings.Join(files, ", "))}
			}
			write := e.WriteText
			if asJSON {
				write = e.WriteJSON
			}
			return write(c.OutOrStdout())
		},
	}
	c.Flags().StringArrayVar(&files, configFlag, []string{"pipeline.hcl"}, "the configuration `FILE`, or a folder of .hcl files; several are read as one")
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	return c
}
