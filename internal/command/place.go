package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// place returns the journal partition of each feed, and why commands may do
// nothing: a feed that the monitor does not know, labels that nobody has.
//
// The members of a group are watched together, where the group's name belongs. A
// configuration tells; without one, the state of the feed does, by where it lies.
func (s *sender) place(ctx context.Context, r *Request) (at map[feedgauge.FeedID]int32, doubts []string) {
	if len(r.Labels) > 0 {
		return nil, s.doubtLabels(r.Labels)
	}
	at = make(map[feedgauge.FeedID]int32, len(r.Feeds))
	for _, f := range r.Feeds {
		at[f] = s.home(f)
	}
	doubts, err := s.doubtFeeds(ctx, r.Feeds, at)
	if err != nil {
		doubts = append(doubts, fmt.Sprintf("whether the feeds are known cannot be told: %v", err))
	}
	return at, doubts
}

func (s *sender) isGroup(f feedgauge.FeedID) bool {
	return s.o.Pipeline != nil && slices.ContainsFunc(s.o.Pipeline.Groups, func(g *pipeline.Group) bool { return g.ID() == f })
}

// home is the partition of a feed by what is known without asking.
func (s *sender) home(f feedgauge.FeedID) int32 {
	if s.o.Pipeline != nil {
		return s.o.Pipeline.PartitionOf(f)
	}
	return feedgauge.Partition(f.Identity(), s.partitions)
}

// doubtFeeds looks for the states of the feeds, and tells of those that have none.
// Those that it finds in another partition than expected it moves there, if there
// is no configuration that says better.
func (s *sender) doubtFeeds(ctx context.Context, feeds []feedgauge.FeedID, at map[feedgauge.FeedID]int32) (doubts []string, err error) {
	st, err := s.openState(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range feeds {
		st.want[f.Identity()] = true
	}
	for _, f := range feeds {
		k, known, err := s.find(ctx, st, f, at[f])
		if err != nil {
			return doubts, err
		}
		at[f] = k
		if !known {
			doubts = append(doubts, doubtFeed(f))
		}
	}
	return doubts, nil
}

// find looks for the state of a feed or a group, first where it is expected.
func (s *sender) find(ctx context.Context, st *states, f feedgauge.FeedID, home int32) (k int32, known bool, err error) {
	if s.isGroup(f) || s.o.Pipeline != nil && s.o.Pipeline.Feeds[f] != nil {
		return home, true, nil // expected, so watched, even if there is no state yet
	}
	if known, err = st.lookUp(ctx, home, f); known || err != nil || s.o.Pipeline != nil {
		return home, known, err
	}
	for k := range s.partitions {
		if known, err = st.lookUp(ctx, k, f); known || err != nil {
			return k, known, err
		}
	}
	return home, false, nil
}

// states are the feeds asked for that are found in the state, by partition.
type states struct {
	s    *sender
	ends map[feedgauge.Lane]kafka.End
	want map[string]bool
	read map[int32]map[string]bool
}

func (s *sender) openState(ctx context.Context) (*states, error) {
	ctx, cancel := context.WithTimeout(ctx, s.o.Patience)
	defer cancel()
	ends, err := kafka.Ends(ctx, s.adm, s.o.Kafka.Topic(kafka.State))
	return &states{s: s, ends: ends, want: make(map[string]bool), read: make(map[int32]map[string]bool)}, err
}

func (st *states) lookUp(ctx context.Context, k int32, f feedgauge.FeedID) (known bool, err error) {
	if st.read[k] == nil {
		found, err := st.scan(ctx, k)
		if err != nil {
			return false, err
		}
		st.read[k] = found
	}
	return st.read[k][f.Identity()], nil
}

var errNoPartition = errors.New("the topic has fewer partitions than the journal")

// scan reads one partition and returns which of the wanted names have a state.
func (st *states) scan(ctx context.Context, k int32) (map[string]bool, error) {
	topic := st.s.o.Kafka.Topic(kafka.State)
	end, ok := st.ends[feedgauge.Lane{Topic: topic, Partition: k}]
	if !ok {
		return nil, fmt.Errorf("topic %q has no partition %d: %w", topic, k, errNoPartition)
	}
	ctx, cancel := context.WithTimeout(ctx, st.s.o.Patience)
	defer cancel()
	found := make(map[string]bool)
	span := kafka.Span{Topic: topic, Partition: k, From: end.Start, To: end.Stable}
	err := kafka.ReadPartition(ctx, st.s.o.Kafka.Brokers, span, func(r *kgo.Record) error {
		if key := string(r.Key); st.want[key] {
			found[key] = lives(r.Value)
		}
		return nil
	}, st.s.o.Client...)
	return found, err
}

// lives reports whether a state is that of a feed which is not retired.
func lives(state []byte) bool {
	if state == nil {
		return false
	}
	s, err := watch.DecodeState(state)
	return err != nil || !s.Gone()
}

func doubtFeed(f feedgauge.FeedID) string {
	text := fmt.Sprintf("feed %q of tenant %q is not known, so the command does nothing", f.Name, f.Tenant)
	if name, ok := strings.CutPrefix(f.Name, f.Tenant+"/"); ok && name != "" {
		return text + fmt.Sprintf(": feeds are named without their tenant; did you mean %q?", name)
	}
	return text + " (one that was first seen a few minutes ago may not be known yet)"
}

// doubtLabels looks whether anything in the configuration has the labels.
func (s *sender) doubtLabels(labels map[string]string) []string {
	p := s.o.Pipeline
	if p == nil {
		return nil
	}
	for _, c := range p.Classes {
		if hasAll(c.Labels, labels) {
			return nil
		}
	}
	for id := range p.Feeds {
		for _, src := range p.Sources {
			if hasAll(p.Labels(p.Classify(src.Name, id), id), labels) {
				return nil
			}
		}
	}
	return []string{fmt.Sprintf("no class and no feed of the inventory has the labels %s, so the command does nothing", labelText(labels))}
}

func hasAll(have, want map[string]string) bool {
	for k, v := range want {
		if got, ok := have[k]; !ok || got != v {
			return false
		}
	}
	return true
}
