package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/processors/count"
)

// reading is one look at both clocks: the stamp a broker gave a record that came to
// its log between two times of ours.
type reading struct{ asked, stamped, came time.Time }

// ahead returns how far the broker's clock is ahead of ours at least and at most.
func (r reading) ahead() (least, most time.Duration) {
	return r.stamped.Sub(r.came), r.stamped.Sub(r.asked)
}

// clock compares the broker's clock with ours. Kafka does not tell the time, so that
// takes a record which the broker stamps now: one of those that intake writes to the
// journal every few seconds. Where nobody does, only a broker that is ahead can be
// noticed.
func (e *examination) clock(ctx context.Context) {
	journal := e.Pipeline.Kafka.Topic(kafka.Journal)
	switch {
	case !e.ours.Has(journal):
		return
	case e.Pipeline.Embedded != nil:
		e.good("clock", "the embedded broker goes by our clock")
		return
	case !e.busy || e.Listen == 0:
		e.newest(ctx, journal)
		return
	}
	r, err := e.listen(ctx, journal)
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		e.bad("clock", "look into the log of intake: it should write every few seconds", "members of intake are at work, but nothing came to the journal within %v", e.Listen)
	case err != nil:
		return // a right that is missing: told elsewhere
	default:
		e.checks = append(e.checks, skew(r))
	}
}

// listen waits for a record that comes to the journal after we have asked where it
// ends.
func (e *examination) listen(ctx context.Context, topic string) (reading, error) {
	ctx, cancel := context.WithTimeout(ctx, e.Listen)
	defer cancel()
	asked := e.Now()
	ends, err := kafka.Ends(ctx, e.adm, topic)
	if err != nil {
		return reading{}, err
	}
	from := make(map[int32]kgo.Offset)
	for lane, end := range ends {
		from[lane.Partition] = kgo.NewOffset().At(end.High)
	}
	cl, err := kafka.Dial(e.Pipeline.Kafka.Brokers, append([]kgo.Opt{
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: from}), kgo.KeepControlRecords(),
	}, e.Client...)...)
	if err != nil {
		return reading{}, err
	}
	defer cl.Close()
	for {
		fetches := cl.PollFetches(ctx)
		came := e.Now()
		if err := fetches.Err(); err != nil {
			return reading{}, err
		}
		for it := fetches.RecordIter(); !it.Done(); {
			r := reading{asked: asked, stamped: it.Next().Timestamp, came: came}
			if r.sure() {
				return r, nil
			}
		}
		asked = came // what comes next was written after the last answer, or nearly so
	}
}

// sure reports whether a reading is close enough to judge by.
func (r reading) sure() bool {
	least, most := r.ahead()
	return least > count.Skew || most < -count.Skew || least >= -count.Skew && most-least <= 10*time.Second
}

// skew judges a reading.
func skew(r reading) Check {
	const do = "set the clocks of this machine and of the brokers by NTP"
	least, most := r.ahead()
	switch {
	case least > count.Skew:
		return Check{About: "clock", Do: do, Says: fmt.Sprintf("the broker's clock is %s ahead of ours", brief(least))}
	case most < -count.Skew:
		return Check{About: "clock", Do: do, Says: fmt.Sprintf("the broker's clock is %s behind ours", brief(-most))}
	}
	return Check{About: "clock", OK: true, Says: fmt.Sprintf("the broker's clock and ours agree within %v", count.Skew)}
}

// newest looks at the newest stamp of a journal that nobody writes to.
func (e *examination) newest(ctx context.Context, topic string) {
	listed, err := e.adm.ListMaxTimestampOffsets(ctx, topic)
	if err != nil {
		return // a right that is missing, or an old broker: told elsewhere
	}
	var newest int64
	listed.Each(func(o kadm.ListedOffset) { newest = max(newest, o.Timestamp) })
	now := e.Now()
	if r := (reading{asked: time.Time{}, stamped: time.UnixMilli(newest), came: now}); newest > 0 && now.Add(count.Skew).Before(r.stamped) {
		e.checks = append(e.checks, skew(r))
		return
	}
	e.good("clock", "clocks can be compared while intake runs; nothing in the journal is of the future")
}
