package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/internal/topics"
)

// printFlags are the options of topics itself.
type printFlags struct {
	principal string
	roles     []string
	split     bool
	format    string
}

func (f *printFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.principal, "principal", "User:feedgauge", "`WHO` gets the rights")
	c.Flags().StringSliceVar(&f.roles, "role", []string{kafka.RoleIntake, kafka.RoleWatch, kafka.RoleDeliver}, "the `ROLES` that get rights, of intake, watch, deliver and operate (tail, mute and the like)")
	c.Flags().BoolVar(&f.split, "split", false, "a principal for each role, named WHO-ROLE")
	c.Flags().StringVar(&f.format, "format", "shell", "`shell` for Kafka's own tools, or terraform for the provider Mongey/kafka")
}

func (f *printFlags) run(c *cobra.Command, aim targeter) error {
	for _, role := range f.roles {
		if !slices.Contains(kafka.GrantRoles(), role) {
			return fmt.Errorf("there is no role %q; %s", role, suggest.DidYouMean(role, kafka.GrantRoles()))
		}
	}
	write := topics.Shell
	switch f.format {
	case "shell":
	case "terraform":
		write = topics.Terraform
	default:
		return fmt.Errorf("--format %q: shell or terraform", f.format)
	}
	p, err := aimed(c, aim)
	if err != nil {
		return err
	}
	return write(c.OutOrStdout(), p.Kafka, f.grants(p))
}

// aimed returns the configuration, which says what our topics are like.
func aimed(c *cobra.Command, aim targeter) (*pipeline.Pipeline, error) {
	_, p, err := aim(c)
	if err == nil && p == nil {
		err = errors.New("what the topics are like stands in the configuration: name it by --config")
	}
	return p, err
}

func (f *printFlags) grants(p *pipeline.Pipeline) []topics.Role {
	if !f.split {
		return []topics.Role{{Name: strings.Join(f.roles, ", "), Principal: f.principal, Grants: kafka.Grants(p, f.roles...)}}
	}
	var out []topics.Role
	for _, role := range f.roles {
		out = append(out, topics.Role{Name: role, Principal: f.principal + "-" + role, Grants: kafka.Grants(p, role)})
	}
	return out
}

func createCommand(aim targeter) *cobra.Command {
	c := &cobra.Command{
		Use:   "create",
		Short: "create those of our topics that are missing",
		Long: `Create makes those of our topics that are missing, as "feedgauge topics" prints them, and
checks those that are there. The monitor does the same at its start, where it may.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := aimed(c, aim)
			if err != nil {
				return err
			}
			cl, err := kafka.Dial(p.Kafka.Brokers, clientOptions(p.Kafka, c.ErrOrStderr())...)
			if err != nil {
				return err
			}
			defer cl.Close()
			return kafka.Await(c.Context(), patience, func(ctx context.Context) error { return kafka.EnsureTopics(ctx, kadm.NewClient(cl), p.Kafka) })
		},
	}
	addConnectFlags(c)
	return c
}

// patience is how long a command waits for brokers that are away.
const patience = 30 * time.Second

func deleteCommand(aim targeter) *cobra.Command {
	var yes, rehearsal bool
	c := &cobra.Command{
		Use:   "delete",
		Short: "delete our topics with all they hold",
		Long: `Delete removes the monitor's own topics: journal, state, alerts, history and dead.
All findings, and all that was learnt, are gone then. Raw topics are not touched.
Stop the monitor on all machines first: delete refuses while members run.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := aimed(c, aim)
			if err != nil {
				return err
			}
			if rehearsal {
				rehearse(p)
			}
			return deleteTopics(c, p.Kafka, yes)
		},
	}
	addConnectFlags(c)
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&rehearsal, "of-dry-run", false, "those that \"feedgauge run --dry-run\" left, in place of the monitor's")
	return c
}

func deleteTopics(c *cobra.Command, k pipeline.Kafka, yes bool) error {
	cl, err := kafka.Dial(k.Brokers, clientOptions(k, c.ErrOrStderr())...)
	if err != nil {
		return err
	}
	defer cl.Close()
	adm := kadm.NewClient(cl)
	names := []string{kafka.Journal, kafka.State, kafka.Alerts, kafka.History, kafka.Dead, kafka.Resize}
	var have map[string]int32
	if err := kafka.Await(c.Context(), patience, func(ctx context.Context) (err error) {
		have, err = kafka.Counts(ctx, adm, k, names...)
		return err
	}); err != nil {
		return err
	}
	var full []string
	for name := range have {
		full = append(full, k.Topic(name))
	}
	if slices.Sort(full); len(full) == 0 {
		_, err := fmt.Fprintf(c.ErrOrStderr(), "feedgauge: there are no topics of prefix %q\n", k.Prefix)
		return err
	}
	if err := kafka.Deserted(c.Context(), adm, kafka.DefaultSessionTimeout+5*time.Second, k.Prefix+"-intake", k.Prefix+"-watch"); err != nil {
		return err
	}
	if err := ask(c, yes, "These topics are deleted with all they hold: "+strings.Join(full, ", ")+"."); err != nil {
		return err
	}
	return kafka.Remove(c.Context(), adm, k, names...)
}
