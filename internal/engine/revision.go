package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/intake"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/processors/count"
)

// NewerError means that the journal tells of a configuration that came into force
// after this process read its own. What comes must be judged by that one.
type NewerError struct {
	Fingerprint string            // of the configuration in force
	Since       feedgauge.Instant // when it came into force
	where       string            // who says so
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("%srevision %s of %v began after this process: a newer configuration is in force; start it again with the new configuration",
		e.where, e.Fingerprint, e.Since)
}

// yields ends the process when a member with a newer configuration has written
// its revision: what comes must be folded by that one. Everything up to the
// revision is saved by then.
func (l *watchLoop) yields() error {
	for k, w := range l.parts {
		r := w.fold.Revision()
		if r.Number == 0 || r.Fingerprint == l.Pipeline.Fingerprint || min(r.Number, int64(r.At)) <= int64(l.started) {
			continue // the broker's time too: a clock that was ahead must not end those that are right
		}
		return &NewerError{r.Fingerprint, feedgauge.Instant(r.Number), fmt.Sprintf("journal partition %d: ", k)}
	}
	return nil
}

// lookEvery is how often a member of intake looks at what revision the others
// have written: one that only takes in sees nothing of the journal.
const lookEvery = 30 * time.Second

// lookAround finds the newest revision that lanes of others remember.
func (l *intakeLoop) lookAround(ctx context.Context) error {
	var lanes []feedgauge.Lane
	for topic, partitions := range l.in.Partitions() {
		for p := range partitions {
			lanes = append(lanes, feedgauge.Lane{Topic: topic, Partition: p})
		}
	}
	commits, err := kafka.Committed(ctx, l.side, l.group, lanes...)
	if err != nil {
		return err
	}
	for _, c := range commits {
		if m := intake.ParseMemory(c.Offset, c.Metadata); m.Revision > l.elsewhere.Revision {
			l.elsewhere = m
		}
	}
	l.looked = time.Now()
	return nil
}

// revision returns the record that announces our configuration, if the one last
// announced is another and older than this process, and the lane that keeps it.
// Whoever comes with a new configuration announces it, so that those with an
// older one end, whatever lanes they own.
func (l *intakeLoop) revision(ctx context.Context) (lane feedgauge.Lane, r *feedgauge.Revision, err error) {
	lane, ok := l.in.Lowest()
	if !ok || l.Pipeline.Fingerprint == "" {
		return lane, nil, nil
	}
	if time.Since(l.looked) >= lookEvery {
		if err := l.lookAround(ctx); err != nil {
			return lane, nil, err
		}
	}
	newest, fingerprint := l.in.Newest()
	if l.elsewhere.Revision > newest {
		newest, fingerprint = l.elsewhere.Revision, l.elsewhere.Fingerprint
	}
	if fingerprint == l.Pipeline.Fingerprint {
		return lane, nil, nil
	}
	// One of the future is the word of a clock that was ahead, and not to be obeyed.
	if newest > int64(l.began()) && newest <= int64(l.latest().Add(count.Skew)) {
		return lane, nil, &NewerError{fingerprint, feedgauge.Instant(newest), ""}
	}
	return lane, &feedgauge.Revision{
		Number: max(newest+1, int64(l.earliest())), Fingerprint: l.Pipeline.Fingerprint, Text: l.Pipeline.Text,
	}, nil
}
