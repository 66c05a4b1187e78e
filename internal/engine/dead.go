package engine

import (
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/intake"
	"github.com/feedgauge/feedgauge/internal/kafka"
)

const (
	// maxDeadSize bounds a record for the dead topic, in bytes. What a broker takes
	// of a raw topic may be more than it, or our client, takes of one of ours.
	maxDeadSize = 900 << 10
	// maxWhy bounds the reason, which may hold what the record does.
	maxWhy = 4 << 10
)

// deadRecord is a raw record on its way to the dead topic, with why and whence
// in headers. Of one that is too large the value is cut, and where that is not
// enough its own headers and the key are left out; a header tells how long the
// value was.
func (l *intakeLoop) deadRecord(d *intake.Dead) *kgo.Record {
	r := &kgo.Record{
		Topic: l.Pipeline.Kafka.Topic(kafka.Dead), Partition: d.Record.Partition % l.Pipeline.Kafka.Partitions,
		Key: d.Record.Key, Value: d.Record.Value,
		Headers: []kgo.RecordHeader{
			{Key: "feedgauge-reason", Value: []byte(d.Why[:min(len(d.Why), maxWhy)])},
			{Key: "feedgauge-topic", Value: []byte(d.Record.Topic)},
			{Key: "feedgauge-partition", Value: []byte(strconv.Itoa(int(d.Record.Partition)))},
			{Key: "feedgauge-offset", Value: []byte(strconv.FormatInt(d.Record.Offset, 10))},
		},
	}
	own := 0
	for _, h := range d.Record.Headers {
		own += len(h.Key) + len(h.Value) + 16
	}
	cut := len(r.Key)+own > maxDeadSize/2
	if cut {
		r.Key, own = nil, 0
	} else {
		for _, h := range d.Record.Headers {
			r.Headers = append(r.Headers, kgo.RecordHeader{Key: h.Key, Value: h.Value})
		}
	}
	if left := maxDeadSize - len(r.Key) - own; len(r.Value) > left {
		r.Value, cut = r.Value[:left], true
	}
	if cut {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: "feedgauge-cut-from", Value: []byte(strconv.Itoa(len(d.Record.Value)))})
	}
	return r
}
