package engine_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
)

// sample is a value with what is to be counted of it.
type sample struct {
	value  []byte
	lines  int64
	reason feedgauge.Reason
	blank  bool
}

func samples() map[string]sample {
	return map[string]sample{
		"short":    {[]byte(`{"host":"a","status":200}`), 1, "", false},
		"good":     {[]byte(`{"host":"web-01.example","status":200,"bytes":5120,"path":"/index.html","agent":"curl/8.5.0"}`), 1, "", false},
		"syntax":   {[]byte(`<13>Nov 25 07:00:00 web-01 not json at all`), 1, feedgauge.Syntax, false},
		"cut":      {[]byte(`{"host":"web-01.exam`), 1, feedgauge.Truncated, false},
		"encoding": {[]byte("{\"host\":\"\xff\xfe\"}"), 1, feedgauge.Encoding, false},
		"blank":    {[]byte(" \n"), 1, "", true},
		"null":     {nil, 0, feedgauge.NullValue, true},
		"long":     {[]byte(`{"host":"` + strings.Repeat("x", 900<<10) + `"}`), 1, "", false},
	}
}

// traffic is what is produced before the monitor starts, and what must have been
// counted of it in the end.
type traffic struct {
	rng     *rand.Rand
	samples map[string]sample
	prefix  string // of the topics
	start   time.Time
	length  time.Duration

	records  int64 // committed
	aborted  int64
	delayed  int64 // as counted by the monitors
	rejected map[feedgauge.Reason]int64
	feeds    map[feedgauge.FeedID]feedgauge.Counts    // Events is all arrivals here, delayed ones too
	punctual map[feedgauge.FeedID][]feedgauge.Instant // stamps that no lane's watermark can be ahead of, almost in order
}

// feeds and ticks make a million records; each feed sends one a tick.
const (
	allFeeds = 1000
	step     = 1100 * time.Millisecond
)

// class is the class of feed i, and lanes the partitions of its topic.
func class(i int) (name string, lanes int) {
	switch {
	case i < 20:
		return "fast", 4
	case i < 500:
		return "mid", 4
	case i < 900:
		return "slow", 3
	}
	return "other", 2
}

// topic is where a class sends: fast and mid share one.
func (tr *traffic) topic(class string) string {
	if class == "fast" {
		class = "mid"
	}
	return tr.prefix + "-" + class
}

// pick returns what feed i sends in a tick at a share of the whole time, "" for
// nothing. Every tenth feed falls silent for a while, others shrink, turn
// malformed or blank.
func (tr *traffic) pick(i int, share float64) string {
	within := share > 0.4 && share < 0.6
	switch {
	case i%10 == 1 && within:
		return ""
	case i%10 == 2 && share > 0.7 && tr.rng.IntN(3) > 0:
		return ""
	case i%10 == 3 && within:
		return [...]string{"syntax", "cut", "encoding"}[tr.rng.IntN(3)]
	case i%10 == 4 && within:
		return [...]string{"blank", "null"}[tr.rng.IntN(2)]
	case tr.rng.IntN(3) == 0:
		return "short"
	}
	return "good"
}

// stamp is mostly a little off the tick's time; now and then a producer's clock
// is far off.
func (tr *traffic) stamp(tick int) (at time.Time, future bool) {
	at = tr.start.Add(time.Duration(tick)*step + time.Duration(tr.rng.IntN(800))*time.Millisecond)
	switch tr.rng.IntN(4000) {
	case 0:
		return at.Add(-2 * time.Minute), false
	case 1:
		return time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC), false
	case 2:
		if tick > 0 {
			return time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC), true
		}
	}
	return at, false
}

// record makes a record of feed i and counts it.
func (tr *traffic) record(i, tick int, kind string) *kgo.Record {
	name, lanes := class(i)
	s := tr.samples[kind]
	at, future := tr.stamp(tick)
	id := feedgauge.FeedID{Tenant: "main", Name: fmt.Sprintf("%s-%03d", name, i)}
	c := tr.feeds[id]
	c.Events++
	c.Bytes += int64(len(s.value))
	c.Lines += s.lines
	if future {
		c.Future++
	} else if tr.start.Add(time.Duration(tick)*step).Compare(at) <= 0 {
		tr.punctual[id] = append(tr.punctual[id], feedgauge.InstantOf(at))
	}
	if s.blank {
		c.Blank++
	}
	if s.reason != "" {
		c.Errors.Add(s.reason, 1)
	}
	tr.feeds[id] = c
	tr.records++
	return &kgo.Record{
		Topic: tr.topic(name), Partition: int32((tick + i/7) % lanes), Key: []byte(id.Name), Value: s.value, Timestamp: at,
	}
}

