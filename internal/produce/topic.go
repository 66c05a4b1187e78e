package produce

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/feedgauge/feedgauge/internal/kafka"
)

var errMissing = errors.New("it does not exist: create it, or let it be created with --create-partitions N")

// ensure makes sure that the topic exists.
func (s *sender) ensure(ctx context.Context) error {
	adm := kadm.NewClient(s.small)
	missing := false
	err := kafka.Await(ctx, s.o.Patience, func(ctx context.Context) error {
		topics, err := adm.ListTopics(ctx, s.o.Topic)
		if err != nil {
			return err
		}
		missing = !topics.Has(s.o.Topic)
		if missing {
			return nil
		}
		return topics[s.o.Topic].Err
	})
	switch {
	case err != nil:
		return err
	case !missing:
		return nil
	case s.o.Partitions == 0:
		return errMissing
	}
	return kafka.Await(ctx, s.o.Patience, func(ctx context.Context) error {
		return create(ctx, adm, s.o.Topic, s.o.Partitions)
	})
}

// create makes a topic with the broker's default replication. That somebody else
// was faster is no error.
func create(ctx context.Context, adm *kadm.Client, topic string, partitions int32) error {
	resp, err := adm.CreateTopic(ctx, partitions, -1, nil, topic)
	switch {
	case err == nil, errors.Is(err, kerr.TopicAlreadyExists):
		return nil
	case resp.ErrMessage != "":
		return fmt.Errorf("it cannot be created: %w (%s)", err, resp.ErrMessage)
	}
	return fmt.Errorf("it cannot be created: %w", err)
}
