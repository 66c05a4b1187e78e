package doctor

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/tail"
)

// leastRaw is the retention below which what is not read at once may be lost: a
// monitor may be down for an evening.
const leastRaw = 6 * time.Hour

// leastSlack is how much producers' stamps are out of order at least, by their
// clocks and by what they send in batches.
const leastSlack = 5 * time.Second

// sources looks at the topics that are watched.
func (e *examination) sources(ctx context.Context) {
	for _, s := range e.Pipeline.Sources {
		if s.Open != nil {
			continue
		}
		names := e.matched(s)
		if len(names) == 0 {
			e.bad("sources", "create one, or grant READ: Kafka hides topics that we may not read", "source %q matches no topic that we may see: %s", s.Name, strings.Join(s.Topics, ", "))
			continue
		}
		topics := e.settings(ctx, names)
		e.checks = append(e.checks, stamps(s, topics)...)
		e.checks = append(e.checks, retention(s, e.Pipeline.Classes, topics)...)
		for i := range topics {
			topics[i].insync = 0 // who writes there is not our business
			e.checks = append(e.checks, topics[i].standing()...)
		}
	}
}

// matched returns the topics of a source that we may see.
func (e *examination) matched(s *pipeline.Source) []string {
	var names []string
	for name := range e.have {
		if !kafka.Ours(e.Pipeline.Kafka, name) && slices.ContainsFunc(s.Topics, func(expr string) bool {
			ok, err := regexp.MatchString("^(?:"+expr+")$", name)
			return err == nil && ok
		}) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// stamps says who stamps the records of a source, and what that means for its
// settings.
func stamps(s *pipeline.Source, topics []topic) []Check {
	by := make(map[string][]string)
	for _, t := range topics {
		kind := t.stamps
		if t.hidden {
			kind = ""
		}
		by[kind] = append(by[kind], t.name)
	}
	broker, producers, hidden := by["LogAppendTime"], by["CreateTime"], by[""]
	says := fmt.Sprintf("source %q has %s", s.Name, tail.Plural(int64(len(topics)), "topic"))
	if len(producers) > 0 && s.SlackCreate < leastSlack {
		return []Check{{
			About: "sources",
			Says: fmt.Sprintf("%s, and producers stamp the records of %s (CreateTime): with slack = %s, what comes later than that after newer records is counted as delayed, not as an event",
				says, some(producers), brief(s.SlackCreate)),
			Do: fmt.Sprintf("set message.timestamp.type=LogAppendTime on these topics, or raise slack in source %q: 30s is usual where producers stamp", s.Name),
		}}
	}
	switch {
	case len(hidden) == len(topics):
		says += ", whose settings we may not see: grant DESCRIBE_CONFIGS on them to have stamps and retention looked at"
	case len(producers) == 0:
		says += fmt.Sprintf(", stamped by the broker: %s is waited for what comes out of order", brief(s.SlackAppend))
	case len(broker) == 0:
		says += fmt.Sprintf(", stamped by producers (CreateTime): %s is waited for what comes out of order; stamps ahead of the broker's clock are not believed", brief(s.SlackCreate))
	default:
		says += fmt.Sprintf(": %d stamped by the broker, %d by producers (CreateTime), such as %s; all of the source waits %s for what comes out of order there",
			len(broker), len(producers), producers[0], brief(s.SlackCreate))
	}
	return []Check{{About: "sources", OK: true, Says: says}}
}

// retention holds how long raw topics are kept against how long they are needed: as
// long as a monitor may be down, and as long as windows wait for what comes late.
func retention(s *pipeline.Source, classes []*pipeline.Class, topics []topic) []Check {
	needed, why := leastRaw, "what comes while the monitor is down for an evening is lost"
	for _, c := range classes {
		if d := c.Every + c.Lateness + s.SlackCreate; c.Source == s.Name && d > needed {
			needed, why = d, fmt.Sprintf("class %q waits for records for %s (every, lateness and slack together)", c.Name, brief(d))
		}
	}
	var out []Check
	for i := range topics {
		t := &topics[i]
		if keeps, by := t.keeps(); !t.hidden && keeps >= 0 && keeps < needed {
			out = append(out, Check{
				About: "sources", Says: fmt.Sprintf("topic %q keeps records for %s only, by %s: %s", t.name, brief(keeps), by, why),
				Do: fmt.Sprintf("raise %s of the topic, to %s at least", by, brief(needed)),
			})
		}
	}
	return out
}
