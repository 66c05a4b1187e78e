package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// A broker that goes away while a process starts is waited for; what a broker
// answers is final.
func TestBrokerThatWentAwayIsUnreachable(t *testing.T) {
	t.Parallel()
	cl, err := kafka.Dial([]string{"127.0.0.1:1"}, // nobody listens there
		kgo.TransactionalID("x"), kgo.RetryTimeout(10*time.Millisecond), kgo.RequestRetries(0))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	if _, _, err := cl.ProducerID(t.Context()); err == nil || !unreachable(err) {
		t.Errorf("a closed port: %v", err)
	}
	if err := errors.Join(errors.New("no right"), kerr.TransactionalIDAuthorizationFailed); unreachable(err) {
		t.Errorf("an answer is taken for silence: %v", err)
	}
}

// A role looks for a broker that is away every few seconds, for ever; any other
// error over and over ends it.
func TestRoleOutlastsItsBroker(t *testing.T) {
	t.Parallel()
	away := fmt.Errorf("opening: %w", &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED})
	for name, tt := range map[string]struct {
		err    error
		looks  int
		within time.Duration
	}{
		"away":   {away, 200, 200 * 3 * time.Second},
		"broken": {errors.New("broken"), 10, 10 * 30 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			e, err := New(Options{Pipeline: &pipeline.Pipeline{}})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			looks, began := 0, time.Now()
			err = e.supervise(ctx, "watch", func(context.Context) error {
				if looks++; looks == 200 {
					cancel()
				}
				return tt.err
			})
			if looks != tt.looks || (err == nil) != (ctx.Err() != nil) || time.Since(began) > tt.within {
				t.Errorf("%s: %d looks in %v, %v", name, looks, time.Since(began), err)
			}
		})
	}
}
