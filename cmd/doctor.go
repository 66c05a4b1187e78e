package cmd

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge/internal/doctor"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/suggest"
)

// doctorFlags are the options of doctor.
type doctorFlags struct {
	json  bool
	roles []string
}

func doctorCommand(aim targeter) *cobra.Command {
	var f doctorFlags
	c := &cobra.Command{
		Use:   "doctor",
		Short: "look whether the monitor can work on its cluster",
		Long: `Doctor connects as the configuration says, and looks at the brokers and their versions,
our topics, every right that the roles need, the topics of the sources, the clocks
and how far behind the monitor is. It changes nothing.

Each line is good (✓) or a finding (✗), with what to do. It exits with 2 if there are
findings.`,
		Example: `  feedgauge doctor
  feedgauge doctor --role watch --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c, aim) },
	}
	addConnectFlags(c)
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object with all checks")
	c.Flags().StringSliceVar(&f.roles, "role", []string{kafka.RoleIntake, kafka.RoleWatch, kafka.RoleDeliver}, "the `ROLES` whose rights are looked for, of intake, watch, deliver and operate")
	return c
}

func (f *doctorFlags) run(c *cobra.Command, aim targeter) error {
	for _, role := range f.roles {
		if !slices.Contains(kafka.GrantRoles(), role) {
			return fmt.Errorf("there is no role %q; %s", role, suggest.DidYouMean(role, kafka.GrantRoles()))
		}
	}
	p, err := aimed(c, aim)
	if err != nil {
		return err
	}
	checks, err := doctor.Examine(c.Context(), doctor.Options{
		Pipeline: p, Roles: f.roles, Client: kafka.Options(p.Kafka), Within: 10 * time.Second, Now: time.Now(),
	})
	if err != nil {
		return err
	}
	if err := f.write(c.OutOrStdout(), checks); err != nil {
		return err
	}
	if slices.ContainsFunc(checks, func(c doctor.Check) bool { return !c.OK }) {
		return &ExitError{Code: 2}
	}
	return nil
}

func (f *doctorFlags) write(w io.Writer, checks []doctor.Check) error {
	if f.json {
		findings := 0
		for _, c := range checks {
			if !c.OK {
				findings++
			}
		}
		return json.NewEncoder(w).Encode(struct {
			Findings int            `json:"findings"`
			Checks   []doctor.Check `json:"checks"`
		}{findings, checks})
	}
	for _, c := range checks {
		sign := "✓"
		if !c.OK {
			sign = "✗"
		}
		if _, err := fmt.Fprintf(w, "%s %-10s %s\n", sign, c.About, c.Says); err != nil {
			return err
		}
		if c.Do != "" {
			if _, err := fmt.Fprintf(w, "  %-10s %s\n", "", c.Do); err != nil {
				return err
			}
		}
	}
	return nil
}
