package config

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pattern"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/naming"
)

// namingOptions are the options every source has.
type namingOptions struct {
	Feed   []string `hcl:"feed,optional" doc:"where a record's feed is named; the first that yields a name decides: header:NAME, json:a.b.c, key, topic, const:TEXT" default:"[\"header:feed\", \"key\"]"`
	Tenant []string `hcl:"tenant,optional" doc:"where its tenant is named, likewise; main if nothing yields one" default:"[\"const:main\"]"`
	Slack  span     `hcl:"slack,optional" doc:"how far behind a lane's newest record an older one still counts as in time" default:"1s where the broker stamps records, 30s where producers do"`

	OutageAfter span `hcl:"outage_after,optional" doc:"how long all topics of the source may be quiet, at least 30s, before that is told as one outage instead of the silence of each feed; \"off\" for never" default:"off"`
	MaxFeeds    int  `hcl:"max_feeds,optional" doc:"most feeds of one tenant that are watched one by one; what is above is counted together as the feed (overflow), 0 for no bound" default:"0"`
}

type kafkaSource struct {
	Topics []string  `hcl:"topics" doc:"topics to read, as regular expressions that must match the whole name"`
	Start  startWord `hcl:"start,optional" doc:"where reading begins the first time: \"latest\", \"earliest\", or so long ago, as in \"-24h\"" default:"latest"`
}

// startWord is the text of option start, which may be a span.
type startWord string

const (
	slackCreate = 30 * time.Second
	slackAppend = time.Second

	never         = "off" // a duration that does not end
	leastOutage   = 30 * time.Second
	longestOutage = 30 * day
	mostFeeds     = 10_000_000
)

func newNaming() *namingOptions {
	return &namingOptions{Feed: []string{"header:feed", "key"}, Tenant: []string{"const:" + naming.DefaultTenant}, OutageAfter: never}
}

func newKafkaSource() *kafkaSource { return &kafkaSource{Start: "latest"} }

// sources builds the source blocks.
func (l *loader) sources() {
	all := l.unique(l.blocks["source"])
	if len(all) == 0 && l.sure("source") {
		l.absent("Missing block", "There is no source, so nothing would be read.", `add source "kafka" "raw" { topics = ["syslog"] }`)
	}
	for _, b := range all {
		l.out.Sources = append(l.out.Sources, l.source(b))
	}
	l.mixed(all)
}

// mixed reports sources of Kafka beside those of plugins: what both deliver
// cannot be committed together.
func (l *loader) mixed(all []*block) {
	var kafka, plugin *block
	for _, b := range all {
		if b.Labels[0] == "kafka" {
			kafka = cmp.Or(kafka, b)
		} else if l.plugins.Sources[b.Labels[0]] != nil {
			plugin = cmp.Or(plugin, b)
		}
		if kafka != nil && plugin != nil {
			l.report(b.text, b.LabelRanges[0], Diagnostic{
				Summary: "Sources of two kinds",
				Detail:  "A pipeline reads either from Kafka or from plugins, since a transaction cannot span both: " + title(kafka.Block) + " and " + title(plugin.Block) + ".",
				Hint:    "make two pipelines of them, each in a file of its own",
			})
			return
		}
	}
}

// inMemory reports whether no source reads Kafka. Such a pipeline needs no
// cluster. A source of a kind that is not known is not held against it.
func (l *loader) inMemory() bool {
	all := l.blocks["source"]
	return len(all) > 0 && !slices.ContainsFunc(all, func(b *block) bool { return b.Labels[0] == "kafka" })
}

func (l *loader) source(b *block) *pipeline.Source {
	s := &pipeline.Source{Kind: b.Labels[0], Name: b.Labels[1], SlackCreate: slackCreate, SlackAppend: slackAppend}
	n := newNaming()
	if s.Kind == "kafka" {
		k := newKafkaSource()
		l.decode(b, nil, n, k)
		l.kafkaSource(b, k, s)
	} else if plugin, ok := kind(l, b, "source", l.plugins.Sources, "kafka"); ok {
		cfg := plugin()
		l.decode(b, nil, n, cfg)
		s.Open = keep(l, b, func() (feedgauge.Source, error) { return cfg.Build(feedgauge.Env{}) })
	}
	if slack := l.duration(b, "slack", n.Slack, time.Millisecond, time.Hour); slack > 0 {
		s.SlackCreate, s.SlackAppend = slack, slack
	}
	l.bounds(b, n, s)
	s.Namer = func() (*naming.Namer, error) { return naming.New(n.Feed, n.Tenant) }
	if _, err := s.Namer(); err != nil {
		l.mistakes(b, err)
	}
	return s
}

// bounds reads when quiet is an outage, and how many feeds are too many.
func (l *loader) bounds(b *block, n *namingOptions, s *pipeline.Source) {
	if n.OutageAfter != never {
		s.OutageAfter = l.duration(b, "outage_after", n.OutageAfter, leastOutage, longestOutage)
	}
	if s.MaxFeeds = n.MaxFeeds; n.MaxFeeds < 0 || n.MaxFeeds > mostFeeds {
		l.invalid(b, "max_feeds", fmt.Sprintf("The number of feeds must be between 1 and %d, or 0 for no bound.", mostFeeds), "")
	}
}

func (l *loader) kafkaSource(b *block, k *kafkaSource, s *pipeline.Source) {
	s.Topics = k.Topics
	if len(k.Topics) == 0 && !b.bad["topics"] {
		l.invalid(b, "topics", "The list is empty.", `for example ["syslog", "web-.*"]`)
	}
	for i, topic := range k.Topics {
		if msg := badTopic(topic); msg != "" {
			l.mistakes(b, &feedgauge.FieldError{Field: "topics", Index: i, Msg: msg})
		}
	}
	if !b.bad["start"] {
		s.Start = l.start(b, string(k.Start))
	}
}

func badTopic(topic string) string {
	if topic == "" {
		return "the name of a topic is empty"
	}
	if err := pattern.Check(topic); err != nil {
		return fmt.Sprintf("%s is no regular expression that can be used: %s", quote(topic), err)
	}
	return ""
}

func (l *loader) start(b *block, word string) pipeline.Start {
	switch word {
	case "latest":
		return pipeline.Start{Latest: true}
	case "earliest":
		return pipeline.Start{}
	}
	d, hint, err := parseSpan(word)
	switch {
	case err != nil:
		if hint == "" || !loose.MatchString(word) {
			hint = `write "latest", "earliest", or a time ago such as "-24h"`
		}
		l.invalid(b, "start", quote(word)+" is no place to start.", hint)
	case d >= 0:
		l.invalid(b, "start", quote(word)+" does not lie in the past.", fmt.Sprintf(`write "-%s" for so long ago`, brief(d)))
	default:
		return pipeline.Start{Back: -d}
	}
	return pipeline.Start{}
}
