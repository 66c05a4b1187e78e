package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// Bounds of the pause between two attempts of Await.
const (
	minPause = 250 * time.Millisecond
	maxPause = 5 * time.Second
)

// Await asks the cluster a first question again and again, after growing pauses,
// until it has an answer or has waited for so long. A client alone does not: it
// gives up at once where a broker's port is closed.
//
// An error that a broker answered with is returned as it is, unless it says to
// try again; so is that of ctx. A topic that does not exist is an answer.
func Await(ctx context.Context, within time.Duration, ask func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	var last error
	for pause := minPause; ; pause = min(2*pause, maxPause) {
		err := once(ask(limited))
		switch {
		case err == nil || answered(err):
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case last == nil || limited.Err() == nil:
			last = err // what failed, rather than that time was up
		}
		select {
		case <-limited.Done():
			return fmt.Errorf("no answer within %v: %w", within, last)
		case <-time.After(pause):
		}
	}
}

// answered reports whether err is a broker's word that will not change soon.
func answered(err error) bool {
	var answer *kerr.Error
	return errors.As(err, &answer) && (!answer.Retriable || errors.Is(answer, kerr.UnknownTopicOrPartition))
}

// Whole returns what went wrong with a request that the client had cut into pieces, one
// for each broker: where all pieces failed alike, one of them says all.
func Whole(err error) error {
	var shards *kadm.ShardErrors
	if !errors.As(err, &shards) || len(shards.Errs) == 0 {
		return err
	}
	first := shards.Errs[0].Err
	for _, s := range shards.Errs {
		if s.Err.Error() != first.Error() {
			return err
		}
	}
	return fmt.Errorf("%s: %w", shards.Name, first)
}

// once returns joined errors that all say the same as one.
func once(err error) error {
	joined, ok := err.(interface{ Unwrap() []error }) // the outermost alone: what wraps it says more
	if !ok {
		return err
	}
	errs := joined.Unwrap()
	for _, e := range errs {
		if e.Error() != errs[0].Error() {
			return err
		}
	}
	return errs[0]
}
