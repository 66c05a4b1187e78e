package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/kafka"
)

// What the topics look like.
const (
	recordSize = 310
	partitions = 6
	span       = time.Minute // between the first record's stamp and the last's
)

// load is a topic full of records, named by key.
type load struct {
	topic          string
	records, feeds int
	zipf           float64 // exponent of the feeds' sizes; 0: all alike
	inTurn         bool    // feeds deliver one after the other, none is left out
}

// produce creates the topic and fills it, with stamps that end now.
func (l load) produce(ctx context.Context, brokers []string) error {
	cl, err := kafka.Dial(brokers)
	if err != nil {
		return err
	}
	defer cl.Close()
	if _, err := kadm.NewClient(cl).CreateTopic(ctx, partitions, 1, nil, l.topic); err != nil {
		return err
	}
	return l.fill(ctx, brokers)
}

// fill puts all records into the topic, once more if it has them already.
func (l load) fill(ctx context.Context, brokers []string) error {
	cl, err := kafka.Dial(brokers,
		kgo.DefaultProduceTopic(l.topic),
		kgo.ProducerBatchCompression(kgo.Lz4Compression()),
		kgo.MaxBufferedRecords(50_000))
	if err != nil {
		return err
	}
	defer cl.Close()
	promise := kgo.AbortingFirstErrPromise(cl)
	pick, values := l.picker(), newRand()
	begin := time.Now().Add(-span)
	for i := range l.records {
		at := begin.Add(span * time.Duration(i) / time.Duration(l.records))
		feed := feedName(pick())
		cl.Produce(ctx, &kgo.Record{
			Key: []byte(feed), Value: appendRecord(make([]byte, 0, recordSize), values, at, feed), Timestamp: at,
		}, promise.Promise())
	}
	return promise.Err()
}

// picker returns a function that chooses the feed of the next record.
func (l load) picker() func() int {
	r, next := newRand(), 0
	if l.inTurn {
		return func() int {
			next++
			return next % l.feeds
		}
	}
	if l.zipf == 0 {
		return func() int { return r.IntN(l.feeds) }
	}
	z := rand.NewZipf(r, l.zipf, 1, uint64(l.feeds-1))
	return func() int { return int(z.Uint64()) }
}

// newRand is seeded the same every time, so that two runs read the same topics.
func newRand() *rand.Rand {
	return rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same again is what is wanted
}

func feedName(i int) string { return fmt.Sprintf("feed-%06d", i) }

// fields are what the format demands of each record.
func fields() []string {
	return []string{"ts:timestamp", "host:string", "src.ip:ip", "status:int", "took:float"}
}

// appendRecord adds one JSON object of exactly [recordSize] bytes, as a web
// service might log it.
func appendRecord(b []byte, r *rand.Rand, at time.Time, host string) []byte {
	const filler = "request done, connection kept alive for the next one of the same client"
	begin := len(b)
	b = at.UTC().AppendFormat(append(b, `{"ts":"`...), "2006-01-02T15:04:05.000Z")
	b = append(append(b, `","level":"info","host":"`...), host...)
	b = strconv.AppendInt(append(b, `","src":{"ip":"203.0.113.`...), r.Int64N(256), 10)
	b = strconv.AppendInt(append(b, `","port":`...), 1024+r.Int64N(64_000), 10)
	b = strconv.AppendInt(append(b, `},"method":"GET","path":"/api/v1/orders/`...), r.Int64N(1_000_000), 10)
	b = strconv.AppendInt(append(b, `","status":`...), 200+r.Int64N(5), 10)
	b = strconv.AppendFloat(append(b, `,"took":`...), float64(r.IntN(100_000))/1000, 'f', 3, 64)
	b = strconv.AppendUint(append(b, `,"ua":"Mozilla/5.0 (X11; Linux x86_64)","trace":"`...), r.Uint64(), 16)
	b = append(b, `","msg":"`...)
	return append(append(b, filler[:recordSize-(len(b)-begin)-2]...), `"}`...)
}
