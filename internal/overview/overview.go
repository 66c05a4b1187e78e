// Package overview tells how a monitor stands, by what it has left in Kafka: who
// is at work, how far it has come, how the feeds stand and what is found. It asks
// no process of the monitor, so it tells also when none runs.
package overview

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Options say which monitor is meant.
type Options struct {
	Kafka  pipeline.Kafka
	Client []kgo.Opt // how to connect
	Now    func() time.Time
}

// Report is how a monitor stands. Its JSON form is what `status --json` prints:
// fields may be added, but are never renamed.
type Report struct {
	Version  int       `json:"version"`
	Time     time.Time `json:"time"`
	Roles    []Role    `json:"roles"`
	Sources  []Source  `json:"sources"`
	Feeds    Feeds     `json:"feeds"`
	Coverage *float64  `json:"coverage"` // share of feeds that can be judged now; null without feeds
	Findings []Finding `json:"findings"` // open ones, the gravest first
}

// Role is one consumer group of the monitor.
type Role struct {
	Role    string   `json:"role"` // intake, watch, or deliver and the sink's name
	Group   string   `json:"group"`
	State   string   `json:"state"` // as the broker calls it: Stable, Empty, …
	Lag     int64    `json:"lag"`   // records
	Members []Member `json:"members"`
}

// Member is one worker of a role.
type Member struct {
	Instance string `json:"instance"`
	Host     string `json:"host"`
	Lanes    int    `json:"lanes"`
	Lag      int64  `json:"lag"`
}

// Source is how far a source is known.
type Source struct {
	Source    string     `json:"source"`
	Watermark *time.Time `json:"watermark"` // null while some lane has not been spoken for
	Lanes     int        `json:"lanes"`
	Blocked   []string   `json:"blocked"` // lanes held back by a transaction of others
	Unknown   []string   `json:"unknown"` // lanes that nobody has spoken for
}

// Feeds is how many feeds there are, and how they stand.
type Feeds struct {
	Known    int            `json:"known"`
	ByStatus map[string]int `json:"by_status"`
}

// Finding is an open finding.
type Finding struct {
	UID      string    `json:"uid"`
	Tenant   string    `json:"tenant"`
	Feed     string    `json:"feed"`
	Rule     string    `json:"rule"`
	Severity string    `json:"severity"`
	Opened   time.Time `json:"opened"`
	Muted    bool      `json:"muted"`
}

// Read asks Kafka for all of it. What cannot be read is an error: half a picture
// would look like a whole one.
func Read(ctx context.Context, o Options) (*Report, error) {
	cl, err := kafka.Dial(o.Kafka.Brokers, o.Client...)
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	r := &reader{Options: o, adm: kadm.NewClient(cl), report: &Report{Version: 1, Time: o.Now().UTC()}}
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{{"roles", r.roles}, {"sources", r.sources}, {"feeds", r.feeds}} {
		if err := step.do(ctx); err != nil {
			return nil, fmt.Errorf("the %s of %q: %w", step.what, o.Kafka.Prefix, kafka.Whole(err))
		}
	}
	return r.report, nil
}

type reader struct {
	Options
	adm    *kadm.Client
	report *Report
	marks  map[string]feedgauge.Instant // watermark by source
}
