package overview

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// judgeableWithin is how far behind its source's watermark a feed may be for it to
// count as judgeable now.
const judgeableWithin = 3 * time.Minute

// feeds reads the newest state of each feed.
func (r *reader) feeds(ctx context.Context) error {
	states, err := r.states(ctx)
	if err != nil {
		return err
	}
	r.report.Feeds.ByStatus = make(map[string]int)
	r.report.Findings = []Finding{}
	judgeable := 0
	for _, key := range slices.Sorted(maps.Keys(states)) {
		s := states[key]
		r.found(s)
		if s.OfGroup() {
			continue
		}
		r.report.Feeds.Known++
		status := s.Status
		if !r.judgeable(s) {
			status = feedgauge.Unknown
		} else {
			judgeable++
		}
		r.report.Feeds.ByStatus[string(status)]++
	}
	if n := r.report.Feeds.Known; n > 0 {
		share := float64(judgeable) / float64(n)
		r.report.Coverage = &share
	}
	slices.SortStableFunc(r.report.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(gravity(b.Severity), gravity(a.Severity)), a.Opened.Compare(b.Opened), strings.Compare(a.UID, b.UID))
	})
	return nil
}

// judgeable reports whether anything can be said of a feed now: its source is
// known up to some minutes ago, and its last window was whole.
func (r *reader) judgeable(s *watch.State) bool {
	at, known := r.marks[s.Source]
	return known && at != feedgauge.Before && r.Now().Sub(at.Time()) <= judgeableWithin && s.Status != feedgauge.Unknown
}

func (r *reader) found(s *watch.State) {
	until, _, _ := s.Mute()
	for _, f := range s.Open() {
		r.report.Findings = append(r.report.Findings, Finding{
			UID: f.UID, Tenant: s.Feed.Tenant, Feed: s.Feed.Name, Rule: f.Rule, Severity: string(f.Severity),
			Opened: f.Opened.Time(), Muted: until > feedgauge.InstantOf(r.Now()),
		})
	}
}

// states reads the newest record of each key of the state topic. One that cannot
// be read is an error.
func (r *reader) states(ctx context.Context) (map[string]*watch.State, error) {
	topic := r.Kafka.Topic(kafka.State)
	ends, err := kafka.Ends(ctx, r.adm, topic)
	if err != nil {
		return nil, err
	}
	newest := make(map[string][]byte)
	for lane, end := range ends {
		span := kafka.Span{Topic: topic, Partition: lane.Partition, From: end.Start, To: end.Stable}
		err := kafka.ReadPartition(ctx, r.Kafka.Brokers, span, func(rec *kgo.Record) error {
			if newest[string(rec.Key)] = rec.Value; rec.Value == nil {
				delete(newest, string(rec.Key))
			}
			return nil
		}, r.Client...)
		if err != nil {
			return nil, err
		}
	}
	delete(newest, watch.MetaKey)
	out := make(map[string]*watch.State, len(newest))
	for key, value := range newest {
		s, err := watch.DecodeState(value)
		if err != nil {
			return nil, fmt.Errorf("the state of %q: %w", strings.ReplaceAll(key, "\x00", "/"), err)
		}
		if !s.Gone() {
			out[key] = s
		}
	}
	return out, nil
}

// gravity orders severities.
func gravity(severity string) int {
	return slices.Index([]string{
		string(feedgauge.Info), string(feedgauge.Low), string(feedgauge.Medium), string(feedgauge.High), string(feedgauge.Critical),
	}, severity)
}
