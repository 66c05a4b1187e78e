package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// Names of our topics, without the prefix.
const (
	Journal = "journal" // all that can change a finding, in order
	State   = "state"   // newest state of each feed, compacted
	Alerts  = "alerts"  // steps of findings
	History = "history" // closed windows
	Dead    = "dead"    // raw records that could not be taken in
	// Resize holds the new state while the number of partitions is changed,
	// and is there at no other time.
	Resize = "state.resize"
)

// Configuration keys that EnsureTopics reads back.
const (
	cleanupPolicy = "cleanup.policy"
	timestampType = "message.timestamp.type"
	logAppendTime = "LogAppendTime"
)

// topic is one of ours: its name without the prefix, and its configuration.
type topic struct {
	name    string
	configs map[string]string
}

// DryRun ends the prefix of a monitor that runs beside another one to show what it
// would tell.
const DryRun = ".dry-run"

// OwnTopics returns the names of all topics that hold the data of a monitor of that
// prefix, or of a dry run beside it: neither may watch the other.
func OwnTopics(prefix string) []string {
	base := strings.TrimSuffix(prefix, DryRun)
	var names []string
	for _, p := range []string{base, base + DryRun} {
		k := pipeline.Kafka{Prefix: p}
		for _, t := range topics() {
			names = append(names, k.Topic(t.name))
		}
		names = append(names, k.Topic(Resize))
	}
	return names
}

// Ours reports whether a topic is one of those that hold the monitor's own data.
func Ours(k pipeline.Kafka, topic string) bool {
	return slices.Contains(OwnTopics(k.Prefix), topic)
}

// topics returns our topics as they are created. Each is stamped by the broker,
// because the watch takes the time of a journal record for the truth.
//
// The state has no max.compaction.lag.ms: with it the broker could clean the
// very tail that a restore is waiting to see. It has no retention either, since
// a quiet feed's state may be old and still the newest.
func topics() []topic {
	return []topic{
		{Journal, kept(7)},
		{State, map[string]string{
			timestampType:   logAppendTime,
			cleanupPolicy:   "compact",
			"segment.bytes": strconv.Itoa(64 << 20),
			"segment.ms":    millis(time.Hour),
			"retention.ms":  "-1",
		}},
		{Alerts, kept(30)},
		{History, kept(400)},
		{Dead, kept(7)},
	}
}

