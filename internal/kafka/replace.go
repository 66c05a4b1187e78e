package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Counts returns how many partitions each of the topics of k has that exist, by
// name without the prefix.
func Counts(ctx context.Context, adm *kadm.Client, k pipeline.Kafka, names ...string) (map[string]int32, error) {
	full := make([]string, len(names))
	for i, name := range names {
		full[i] = k.Topic(name)
	}
	have, err := list(ctx, adm, full)
	if err != nil {
		return nil, fmt.Errorf("cannot list the topics of prefix %q: %w", k.Prefix, err)
	}
	out := make(map[string]int32)
	for _, name := range names {
		d := have[k.Topic(name)]
		if exists(have, k.Topic(name)) {
			out[name] = int32(len(d.Partitions))
		} else if d.Err != nil && !errors.Is(d.Err, kerr.UnknownTopicOrPartition) {
			return nil, fmt.Errorf("topic %q: %w", k.Topic(name), d.Err)
		}
	}
	return out, nil
}

// exists reports whether the brokers show a topic.
func exists(have kadm.TopicDetails, name string) bool {
	d, ok := have[name]
	return ok && d.Err == nil && len(d.Partitions) > 0
}

// Remove deletes topics of k and waits until no broker shows them. Those that
// are not there are none to delete.
func Remove(ctx context.Context, adm *kadm.Client, k pipeline.Kafka, names ...string) error {
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		have, err := Counts(ctx, adm, k, names...)
		if err != nil || len(have) == 0 {
			return err
		}
		for name := range have {
			if _, err := adm.DeleteTopic(ctx, k.Topic(name)); err != nil && !errors.Is(err, kerr.UnknownTopicOrPartition) {
				return fmt.Errorf("cannot delete topic %q: %w", k.Topic(name), err)
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("topics of prefix %q do not go away: %w", k.Prefix, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// Create makes topics of k that are not there, with k.Partitions partitions each,
// and waits until they can be used. [Resize] looks like the state.
func Create(ctx context.Context, adm *kadm.Client, k pipeline.Kafka, names ...string) error {
	full := make([]string, len(names))
	for i, name := range names {
		full[i] = k.Topic(name)
		if err := create(ctx, adm, k, topic{name, configsOf(name)}); err != nil {
			return err
		}
	}
	have, err := visible(ctx, adm, full)
	if err != nil {
		return err
	}
	for _, name := range full {
		if n := len(have[name].Partitions); n != int(k.Partitions) {
			return fmt.Errorf("topic %q has %d partitions at once, in place of %d: somebody else has created it", name, n, k.Partitions)
		}
	}
	return nil
}

func configsOf(name string) map[string]string {
	if name == Resize {
		name = State
	}
	for _, t := range topics() {
		if t.name == name {
			return t.configs
		}
	}
	return nil
}

// Grow gives topics of k at least k.Partitions partitions, and waits until they
// can be used. Topics that are not there are left to [EnsureTopics].
func Grow(ctx context.Context, adm *kadm.Client, k pipeline.Kafka, names ...string) error {
	for pause := 20 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		have, err := Counts(ctx, adm, k, names...)
		if err != nil {
			return err
		}
		enough := true
		for name, n := range have {
			if n >= k.Partitions {
				continue
			}
			enough = false
			resp, err := adm.UpdatePartitions(ctx, int(k.Partitions), k.Topic(name))
			if err == nil {
				err = resp.Error()
			}
			if err != nil && !errors.Is(err, kerr.InvalidPartitions) { // they are there, but not shown yet
				return fmt.Errorf("cannot give topic %q %d partitions: %w", k.Topic(name), k.Partitions, err)
			}
		}
		if enough {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("topics of prefix %q do not grow: %w", k.Prefix, ctx.Err())
		case <-time.After(pause):
		}
	}
}
