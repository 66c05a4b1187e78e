package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/feedgauge/feedgauge/internal/kafka"
)

// Repaired is what Repair does to a partition of the journal.
type Repaired struct {
	Committed int64 // offset at which watch stands, -1 if at none
	Next      int64 // offset from which it is to go on
	End       int64 // of the journal
}

// Repair sets where watch goes on in partition k of the journal to what the state
// says, or to the journal's beginning if there is no state: for a state of which
// the broker has lost the newest. What lies between is folded again, and findings
// made there may be told again; they have the uids they had. The monitor must be
// stopped. Confirm is asked first, with what is to be done; its error is returned.
func Repair(ctx context.Context, o Options, k int32, confirm func(Repaired) error) error {
	e, err := New(o)
	if err != nil {
		return err
	}
	cl, err := kafka.Dial(o.Pipeline.Kafka.Brokers, e.clients...)
	if err != nil {
		return err
	}
	defer cl.Close()
	l := &watchLoop{Engine: e, adm: kadm.NewClient(cl)}
	cfg := l.session("watch", 0)
	within := cmp.Or(e.SessionTimeout, kafka.DefaultSessionTimeout) + 5*time.Second
	if err := kafka.Deserted(ctx, l.adm, within, cfg.Group()); err != nil {
		return err
	}
	ends, err := kafka.Ends(ctx, l.adm, l.topic(kafka.Journal))
	if err != nil {
		return err
	}
	end, ok := ends[l.lane(k)]
	if !ok {
		return fmt.Errorf("topic %q has no partition %d", l.topic(kafka.Journal), k)
	}
	committed, err := kafka.Committed(ctx, cl, cfg.Group(), l.lane(k))
	if err != nil {
		return err
	}
	m, err := l.meta(ctx, k)
	if err != nil {
		return err
	}
	does := Repaired{Committed: at(committed, l.lane(k)), Next: m.Next, End: end.High}
	if does.Committed <= m.Polled {
		return fmt.Errorf("the state of partition %d tells of the journal up to %d, and %d is committed: nothing is lost", k, m.Polled, does.Committed)
	}
	if err := confirm(does); err != nil {
		return err
	}
	offsets := make(kadm.Offsets)
	offsets.AddOffset(l.topic(kafka.Journal), k, m.Next, -1)
	responses, err := l.adm.CommitOffsets(ctx, cfg.Group(), offsets)
	if err := errors.Join(err, responses.Error()); err != nil {
		return fmt.Errorf("setting the offset of partition %d of group %q: %w", k, cfg.Group(), err)
	}
	return nil
}
