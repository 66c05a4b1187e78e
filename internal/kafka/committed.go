package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Commit is what a group has committed for one lane.
type Commit struct {
	Offset   int64
	Metadata string
}

// Committed returns the group's committed offsets of the lanes, with their
// metadata; lanes without any are missing from the map. Where a transaction that
// holds an offset is ending, it waits for the outcome.
//
// The lanes are named in the request on purpose. Asked for all it has, a broker
// leaves out a lane whose first commit is still pending, without an error, and
// who then writes a start offset rewinds the lane behind what was counted.
func Committed(ctx context.Context, cl *kgo.Client, group string, lanes ...feedgauge.Lane) (map[feedgauge.Lane]Commit, error) {
	if len(lanes) == 0 {
		return nil, nil // a request without lanes means all
	}
	pause := 20 * time.Millisecond
	for {
		commits, err := committed(ctx, cl, group, lanes)
		if err == nil {
			return commits, nil
		}
		if !passes(err) {
			return nil, fmt.Errorf("committed offsets of group %q: %w", group, err)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("committed offsets of group %q: %w", group, errors.Join(ctx.Err(), err))
		case <-time.After(pause):
			pause = min(2*pause, time.Second)
		}
	}
}

// passes reports whether err goes away by waiting: the outcome of a transaction is
// on its way, or the group's broker is still coming up, as it does in a cluster
// that meets its first group.
func passes(err error) bool {
	return errors.Is(err, kerr.UnstableOffsetCommit) || errors.Is(err, kerr.CoordinatorNotAvailable) ||
		errors.Is(err, kerr.CoordinatorLoadInProgress) || errors.Is(err, kerr.NotCoordinator)
}

func committed(ctx context.Context, cl *kgo.Client, group string, lanes []feedgauge.Lane) (map[feedgauge.Lane]Commit, error) {
	resp, err := offsetFetch(group, lanes).RequestWith(ctx, cl)
	if err != nil {
		return nil, err
	}
	commits := make(map[feedgauge.Lane]Commit, len(lanes))
	errs := []error{groupError(resp.ErrorCode)}
	for _, g := range resp.Groups {
		errs = append(errs, groupError(g.ErrorCode))
		for _, t := range g.Topics {
			for _, p := range t.Partitions {
				if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
					errs = append(errs, fmt.Errorf("%q partition %d: %w", t.Topic, p.Partition, err))
				} else if p.Offset >= 0 {
					commits[feedgauge.Lane{Topic: t.Topic, Partition: p.Partition}] = commitOf(p)
				}
			}
		}
	}
	return commits, errors.Join(errs...)
}

// groupError is the error of code. A group that nobody has used yet has committed
// nothing, which newer brokers call an error and older ones do not.
func groupError(code int16) error {
	if err := kerr.ErrorForCode(code); !errors.Is(err, kerr.GroupIDNotFound) {
		return err
	}
	return nil
}

func commitOf(p kmsg.OffsetFetchResponseGroupTopicPartition) Commit {
	c := Commit{Offset: p.Offset}
	if p.Metadata != nil {
		c.Metadata = *p.Metadata
	}
	return c
}

// offsetFetch asks for stable offsets of the lanes by name. The client turns it
// into whatever version the broker speaks.
func offsetFetch(group string, lanes []feedgauge.Lane) *kmsg.OffsetFetchRequest {
	byTopic := make(map[string][]int32)
	for _, l := range lanes {
		byTopic[l.Topic] = append(byTopic[l.Topic], l.Partition)
	}
	g := kmsg.NewOffsetFetchRequestGroup()
	g.Group = group
	for topic, partitions := range byTopic {
		t := kmsg.NewOffsetFetchRequestGroupTopic()
		t.Topic, t.Partitions = topic, partitions
		g.Topics = append(g.Topics, t)
	}
	req := kmsg.NewPtrOffsetFetchRequest()
	req.RequireStable = true
	req.Groups = append(req.Groups, g)
	return req
}
