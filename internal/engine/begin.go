package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/intake"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/processors/count"
)

// adjust is called on assignment: it fetches what the last owner remembered of
// each lane, and finds a place to begin for lanes whose offset is gone.
func (l *intakeLoop) adjust(ctx context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	var lanes []feedgauge.Lane
	for topic, partitions := range offsets {
		for p := range partitions {
			lanes = append(lanes, feedgauge.Lane{Topic: topic, Partition: p})
		}
	}
	committed, err := kafka.Committed(ctx, l.side, l.group, lanes...)
	if err != nil {
		return nil, err
	}
	topics := slices.Collect(maps.Keys(offsets))
	starts, err := l.adm.ListStartOffsets(ctx, topics...)
	if err != nil && !errors.Is(err, context.Canceled) {
		return nil, err
	}
	ends, err := l.adm.ListEndOffsets(ctx, topics...)
	if err != nil && !errors.Is(err, context.Canceled) {
		return nil, err
	}
	for _, lane := range lanes {
		start, err := answer(starts, lane)
		if err != nil {
			return nil, fmt.Errorf("where the lane begins: %w", err)
		}
		end, err := answer(ends, lane)
		if err != nil {
			return nil, fmt.Errorf("where the lane ends: %w", err)
		}
		c, ok := committed[lane]
		m, err := l.begin(ctx, lane, c, ok, start, end)
		if err != nil {
			return nil, err
		}
		offsets[lane.Topic][lane.Partition] = kgo.NewOffset().At(m.Position)
		l.fresh.put(lane, m)
	}
	return offsets, nil
}

// answer is the offset that was listed of a lane.
func answer(listed kadm.ListedOffsets, lane feedgauge.Lane) (int64, error) {
	o, ok := listed.Lookup(lane.Topic, lane.Partition)
	if !ok || o.Err != nil {
		return 0, errors.Join(fmt.Errorf("no answer on %s/%d", lane.Topic, lane.Partition), o.Err)
	}
	return o.Offset, nil
}

// begin returns where a lane begins, that is now held from start to end, and what
// was known of it, if anything was committed.
func (l *intakeLoop) begin(ctx context.Context, lane feedgauge.Lane, c kafka.Commit, known bool, start, end int64) (intake.Memory, error) {
	if !known {
		// A lane that came up after the group began: all of it is news.
		return intake.Memory{Position: start, Lane: count.NewLane()}, nil
	}
	m := intake.ParseMemory(c.Offset, c.Metadata)
	switch {
	case c.Offset < start:
		l.metrics.lost.Add(float64(start - c.Offset))
		l.Log.Error("retention deleted records before they were read", "topic", lane.Topic, "partition", lane.Partition, "records", start-c.Offset)
		m.Position, m.Lost = start, start-c.Offset
	case c.Offset > end:
		at, err := l.resume(ctx, lane, m.Lane.High, start)
		if err != nil {
			return m, err
		}
		l.Log.Error("a lane ends before what was read of it: the broker has lost records, or the topic was made anew",
			"topic", lane.Topic, "partition", lane.Partition, "read", c.Offset, "end", end, "goes_on_at", at)
		m.Position, m.Lost = at, max(1, c.Offset-at)
	}
	return m, nil
}

// resume finds where to go on in a lane whose log is not the one that was read:
// behind all that carries a stamp up to the highest counted, since that may be
// counted already. What came late is missed, and lies in the stretch that counts
// as lost. A lane of which nothing was counted goes on where its log begins.
func (l *intakeLoop) resume(ctx context.Context, lane feedgauge.Lane, high feedgauge.Instant, start int64) (int64, error) {
	if high == feedgauge.Before {
		return start, nil
	}
	listed, err := l.adm.ListOffsetsAfterMilli(ctx, int64(high)+1, lane.Topic)
	if err != nil {
		return 0, err
	}
	return answer(listed, lane)
}
