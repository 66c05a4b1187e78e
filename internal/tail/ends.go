package tail

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
)

// plan finds out which partitions there are, where reading begins, and where it
// ends.
func (r *reader) plan(ctx context.Context) error {
	var ends map[feedgauge.Lane]kafka.End
	var since map[int32]int64
	err := kafka.Await(ctx, r.o.Patience, func(ctx context.Context) (err error) {
		if ends, err = kafka.Ends(ctx, r.adm, r.o.Topic); err != nil {
			return err
		}
		since, err = r.since(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if r.o.Partition >= int32(len(ends)) {
		return fmt.Errorf("there is no partition %d, only 0 to %d", r.o.Partition, len(ends)-1)
	}
	r.open = make(map[int32]*span)
	for lane, end := range ends {
		if r.o.Partition != AllPartitions && r.o.Partition != lane.Partition {
			continue
		}
		s := &span{next: r.o.From.offset(end, since[lane.Partition]), end: end.Stable}
		if !r.o.UntilEnd || s.next < s.end {
			r.open[lane.Partition] = s
		}
	}
	return nil
}

// since returns the first offset of each partition at or after the time to read
// from; nil if that is no time.
func (r *reader) since(ctx context.Context) (map[int32]int64, error) {
	if r.o.From.place != atTime {
		return nil, nil
	}
	listed, err := r.adm.ListOffsetsAfterMilli(ctx, int64(r.o.From.at), r.o.Topic)
	if err != nil {
		return nil, err
	}
	since := make(map[int32]int64)
	var errs []error
	listed.Each(func(l kadm.ListedOffset) {
		since[l.Partition] = l.Offset
		errs = append(errs, l.Err)
	})
	return since, errors.Join(errs...)
}

// probeAll asks the brokers about every partition that is still open. The client
// tells nothing of aborted records it has passed over, so where those lie last
// before the end, with no marker behind them as yet, it would be waited for a
// record that need not come.
func (r *reader) probeAll(ctx context.Context) error {
	ends, err := kafka.Ends(ctx, r.adm, r.o.Topic)
	if err != nil {
		return err
	}
	details, err := r.adm.ListTopics(ctx, r.o.Topic)
	if err != nil {
		return err
	}
	topic := details[r.o.Topic]
	for lane, end := range ends {
		s := r.open[lane.Partition]
		if s == nil {
			continue
		}
		r.advance(lane.Partition, max(s.next, end.Start)) // gone by retention
		if err := r.probe(ctx, topic, lane.Partition); err != nil {
			return err
		}
	}
	return nil
}

// probe moves a partition's position over what holds nothing to be shown, up to
// the first record that the client is yet to hand over.
func (r *reader) probe(ctx context.Context, topic kadm.TopicDetail, partition int32) error {
	leader := topic.Partitions[partition].Leader
	for s := r.open[partition]; s != nil; s = r.open[partition] {
		next, found, err := r.fetch(ctx, topic, leader, partition, s.next)
		switch {
		case errors.Is(err, kerr.OffsetOutOfRange): // retention was faster
			return nil
		case err != nil:
			return err
		case found || next == s.next:
			return nil
		}
		r.advance(partition, next)
	}
	return nil
}

// fetch asks the leader of a partition for records from offset on. It returns
// the offset behind those that came, and whether any is to be shown.
func (r *reader) fetch(ctx context.Context, topic kadm.TopicDetail, leader, partition int32, offset int64) (next int64, found bool, err error) {
	resp, err := r.cl.Broker(int(leader)).RetriableRequest(ctx, fetchRequest(topic, partition, offset))
	if err != nil {
		return offset, false, err
	}
	answer, ok := resp.(*kmsg.FetchResponse)
	if !ok || len(answer.Topics) != 1 || len(answer.Topics[0].Partitions) != 1 {
		return offset, false, nil // asked again when it has been quiet for longer
	}
	part, next := kgo.ProcessFetchPartition(kgo.ProcessFetchPartitionOpts{
		Offset: offset, IsolationLevel: kgo.ReadCommitted(), Topic: topic.Topic, Partition: partition,
	}, &answer.Topics[0].Partitions[0], kgo.DefaultDecompressor(), nil)
	return next, len(part.Records) > 0, part.Err
}

// probeBytes is how much is asked for at once. A batch comes whole, however
// large it is.
const probeBytes = 1 << 20

func fetchRequest(topic kadm.TopicDetail, partition int32, offset int64) *kmsg.FetchRequest {
	p := kmsg.NewFetchRequestTopicPartition()
	p.Partition, p.FetchOffset, p.PartitionMaxBytes = partition, offset, probeBytes
	t := kmsg.NewFetchRequestTopic()
	t.Topic, t.TopicID, t.Partitions = topic.Topic, topic.ID, append(t.Partitions, p)
	req := kmsg.NewPtrFetchRequest()
	req.IsolationLevel = 1 // read_committed
	req.MaxBytes, req.SessionEpoch = probeBytes, -1
	req.Topics = append(req.Topics, t)
	return req
}
