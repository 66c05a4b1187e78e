package watch_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/delivery"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// whole is a bench whose class looks at deliveries as a whole, and finds nothing else.
func whole(t *testing.T) *bench {
	t.Helper()
	return with(t, func(p *pipeline.Pipeline) {
		c := p.Classes[0]
		c.Whole, c.Rules = true, nil
		for _, cfg := range rules.Whole() {
			r, err := cfg.Build([]string{rules.Delivery}, false)
			if err != nil {
				t.Fatal(err)
			}
			c.Rules = append(c.Rules, r)
		}
	})
}

// delivers folds a delivery of ten lines of a kind in a minute, as the tallies of two
// workers.
func (b *bench) delivers(m, kind int) {
	at := epoch + feedgauge.Instant(m)*minute
	for half := range 2 {
		s := &delivery.Summary{}
		for i := range 5 {
			s.Add(&delivery.Record{At: at, Offset: int64(10*m + 5*half + i), Value: fmt.Appendf(nil, "%d,%d,%d", kind, half, i), Single: true})
		}
		var sketches feedgauge.Sketches
		sketches.Put(journal.DeliveryName, s)
		b.fold(at, feedgauge.Entry{Tally: &feedgauge.Tally{
			Source: "raw", Window: feedgauge.WindowOf(at, time.Minute),
			Feeds: []feedgauge.FeedTally{{
				Feed: feedgauge.FeedID{Tenant: "main", Name: "f"}, First: at, Last: at.Add(4 * time.Second), Counts: feedgauge.Counts{Events: 5}, Sketches: sketches,
			}},
		}})
	}
	b.until(at + minute)
}

// A delivery that came before is known again when the monitor was restarted between
// the two, or while the second came.
func TestDeliveriesAreRemembered(t *testing.T) {
	t.Parallel()
	for _, restart := range []int{0, 2, 4, 5} {
		b := whole(t)
		var told []string
		for m := range 8 {
			kind := m
			if m == 5 {
				kind = 2 // again
			}
			if b.delivers(m, kind); m == restart {
				told = b.told
				b = b.again(t, func(*pipeline.Pipeline) {})
			}
		}
		want := []string{"open duplicate at 6m0s since 5m0s end -", "close duplicate at 7m0s since 5m0s end 6m0s"}
		if told = append(told, b.told...); !slices.Equal(told, want) {
			t.Errorf("restored after minute %d: told %q, want %q", restart, told, want)
		}
	}
}

// State that knows of no deliveries, as an older program wrote it, is taken over.
func TestDeliveriesOfOldState(t *testing.T) {
	t.Parallel()
	b := whole(t)
	b.pipe.Classes[0].Whole = false // so that none are written
	b.delivers(0, 0)
	b = b.again(t, func(p *pipeline.Pipeline) {
		c := *p.Classes[0]
		c.Whole, p.Classes = true, []*pipeline.Class{&c}
	})
	b.delivers(1, 0)
	b.want(t)
	b.delivers(2, 0)
	b.want(t, "open duplicate at 3m0s since 2m0s end -")
}
