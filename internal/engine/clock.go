package engine

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/count"
)

// brokerClock compares our clock with the broker's, by the stamps that it puts
// on our own journal records. An embedded broker has our clock and needs none.
type brokerClock struct {
	compared time.Time
	agrees   bool // false until compared
}

const (
	// compareEvery is how often the clocks are compared.
	compareEvery = 30 * time.Second
	// compareWithin bounds one comparison.
	compareWithin = 5 * time.Second
)

// due reports whether the clocks are to be compared after the next commit.
func (c *brokerClock) due() bool { return !c.agrees || time.Since(c.compared) >= compareEvery }

// compare looks at the newest stamp in a partition of the journal, of a record
// sent at the given time or later.
func (c *brokerClock) compare(ctx context.Context, l *intakeLoop, topic string, sent feedgauge.Instant) {
	ctx, cancel := context.WithTimeout(ctx, compareWithin)
	defer cancel()
	stamp, err := newestStamp(ctx, l.adm, topic)
	if err != nil {
		if ctx.Err() == nil {
			l.Log.Warn("the broker's clock could not be compared with ours", "error", err)
		}
		return // keep what is known
	}
	agrees := stamp >= sent.Add(-count.Skew) && stamp <= l.now().Add(count.Skew)
	if !agrees && (c.agrees || c.compared.IsZero()) {
		l.Log.Error("our clock and the broker's differ by more than two seconds: quiet lanes cannot be called idle until they agree",
			"broker", stamp, "ours", l.now())
	}
	c.compared, c.agrees = time.Now(), agrees
}

var errNoStamp = errors.New("it holds no record with a stamp")

// newestStamp returns the highest stamp in partition 0 of a topic.
func newestStamp(ctx context.Context, adm *kadm.Client, topic string) (feedgauge.Instant, error) {
	listed, err := adm.ListMaxTimestampOffsets(ctx, topic)
	if err != nil {
		return 0, err
	}
	o, ok := listed.Lookup(topic, 0)
	switch {
	case !ok:
		return 0, kerr.UnknownTopicOrPartition
	case o.Err != nil:
		return 0, o.Err
	case o.Timestamp < 0:
		return 0, errNoStamp
	}
	return feedgauge.Instant(o.Timestamp), nil
}
