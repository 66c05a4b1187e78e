// Package doctor looks whether a pipeline could do its work on its cluster, and
// says what to do about what stands against it. It changes nothing.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/tail"
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
	// Listen is how long to wait for somebody to write, where members of the monitor
	// are at work: only then can clocks be compared. Zero is not at all.
	Listen time.Duration
	Now    func() time.Time
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
	e.versions(ctx)
	if !e.topics(ctx) {
		return e.checks, ctx.Err()
	}
	for _, look := range []func(context.Context){e.rights, e.sources, e.lag, e.state, e.clock} {
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
	busy   bool              // members of intake are at work
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
	var misfit *kafka.Misfit
	if errors.As(err, &misfit) {
		e.bad(about, misfit.Do, "%s", misfit.Says)
		return
	}
	do := kafka.Remedy(err)
	if do == "" {
		do = "run the doctor again; if it stays, look at the broker's log"
	}
	e.bad(about, do, "%v", kafka.Whole(err))
}

// each returns the errors that were joined, and joined again, or the one.
func each(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error }) // what wraps others says more than they
	if !ok {
		return []error{err}
	}
	var out []error
	for _, one := range joined.Unwrap() {
		out = append(out, each(one)...)
	}
	return out
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
	e.good("connection", "%s, as %s", tail.Plural(int64(len(meta.Brokers)), "broker"), e.who())
	if r := e.Pipeline.Kafka.Replication; int(r) > len(meta.Brokers) {
		e.bad("connection", fmt.Sprintf("set replication = %d in kafka, or add brokers", len(meta.Brokers)),
			"replication = %d is more than there are brokers, so the monitor does not begin", r)
	}
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
	if e.Pipeline.Embedded != nil {
		e.good("version", "the broker is the one inside \"feedgauge run\"")
		return
	}
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
