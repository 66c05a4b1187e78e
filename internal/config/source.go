package config

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/naming"
)

// namingOptions are the options every source has.
type namingOptions struct {
	Feed   []string `hcl:"feed,optional" doc:"where a record's feed is named; the first that yields a name decides: header:NAME, json:a.b.c, key, topic, const:TEXT" default:"[\"header:feed\", \"key\"]"`
	Tenant []string `hcl:"tenant,optional" doc:"where its tenant is named, likewise; main if nothing yields one" default:"[\"const:main\"]"`
	Slack  span     `hcl:"slack,optional" doc:"how far behind a lane's newest record an older one still counts as in time" default:"1s where the broker stamps records, 30s where producers do"`
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
)

func newNaming() *namingOptions {
	return &namingOptions{Feed: []string{"header:feed", "key"}, Tenant: []string{"const:" + naming.DefaultTenant}}
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
	s.Namer = func() (*naming.Namer, error) { return naming.New(n.Feed, n.Tenant) }
	if _, err := s.Namer(); err != nil {
		l.mistakes(b, err)
	}
	return s
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
	if _, err := regexp.Compile(topic); err != nil {
		why := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		return fmt.Sprintf("%s is no regular expression: %s", quote(topic), why)
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
