package doctor

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/tail"
)

// topics looks at our own. Without an answer on them nothing else can be judged.
func (e *examination) topics(ctx context.Context) bool {
	names := []string{e.Pipeline.Kafka.Topic(kafka.Resize)}
	for _, t := range kafka.Plan(e.Pipeline.Kafka) {
		names = append(names, t.Name)
	}
	var err error
	if e.ours, err = e.adm.ListTopics(kadm.WithAuthorizedOps(ctx), names...); err != nil {
		e.failed("topics", err)
		return kafka.Denied(err) // which right it is, is told next
	}
	before := len(e.checks)
	missing, err := kafka.CheckTopics(ctx, e.adm, e.Pipeline.Kafka, e.ours)
	if len(missing) > 0 {
		e.bad("topics", "run \"feedgauge topics create\", or the commands that \"feedgauge topics\" prints", "missing: %s", strings.Join(missing, ", "))
	}
	if err != nil {
		for _, one := range each(err) {
			e.failed("topics", one)
		}
	}
	for _, t := range e.settings(ctx, names) {
		e.checks = append(e.checks, own(e.bare(t.name), &t)...)
	}
	if len(e.checks) == before {
		e.good("topics", "our own are there and fit")
	}
	return true
}

// bare is the name of one of our topics without the prefix.
func (e *examination) bare(name string) string {
	return strings.TrimPrefix(name, e.Pipeline.Kafka.Prefix+".")
}

// topic is what is known of one.
type topic struct {
	name       string
	hidden     bool // its settings are not shown to us
	stamps     string
	retention  time.Duration // by age, negative for ever
	bytes      int64         // retention by size, negative for none
	compactMax time.Duration // max.compaction.lag.ms
	insync     int           // min.insync.replicas
	lanes      []kadm.PartitionDetail
	oldest     time.Duration // age of the oldest record, where some are deleted by size; 0 if not known
}

const forever = time.Duration(-1)

// settings asks for the settings of topics that exist, sorted by name.
func (e *examination) settings(ctx context.Context, names []string) []topic {
	var out []topic
	var exist []string
	for _, name := range names {
		if d := e.detail(name); d.Err == nil && len(d.Partitions) > 0 {
			exist = append(exist, name)
		}
	}
	if len(exist) == 0 {
		return nil // kadm takes none for all
	}
	slices.Sort(exist)
	described, err := e.adm.DescribeTopicConfigs(ctx, exist...)
	for _, name := range exist {
		t := topic{name: name, hidden: true, lanes: e.detail(name).Partitions.Sorted()}
		if r, errOn := described.On(name, nil); err == nil && errOn == nil && r.Err == nil {
			t.read(r)
		}
		out = append(out, t)
	}
	e.ages(ctx, out)
	return out
}

func (e *examination) detail(name string) kadm.TopicDetail {
	if d, ok := e.ours[name]; ok {
		return d
	}
	return e.have[name]
}

func (t *topic) read(r kadm.ResourceConfig) {
	get := make(map[string]string)
	for _, c := range r.Configs {
		get[c.Key] = c.MaybeValue()
	}
	t.hidden, t.stamps = false, get["message.timestamp.type"]
	t.retention, t.compactMax = millis(get["retention.ms"]), millis(get["max.compaction.lag.ms"])
	t.bytes = number(get["retention.bytes"], -1)
	t.insync = int(number(get["min.insync.replicas"], 1))
}

// millis reads a setting in milliseconds; one that is not there, is negative or
// longer than we can tell is for ever.
func millis(text string) time.Duration {
	n := number(text, -1)
	if n < 0 || n > int64(1<<62)/int64(time.Millisecond) {
		return forever
	}
	return time.Duration(n) * time.Millisecond
}

func number(text string, otherwise int64) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return otherwise
	}
	return n
}

