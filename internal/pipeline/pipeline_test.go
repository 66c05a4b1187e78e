package pipeline

import (
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

func feed(name string) feedgauge.FeedID { return feedgauge.FeedID{Tenant: "main", Name: name} }

func sample() *Pipeline {
	return &Pipeline{
		Kafka:   Kafka{Prefix: "fg", Partitions: 4},
		Sources: []*Source{{Name: "raw"}, {Name: "other", MaxFeeds: 5}},
		Classes: []*Class{
			{Name: "web", Source: "raw", Match: []string{"web-*"}, Every: time.Minute, Period: time.Hour, Labels: map[string]string{"a": "class", "b": "class"}},
			{Name: "rest", Source: "raw", Match: []string{"*"}, Every: 5 * time.Second},
			{Name: "other", Source: "other", Match: []string{"*"}, Every: time.Minute},
		},
		Feeds: map[feedgauge.FeedID]*Feed{
			feed("db-1"):  {ID: feed("db-1"), Class: "web", Period: time.Minute, Owner: "kim", Labels: map[string]string{"a": "own"}},
			feed("web-9"): {ID: feed("web-9"), Class: "rest", Period: time.Minute},
		},
	}
}

func TestClassify(t *testing.T) {
	t.Parallel()
	p := sample()
	for _, tt := range []struct{ source, name, want string }{
		{"raw", "web-1", "web"},           // the first whose match fits
		{"raw", "a/b", "rest"},            // a slash is nothing special
		{"raw", "db-1", "web"},            // the inventory wins
		{"raw", "web-9", "rest"},          //
		{"other", "db-1", "other"},        // an entry of a class of another source does not bind
		{"other", Overflow, "overflow"},   // the source is bounded
		{"raw", Overflow, "rest"},         // this one is not
		{"gone", "web-1", "unclassified"}, //
	} {
		if got := p.Classify(tt.source, feed(tt.name)).Name; got != tt.want {
			t.Errorf("Classify(%q, %q) = %q, want %q", tt.source, tt.name, got, tt.want)
		}
	}
	if rs := p.Classify("other", feed(Overflow)).Rules; len(rs) != 1 {
		t.Errorf("%d rules for the overflow, want one", len(rs))
	}
}

func TestFactsOfFeeds(t *testing.T) {
	t.Parallel()
	p := sample()
	web, rest := p.Classes[0], p.Classes[1]
	if got := p.Period(web, feed("db-1")); got != time.Minute {
		t.Errorf("own period: %v", got)
	}
	if got := p.Period(web, feed("web-1")); got != time.Hour {
		t.Errorf("period of the class: %v", got)
	}
	if got := p.Period(rest, feed("web-9")); got != 0 {
		t.Errorf("period in a class that judges no silence: %v", got)
	}
	labels := p.Labels(web, feed("db-1"))
	if labels["a"] != "own" || labels["b"] != "class" || web.Labels["a"] != "class" {
		t.Errorf("labels %v of class %v", labels, web.Labels)
	}
	if p.Owner(feed("db-1")) != "kim" || p.Owner(feed("x")) != "" {
		t.Error("owners are mixed up")
	}
	if got := p.Every(); got != 5*time.Second {
		t.Errorf("pulse %v", got)
	}
}

// Members of a group are watched where the group is.
func TestPartitionOfGroup(t *testing.T) {
	t.Parallel()
	p := sample()
	p.Groups = []*Group{{Name: "pair", Tenant: "main", Members: []feedgauge.FeedID{feed("left"), feed("right")}}}
	want := feedgauge.Partition(feed("pair").Identity(), 4)
	for _, name := range []string{"left", "right", "pair"} {
		if got := p.PartitionOf(feed(name)); got != want {
			t.Errorf("%s lies in %d, the group in %d", name, got, want)
		}
	}
	if got, want := p.PartitionOf(feed("alone")), feedgauge.Partition(feed("alone").Identity(), 4); got != want {
		t.Errorf("a feed on its own lies in %d, want %d", got, want)
	}
}

func TestGlob(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		glob, name string
		want       bool
	}{
		{"web-*", "web-01", true}, {"web-*", "web", false}, {"*", "a/b/c", true}, {"a?c", "abc", true},
		{"web-[0-4]", "web-3", true}, {"web-[0-4]", "web-7", false}, {"[", "x", false}, {"a/*", "a/b/c", true},
	} {
		if got := Glob(tt.glob, tt.name); got != tt.want {
			t.Errorf("Glob(%q, %q) = %v", tt.glob, tt.name, got)
		}
	}
}
