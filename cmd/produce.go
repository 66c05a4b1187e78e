package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/produce"
)

// produceFlags are the options of produce.
type produceFlags struct {
	topic      string
	feed       string
	keyFrom    string
	tenant     string
	rate       string
	timestamp  string
	partitions int32
}

// produceCommand sends the lines of files to a topic.
func produceCommand(conn connector) *cobra.Command {
	var f produceFlags
	c := &cobra.Command{
		Use:   "produce --topic T FILE...|-",
		Short: "send the lines of files to a topic, one record each",
		Long: `Produce sends each line of the files, or of standard input, to a raw topic as one
record: without its end ("\n" or "\r\n"), otherwise as it is, empty lines too.

The feed's name becomes the key and the header "feed", the tenant the header
"tenant". The name is the same for all lines (--feed) or read out of each
(--key-from json:host.name, or regexp:EXPR with the name in the first group).
Lines without a name are sent without key and header.

With --timestamp line a record is stamped with the time in its line: of an access
log, of syslog, or by RFC 3339. Lines without one are stamped with the time of
sending, and counted.

It ends when all records are confirmed by all replicas, with 1 if some were not.
On an interrupt it reads no further, and waits for what is under way.`,
		Example: `  feedgauge produce --topic web --feed web-01 --rate 50/s access.log
  tail -f app.json | feedgauge produce --topic apps --key-from json:host.name -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name the files to send, or - for standard input")
			}
			return nil
		},
		RunE: func(c *cobra.Command, files []string) error { return f.run(c, conn, files) },
	}
	addConnectFlags(c)
	c.Flags().StringVar(&f.topic, "topic", "", "the `TOPIC` to send to")
	c.Flags().StringVar(&f.feed, "feed", "", "`NAME` of the feed all lines belong to")
	c.Flags().StringVar(&f.keyFrom, "key-from", "", "read the feed's name out of each line: `json:PATH|regexp:EXPR`")
	c.Flags().StringVar(&f.tenant, "tenant", "", "`NAME` of the tenant all feeds belong to")
	c.Flags().StringVar(&f.rate, "rate", "", "how fast to send, as `N/s`, N/m or N/h (default as fast as it goes)")
	c.Flags().StringVar(&f.timestamp, "timestamp", "now", "what to stamp records with: `now|line`")
	c.Flags().Int32Var(&f.partitions, "create-partitions", 0, "create the topic with `N` partitions if it does not exist")
	c.MarkFlagsMutuallyExclusive("feed", "key-from")
	return c
}

func (f *produceFlags) run(c *cobra.Command, conn connector, files []string) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	k, err := conn(c)
	if err != nil {
		return err
	}
	if kafka.Ours(k, f.topic) {
		return fmt.Errorf("topic %q is the monitor's own: what is not its own there would confuse it", f.topic)
	}
	inputs, total, shut, err := openAll(files, c.InOrStdin())
	defer shut()
	if err != nil {
		return err
	}
	stderr := c.ErrOrStderr()
	done := func() {}
	if terminal(stderr) {
		o.Progress, done = bar(stderr, f.topic, total)
	}
	o.Brokers, o.Client = k.Brokers, clientOptions(k, stderr)
	report, err := produce.Run(c.Context(), o, inputs)
	done()
	if report.Sent > 0 || report.Failed > 0 || err == nil {
		_, _ = io.WriteString(stderr, report.Summary(f.topic))
	}
	return errors.Join(err, report.Err())
}

// options checks the flags.
func (f *produceFlags) options() (produce.Options, error) {
	o := produce.Options{Topic: f.topic, Partitions: f.partitions, Tenant: f.tenant, ByLine: f.timestamp == "line"}
	var errs []error
	check := func(flag string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("--%s: %w", flag, err))
		}
	}
	if f.topic == "" {
		check("topic", errors.New("which topic to send to is missing"))
	}
	if f.timestamp != "now" && f.timestamp != "line" {
		check("timestamp", fmt.Errorf("%q is neither now nor line", f.timestamp))
	}
	if f.partitions < 0 {
		check("create-partitions", fmt.Errorf("%d is no number of partitions", f.partitions))
	}
	var err error
	if f.rate != "" {
		o.Rate, err = produce.ParseRate(f.rate)
		check("rate", err)
	}
	if f.tenant != "" {
		check("tenant", produce.CheckTenant(f.tenant))
	}
	switch {
	case f.feed != "":
		o.Name, err = produce.Named(f.feed)
		check("feed", err)
	case f.keyFrom != "":
		o.Name, err = produce.NamedBy(f.keyFrom)
		check("key-from", err)
	}
	return o, errors.Join(errs...)
}

// openAll opens the files, "-" for stdin, so that a missing one is told before
// anything is sent. total is their size, -1 if that cannot be known.
func openAll(names []string, stdin io.Reader) (inputs []produce.Input, total int64, shut func(), err error) {
	var files []*os.File
	shut = func() {
		for _, f := range files {
			_ = f.Close()
		}
	}
	for _, name := range names {
		if name == "-" {
			inputs, total = append(inputs, produce.Input{Name: "standard input", Reader: stdin}), -1
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, 0, shut, err
		}
		files = append(files, f)
		info, err := f.Stat()
		switch {
		case err != nil:
			return nil, 0, shut, err
		case info.IsDir():
			return nil, 0, shut, fmt.Errorf("%q is a folder", name)
		case !info.Mode().IsRegular():
			total = -1
		case total >= 0:
			total += info.Size()
		}
		inputs = append(inputs, produce.Input{Name: name, Reader: f})
	}
	return inputs, total, shut, nil
}

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// bar shows on w how far the sending has come. done takes it away.
func bar(w io.Writer, topic string, total int64) (progress func(bytes int), done func()) {
	b := progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription(topic),
		progressbar.OptionShowBytes(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)
	return func(n int) { _ = b.Add(n) }, func() { _ = b.Finish() }
}
