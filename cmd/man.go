package cmd

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand writes the manual.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "write man pages of all commands into a folder",
		Long: `Man writes one page for each command into the folder DIR, which is created if it is
missing, for section 1 of the manual: as in "feedgauge man /usr/local/share/man/man1".`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o750); err != nil {
				return fmt.Errorf("the manual: %w", err)
			}
			root := c.Root()
			root.DisableAutoGenTag = true
			if err := doc.GenManTree(root, &doc.GenManHeader{Title: "FEEDGAUGE", Section: "1", Source: "feedgauge " + version}, args[0]); err != nil {
				return fmt.Errorf("the manual: %w", err)
			}
			return nil
		},
	}
}
