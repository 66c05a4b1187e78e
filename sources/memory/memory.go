// Package memory is a source of records held in memory, for tests and for
// trying a pipeline on a file without Kafka.
package memory

import (
	"context"
	"slices"

	"github.com/feedgauge/feedgauge"
)

// Source delivers the records it was made of, in batches, and then ends.
type Source struct {
	records []feedgauge.Record
	batch   int
	ends    map[feedgauge.Lane]int64
}

// New returns a source of records, which must be in order within each lane. At
// most batch records are returned by one Poll; zero means all.
func New(records []feedgauge.Record, batch int) *Source {
	s := &Source{records: records, batch: batch, ends: make(map[feedgauge.Lane]int64)}
	if s.batch <= 0 {
		s.batch = max(1, len(records))
	}
	for i := range records {
		lane := feedgauge.Lane{Topic: records[i].Topic, Partition: records[i].Partition}
		s.ends[lane] = max(s.ends[lane], records[i].Offset+1)
	}
	return s
}

// Poll implements [feedgauge.Source].
func (s *Source) Poll(context.Context) (feedgauge.Batch, error) {
	n := min(s.batch, len(s.records))
	b := feedgauge.Batch{Records: s.records[:n], Done: n == len(s.records)}
	s.records = s.records[n:]
	return b, nil
}

// Ends implements [feedgauge.Source].
func (s *Source) Ends(context.Context) ([]feedgauge.LaneEnd, error) {
	out := make([]feedgauge.LaneEnd, 0, len(s.ends))
	for lane, end := range s.ends {
		out = append(out, feedgauge.LaneEnd{Lane: lane, High: end, Stable: end})
	}
	slices.SortFunc(out, func(a, b feedgauge.LaneEnd) int {
		if a.Lane.Less(b.Lane) {
			return -1
		}
		return 1
	})
	return out, nil
}

// Close implements [feedgauge.Source].
func (s *Source) Close() error { return nil }
