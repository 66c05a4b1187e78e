package sim

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kversion"

	"github.com/feedgauge/feedgauge/internal/kafka"
)

// broker is the cluster of one run, in memory.
type broker struct {
	cluster *kfake.Cluster
	network kfake.VirtualNetwork
	client  *kgo.Client // of the simulator itself, on which nothing goes wrong
	addrs   []string
}

// startBroker starts a cluster of so many nodes. One without the newest
// transactions (KIP-890) announces the lanes of a transaction one by one.
func startBroker(nodes int, older bool) (*broker, error) {
	b := &broker{}
	ports := []int{9092, 9093, 9094}[:nodes]
	opts := []kfake.Opt{kfake.Ports(ports...), kfake.ListenFn(b.network.Listen)}
	if older {
		opts = append(opts, kfake.MaxVersions(kversion.V3_8_0()))
	}
	var err error
	if b.cluster, err = kfake.NewCluster(opts...); err != nil {
		return nil, fmt.Errorf("starting the broker: %w", err)
	}
	b.addrs = b.cluster.ListenAddrs()
	b.client, err = kafka.Dial(b.addrs, b.options()...)
	return b, err
}

// options are those of the simulator's own clients.
func (b *broker) options() []kgo.Opt {
	return []kgo.Opt{kgo.Dialer(b.network.DialContext), kgo.DisableClientMetrics()}
}

func (b *broker) close() {
	b.client.Close()
	b.cluster.Close()
}

// fill writes the raw topics, in batches of a few records.
func (b *broker) fill(ctx context.Context, tr *traffic) error {
	adm := kadm.NewClient(b.client)
	for _, t := range topics {
		if _, err := adm.CreateTopic(ctx, t.lanes, 1, nil, t.name); err != nil {
			return fmt.Errorf("creating topic %q: %w", t.name, err)
		}
	}
	cl, err := kafka.Dial(b.addrs, append(b.options(), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		return err
	}
	defer cl.Close()
	for from := 0; from < len(tr.records); from += batchOf {
		part := tr.records[from:min(from+batchOf, len(tr.records))]
		if err := cl.ProduceSync(ctx, part...).FirstErr(); err != nil {
			return fmt.Errorf("writing the raw topics: %w", err)
		}
	}
	return nil
}

// read returns the committed records of topics, partition by partition.
func (b *broker) read(ctx context.Context, topics ...string) (map[string]map[int32][]*kgo.Record, error) {
	ends, err := kafka.Ends(ctx, kadm.NewClient(b.client), topics...)
	if err != nil {
		return nil, err
	}
	out := make(map[string]map[int32][]*kgo.Record)
	from := make(map[string]map[int32]kgo.Offset)
	left := make(map[string]int64)
	for lane, end := range ends {
		if out[lane.Topic] == nil {
			out[lane.Topic], from[lane.Topic] = make(map[int32][]*kgo.Record), make(map[int32]kgo.Offset)
		}
		if end.Stable < end.High {
			return nil, fmt.Errorf("a transaction is open on %v", lane)
		}
		if end.Stable > end.Start {
			from[lane.Topic][lane.Partition] = kgo.NewOffset().At(end.Start)
			left[fmt.Sprint(lane.Topic, lane.Partition)] = end.Stable
		}
	}
	cl, err := kafka.Dial(b.addrs, append(b.options(), kgo.ConsumePartitions(from), kgo.KeepControlRecords(),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.ConsumeResetOffset(kgo.NoResetOffset()))...)
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	for len(left) > 0 {
		fetches := cl.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return nil, fmt.Errorf("reading our topics: %w", err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if !r.Attrs.IsControl() {
				out[r.Topic][r.Partition] = append(out[r.Topic][r.Partition], r)
			}
			if key := fmt.Sprint(r.Topic, r.Partition); r.Offset >= left[key]-1 {
				delete(left, key)
			}
		})
	}
	return out, nil
}
