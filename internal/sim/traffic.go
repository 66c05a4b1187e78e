package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
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
		tr.feed(start, r, draw(r, i))
	}
	for _, name := range known {
		tr.feed(start, r, &nature{topic: r.IntN(2), name: name, lane: -1, mood: drawTemper(r), pace: drawPace(r)})
	}
	tr.feed(start, r, &nature{topic: 0, name: ordered, lane: -1, mood: drawTemper(r), pace: drawPace(r)})
	for range r.IntN(6) {
		key := []string{"", "\x01"}[r.IntN(2)] // no name, and one that is none
		tr.add(start, r, topics[r.IntN(len(topics))].name, key, "nobody's")
	}
	slices.SortStableFunc(tr.records, func(a, b *kgo.Record) int { return a.Timestamp.Compare(b.Timestamp) })
	if r.IntN(2) == 0 {
		tr.outage(start, r)
	}
	tr.disturb(r)
	return tr
}

// nature is where and how a feed delivers.
type nature struct {
	topic int
	name  string
	lane  int32 // the one it delivers to, -1 for all of its topic
	mood  temper
	pace  time.Duration
	batch bool // its records announce deliveries
}

// draw draws the nature of the i-th feed.
func draw(r *rand.Rand, i int) *nature {
	n := &nature{topic: r.IntN(len(topics)), lane: -1}
	class := []string{"quick", "slow"}[r.IntN(2)]
	if topics[n.topic].name == "other-c" {
		class = "other"
		if n.batch = r.IntN(3) == 0; n.batch {
			class = "other-batch"
		}
	}
	n.name = fmt.Sprintf("%s-%d", class, i)
	if r.IntN(2) == 0 {
		n.lane = r.Int32N(topics[n.topic].lanes)
	}
	if n.mood, n.pace = drawTemper(r), drawPace(r); n.batch {
		n.pace = 40 * time.Second
	}
	return n
}

func drawTemper(r *rand.Rand) temper { return temper(r.IntN(int(old) + 1)) }

func drawPace(r *rand.Rand) time.Duration { return time.Duration(4+r.IntN(8)) * time.Second }

// feed draws what one feed delivers.
func (tr *traffic) feed(start time.Time, r *rand.Rand, n *nature) {
	turn := first + time.Duration(r.Int64N(int64(last-first)))
	for at := first; at < last; at += n.pace/2 + time.Duration(r.Int64N(int64(n.pace))) {
		value, stamp, keep := n.mood.say(r, at, turn)
		if !keep {
			continue
		}
		tr.named++
		rec := &kgo.Record{
			Topic: topics[n.topic].name, Partition: n.lane, Key: []byte(n.name), Value: []byte(value), Timestamp: start.Add(stamp),
		}
		if n.lane < 0 {
			rec.Partition = r.Int32N(topics[n.topic].lanes)
		}
		if n.batch {
			rec.Headers = announce(r, rec)
		}
		tr.records = append(tr.records, rec)
	}
}

// announce says what a delivery should be, mostly right.
func announce(r *rand.Rand, rec *kgo.Record) []kgo.RecordHeader {
	size := len(rec.Value)
	if r.IntN(8) == 0 {
		size *= 2
	}
	return []kgo.RecordHeader{
		{Key: nameHeader, Value: fmt.Append(nil, rec.Timestamp.Unix())}, {Key: sizeHeader, Value: fmt.Append(nil, size)},
	}
}

// outage leaves out what source other delivers for a while.
func (tr *traffic) outage(start time.Time, r *rand.Rand) {
	from := start.Add(first + time.Duration(r.Int64N(int64(last-first))))
	to := from.Add(time.Duration(20+r.IntN(60)) * time.Second)
	tr.records = slices.DeleteFunc(tr.records, func(rec *kgo.Record) bool {
		return rec.Topic == "other-c" && rec.Timestamp.After(from) && rec.Timestamp.Before(to)
	})
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