// ages finds how old the oldest records are in topics that are kept by size.
func (e *examination) ages(ctx context.Context, topics []topic) {
	for i := range topics {
		t := &topics[i]
		if t.bytes < 0 {
			continue
		}
		starts, errStart := e.adm.ListStartOffsets(ctx, t.name)
		oldest, errOldest := e.adm.ListOffsetsAfterMilli(ctx, 0, t.name)
		if errStart != nil || errOldest != nil {
			continue // told as a missing right
		}
		oldest.Each(func(o kadm.ListedOffset) {
			s, ok := starts.Lookup(o.Topic, o.Partition)
			if age := e.Now().Sub(time.UnixMilli(o.Timestamp)); ok && s.Offset > 0 && o.Timestamp > 0 && (t.oldest == 0 || age < t.oldest) {
				t.oldest = max(age, time.Millisecond)
			}
		})
	}
}

// keeps returns for how long a topic has its records, and by which setting.
func (t *topic) keeps() (d time.Duration, by string) {
	if t.oldest > 0 && (t.retention < 0 || t.oldest < t.retention) {
		return t.oldest, "retention.bytes"
	}
	return t.retention, "retention.ms"
}

// leastOwn is how long our topics should be kept at least: a monitor, or a part of
// it, may be down for a night and a day until somebody looks.
const leastOwn = 24 * time.Hour

// leastUncleaned is how long the newest records of the state should stay as they
// are: a restore waits for the very last ones.
const leastUncleaned = time.Hour

// own judges one of our topics.
func own(bare string, t *topic) []Check {
	var out []Check
	finding := func(do, format string, args ...any) {
		out = append(out, Check{About: "topics", Says: fmt.Sprintf(format, args...), Do: do})
	}
	loses := map[string]string{
		kafka.Journal: "what intake has counted is lost when watch is down for longer, and so is what a restore needs",
		kafka.Alerts:  "alerts are lost when deliver is down for longer",
	}[bare]
	if keeps, by := t.keeps(); !t.hidden && loses != "" && keeps >= 0 && keeps < leastOwn {
		finding(fmt.Sprintf("raise %s of the topic, to a day at least", by), "topic %q keeps records for %s only, by %s: %s", t.name, brief(keeps), by, loses)
	}
	if !t.hidden && bare == kafka.State && t.compactMax >= 0 && t.compactMax < leastUncleaned {
		finding(fmt.Sprintf("run kafka-configs --alter --topic %s --delete-config max.compaction.lag.ms", t.name),
			"topic %q has max.compaction.lag.ms=%d: the broker may clean the newest states, for which a restore waits", t.name, t.compactMax.Milliseconds())
	}
	return append(out, t.standing()...)
}

// standing judges whether a topic can be written to and read.
func (t *topic) standing() []Check {
	var leaderless, thin []string
	for _, p := range t.lanes {
		switch {
		case p.Leader < 0:
			leaderless = append(leaderless, strconv.Itoa(int(p.Partition)))
		case !t.hidden && len(p.ISR) < t.insync:
			thin = append(thin, strconv.Itoa(int(p.Partition)))
		}
	}
	var out []Check
	if len(leaderless) > 0 {
		out = append(out, Check{
			About: "topics", Do: "bring back the brokers that hold them",
			Says: fmt.Sprintf("topic %q: no broker leads partition %s", t.name, some(leaderless)),
		})
	}
	if len(thin) > 0 {
		out = append(out, Check{
			About: "topics", Do: "bring back the brokers that are missing, or lower min.insync.replicas",
			Says: fmt.Sprintf("topic %q has min.insync.replicas=%d, and fewer replicas are in sync of partition %s: writes are refused", t.name, t.insync, some(thin)),
		})
	}
	return out
}

// some lists a few, and says how many more there are.
func some(names []string) string {
	const most = 4
	list := strings.Join(names[:min(most, len(names))], ", ")
	if more := len(names) - most; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return tail.Clean(list)
}

// brief writes a duration in days where it is so long.
func brief(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 0:
		return "ever"
	case d >= 2*day:
		return fmt.Sprintf("%d days", d/day)
	case d >= time.Minute:
		return tail.Duration(d.Round(time.Second))
	}
	return tail.Duration(d.Round(time.Millisecond))
}
