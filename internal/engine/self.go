package engine

import (
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

const (
	// beatEvery is how often a heartbeat is written to the alerts topic, for a
	// dead man's switch outside.
	beatEvery = time.Minute
	// judgeableWithin is how far behind a source's watermark may be, on top of
	// the lateness, before its feeds count as not judgeable now.
	judgeableWithin = 2 * time.Minute
	// beatPartition is the journal partition whose owner writes heartbeats, so
	// that there is one in the whole group.
	beatPartition = 0
)

// beat adds a heartbeat when it is time. It goes with the transaction, so it
// says that whole chain up to the alerts topic works.
func (l *watchLoop) beat(out *output) {
	w := l.parts[beatPartition]
	if w == nil || time.Since(l.beaten) < beatEvery {
		return
	}
	l.beaten = time.Now()
	now := l.now()
	id := feedgauge.FeedID{Tenant: pipeline.Self, Name: "heartbeat"}
	step := &feedgauge.Step{
		UID: "self/heartbeat/" + l.Pipeline.Kafka.Prefix, Sequence: int(now / 1000), Activity: feedgauge.Update, Feed: id, Rule: "heartbeat",
		Status: feedgauge.OK, Previous: feedgauge.OK, Severity: feedgauge.Info, Opened: now, Since: now, At: now, End: feedgauge.Before,
		Numbers: feedgauge.Numbers{Last: feedgauge.Before},
		Message: "the monitor is at work; coverage " + strconv.FormatFloat(l.metrics.coverage()*100, 'f', 0, 64) + "%",
	}
	out.touch(beatPartition)
	out.records = append(out.records, alertRecord(l.topic(kafka.Alerts), beatPartition, step, true, l.ocsf()))
}

// everywhere returns a value as a record for each journal partition.
func (e *Engine) everywhere(value []byte) []*kgo.Record {
	var out []*kgo.Record
	for k := range e.Pipeline.Kafka.Partitions {
		out = append(out, &kgo.Record{Topic: e.Pipeline.Kafka.Topic(kafka.Journal), Partition: k, Value: value})
	}
	return out
}
