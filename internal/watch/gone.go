package watch

import (
	"cmp"
	"slices"

	"github.com/feedgauge/feedgauge"
)

// graves are feeds that were forgotten. A restore that begins before that folds
// sums again that belong to them, and must not take those for the first ones of a
// new feed: so the state topic says that they are gone, until no restore begins
// there any more.
type graves struct {
	at   map[string]int64 // offset up to which the journal was folded then, by key
	all  []grave          // in order of it
	told int              // how many of them the state topic knows
}

type grave struct {
	feed feedgauge.FeedID
	at   int64
}

// dig notes that a feed is forgotten.
func (g *graves) dig(key string, feed feedgauge.FeedID, at int64) {
	if g.at == nil {
		g.at = make(map[string]int64)
	}
	g.at[key] = at
	g.all = append(g.all, grave{feed, at})
}

// holds reports whether what stands at an offset of the journal belongs to a feed
// forgotten after that.
func (g *graves) holds(key string, offset int64) bool { return g.at[key] > offset }

// loaded tells that all graves were read from the state topic.
func (g *graves) loaded() {
	slices.SortFunc(g.all, func(a, b grave) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.feed.Identity(), b.feed.Identity()))
	})
	g.told = len(g.all)
}

// bury writes which feeds are gone, and deletes what says so of those about which
// nobody will ask.
func (w *Partition) bury(b *batch) {
	g := &w.graves
	for _, v := range g.all[g.told:] {
		b.out = append(b.out, Saved{Key: v.feed.Identity(), Value: appendGone(nil, v.feed, v.at)})
	}
	g.told = len(g.all)
	for g.told > 0 && g.all[0].at <= w.points[0].offset {
		v := g.all[0]
		g.all, g.told = g.all[1:], g.told-1
		key := v.feed.Identity()
		if g.at[key] != v.at {
			continue // forgotten again since
		}
		delete(g.at, key)
		if w.feeds[key] == nil { // else its state is written, or will be
			b.out = append(b.out, Saved{Key: key})
		}
	}
}
