package watch_test

import (
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// again restores what b has come to under another configuration, as a restart
// does: b's own has folded the revision, and saved all.
func (b *bench) again(t *testing.T, change func(*pipeline.Pipeline)) *bench {
	t.Helper()
	b.fold(b.last, feedgauge.Entry{Revision: &feedgauge.Revision{Number: 1, Fingerprint: "new"}})
	state := make(map[string][]byte)
	for _, s := range b.Save() {
		if s.Value != nil {
			state[s.Key] = s.Value
		}
	}
	p := *b.pipe
	change(&p)
	part, err := watch.Restore(&p, b.index, state, 0)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{Partition: part, pipe: &p, index: b.index, offset: b.offset, last: b.last}
}

func named(name string) feedgauge.FeedID { return feedgauge.FeedID{Tenant: "main", Name: name} }

// Feeds of a source that has another name in the new configuration are watched
// on, those too that deliver no more.
func TestSourceRenamed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.named("f", epoch, 5)
	b.named("g", epoch, 5)
	b.until(epoch + minute)
	c := b.again(t, func(p *pipeline.Pipeline) {
		p.Sources = []*pipeline.Source{pipelinetest.Source("new", "a")}
		p.Classes = []*pipeline.Class{pipelinetest.Class(t, "c", "new", "*", time.Minute, 0, 2*time.Minute)}
	})
	c.source = "new"
	c.named("f", epoch+minute, 5)
	c.until(epoch + 5*minute)
	c.want(t, "open silent at 2m0.001s since 0s end -", "open silent at 3m0.001s since 1m0s end -")
}

// A feed that joins or leaves a group is watched in another partition from then
// on. Where it was watched its findings end, and no more is said of it.
func TestFeedMovesWithItsGroup(t *testing.T) {
	t.Parallel()
	grouped := func(p *pipeline.Pipeline) {
		p.Groups = []*pipeline.Group{{Name: "pair", Tenant: "main", Need: 1, Members: []feedgauge.FeedID{named("left"), named("mate")}}}
	}
	alone := func(p *pipeline.Pipeline) { p.Groups = nil }
	for name, change := range map[string][2]func(*pipeline.Pipeline){"joins": {alone, grouped}, "leaves": {grouped, alone}} {
		b := with(t, func(p *pipeline.Pipeline) {
			p.Kafka.Partitions = 64
			inventory(p, "left", "mate")
			change[0](p)
		})
		k := b.pipe.PartitionOf(named("left"))
		b.Partition, b.index = watch.New(b.pipe, k), k
		b.named("left", epoch, 5)
		b.named("mate", epoch, 5)
		b.until(epoch + 3*minute)
		open := len(b.told)
		if open == 0 {
			t.Fatalf("%s: nothing was found before", name)
		}
		c := b.again(t, change[1])
		c.until(epoch + 20*minute)
		if len(c.told) == 0 || c.told[0] != "close silent at 20m0s since 0s end 20m0s" {
			t.Errorf("%s: told %q", name, c.told)
		}
		if n := c.Feeds(); n != 0 {
			t.Errorf("%s: %d feeds are watched still", name, n)
		}
		for _, s := range c.Save() {
			if s.Key != watch.MetaKey && s.Value != nil {
				t.Errorf("%s: the state of %q is kept", name, s.Key)
			}
		}
	}
}

// A member with the old configuration has folded the revision. Whoever comes
// after it waits for the feeds that the inventory names now.
func TestInventoryGrowsBehindAnOlderMember(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) { inventory(p, "f") })
	b.named("f", epoch, 5)
	b.until(epoch + minute)
	c := b.again(t, func(p *pipeline.Pipeline) {
		p.Feeds = make(map[feedgauge.FeedID]*pipeline.Feed)
		inventory(p, "f", "ghost")
	})
	for i := feedgauge.Instant(1); i < 10; i++ {
		c.named("f", epoch+i*minute, 5)
		c.until(epoch + (i+1)*minute)
	}
	c.want(t, "open never_seen at 3m0.001s since 3m0s end -")
}

// A feed of the inventory that was retired is not waited for again, until it
// delivers, whatever else the configuration changes.
func TestRetiredStaysRetired(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) { inventory(p, "f", "old") })
	b.named("old", epoch, 5)
	b.until(epoch + minute)
	b.fold(epoch+minute, feedgauge.Entry{Command: &feedgauge.Command{ID: "1", Verb: feedgauge.Retire, Feed: named("old"), Who: "kim"}})
	c := b.again(t, func(*pipeline.Pipeline) {})
	for i := feedgauge.Instant(1); i < 10; i++ {
		c.named("f", epoch+i*minute, 5)
		c.until(epoch + (i+1)*minute)
	}
	c.want(t)
	c.named("old", epoch+10*minute, 5)
	c.named("f", epoch+11*minute, 5)
	c.named("f", epoch+12*minute, 5)
	c.until(epoch + 13*minute)
	c.want(t, "open silent at 12m0.001s since 10m0s end -")
}
