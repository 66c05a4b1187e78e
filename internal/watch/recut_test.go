package watch_test

import (
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// A new configuration cuts time in another way while windows are open, and
// tallies cut by the old one still come. Every arrival counts for silence; the
// windows of both are neither judged nor learnt from, and the level is learnt
// anew.
func TestWindowsAreCutAnew(t *testing.T) {
	t.Parallel()
	for _, length := range []time.Duration{30 * time.Second, 90 * time.Second, 2 * time.Minute} {
		b := newBench(t)
		for i := range feedgauge.Instant(10) {
			b.named("f", epoch+i*minute+1, 6)
		}
		b.until(epoch + 9*minute + 30_000)
		state := make(map[string][]byte)
		b.fold(epoch+9*minute+30_000, feedgauge.Entry{Revision: &feedgauge.Revision{Number: 1, Fingerprint: "two"}})
		for _, s := range b.Save() {
			state[s.Key] = s.Value
		}
		b.history = nil
		b.pipe.Classes[0].Every = length
		var err error
		if b.Partition, err = watch.Restore(b.pipe, 0, state, 0); err != nil {
			t.Fatal(err)
		}
		b.named("f", epoch+10*minute+50_000, 6) // an old window of a minute
		own := b.pipe.Classes[0].Window
		for at := epoch + 13*minute; at < epoch+20*minute; at = at.Add(length) {
			b.fold(at, feedgauge.Entry{Tally: &feedgauge.Tally{
				Source: "raw", Window: own(at), Feeds: []feedgauge.FeedTally{{
					Feed: feedgauge.FeedID{Tenant: "main", Name: "f"}, First: at, Last: at, Counts: feedgauge.Counts{Events: 3},
				}},
			}})
		}
		b.until(epoch + 12*minute + 50_000)
		b.want(t) // the period is two minutes, the last arrival of the old windows at 10:50
		b.until(epoch + 20*minute)
		b.want(t, "open silent at 12m50.001s since 10m50s end -", "close silent at "+own(epoch+13*minute).End.Sub(epoch).String()+" since 10m50s end 13m0s")
		var events int64
		for _, c := range b.history {
			events += c.Counts.Events
			if mixed := c.Window.Start < epoch+11*minute; mixed && c.Status != feedgauge.Unknown {
				t.Errorf("windows of %v: that of %v is %s", length, c.Window.Start.Sub(epoch), c.Status)
			}
			if c.Forecast.Ready && c.Forecast.Expected > 3 {
				t.Errorf("windows of %v: that of %v expects %v, as of windows cut before", length, c.Window.Start.Sub(epoch), c.Forecast.Expected)
			}
		}
		if events < 12 {
			t.Errorf("windows of %v: only %d events came through the change", length, events)
		}
	}
}
