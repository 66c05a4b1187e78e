package cmd

import (
	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge/internal/demo"
	"github.com/feedgauge/feedgauge/internal/screen"
)

func demoCommand(p Plugins) *cobra.Command {
	var f runFlags
	var show bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "see it work: an embedded broker, real traffic, and feeds that fail",
		Long: `Demo runs everything inside this process, on a broker in a temporary folder, and
removes it at the end. It first produces three weeks of real traffic and catches
up with it; then it watches 20 live feeds, of which one goes silent, one shrinks
and one loses its format, and later recover.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if show {
				_, err := c.OutOrStdout().Write(demo.Config)
				return err
			}
			return demo.Run(c.Context(), demo.Options{
				Plugins: p.config(), Version: version, Out: c.OutOrStdout(), Screen: screen.Of(c.OutOrStdout()), Log: f.logger(c.ErrOrStderr()),
			})
		},
	}
	c.Flags().BoolVar(&show, "show-config", false, "print the demo's configuration and end")
	c.Flags().StringVar(&f.logLevel, "log-level", "error", "trace, debug, info, warn or error")
	return c
}
