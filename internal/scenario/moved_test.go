package scenario_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
)

// list puts feeds into the inventory.
func list(p *pipeline.Pipeline, feeds ...string) (ids []feedgauge.FeedID) {
	for _, name := range feeds {
		id := feedgauge.FeedID{Tenant: "main", Name: name}
		p.Feeds[id] = &pipeline.Feed{ID: id, Class: "web"}
		ids = append(ids, id)
	}
	return ids
}

// Feeds become groups by a new configuration, and single feeds again by the next:
// other partitions watch them then. All of them deliver, and none is called silent.
func TestGroupsComeAndGo(t *testing.T) {
	inWorld(t, func(w *world) {
		run := func(fingerprint string, groups func(*pipeline.Pipeline)) {
			w.change = func(p *pipeline.Pipeline) {
				p.Fingerprint = fingerprint
				list(p, w.feeds...)
				groups(p)
			}
			m := w.start("a", options{})
			w.pass(20 * time.Minute)
			m.end()
			w.calm()
		}
		none := func(*pipeline.Pipeline) {}
		run("one", none)
		run("two", func(p *pipeline.Pipeline) {
			for i := 0; i < 8; i += 2 {
				p.Groups = append(p.Groups, &pipeline.Group{
					Name: fmt.Sprint("pair-", i), Tenant: "main", Need: 1, Members: list(p, w.feeds[i:i+2]...),
				})
			}
		})
		run("three", none)
	})
}

// A source gets another name. Its feeds are watched on: none is called silent for
// it, and one that stops is.
func TestSourceGetsAnotherName(t *testing.T) {
	inWorld(t, func(w *world) {
		m := w.start("a", options{})
		w.pass(20 * time.Minute)
		m.end()
		w.change = func(p *pipeline.Pipeline) {
			p.Sources[0] = pipelinetest.Source("renamed", "logs.*")
			p.Classes[0].Source, p.Fingerprint = "renamed", "two"
		}
		w.start("a", options{})
		w.pass(20 * time.Minute)
		w.calm()
		w.misses("web-0")
	})
}

// The inventory grows while members are started anew one after the other: each of
// the new feeds, which never deliver, is missed.
func TestInventoryGrowsInARollingRestart(t *testing.T) {
	inWorld(t, func(w *world) {
		a, b := w.start("a", options{}), w.start("b", options{})
		w.pass(20 * time.Minute)
		const ghosts = 30
		w.change = func(p *pipeline.Pipeline) {
			p.Fingerprint = "two"
			for i := range ghosts {
				list(p, fmt.Sprint("web-ghost-", i))
			}
		}
		a.end()
		w.start("a", options{})
		b.yields()
		w.start("b", options{})
		w.pass(20 * time.Minute)
		if found := w.findings(); len(found) != ghosts {
			w.t.Errorf("%d of %d feeds that never deliver are missed: %v", len(found), ghosts, found)
		}
	})
}
