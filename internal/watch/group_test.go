package watch_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// pool lets n feeds m0, m1, … be a group of which some are needed.
func pool(n, need int) func(*pipeline.Pipeline) {
	return func(p *pipeline.Pipeline) {
		g := &pipeline.Group{Name: "pool", Tenant: "main", Need: need}
		for i := range n {
			inventory(p, fmt.Sprint("m", i))
			g.Members = append(g.Members, named(fmt.Sprint("m", i)))
		}
		p.Groups = []*pipeline.Group{g}
	}
}

// Of a pool of which several members are needed one stops: while it leaves enough,
// nothing is told; else it is told once, and closed when it is back.
func TestGroupThatNeedsSeveral(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		members, need int
		want          []string
	}{
		{3, 2, nil},
		{2, 2, []string{"open silent at 11m0.001s since 9m0s end -", "close silent at 31m0s since 9m0s end 30m0s"}},
		{3, 3, []string{"open silent at 11m0.001s since 9m0s end -", "close silent at 31m0s since 9m0s end 30m0s"}},
	} {
		b := with(t, pool(c.members, c.need))
		for i := range feedgauge.Instant(40) {
			for k := range c.members {
				if k > 0 || i < 10 || i >= 30 {
					b.named(fmt.Sprint("m", k), epoch+i*minute, 5)
				}
			}
			b.until(epoch + (i+1)*minute)
		}
		b.want(t, c.want...)
	}
}

// The finding of a group ends when it is retired.
func TestGroupRetired(t *testing.T) {
	t.Parallel()
	b := with(t, pool(2, 1))
	b.named("m0", epoch, 5)
	b.named("m1", epoch, 5)
	b.until(epoch + 3*minute)
	b.want(t, "open silent at 2m0.001s since 0s end -")
	b.fold(epoch+3*minute, feedgauge.Entry{Command: &feedgauge.Command{ID: "1", Verb: feedgauge.Retire, Feed: named("pool"), Who: "kim"}})
	b.want(t, "close silent at 3m0s since 0s end 3m0s")
	for _, s := range b.Save() {
		if s.Key == named("pool").Identity() && s.Value != nil {
			t.Error("the state of the group is kept")
		}
	}
}

// What is counted late of a member shows that its group was not silent.
func TestGroupRetracted(t *testing.T) {
	t.Parallel()
	b := with(t, pool(2, 1))
	b.named("m0", epoch, 5)
	b.named("m1", epoch, 5)
	b.until(epoch + 3*minute)
	b.want(t, "open silent at 2m0.001s since 0s end -")
	b.named("m0", epoch+minute+minute/2, 5)
	b.want(t, "close silent at 1m30s since 0s end 1m30s")
}

// A member that is forgotten takes the group's state with it: restored as of an
// earlier moment, the others would be judged without it.
func TestGroupIsSavedWhenAMemberLeaves(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) {
		p.Groups = []*pipeline.Group{{Name: "pair", Tenant: "main", Need: 1, Members: []feedgauge.FeedID{
			{Tenant: "main", Name: "left"}, {Tenant: "main", Name: "right"},
		}}}
		p.Classes[0].RetireAfter = 10 * time.Minute
	})
	b.named("left", epoch, 5)
	b.named("right", epoch+5*minute, 5)
	b.until(epoch + 10*minute - minute/60)
	b.Save()
	b.until(epoch + 10*minute + minute/30)
	saved := make(map[string]bool)
	for _, s := range b.Save() {
		saved[s.Key] = s.Value != nil
	}
	for _, key := range []string{"main\x00left", "main\x00right", "main\x00pair"} {
		if !saved[key] {
			t.Errorf("%q is not saved", key)
		}
	}
}
