package engine

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// topicTable tells which source a topic belongs to: the first one of whose
// expressions matches its whole name.
type topicTable struct {
	sources []*pipeline.Source
	match   [][]*regexp.Regexp
	ours    map[string]bool
	known   map[string]*pipeline.Source
}

func newTopicTable(p *pipeline.Pipeline) (*topicTable, error) {
	t := &topicTable{known: make(map[string]*pipeline.Source), ours: make(map[string]bool)}
	for _, name := range kafka.OwnTopics(p.Kafka.Prefix) {
		t.ours[name] = true
	}
	for _, s := range p.Sources {
		if s.Open != nil {
			continue
		}
		var match []*regexp.Regexp
		for _, expr := range s.Topics {
			re, err := regexp.Compile("^(?:" + expr + ")$")
			if err != nil {
				return nil, fmt.Errorf("topics of source %q: %w", s.Name, err)
			}
			match = append(match, re)
		}
		t.sources, t.match = append(t.sources, s), append(t.match, match)
	}
	return t, nil
}

// expressions returns the expressions of all sources.
func (t *topicTable) expressions() []string {
	var out []string
	for _, s := range t.sources {
		out = append(out, s.Topics...)
	}
	return out
}

// source returns the source of a topic, nil for a topic of none. Our own topics
// belong to none: a monitor of its own output would never come to rest.
func (t *topicTable) source(topic string) *pipeline.Source {
	s, ok := t.known[topic]
	if !ok {
		s = t.find(topic)
		t.known[topic] = s
	}
	return s
}

func (t *topicTable) find(topic string) *pipeline.Source {
	if t.ours[topic] {
		return nil
	}
	for i, match := range t.match {
		for _, re := range match {
			if re.MatchString(topic) {
				return t.sources[i]
			}
		}
	}
	return nil
}

// commitStart commits where each topic's lanes begin before the group first
// joins: without a committed offset an aborted first transaction would rewind
// to nowhere. Topics of which some lane is committed are left alone; their other
// lanes are new, and begin at their beginning.
func (e *Engine) commitStart(ctx context.Context, cl *kgo.Client, adm *kadm.Client) error {
	table, err := newTopicTable(e.Pipeline)
	if err != nil {
		return err
	}
	cfg := e.session("intake", 0)
	topics, err := adm.ListTopics(ctx)
	if err != nil {
		return fmt.Errorf("listing topics: %w", err)
	}
	var lanes []feedgauge.Lane
	for name, t := range topics {
		if table.source(name) == nil {
			continue
		}
		for p := range t.Partitions {
			lanes = append(lanes, feedgauge.Lane{Topic: name, Partition: p})
		}
	}
	committed, err := kafka.Committed(ctx, cl, cfg.Group(), lanes...)
	if err != nil {
		return fmt.Errorf("fetching the offsets of group %q: %w", cfg.Group(), err)
	}
	begun := make(map[string]bool)
	for l := range committed {
		begun[l.Topic] = true
	}
	begin := make(kadm.Offsets)
	for name := range topics {
		s := table.source(name)
		if s == nil || begun[name] {
			continue
		}
		offsets, err := startOffsets(ctx, adm, s.Start, name)
		if err != nil {
			return fmt.Errorf("finding where to begin in topic %q: %w", name, err)
		}
		for _, partitions := range offsets {
			for _, o := range partitions {
				begin.Add(o)
			}
		}
	}
	return e.commitBegin(ctx, adm, cfg.Group(), begin)
}

func (e *Engine) commitBegin(ctx context.Context, adm *kadm.Client, group string, begin kadm.Offsets) error {
	if len(begin) == 0 {
		return nil
	}
	responses, err := adm.CommitOffsets(ctx, group, begin)
	err = errors.Join(err, responses.Error())
	if err == nil {
		return nil
	}
	// Another member is running already, and looks after these lanes itself.
	if described, derr := adm.DescribeGroups(ctx, group); derr == nil && len(described[group].Members) > 0 {
		e.Log.Debug("the group is running already", "group", group, "error", err)
		return nil
	}
	return fmt.Errorf("committing where group %q begins: %w", group, err)
}

func startOffsets(ctx context.Context, adm *kadm.Client, s pipeline.Start, topic string) (kadm.Offsets, error) {
	list := adm.ListStartOffsets
	switch {
	case s.Latest:
		list = adm.ListEndOffsets
	case s.Back > 0:
		since := time.Now().Add(-s.Back).UnixMilli()
		list = func(ctx context.Context, topics ...string) (kadm.ListedOffsets, error) {
			return adm.ListOffsetsAfterMilli(ctx, since, topics...)
		}
	}
	listed, err := list(ctx, topic)
	if err == nil {
		err = listed.Error()
	}
	if err != nil {
		return nil, err
	}
	return listed.Offsets(), nil
}