// nameless makes a record that no feed can be told of.
func (tr *traffic) nameless(tick int) *kgo.Record {
	r := &kgo.Record{Topic: tr.topic("mid"), Partition: int32(tick % 4), Value: []byte(`{}`)}
	r.Timestamp, _ = tr.stamp(tick)
	reason := feedgauge.NoFeed
	if tick%2 == 0 {
		r.Key, reason = [][]byte{[]byte("a\x01b"), []byte(strings.Repeat("n", 10<<10))}[tick/2%2], feedgauge.BadName
	}
	tr.rejected[reason]++
	tr.records++
	return r
}

// produceTraffic writes n records to new topics, complete when it returns. One
// half comes from a plain producer, the other in transactions; between these lie
// some that are aborted.
func produceTraffic(c *cluster, prefix string, seed uint64, n int64) *traffic {
	c.t.Helper()
	const every = 25 // ticks in a transaction
	ticks := int(n / allFeeds)
	length := time.Duration(ticks) * step
	tr := &traffic{
		rng: rand.New(rand.NewPCG(seed, 1)), samples: samples(), prefix: prefix, length: length,
		start:    time.Now().Add(-length - 8*time.Minute).Truncate(time.Minute),
		rejected: make(map[feedgauge.Reason]int64), feeds: make(map[feedgauge.FeedID]feedgauge.Counts),
		punctual: make(map[feedgauge.FeedID][]feedgauge.Instant),
	}
	for _, name := range []string{"mid", "slow", "other"} {
		i := map[string]int{"mid": 20, "slow": 500, "other": 900}[name]
		_, lanes := class(i)
		c.create(tr.topic(name), int32(lanes), nil)
	}
	p := newProducers(c, prefix)
	defer p.close()
	for tick := 0; tr.records < n; tick++ {
		if tick%every == 0 {
			p.end(kgo.TryCommit)
			if tick%(4*every) == 0 {
				tr.abort(p, tick)
			}
			p.begin()
		}
		for i := range allFeeds {
			kind := tr.pick(i, float64(tick)/float64(ticks))
			if i == tick%allFeeds && tick%200 == 7 {
				kind = "long"
			}
			if kind != "" && tr.records < n {
				p.produce(tr.rng.IntN(2) == 0, tr.record(i, tick, kind))
			}
		}
		if tick%5 == 0 && tr.records < n {
			p.produce(tick%10 == 0, tr.nameless(tick))
		}
	}
	p.end(kgo.TryCommit)
	return tr
}

// abort writes a transaction that never was.
func (tr *traffic) abort(p *producers, tick int) {
	p.begin()
	for i := range 2000 {
		name, lanes := class(i % allFeeds)
		p.produce(true, &kgo.Record{
			Topic: tr.topic(name), Partition: int32(i % lanes), Key: fmt.Appendf(nil, "%s-%03d", name, i%allFeeds),
			Value: tr.samples["syntax"].value, Timestamp: tr.start.Add(time.Duration(tick) * step),
		})
		tr.aborted++
	}
	p.end(kgo.TryAbort)
}

// producers are a plain and a transactional one.
type producers struct {
	t          *testing.T
	plain, txn *kgo.Client
	open       bool
	failed     atomic.Pointer[error]
}

func newProducers(c *cluster, id string) *producers {
	p := &producers{t: c.t}
	opts := []kgo.Opt{
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.MaxBufferedRecords(50_000), kgo.ProducerBatchCompression(kgo.NoCompression()),
		kgo.ProducerLinger(5 * time.Millisecond),
	}
	var err error
	if p.plain, err = kafka.Dial(c.brokers, opts...); err != nil {
		c.t.Fatal(err)
	}
	if p.txn, err = kafka.Dial(c.brokers, append(opts, kgo.TransactionalID(id))...); err != nil {
		c.t.Fatal(err)
	}
	return p
}

func (p *producers) close() {
	p.plain.Close()
	p.txn.Close()
}

func (p *producers) produce(transactional bool, r *kgo.Record) {
	cl := p.plain
	if transactional {
		cl = p.txn
	}
	cl.Produce(p.t.Context(), r, func(_ *kgo.Record, err error) {
		if err != nil {
			p.failed.Store(&err)
		}
	})
}

func (p *producers) begin() {
	if err := p.txn.BeginTransaction(); err != nil {
		p.t.Fatal(err)
	}
	p.open = true
}

// end waits for everything produced and ends the open transaction.
func (p *producers) end(how kgo.TransactionEndTry) {
	p.t.Helper()
	for _, cl := range []*kgo.Client{p.plain, p.txn} {
		if err := cl.Flush(p.t.Context()); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := p.failed.Load(); err != nil {
		p.t.Fatalf("producing: %v", *err)
	}
	if !p.open {
		return
	}
	p.open = false
	if err := p.txn.EndTransaction(p.t.Context(), how); err != nil {
		p.t.Fatal(err)
	}
}
