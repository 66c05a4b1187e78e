package engine

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/processors/count"
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

// brokerClock compares our clock with the broker's, by the stamps that it puts
// on our own journal records.
type brokerClock struct {
	compared time.Time
	differs  bool
}

// compareEvery is how often the clocks are compared.
const compareEvery = 30 * time.Second

// off reports that the clocks differ by more than may be.
func (c *brokerClock) off() bool { return c.differs }

// compare looks at the newest stamp in the journal, of a record sent at the
// given time or later.
func (c *brokerClock) compare(ctx context.Context, l *intakeLoop, sent feedgauge.Instant) {
	if l.Pipeline.Embedded != nil || time.Since(c.compared) < compareEvery {
		return
	}
	topic := l.Pipeline.Kafka.Topic(kafka.Journal)
	listed, err := l.adm.ListMaxTimestampOffsets(ctx, topic)
	o, ok := listed.Lookup(topic, 0)
	if err != nil || !ok || o.Err != nil || o.Timestamp < 0 {
		return // an old broker, or no answer: keep what is known
	}
	c.compared = time.Now()
	stamp := feedgauge.Instant(o.Timestamp)
	differs := stamp < sent.Add(-count.Skew) || stamp > now().Add(count.Skew)
	if differs && !c.differs {
		l.Log.Error("our clock and the broker's differ by more than two seconds: quiet lanes cannot be called idle until they agree",
			"broker", stamp, "ours", now())
	}
	c.differs = differs
}
