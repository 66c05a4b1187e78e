package watch_test

import (
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// Windows of a feed that has delivered nothing for long are closed no more, but
// rules that wait for a longer silence, or for it twice, must still be judged.
func TestLongSilences(t *testing.T) {
	t.Parallel()
	for when, c := range map[string]struct {
		row    int
		period time.Duration
		after  time.Duration
	}{
		`silence.age > duration("24h")`:               {1, 2 * time.Minute, 24 * time.Hour},
		`silence.age > feed.period + duration("10m")`: {1, 24 * time.Hour, 24*time.Hour + 10*time.Minute},
		`silence.age > feed.period`:                   {2, 24 * time.Hour, 24 * time.Hour},
	} {
		b := with(t, func(p *pipeline.Pipeline) {
			r, err := (rules.Config{Name: "gone", When: when, For: c.row, Clear: 1, Severity: "high"}).Build([]string{"events"}, true)
			if err != nil {
				t.Fatal(err)
			}
			p.Classes[0].Period, p.Classes[0].Rules = c.period, []*rules.Rule{r}
		})
		b.named("f", epoch, 5)
		b.until(epoch.Add(c.after))
		b.want(t)
		b.until(epoch.Add(c.after + c.after/16 + time.Minute))
		if len(b.told) != 1 || !strings.HasPrefix(b.told[0], "open gone") {
			t.Errorf("%s: told %q", when, b.told)
		}
	}
}

// A leap in time of half a century costs no more than some thousand firings.
func TestLongSilenceCostsLittle(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) {
		r, err := (rules.Config{Name: "never", When: `silence.age > duration("2000000h")`, For: 1, Clear: 1, Severity: "high"}).Build([]string{"events"}, true)
		if err != nil {
			t.Fatal(err)
		}
		p.Sources[0].OutageAfter = time.Minute
		p.Classes[0].Rules = append(p.Classes[0].Rules, r)
	})
	b.named("f", epoch-50*365*24*60*minute, 5)
	b.Allow(3000)
	b.mark(epoch, epoch, 1)
	if b.More() {
		t.Error("3,000 firings were not enough")
	}
}

// What was lost is remembered for as long as any period asks for it.
func TestLongPeriodRemembersWhatWasLost(t *testing.T) {
	t.Parallel()
	const hour = 60 * minute
	b := with(t, func(p *pipeline.Pipeline) { p.Classes[0].Period = 72 * time.Hour })
	b.named("f", epoch, 5)
	b.until(epoch + hour)
	b.fold(epoch+11*hour, feedgauge.Entry{Gap: &feedgauge.Gap{Source: "raw", From: epoch + hour, To: epoch + 11*hour}})
	for h := feedgauge.Instant(11); h <= 81; h++ {
		b.until(epoch + h*hour)
	}
	b.want(t)
	b.until(epoch + 83*hour)
	b.want(t, "open silent at 82h0m0.001s since 0s end -")
}

// Neither an outage of the source nor lost records are a feed's own doing: it is
// not forgotten for them.
func TestRetirementWaits(t *testing.T) {
	t.Parallel()
	outage := with(t, func(p *pipeline.Pipeline) {
		p.Sources[0].OutageAfter, p.Classes[0].RetireAfter = 2*time.Minute, 30*time.Minute
	})
	outage.named("f", epoch, 5)
	outage.until(epoch+minute, feedgauge.Run{First: epoch, Last: epoch})
	outage.until(epoch + 60*minute)
	if outage.Feeds() != 1 {
		t.Error("a feed was forgotten in an outage")
	}
	outage.until(epoch+120*minute, feedgauge.Run{First: epoch + 60*minute, Last: epoch + 120*minute})
	if outage.Feeds() != 0 {
		t.Error("a feed was never forgotten")
	}
	lost := with(t, func(p *pipeline.Pipeline) { p.Classes[0].RetireAfter = 30 * time.Minute })
	lost.named("f", epoch, 5)
	lost.until(epoch + minute)
	lost.fold(epoch+60*minute, feedgauge.Entry{Gap: &feedgauge.Gap{Source: "raw", From: epoch + minute, To: epoch + 60*minute}})
	lost.until(epoch + 60*minute)
	if lost.Feeds() != 1 {
		t.Error("a feed was forgotten for what was lost")
	}
}

// A silence that was there before an outage of the source is no less one after
// it.
func TestSilenceOutlastsAnOutage(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) {
		p.Sources[0].OutageAfter, p.Classes[0].Settle, p.Classes[0].Period = time.Minute, 2*time.Minute, 5*time.Minute
	})
	deliver := func(from, to feedgauge.Instant) {
		for s := from; s < to; s += minute {
			b.named("other", epoch+s, 5)
			b.until(epoch+s+minute, feedgauge.Run{First: epoch + s, Last: epoch + s + minute})
		}
	}
	b.named("f", epoch, 5)
	deliver(0, 60*minute)
	b.want(t, "open silent at 5m0.001s since 0s end -")
	b.until(epoch + 90*minute)
	deliver(90*minute, 120*minute)
	b.want(t)
}

// A silence ends with the next arrival, also outside the hours that count.
func TestSilenceEndsAtNight(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) { p.Classes[0].Calendar = closedFor{epoch + 10*minute, epoch + 600*minute} })
	b.named("f", epoch, 5)
	b.until(epoch + 5*minute)
	b.want(t, "open silent at 2m0.001s since 0s end -")
	b.named("f", epoch+15*minute, 5)
	b.until(epoch + 590*minute)
	b.want(t, "close silent at 16m0s since 0s end 15m0s")
}

// What was found while a feed was muted and is still open is told when the mute
// ends, by time or by command.
func TestMuteEnds(t *testing.T) {
	t.Parallel()
	for _, until := range []feedgauge.Instant{epoch + 5*minute, feedgauge.After} {
		b := newBench(t)
		b.arrive(epoch, 5)
		b.fold(epoch+minute, feedgauge.Entry{Command: &feedgauge.Command{ID: "1", Verb: feedgauge.Mute, Feed: named("f"), Who: "kim", Until: until}})
		b.until(epoch + 4*minute)
		b.want(t, "open silent at 2m0.001s since 0s end -")
		b.until(epoch + 5*minute)
		if until == feedgauge.After {
			b.want(t)
			b.fold(epoch+5*minute, feedgauge.Entry{Command: &feedgauge.Command{ID: "2", Verb: feedgauge.Unmute, Feed: named("f"), Who: "kim"}})
		}
		b.want(t, "update silent at 5m0s since 0s end -")
		b.until(epoch + 30*minute)
		b.want(t)
	}
}
