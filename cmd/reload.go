package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/spf13/cobra"

	"github.com/feedgauge/feedgauge/internal/control"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

const controlFlag = "control"

// reloadCommand has running processes read their configuration anew.
func reloadCommand() *cobra.Command {
	var files []string
	var dir string
	c := &cobra.Command{
		Use:   "reload",
		Short: "let running processes take up their changed configuration",
		Long: `Reload asks each process on this machine that runs the configuration to read it
anew, and waits for the outcome. A process checks it first: if it has mistakes, or
does not work with Kafka, nothing changes, the mistakes are shown, and reload
exits with 1. The signal SIGHUP does the same, and tells the outcome in the log.

Variables and the environment are those that the process was started with. What
lies on the topics must stay: the cluster, prefix, partitions and instance need a
stop and a start. Other members of the pipeline take up the new configuration by
themselves if it lies on their disks too, and end if it does not.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return reloadAll(c.Context(), dir, files, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringArrayVar(&files, configFlag, []string{"pipeline.hcl"}, "the `FILE` or folder that the process was started with")
	c.Flags().StringVar(&dir, controlFlag, control.Dir(), "the `FOLDER` of the process's control socket")
	return c
}

func reloadAll(ctx context.Context, dir string, files []string, stdout, stderr io.Writer) error {
	processes, err := control.Find(ctx, dir, files)
	if err != nil {
		return err
	}
	if len(processes) == 0 {
		return fmt.Errorf("no process on this machine runs %q as this user; elsewhere, send it SIGHUP", strings.Join(files, ", "))
	}
	failed := false
	for _, p := range processes {
		err := p.Reload(ctx)
		var refused *control.RefusedError
		switch {
		case errors.As(err, &refused):
			failed = true
			_, err = fmt.Fprintf(stderr, "%s\n\nprocess %s has changed nothing\n", refused.Text, p.PID)
		case err == nil:
			_, err = fmt.Fprintf(stdout, "process %s runs the new configuration\n", p.PID)
		}
		if err != nil {
			return err
		}
	}
	if failed {
		return &ExitError{Code: 1}
	}
	return nil
}

// rereader reads the configuration of a running process anew, and writes what is
// wrong with it to report.
type rereader func(report io.Writer) (*pipeline.Pipeline, error)

// reloader puts the configuration that lies on disk in place of the one that runs.
type reloader struct {
	read   rereader
	series *engine.Series
	log    hclog.Logger
	mu     sync.Mutex // one reload at a time
}

// reload returns why nothing has changed, nil if the new configuration is in force.
func (r *reloader) reload(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	const patience = time.Minute // for the old engine to end, too
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var report bytes.Buffer
	p, err := r.read(&report)
	if err == nil {
		before := r.series.Engine().Pipeline
		if before.Metrics != p.Metrics {
			r.log.Warn("another address for metrics takes a stop and a start", "address", before.Metrics)
		}
		err = r.series.Replace(ctx, p)
	}
	if err != nil {
		r.log.Error("the configuration is not taken up, the one before goes on", "error", err, "report", report.String())
		return fmt.Errorf("%s%w", report.String(), err)
	}
	r.log.Info("the configuration is taken up", "revision", p.Fingerprint)
	return nil
}

// onSignals reloads at each SIGHUP until ctx is done.
func (r *reloader) onSignals(ctx context.Context) {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		select {
		case <-hup:
			_ = r.reload(ctx) // it is in the log
		case <-ctx.Done():
			return
		}
	}
}

// listen answers on the control socket until stop is called. Without one, SIGHUP
// still works.
func (r *reloader) listen(ctx context.Context, dir string, files []string) (stop func()) {
	s, err := control.Listen(ctx, dir, files, r.reload)
	if err != nil {
		r.log.Warn("\"feedgauge reload\" will not reach this process, SIGHUP will", "error", err)
		return func() {}
	}
	go func() {
		if err := s.Serve(); err != nil {
			r.log.Error("the control socket failed", "error", err)
		}
	}()
	return func() { _ = s.Close() }
}
