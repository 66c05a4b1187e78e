// Package doctor looks whether a pipeline could do its work on its cluster, and
// says what to do about what stands against it. It changes nothing.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Check is one thing that was looked at.
type Check struct {
	About string `json:"about"`        // such as "rights"
	OK    bool   `json:"ok"`           //
	Says  string `json:"says"`         // what is the case
	Do    string `json:"do,omitempty"` // what to do about it
}

// Options say what to look at.
type Options struct {
	Pipeline *pipeline.Pipeline
	Roles    []string // of kafka.GrantRoles
	Client   []kgo.Opt
	Within   time.Duration // for the first answer
	Now      time.Time
}

// Examine asks the cluster. The error is that of the doctor itself; what is wrong
// with the patient is in the checks.
func Examine(ctx context.Context, o Options) ([]Check, error) {
	cl, err := kafka.Dial(o.Pipeline.Kafka.Brokers, o.Client...)
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	e := &examination{Options: o, cl: cl, adm: kadm.NewClient(cl)}
	e.encryption()
	if !e.connection(ctx) {
		return e.checks, ctx.Err()
	}
	for _, look := range []func(context.Context){e.versions, e.topics, e.rights, e.sources, e.clock, e.lag} {
		look(ctx)
	}
	return e.checks, ctx.Err()
}

type examination struct {
	Options
	cl     *kgo.Client
	adm    *kadm.Client
	have   kadm.TopicDetails // all that we may see
	ours   kadm.TopicDetails // our own, asked for by name
	checks []Check
}

func (e *examination) good(about, format string, args ...any) {
	e.checks = append(e.checks, Check{About: about, OK: true, Says: fmt.Sprintf(format, args...)})
}

func (e *examination) bad(about, do, format string, args ...any) {
	e.checks = append(e.checks, Check{About: about, Says: fmt.Sprintf(format, args...), Do: do})
}

// failed tells an error as a finding.
func (e *examination) failed(about string, err error) {
	e.bad(about, kafka.Remedy(err), "%v", err)
}

func (e *examination) encryption() {
	k := e.Pipeline.Kafka
	if k.SASL != nil && k.TLS == nil && !slices.Contains([]string{pipeline.ScramSHA256, pipeline.ScramSHA512, pipeline.Kerberos}, k.SASL.Mechanism) {
		e.bad("connection", "add a tls block to kafka, and use the broker's TLS port", "%s sends the secret without encryption", k.SASL.Mechanism)
	}
}

func (e *examination) connection(ctx context.Context) bool {
	var denied error // is not waited out
	err := kafka.Await(ctx, e.Within, func(ctx context.Context) (err error) {
		if e.have, err = e.adm.ListTopics(kadm.WithAuthorizedOps(ctx)); kafka.Denied(err) {
			denied, err = err, nil
		}
		return err
	})
	if err := errors.Join(err, denied); err != nil {
		e.failed("connection", err)
		return false
	}
	meta, err := e.adm.BrokerMetadata(ctx)
	if err != nil {
		e.failed("connection", err)
		return false
	}
	e.good("connection", "%d brokers, as %s", len(meta.Brokers), e.who())
	return true
}

func (e *examination) who() string {
	k, as := e.Pipeline.Kafka, "nobody in particular"
	switch {
	case k.SASL != nil && k.SASL.Username != "":
		as = fmt.Sprintf("%q by %s", k.SASL.Username, k.SASL.Mechanism)
	case k.SASL != nil:
		as = "whoever " + k.SASL.Mechanism + " says"
	case k.TLS != nil && k.TLS.Cert != "":
		as = "whom the certificate names"
	}
	if k.TLS != nil {
		return as + ", encrypted"
	}
	return as + ", not encrypted"
}

// offsetFetch is the key of the request that Kafka 2.5 gave stable offsets, in
// version 7. All else that we need is older.
const offsetFetch, stableOffsets = 9, 7

func (e *examination) versions(ctx context.Context) {
	all, err := e.adm.ApiVersions(ctx)
	if err != nil {
		e.failed("version", err)
		return
	}
	for _, v := range all.Sorted() {
		switch most, ok := v.KeyMaxVersion(offsetFetch); {
		case v.Err != nil:
			e.failed("version", fmt.Errorf("broker %d: %w", v.NodeID, v.Err))
		case !ok || most < stableOffsets:
			e.bad("version", "use Kafka 2.5 or later", "broker %d speaks like Kafka %s", v.NodeID, v.VersionGuess())
		default:
			e.good("version", "broker %d speaks like Kafka %s", v.NodeID, v.VersionGuess())
		}
	}
}

func (e *examination) topics(ctx context.Context) {
	names := []string{e.Pipeline.Kafka.Topic(kafka.Resize)}
	for _, t := range kafka.Plan(e.Pipeline.Kafka) {
		names = append(names, t.Name)
	}
	var err error
	if e.ours, err = e.adm.ListTopics(kadm.WithAuthorizedOps(ctx), names...); err != nil {
		e.failed("topics", err)
		return
	}
	missing, err := kafka.CheckTopics(ctx, e.adm, e.Pipeline.Kafka, e.ours)
	if len(missing) > 0 {
		e.bad("topics", "run \"feedgauge topics create\", or the commands that \"feedgauge topics\" prints", "missing: %s", strings.Join(missing, ", "))
	}
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			e.bad("topics", "", "%s", line)
		}
	}
	if err == nil && len(missing) == 0 {
		e.good("topics", "our own are there and fit")
	}
}

func (e *examination) clock(ctx context.Context) {
	const most = 2 * time.Second
	topic := e.Pipeline.Kafka.Topic(kafka.Journal)
	if !e.ours.Has(topic) {
		return
	}
	listed, err := e.adm.ListMaxTimestampOffsets(ctx, topic)
	if err != nil {
		return // a right that is missing, or an old broker: told elsewhere
	}
	var newest int64
	listed.Each(func(o kadm.ListedOffset) { newest = max(newest, o.Timestamp) })
	if ahead := time.UnixMilli(newest).Sub(e.Now); newest > 0 && ahead > most {
		e.bad("clock", "set the clocks of this machine and the brokers by NTP", "the broker's clock is %v ahead of ours", ahead.Round(time.Millisecond))
	}
}

// lag tells how far intake and watch are behind, which is no finding: a monitor that
// has been stopped is.
func (e *examination) lag(ctx context.Context) {
	for _, role := range []string{kafka.RoleIntake, kafka.RoleWatch} {
		group := e.Pipeline.Kafka.Prefix + "-" + role
		lags, err := e.adm.Lag(ctx, group)
		l := lags[group]
		if err != nil || l.Error() != nil {
			continue // told as a missing right
		}
		n := l.Lag.Total()
		e.good("lag", "%s is %d records behind, %d members run", role, n, len(l.Members))
	}
}
