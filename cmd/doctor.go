package cmd

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge/internal/doctor"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/screen"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/internal/tail"
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
our topics and their settings, every right that the roles need, the topics of the
sources (who stamps their records, for how long they are kept), how far behind the
monitor is, whether it could go on from its state, which feeds no class takes and
which classes take none, and the clocks: if the monitor is at work, that takes some
seconds. It changes nothing.

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
		Pipeline: p, Roles: f.roles, Client: kafka.Options(p.Kafka), Within: 10 * time.Second, Listen: 15 * time.Second, Now: time.Now,
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
	_, err := io.WriteString(w, checkText(screen.Of(w), checks))
	return err
}

// checkText is the checks for people: what is the case, and below each finding what
// to do.
func checkText(on screen.Screen, checks []doctor.Check) string {
	const indent = 13 // where what is said begins
	var b strings.Builder
	findings := 0
	for _, c := range checks {
		sign := on.Paint(screen.Green, "✓")
		if !c.OK {
			sign = on.Paint(screen.Red, "✗")
			findings++
		}
		b.WriteString(on.Fold(fmt.Sprintf("%s %-10s %s", sign, c.About, c.Says), indent) + "\n")
		if c.Do != "" {
			b.WriteString(on.Fold(strings.Repeat(" ", indent)+"→ "+c.Do, indent+2) + "\n")
		}
	}
	fmt.Fprintf(&b, "%s, %s\n", tail.Plural(int64(len(checks)), "check"), tail.Plural(int64(findings), "finding"))
	return b.String()
}
