package cmd

import (
	"errors"
	"fmt"
	"os/user"
	"time"

	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/command"
)

// muteCommand holds back the alerts of feeds.
func muteCommand(aim targeter) *cobra.Command {
	f := commandFlags{verb: feedgauge.Mute}
	c := f.command(aim, "FEED... --for 2h|--until TIME --why TEXT", "tell the findings of feeds as suppressed for a while",
		`Mute has the findings of feeds told as suppressed, with your name and reason, and
not as alerts, until the end you give or until they are unmuted. Feeds are counted
and judged as ever; findings that are open stay open, and their end is told.

The end is compared with the time up to which logs have been counted.`,
		`  feedgauge mute web-01 web-02 --for 2h --why "works in rack 4"
  feedgauge mute --label site=lon1 --until 2026-11-28T18:00:00Z --why "site is closed"`)
	c.Flags().StringVar(&f.length, "for", "", "how long, as `90m|2h|7d`")
	c.Flags().StringVar(&f.until, "until", "", "until when: `TIME` by RFC 3339, or forever")
	c.MarkFlagsMutuallyExclusive("for", "until")
	return c
}

// unmuteCommand ends mutes.
func unmuteCommand(aim targeter) *cobra.Command {
	f := commandFlags{verb: feedgauge.Unmute}
	return f.command(aim, "FEED...", "end the mute of feeds",
		`Unmute ends the mute of feeds. What was found while they were muted is not told
again.`,
		`  feedgauge unmute web-01
  feedgauge unmute --label site=lon1`)
}

// ackCommand tells that somebody looks after findings.
func ackCommand(aim targeter) *cobra.Command {
	f := commandFlags{verb: feedgauge.Ack}
	c := f.command(aim, "FEED...", "tell that you look after the open findings of feeds",
		`Ack tells all who get the alerts, by an update of each open finding of the feeds,
that you look after it. With --as a forecast that judges by itself learns from your
word: what is real does not make it less alert, what is false it will bear, and what
was expected it forgets.`,
		`  feedgauge ack web-03 --why "ticket 4711"
  feedgauge ack web-03 --as false`)
	c.Flags().StringVar(&f.word, "as", "", "what the findings were, for the forecast to learn from: `real|false|expected`")
	return c
}

// retireCommand forgets feeds.
func retireCommand(aim targeter) *cobra.Command {
	f := commandFlags{verb: feedgauge.Retire}
	return f.command(aim, "FEED...", "forget feeds that are not to deliver any more",
		`Retire closes the open findings of feeds and forgets all that is known of them. A
feed that delivers again is a new one. One of the inventory is expected again when
the configuration changes, so take it out of there, too.`,
		`  feedgauge retire web-07 --why "switched off"`)
}

// approveCommand takes a level for normal.
func approveCommand(aim targeter) *cobra.Command {
	f := commandFlags{verb: feedgauge.Approve}
	return f.command(aim, "FEED...", "take the level of now for the new normal of feeds",
		`Approve has the forecast of feeds begin again at the level of their last window, so
that a lasting change is no longer found to be wrong.`,
		`  feedgauge approve web-01 --why "traffic moved to web-02"`)
}

// commandFlags are the options of the commands that speak to the monitor.
type commandFlags struct {
	verb          feedgauge.Verb
	tenant        string
	labels        []string
	who, why      string
	length, until string
	word          string
}

// toAll is said of each of the commands.
const toAll = `

In place of feeds, --label addresses all feeds whose labels, those of the class and
of the inventory, match all the given ones.

The command is written to the journal, all of it in one transaction, and takes
effect at its place there. Its id goes to standard output, one per feed. Name the
configuration the monitor runs with; with --brokers alone, feeds are found by their
state.`

func (f *commandFlags) command(aim targeter, args, short, long, example string) *cobra.Command {
	c := &cobra.Command{
		Use: string(f.verb) + " " + args, Short: short, Long: long + toAll, Example: example,
		RunE: func(c *cobra.Command, feeds []string) error { return f.run(c, aim, feeds) },
	}
	addConnectFlags(c)
	c.Flags().StringVar(&f.tenant, "tenant", "main", "the `NAME` of the tenant of the feeds")
	c.Flags().StringArrayVar(&f.labels, "label", nil, "`NAME=VALUE` of a label, in place of feeds; may be repeated")
	c.Flags().StringVar(&f.who, "who", "", "`NAME` of whose word it is (default the user of the system)")
	c.Flags().StringVar(&f.why, "why", "", "the reason, in one line of `TEXT`")
	return c
}

func (f *commandFlags) run(c *cobra.Command, aim targeter, feeds []string) error {
	r, err := f.request(c, feeds, time.Now())
	if err != nil {
		return err
	}
	var o command.Options
	if o.Kafka, o.Pipeline, err = aim(c); err != nil {
		return err
	}
	o.Client = clientOptions(o.Kafka, c.ErrOrStderr())
	res, err := command.Send(c.Context(), o, r)
	if err != nil {
		return err
	}
	for _, doubt := range res.Doubts {
		_, _ = fmt.Fprintf(c.ErrOrStderr(), "feedgauge: warning: %s\n", doubt)
	}
	for i := range res.Commands {
		_, _ = fmt.Fprintf(c.ErrOrStderr(), "written to the journal: %s\n", command.Describe(&res.Commands[i]))
		if _, err := fmt.Fprintln(c.OutOrStdout(), res.Commands[i].ID); err != nil {
			return err
		}
	}
	return nil
}

// request checks the flags.
func (f *commandFlags) request(c *cobra.Command, feeds []string, now time.Time) (*command.Request, error) {
	r := &command.Request{Verb: f.verb, Word: feedgauge.Word(f.word), Who: f.who, Why: f.why}
	var errs []error
	var err error
	if f.verb == feedgauge.Mute {
		if r.Until, err = command.End(f.length, f.until, now); err != nil {
			errs = append(errs, fmt.Errorf("--for, --until: %w", err))
			r.Until = feedgauge.After // said already
		}
	}
	if len(f.labels) > 0 && c.Flags().Changed("tenant") {
		errs = append(errs, errors.New("--tenant goes with the names of feeds: labels address those of all tenants"))
	}
	if r.Labels, err = command.ParseLabels(f.labels); err != nil {
		return nil, errors.Join(append(errs, fmt.Errorf("--label: %w", err))...)
	}
	for _, name := range feeds {
		r.Feeds = append(r.Feeds, feedgauge.FeedID{Tenant: f.tenant, Name: name})
	}
	if r.Who == "" {
		if r.Who, err = userName(); err != nil {
			return nil, errors.Join(append(errs, err)...)
		}
	}
	return r, errors.Join(append(errs, r.Check())...)
}

// userName is the name under which the user is known to the system.
func userName() (string, error) {
	u, err := user.Current()
	if err != nil {
		return "", fmt.Errorf("who you are cannot be told, so say it with --who: %w", err)
	}
	return u.Username, nil
}
