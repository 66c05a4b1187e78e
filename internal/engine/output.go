package engine

import (
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/watch"
	"github.com/feedgauge/feedgauge/sinks/ocsf"
)

// HeaderLive is the header that tells an alert found as it happened from one
// found in a replay or while catching up.
const HeaderLive = "feedgauge-live"

// output is what one watch transaction brings forth.
type output struct {
	loop    *watchLoop
	records []*kgo.Record
	touched map[int32]bool
	steps   []stepDone
	windows int64
	left    int // firings still allowed
}

func (o *output) touch(k int32) {
	if o.touched == nil {
		o.touched = make(map[int32]bool)
	}
	o.touched[k] = true
}

// of returns the receiver of what partition k brings forth.
func (o *output) of(k int32) watch.Out {
	return watch.Out{
		Step: func(s *feedgauge.Step, live bool) {
			o.records = append(o.records, alertRecord(o.loop.topic(kafka.Alerts), k, s, live, o.loop.ocsf()))
			o.steps = append(o.steps, stepDone{rule: s.Rule, activity: s.Activity, live: live})
		},
		Closed: func(c *feedgauge.Closed) {
			if !c.Late {
				o.windows++
			}
			o.records = append(o.records, &kgo.Record{
				Topic: o.loop.topic(kafka.History), Partition: k,
				Key: []byte(c.Feed.Identity()), Value: journal.AppendClosed(nil, c),
			})
		},
	}
}

// alertRecord encodes a step for the alerts topic, with the headers of a
// CloudEvent in binary mode.
func alertRecord(topic string, k int32, s *feedgauge.Step, live bool, o ocsf.Options) *kgo.Record {
	value, err := ocsf.Encode(nil, s, o)
	if err != nil {
		// Nothing in a step can fail to encode; if it does, a finding must not
		// be lost for it.
		value = []byte(strconv.Quote(s.UID + ": " + err.Error()))
	}
	return &kgo.Record{
		Topic: topic, Partition: k, Key: []byte(s.UID), Value: value,
		Headers: []kgo.RecordHeader{
			{Key: "ce_specversion", Value: []byte("1.0")},
			{Key: "ce_id", Value: []byte(ocsf.EventUID(s.UID, s.Sequence))},
			{Key: "ce_source", Value: []byte("feedgauge")},
			{Key: "ce_type", Value: []byte("feedgauge.finding." + s.Activity.String())},
			{Key: "ce_subject", Value: []byte(s.Feed.String())},
			{Key: "ce_time", Value: []byte(s.At.String())},
			{Key: "content-type", Value: []byte("application/json")},
			{Key: HeaderLive, Value: []byte(strconv.FormatBool(live))},
		},
	}
}
