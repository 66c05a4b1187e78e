// Package history reads what feeds delivered in the past from the monitor's own
// history topic.
package history

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/tail"
)

// BadRecord is the reason for which a record of the topic is rejected.
const BadRecord = "bad_record"

// Read returns the events of closed windows, up to the end the topic has now, of
// feeds that want takes. What came late is added. Windows that could not be judged
// have no row, since not all that was in them is known.
func Read(ctx context.Context, o tail.Options, want func(feedgauge.FeedID) bool) (*backtest.Input, error) {
	o.From, o.Partition, o.UntilEnd = tail.Start(), tail.AllPartitions, true
	b := book{want: want, feeds: map[string]map[feedgauge.Instant]*entry{}, rejected: map[string]int{}}
	err := tail.Read(ctx, o, func(records []*kgo.Record) error {
		for _, r := range records {
			b.record(r)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the history: %w", err)
	}
	return b.input(), nil
}

// book collects windows.
type book struct {
	want     func(feedgauge.FeedID) bool
	feeds    map[string]map[feedgauge.Instant]*entry
	rejected map[string]int
}

// entry is what is known of one window.
type entry struct {
	events  int64
	unknown bool // it could not be judged
	closed  bool // a record that is not late has come
}

func (b *book) record(r *kgo.Record) {
	id, ok := feedgauge.ParseIdentity(string(r.Key))
	if ok && !b.want(id) {
		return
	}
	c, err := journal.DecodeClosed(r.Value)
	if err != nil || !ok {
		b.rejected[BadRecord]++
		return
	}
	windows := b.feeds[id.Name]
	if windows == nil {
		windows = map[feedgauge.Instant]*entry{}
		b.feeds[id.Name] = windows
	}
	e := windows[c.Window.Start]
	if e == nil {
		e = &entry{}
		windows[c.Window.Start] = e
	}
	e.events += c.Counts.Events
	e.unknown = e.unknown || c.Status == feedgauge.Unknown
	e.closed = e.closed || !c.Late
}

func (b *book) input() *backtest.Input {
	rows := map[string][]backtest.Row{}
	for name, windows := range b.feeds {
		for start, e := range windows {
			if e.closed && !e.unknown {
				rows[name] = append(rows[name], backtest.Row{Start: start, Count: float64(e.events)})
			}
		}
	}
	return backtest.Collect(rows, b.rejected)
}