// kept is the configuration of a topic whose records go after so many days.
func kept(days int) map[string]string {
	return map[string]string{
		timestampType:  logAppendTime,
		cleanupPolicy:  "delete",
		"retention.ms": millis(time.Duration(days) * 24 * time.Hour),
	}
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// EnsureTopics creates those of our topics that are missing and waits until the
// cluster shows them. Topics that exist are left as they are, but have to fit:
// k.Partitions partitions (or more, where feeds are not placed by that number),
// stamps of kind LogAppendTime, and a compacted state. The error holds everything
// that does not fit, and names the remedy. While a change of the number of
// partitions is unfinished, nothing is created: journal and state may be away.
//
// It needs the right to describe our topics and their configurations, and the
// right to create only while one is missing.
func EnsureTopics(ctx context.Context, adm *kadm.Client, k pipeline.Kafka) error {
	names := fullNames(k)
	have, err := list(ctx, adm, append(names, k.Topic(Resize)))
	if err != nil {
		return fmt.Errorf("cannot list the topics of prefix %q: %w", k.Prefix, err)
	}
	if exists(have, k.Topic(Resize)) {
		return leftover(k)
	}
	var errs []error
	created := false
	for _, t := range topics() {
		if have.Has(k.Topic(t.name)) {
			continue
		}
		created = true
		errs = append(errs, create(ctx, adm, k, t))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if created {
		if have, err = visible(ctx, adm, names); err != nil {
			return err
		}
	}
	return errors.Join(checkPartitions(have, k), checkConfigs(ctx, adm, k))
}

// CheckTopics looks at our topics, of which have is what the cluster shows, and
// returns those that are missing. The error holds everything that does not fit.
func CheckTopics(ctx context.Context, adm *kadm.Client, k pipeline.Kafka, have kadm.TopicDetails) (missing []string, err error) {
	var errs []error
	if exists(have, k.Topic(Resize)) {
		errs = append(errs, leftover(k))
	}
	for _, t := range topics() {
		name := k.Topic(t.name)
		switch {
		case exists(have, name):
			described, err := adm.DescribeTopicConfigs(ctx, name)
			if err == nil {
				err = checkConfig(described, name, t)
			}
			errs = append(errs, err)
		case errors.Is(have[name].Err, kerr.UnknownTopicOrPartition):
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 && !slices.ContainsFunc(fullNames(k), func(name string) bool { return !exists(have, name) }) {
		errs = append(errs, checkPartitions(have, k))
	}
	return missing, errors.Join(errs...)
}

// leftover is that a change of the number of partitions is unfinished.
func leftover(k pipeline.Kafka) error {
	return &Misfit{
		Says: fmt.Sprintf("topic %q is left of a change of the number of partitions", k.Topic(Resize)),
		Do:   "finish it with \"feedgauge topics resize\"",
	}
}

func fullNames(k pipeline.Kafka) []string {
	var names []string
	for _, t := range topics() {
		names = append(names, k.Topic(t.name))
	}
	return names
}

// create makes one topic. That another member was faster is no error: the
// checks that follow see what it made.
func create(ctx context.Context, adm *kadm.Client, k pipeline.Kafka, t topic) error {
	configs := make(map[string]*string, len(t.configs))
	for key, value := range t.configs {
		configs[key] = kadm.StringPtr(value)
	}
	name := k.Topic(t.name)
	resp, err := adm.CreateTopic(ctx, k.Partitions, k.Replication, configs, name)
	switch {
	case err == nil, errors.Is(err, kerr.TopicAlreadyExists):
		return nil
	case errors.Is(err, kerr.TopicAuthorizationFailed), errors.Is(err, kerr.ClusterAuthorizationFailed):
		return fmt.Errorf("cannot create topic %q: grant CREATE on it, or create it beforehand (\"feedgauge topics\" prints the command): %w", name, err)
	case errors.Is(err, kerr.InvalidReplicationFactor):
		return fmt.Errorf("cannot create topic %q with replication factor %d: the cluster has fewer brokers: %w", name, k.Replication, err)
	case resp.ErrMessage != "":
		return fmt.Errorf("cannot create topic %q: %w (%s)", name, err, resp.ErrMessage)
	}
	return fmt.Errorf("cannot create topic %q: %w", name, err)
}

// list asks the cluster itself which of the topics there are.
func list(ctx context.Context, adm *kadm.Client, names []string) (kadm.TopicDetails, error) {
	return adm.ListTopics(fresh(ctx), names...)
}

// fresh makes kadm ask the cluster for metadata, where it would else answer from
// what the client remembers, for seconds. Only a request that wants to know the
// operations allowed to us goes through at once.
func fresh(ctx context.Context) context.Context { return kadm.WithAuthorizedOps(ctx) }

// visible waits until every topic has leaders for all its partitions. The
// controller answers a creation before the brokers have heard of it.
func visible(ctx context.Context, adm *kadm.Client, names []string) (kadm.TopicDetails, error) {
	pause := 20 * time.Millisecond
	for {
		have, err := list(ctx, adm, names)
		if err == nil {
			err = unready(have, names)
		}
		if err == nil {
			return have, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(pause):
			pause = min(2*pause, time.Second)
		}
	}
}

// unready names the first topic that cannot be used yet.
func unready(have kadm.TopicDetails, names []string) error {
	for _, name := range names {
		if !have.Has(name) {
			return fmt.Errorf("topic %q is not known to the brokers yet", name)
		}
		for _, p := range have[name].Partitions {
			if p.Err != nil {
				return fmt.Errorf("topic %q partition %d is not ready: %w", name, p.Partition, p.Err)
			}
		}
	}
	return nil
}

func checkPartitions(have kadm.TopicDetails, k pipeline.Kafka) error {
	var errs []error
	for _, t := range topics() {
		name := k.Topic(t.name)
		n := len(have[name].Partitions)
		switch placed := t.name == Journal || t.name == State; {
		case placed && n != int(k.Partitions):
			errs = append(errs, &Misfit{
				Says: fmt.Sprintf("topic %q has %d partitions, but %d are configured, and feeds are placed by that number", name, n, k.Partitions),
				Do:   fmt.Sprintf("configure partitions = %d, change it with \"feedgauge topics resize\", or use another prefix", n),
			})
		case !placed && n < int(k.Partitions):
			errs = append(errs, &Misfit{
				Says: fmt.Sprintf("topic %q has %d partitions, but %d are configured", name, n, k.Partitions),
				Do:   fmt.Sprintf("run kafka-topics --alter --topic %s --partitions %d, or use another prefix", name, k.Partitions),
			})
		}
	}
	return errors.Join(errs...)
}

func checkConfigs(ctx context.Context, adm *kadm.Client, k pipeline.Kafka) error {
	described, err := adm.DescribeTopicConfigs(ctx, fullNames(k)...)
	if err != nil {
		return fmt.Errorf("cannot read the configuration of the topics of prefix %q: %w", k.Prefix, err)
	}
	var errs []error
	for _, t := range topics() {
		errs = append(errs, checkConfig(described, k.Topic(t.name), t))
	}
	return errors.Join(errs...)
}

func checkConfig(described kadm.ResourceConfigs, name string, t topic) error {
	got, err := described.On(name, nil)
	if err == nil {
		err = got.Err
	}
	switch {
	case errors.Is(err, kerr.TopicAuthorizationFailed):
		return fmt.Errorf("cannot read the configuration of topic %q: grant DESCRIBE_CONFIGS on it: %w", name, err)
	case err != nil:
		return fmt.Errorf("cannot read the configuration of topic %q: %w", name, err)
	}
	var errs []error
	if v := value(got, timestampType); v != logAppendTime {
		errs = append(errs, mismatch(name, timestampType, v, logAppendTime, "the monitor's clock is the broker's stamp"))
	}
	if v := value(got, cleanupPolicy); t.name == State && v != "compact" {
		errs = append(errs, mismatch(name, cleanupPolicy, v, "compact", "the state of quiet feeds must be kept"))
	}
	return errors.Join(errs...)
}

func mismatch(topic, key, got, want, why string) error {
	return &Misfit{
		Says: fmt.Sprintf("topic %q has %s=%s, but needs %s, since %s", topic, key, got, want, why),
		Do:   fmt.Sprintf("run kafka-configs --alter --topic %s --add-config %s=%s, or use another prefix", topic, key, want),
	}
}

// Misfit is something about our topics with which the monitor cannot work, and what
// to do about it.
type Misfit struct{ Says, Do string }

func (m *Misfit) Error() string { return m.Says + ": " + m.Do }

func value(r kadm.ResourceConfig, key string) string {
	for _, c := range r.Configs {
		if c.Key == key {
			return c.MaybeValue()
		}
	}
	return ""
}
