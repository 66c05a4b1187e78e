package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/intake"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/count"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/processors/naming"
)

// pipeline is what the intake runs: one source, one class of JSON feeds with
// fields to check, and the defaults of the configuration.
func (c child) pipeline() *pipeline.Pipeline {
	return &pipeline.Pipeline{
		Kafka: pipeline.Kafka{
			Brokers: c.Brokers, Prefix: c.Prefix, Partitions: 12, Replication: 1, Instance: "bench", MetadataAge: 30 * time.Second,
		},
		Sources: []*pipeline.Source{{
			Name: "raw", Kind: "kafka", Topics: []string{c.Topic}, SlackCreate: 30 * time.Second, SlackAppend: time.Second,
			Namer: func() (*naming.Namer, error) {
				return naming.New([]string{"header:feed", "key"}, []string{"header:tenant", "const:main"})
			},
		}},
		Classes: []*pipeline.Class{{
			Name: "web", Source: "raw", Match: []string{"feed-*"}, Every: time.Minute, Lateness: 30 * time.Second, Format: "json", Unit: "message",
			Checker: func() (feedgauge.Checker, error) {
				return (&format.JSON{Options: format.Options{Require: fields()}}).Build(feedgauge.Env{})
			},
		}},
	}
}

// allocsPerRecord is how often the path from a record to a sum allocates, once
// its feeds are known.
func allocsPerRecord() (float64, error) {
	const records = 1000
	c := child{Topic: "raw"}
	in, err := intake.New(c.pipeline(), "bench-0")
	if err != nil {
		return 0, err
	}
	now := feedgauge.InstantOf(time.Now())
	in.Own("raw", feedgauge.Lane{Topic: c.Topic}, intake.Memory{Lane: count.NewLane()})
	batch := make([]feedgauge.Record, records)
	values := newRand()
	for i := range batch {
		name := feedName(i)
		batch[i] = feedgauge.Record{
			Topic: c.Topic, Offset: int64(i), Key: []byte(name), Value: appendRecord(nil, values, now.Time(), name), Time: now,
		}
	}
	allocs := testing.AllocsPerRun(20, func() {
		for i := range batch {
			in.Add(&batch[i], now)
		}
	})
	if got := in.Records(); got != 21*records { // one run warms up
		return 0, fmt.Errorf("%d records were summed, want %d", got, 21*records)
	}
	return allocs / records, nil
}
