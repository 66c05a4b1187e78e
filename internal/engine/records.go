package engine

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
)

// records turns Kafka's records into ours, one at a time, without allocating.
type records struct {
	record  feedgauge.Record
	headers []feedgauge.Header
}

// convert returns r in our form, valid until the next call.
func (c *records) convert(r *kgo.Record) *feedgauge.Record {
	c.headers = c.headers[:0]
	for _, h := range r.Headers {
		c.headers = append(c.headers, feedgauge.Header{Key: h.Key, Value: h.Value})
	}
	c.record = feedgauge.Record{
		Topic: r.Topic, Partition: r.Partition, Offset: r.Offset,
		Key: r.Key, Value: r.Value, Headers: c.headers,
		Time: feedgauge.Instant(r.Timestamp.UnixMilli()), Control: r.Attrs.IsControl(),
	}
	if r.Attrs.TimestampType() == 1 {
		c.record.Stamp = feedgauge.LogAppendTime
	}
	return &c.record
}
