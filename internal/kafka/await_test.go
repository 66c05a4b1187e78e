package kafka

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// The clock is that of a bubble: no second passes.
func TestAwait(t *testing.T) {
	t.Parallel()
	away := errors.New("connection refused")
	for name, tt := range map[string]struct {
		errs  []error // of each attempt; the last stands for all that follow
		asked int
		took  time.Duration
		want  string
	}{
		"at once":         {[]error{nil}, 1, 0, ""},
		"in the end":      {[]error{away, away, nil}, 3, 750 * time.Millisecond, ""},
		"refused":         {[]error{kerr.TopicAuthorizationFailed}, 1, 0, kerr.TopicAuthorizationFailed.Error()},
		"no topic":        {[]error{fmt.Errorf("lane: %w", kerr.UnknownTopicOrPartition)}, 1, 0, "lane: " + kerr.UnknownTopicOrPartition.Error()},
		"no leader yet":   {[]error{kerr.LeaderNotAvailable, nil}, 2, 250 * time.Millisecond, ""},
		"away for good":   {[]error{errors.Join(away, away)}, 10, 30 * time.Second, "no answer within 30s: connection refused"},
		"differently":     {[]error{errors.Join(away, errors.New("no route"))}, 10, 30 * time.Second, "no answer within 30s: connection refused\nno route"},
		"out of patience": {[]error{away, context.DeadlineExceeded}, 10, 30 * time.Second, "no answer within 30s: context deadline exceeded"},
	} {
		synctest.Test(t, func(t *testing.T) {
			asked, began := 0, time.Now()
			err := Await(t.Context(), 30*time.Second, func(context.Context) error {
				asked++
				return tt.errs[min(asked, len(tt.errs))-1]
			})
			if got := fmt.Sprint(err); err == nil && tt.want != "" || err != nil && got != tt.want {
				t.Errorf("%s: error %q, want %q", name, got, tt.want)
			}
			if took := time.Since(began); asked != tt.asked || took != tt.took {
				t.Errorf("%s: asked %d times in %v, want %d in %v", name, asked, took, tt.asked, tt.took)
			}
		})
	}
}

// An attempt that time cuts short does not hide why those before it failed.
func TestAwaitTellsWhatFailed(t *testing.T) {
	t.Parallel()
	away := errors.New("connection refused")
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		err := Await(t.Context(), time.Second, func(ctx context.Context) error {
			if asked++; asked == 1 {
				return away
			}
			<-ctx.Done()
			return ctx.Err()
		})
		if !errors.Is(err, away) {
			t.Errorf("error %v", err)
		}
	})
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	err := Await(ctx, time.Hour, func(context.Context) error { cancel(); return errors.New("cut off") })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

func TestWhole(t *testing.T) {
	t.Parallel()
	shards := func(errs ...string) error {
		s := &kadm.ShardErrors{Name: "ListGroups"}
		for _, e := range errs {
			s.Errs = append(s.Errs, kadm.ShardError{Err: errors.New(e)})
		}
		return s
	}
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"another":   {errors.New("x"), "x"},
		"one":       {shards("refused"), "ListGroups: refused"},
		"alike":     {shards("refused", "refused"), "ListGroups: refused"},
		"different": {shards("refused", "reset"), "request ListGroups has 2 separate shard errors, first: refused"},
	} {
		if got := Whole(tt.err).Error(); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
