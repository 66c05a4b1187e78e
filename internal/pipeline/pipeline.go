// Package pipeline is the built, checked form of a configuration: what intake,
// watch and deliver run. It holds no HCL and no Kafka types; internal/config
// makes it from pipeline.hcl, tests make it by hand.
package pipeline

import (
	"fmt"
	"maps"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/naming"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// Pipeline is one configuration, checked and built.
type Pipeline struct {
	Kafka    Kafka
	Embedded *Embedded // a broker inside the process, nil to use Kafka.Brokers
	Metrics  string    // address of the metrics endpoint, empty for none
	Sources  []*Source
	Classes  []*Class // in file order; the first whose match fits takes a feed
	Feeds    map[feedgauge.FeedID]*Feed
	Groups   []*Group
	Sinks    []*Sink
	// Fingerprint names this configuration in the journal; Text is the
	// configuration in normal form, secrets as references.
	Fingerprint, Text string
}

// Kafka says where the cluster is and how our topics look on it.
type Kafka struct {
	Brokers     []string
	Prefix      string        // our topics are named prefix.journal and so on
	Partitions  int32         // C, partitions of each of our topics
	Replication int16         // replication factor of topics we create, -1 for the broker's default
	Instance    string        // names this process in group membership and transactional ids
	Workers     int           // workers of each role in one process, 0 for one
	MetadataAge time.Duration // how long new lanes may go unnoticed
	Rack        string        // where this process stands, so that it may read from replicas nearby; "" for anywhere
	TLS         *TLS          // nil: connections are not encrypted
	SASL        *SASL         // nil: nobody asks who we are
}

// Topic returns the full name of one of our topics.
func (k *Kafka) Topic(name string) string { return k.Prefix + "." + name }

// Embedded is a broker inside the process.
type Embedded struct {
	Dir string // where it keeps its data
}

// Source is one place raw records come from.
type Source struct {
	Name   string
	Kind   string // "kafka", or the name of a plugin
	Topics []string
	Start  Start
	// Slack is how far behind a lane's highest stamp a late record may still
	// be in time, by who stamps.
	SlackCreate, SlackAppend time.Duration
	// OutageAfter is how long all topics of the source may be quiet before that
	// is told as one outage, in place of the silence of each feed; zero for never.
	OutageAfter time.Duration
	// MaxFeeds bounds the feeds of one tenant; those above it are counted
	// together, as the feed Overflow. Zero is without bound.
	MaxFeeds int
	// Namer builds the function that names a record's feed. It is called once
	// per worker, since naming needs scratch memory.
	Namer func() (*naming.Namer, error)
	// Open opens a plugin's source; nil for Kafka, which the engine opens.
	Open func() (feedgauge.Source, error)
}

// Start says where reading begins the first time.
type Start struct {
	Latest bool          // at the end of each lane
	Back   time.Duration // so long before now; zero with Latest false is the beginning
}

// Overflow is the feed in which feeds above a source's bound are counted.
const Overflow = "(overflow)"

// Self is the tenant of findings about the monitor itself.
const Self = "self"

// Feed is what the inventory says of one feed. Zero values fall back to the
// class.
type Feed struct {
	ID     feedgauge.FeedID
	Class  string
	Period time.Duration
	Owner  string
	Labels map[string]string
}

// Sink is one place alerts go to.
type Sink struct {
	Name   string
	Kind   string // "kafka" is the alerts topic itself
	Encode string
	Open   func() (feedgauge.Sink, error) // nil for "kafka"
}

// Classify returns the class of a feed that source delivers: its inventory
// entry's, else the first whose match fits, else one that only counts. An
// inventory entry of a class that reads another source does not bind here.
func (p *Pipeline) Classify(source string, feed feedgauge.FeedID) *Class {
	if f := p.Feeds[feed]; f != nil {
		if c := p.class(f.Class); c != nil && c.Source == source {
			return c
		}
	}
	if src := p.Source(source); feed.Name == Overflow && src != nil && src.MaxFeeds > 0 {
		return overflowing(src)
	}
	for _, c := range p.Classes {
		if c.Source == source && c.Matches(feed.Name) {
			return c
		}
	}
	return unclassified(source)
}

// SourceFor returns the source of which a class takes the feed, the first if
// there are several or none: for a feed whose own source is no more.
func (p *Pipeline) SourceFor(feed feedgauge.FeedID) string {
	if f := p.Feeds[feed]; f != nil {
		if c := p.class(f.Class); c != nil {
			return c.Source
		}
	}
	for _, c := range p.Classes {
		if c.Matches(feed.Name) {
			return c.Source
		}
	}
	if len(p.Sources) > 0 {
		return p.Sources[0].Name
	}
	return ""
}

// overflowing is the class of the feeds that are too many: counted together, and
// alarmed while there are any.
func overflowing(s *Source) *Class {
	c := unclassified(s.Name)
	c.Name = "overflow"
	rule := rules.Defaults()
	rule.Name, rule.When, rule.Severity = "overflow", "window.arrivals > 0", string(feedgauge.High)
	rule.Say = fmt.Sprintf("tenant {feed.tenant} has more than %d feeds in source %s: {window.arrivals} records of the others are counted together", s.MaxFeeds, s.Name)
	if r, err := rule.Build(nil, false); err == nil { // the text is ours: it compiles, as a test shows
		c.Rules = []*rules.Rule{r}
	}
	return c
}

// Period returns the longest silence allowed to feed in class c.
func (p *Pipeline) Period(c *Class, feed feedgauge.FeedID) time.Duration {
	if f := p.Feeds[feed]; f != nil && f.Period > 0 && c.Period > 0 {
		return f.Period
	}
	return c.Period
}

// Owner returns who owns feed, from the inventory.
func (p *Pipeline) Owner(feed feedgauge.FeedID) string {
	if f := p.Feeds[feed]; f != nil {
		return f.Owner
	}
	return ""
}

// Labels returns the labels of feed in class c; the feed's own win.
func (p *Pipeline) Labels(c *Class, feed feedgauge.FeedID) map[string]string {
	f := p.Feeds[feed]
	if f == nil || len(f.Labels) == 0 {
		return c.Labels
	}
	labels := maps.Clone(f.Labels)
	for k, v := range c.Labels {
		if _, own := labels[k]; !own {
			labels[k] = v
		}
	}
	return labels
}

// PartitionOf returns the journal partition that watches a feed: its own by
// hash, or that of its group.
func (p *Pipeline) PartitionOf(feed feedgauge.FeedID) int32 {
	if len(p.Groups) > 0 {
		if g := p.GroupOf(feed); g != nil {
			feed = g.ID()
		}
	}
	return feedgauge.Partition(feed.Identity(), p.Kafka.Partitions)
}

// Every returns the shortest window length of all classes, the pulse of the
// pipeline.
func (p *Pipeline) Every() time.Duration {
	shortest := time.Minute
	for i, c := range p.Classes {
		if i == 0 || c.Every < shortest {
			shortest = c.Every
		}
	}
	return shortest
}

// Source returns the source of that name, nil if there is none.
func (p *Pipeline) Source(name string) *Source {
	for _, s := range p.Sources {
		if s.Name == name {
			return s
		}
	}
	return nil
}

func (p *Pipeline) class(name string) *Class {
	for _, c := range p.Classes {
		if c.Name == name {
			return c
		}
	}
	return nil
}
