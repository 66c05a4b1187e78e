package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
)

// Shape of the traffic, whose stamps are relative to the moment at which
// everything begins: the raw topics are complete then.
const (
	first   = -240 * time.Second // stamp of the first record
	last    = -4 * time.Second   // no record is stamped later
	batchOf = 12                 // records written at once, and hence read at once
	horizon = 36 * time.Second   // a run is over when everything up to then has been judged
	settled = 31 * time.Second   // what is due later is not compared, since it may be there or not
)

// topics are the raw topics and their lanes; those of "other" have a watermark of
// their own.
var topics = []struct {
	name  string
	lanes int32
}{{"raw-a", 2}, {"raw-b", 1}, {"other-c", 1}}

// newPipeline returns what every member of every run runs. It is shared.
func newPipeline(t testing.TB) *pipeline.Pipeline {
	t.Helper()
	raw, other := pipelinetest.Source("raw", "raw-.*"), pipelinetest.Source("other", "other-.*")
	return &pipeline.Pipeline{
		Kafka: pipeline.Kafka{
			Prefix: "feedgauge", Partitions: 2, Replication: 1, MetadataAge: 5 * time.Second,
		},
		Sources: []*pipeline.Source{raw, other},
		Classes: []*pipeline.Class{
			pipelinetest.Class(t, "quick", "raw", "quick-*", 24*time.Second, 2*time.Second, 27*time.Second),
			pipelinetest.Class(t, "slow", "raw", "slow-*", 30*time.Second, 3*time.Second, 30*time.Second),
			pipelinetest.Class(t, "other", "other", "other-*", 24*time.Second, 0, 30*time.Second),
		},
	}
}

// traffic is what lies in the raw topics before the monitor starts.
type traffic struct {
	records []*kgo.Record
	named   int64 // records that name a feed
}

// temper is how a feed behaves.
type temper int

const (
	steady   temper = iota
	silent          // stops early
	resuming        // stops and comes back
	short           // delivers a third from some time on
	broken          // malformed for a while
	blank           // blank for a while
	old             // its stamps lie behind
)

// newTraffic draws the traffic of a seed.
func newTraffic(start time.Time, seed uint64) *traffic {
	r := rand.New(rand.NewPCG(seed, 1))
	tr := &traffic{}
	for i := range 20 + r.IntN(12) {
		tr.feed(start, r, i)
	}
	for range r.IntN(6) {
		key := []string{"", "\x01"}[r.IntN(2)] // no name, and one that is none
		tr.add(start, r, topics[r.IntN(len(topics))].name, key, "nobody's")
	}
	slices.SortStableFunc(tr.records, func(a, b *kgo.Record) int { return a.Timestamp.Compare(b.Timestamp) })
	tr.disturb(r)
	return tr
}

// feed draws one feed, which delivers to all lanes of one topic or to one lane.
func (tr *traffic) feed(start time.Time, r *rand.Rand, i int) {
	topic := topics[r.IntN(len(topics))]
	class := []string{"quick", "slow"}[r.IntN(2)]
	if topic.name == "other-c" {
		class = "other"
	}
	name := fmt.Sprintf("%s-%d", class, i)
	lane := int32(-1)
	if r.IntN(2) == 0 {
		lane = r.Int32N(topic.lanes)
	}
	mood, pace := temper(r.IntN(int(old)+1)), time.Duration(4+r.IntN(8))*time.Second
	turn := first + time.Duration(r.Int64N(int64(last-first)))
	for at := first; at < last; at += pace/2 + time.Duration(r.Int64N(int64(pace))) {
		value, stamp, keep := mood.say(r, at, turn)
		if !keep {
			continue
		}
		tr.named++
		p := lane
		if p < 0 {
			p = r.Int32N(topic.lanes)
		}
		tr.records = append(tr.records, &kgo.Record{
			Topic: topic.name, Partition: p, Key: []byte(name), Value: []byte(value), Timestamp: start.Add(stamp),
		})
	}
}

// say returns what a feed delivers at a time, if anything; at turn its temper
// shows.
func (m temper) say(r *rand.Rand, at, turn time.Duration) (value string, stamp time.Duration, keep bool) {
	value, stamp, keep = fmt.Sprintf(`{"a":%d}`, r.IntN(1000)), at, true
	if at < turn {
		return value, stamp, keep
	}
	within := at < turn+90*time.Second
	switch {
	case m == silent, m == resuming && within:
		keep = false
	case m == short:
		keep = r.IntN(3) == 0
	case m == broken && within:
		value = `{"a":`
	case m == blank && within:
		value = " \n"
	case m == old:
		stamp -= time.Duration(r.IntN(30)) * time.Second
	}
	return value, stamp, keep
}

// add adds one record at a random time.
func (tr *traffic) add(start time.Time, r *rand.Rand, topic, key, value string) {
	at := first + time.Duration(r.Int64N(int64(last-first)))
	tr.records = append(tr.records, &kgo.Record{Topic: topic, Key: []byte(key), Value: []byte(value), Timestamp: start.Add(at)})
}

// disturb moves a few stamps: records that come late, and some from the year
// 2099. Not the first of a lane, which would be taken to arrive when it is read.
func (tr *traffic) disturb(r *rand.Rand) {
	begun := make(map[string]bool)
	for _, rec := range tr.records {
		lane := fmt.Sprint(rec.Topic, rec.Partition)
		switch n := r.IntN(100); {
		case n == 0:
			rec.Timestamp = rec.Timestamp.Add(-time.Duration(r.IntN(40)) * time.Second)
		case n == 1 && begun[lane]:
			rec.Timestamp = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		begun[lane] = true
	}
}
