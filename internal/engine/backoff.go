package engine

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/feedgauge/feedgauge/internal/journal"
)

// backoff yields growing pauses with jitter, from half a second to half a
// minute.
type backoff struct{ step time.Duration }

func newBackoff() *backoff { return &backoff{step: 500 * time.Millisecond} }

func (b *backoff) next() time.Duration {
	d := b.step/2 + rand.N(b.step) //nolint:gosec // jitter, no secret
	b.step = min(2*b.step, 20*time.Second)
	return d
}

// atMost keeps the next pauses about so short.
func (b *backoff) atMost(d time.Duration) { b.step = min(b.step, d) }

// sleep waits for d; false means that ctx was done first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// errDuel means that another process has the same instance name.
var errDuel = errors.New("another process runs under the same instance name and has taken over; give each process its own (kafka { instance = ... })")

// isFatal reports whether a role must not be started again: another process has
// taken over, or has written what only a newer program can read.
func isFatal(err error) bool {
	var newer *NewerError
	return errors.Is(err, errDuel) || errors.As(err, &newer) || errors.Is(err, kerr.FencedInstanceID) || errors.Is(err, journal.ErrNewer)
}
