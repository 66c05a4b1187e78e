package config

import (
	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/suggest"
)

type kafkaSink struct {
	Encode string `hcl:"encode,optional" doc:"form of the alerts: ocsf" default:"ocsf"`
}

func newKafkaSink() *kafkaSink { return &kafkaSink{Encode: "ocsf"} }

// sinks builds the sink blocks. The alerts topic is always there.
func (l *loader) sinks() {
	var topics []*block
	for _, b := range l.unique(l.blocks["sink"]) {
		if b.Labels[0] == "kafka" {
			topics = append(topics, b)
			l.kafkaSink(b)
			continue
		}
		plugin, ok := kind(l, b, "sink", l.plugins.Sinks, "kafka")
		if !ok {
			continue
		}
		cfg := plugin()
		l.decode(b, nil, cfg)
		open := keep(l, b, func() (feedgauge.Sink, error) { return cfg.Build(feedgauge.Env{}) })
		l.out.Sinks = append(l.out.Sinks, &pipeline.Sink{Kind: b.Labels[0], Name: b.Labels[1], Open: open})
	}
	l.single(topics, "It is the alerts topic itself, of which there is one.")
	if len(topics) == 0 {
		l.out.Sinks = append([]*pipeline.Sink{l.implied()}, l.out.Sinks...)
	}
}

// implied is the sink to the alerts topic when no block names it.
func (l *loader) implied() *pipeline.Sink {
	name := "alerts"
	for _, s := range l.out.Sinks {
		if s.Name == name {
			name = "alerts topic"
		}
	}
	return &pipeline.Sink{Kind: "kafka", Name: name, Encode: "ocsf"}
}

func (l *loader) kafkaSink(b *block) {
	c := newKafkaSink()
	l.decode(b, nil, c)
	if c.Encode != "ocsf" && !b.bad["encode"] {
		l.invalid(b, "encode", "There is no encoding "+quote(c.Encode)+".", suggest.DidYouMean(c.Encode, []string{"ocsf"}))
	}
	l.out.Sinks = append(l.out.Sinks, &pipeline.Sink{Kind: "kafka", Name: b.Labels[1], Encode: c.Encode})
}
