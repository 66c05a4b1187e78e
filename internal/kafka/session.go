package kafka

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Timeouts of a session where its configuration says nothing. The order
// matters: a member that is gone must be noticed (session) before the
// transaction it left open is aborted by the broker (transaction), and a
// healthy one must be able to commit in between.
const (
	DefaultMetadataAge        = 30 * time.Second
	DefaultSessionTimeout     = 10 * time.Second
	DefaultRebalanceTimeout   = 30 * time.Second
	DefaultTransactionTimeout = 20 * time.Second
)

// SessionConfig describes one worker: one client, one group member, one
// transactional id.
type SessionConfig struct {
	Brokers  []string
	Prefix   string // of our topics, groups and transactional ids
	Role     string // "intake", "watch"
	Instance string // names the process; two processes of one name fence each other
	Worker   int    // number of the worker within the process
	// Boot, if set, ends the transactional id, so that each start has its own.
	// The embedded broker needs that: it may forget after a crash what it
	// promised an id before.
	Boot string

	Topics []string // names, or with Regex expressions that match whole names
	Regex  bool     // our own topics are never matched

	MetadataAge        time.Duration // how long a new topic or partition may go unnoticed
	SessionTimeout     time.Duration
	RebalanceTimeout   time.Duration
	TransactionTimeout time.Duration

	// Adjust is called on assignment with the committed offsets, before
	// anything is fetched, and says where to begin. Its context ends when the
	// partitions are revoked. Required: it alone knows of lost offsets.
	Adjust func(context.Context, map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error)
	// Revoked and Lost are hints that partitions went. They can be missed, so
	// nothing exact may hang on them. They must not end the session.
	Revoked, Lost func(context.Context, *kgo.Client, map[string][]int32)

	Log  hclog.Logger // may be nil
	Opts []kgo.Opt    // TLS and the like; applied last
}

// Group is the consumer group of the role.
func (c *SessionConfig) Group() string { return c.Prefix + "-" + c.Role }

// Slot is the static member id: who comes back under it takes over its lanes at
// once.
func (c *SessionConfig) Slot() string { return c.Instance + "-" + strconv.Itoa(c.Worker) }

// TransactionalID is the id that fences an earlier life of this worker.
func (c *SessionConfig) TransactionalID() string {
	id := c.Group() + "-" + c.Slot()
	if c.Boot != "" {
		id += "-" + c.Boot
	}
	return id
}

// Transact makes the client and session of one worker. It connects to nothing
// yet; group membership begins at once in the background.
//
// Offsets are committed in transactions only. Nothing is ever reset: a lane
// without a committed offset, or whose offset has been deleted by retention, is
// for Adjust to decide, and an offset out of range later is a fatal error of
// the poll. Control records are kept, since without them the end of a log that
// ends in one is never reached. Records are sent where their Partition field
// says.
func Transact(cfg SessionConfig) (*kgo.GroupTransactSession, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s, err := kgo.NewGroupTransactSession(cfg.options()...)
	if err != nil {
		return nil, fmt.Errorf("session of %q: %w", cfg.TransactionalID(), err)
	}
	return s, nil
}

func (c *SessionConfig) check() error {
	switch {
	case c.Prefix == "" || c.Role == "" || c.Instance == "":
		return errors.New("a session needs prefix, role and instance")
	case len(c.Topics) == 0:
		return fmt.Errorf("session of %q: no topics", c.TransactionalID())
	case c.Adjust == nil:
		return fmt.Errorf("session of %q: no hook for offsets", c.TransactionalID())
	}
	if c.Regex {
		for _, t := range c.Topics {
			if _, err := regexp.Compile(t); err != nil {
				return fmt.Errorf("topics %q: %w", t, err)
			}
		}
	}
	return nil
}

func (c *SessionConfig) options() []kgo.Opt {
	opts := dialOpts(c.Brokers, []kgo.Opt{kgo.WithLogger(Logger(c.Log))})
	opts = append(opts, c.groupOptions()...)
	opts = append(opts, c.consumeOptions()...)
	opts = append(opts,
		kgo.TransactionalID(c.TransactionalID()),
		kgo.TransactionTimeout(or(c.TransactionTimeout, DefaultTransactionTimeout)),
		kgo.ProducerLinger(0), // output is complete when it is produced: waiting gains nothing
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
	)
	return append(opts, c.Opts...)
}

func (c *SessionConfig) groupOptions() []kgo.Opt {
	session := or(c.SessionTimeout, DefaultSessionTimeout)
	opts := []kgo.Opt{
		kgo.ConsumerGroup(c.Group()),
		kgo.InstanceID(c.Slot()),
		kgo.Balancers(kgo.CooperativeStickyBalancer()),
		kgo.SessionTimeout(session),
		kgo.HeartbeatInterval(session / 4),
		kgo.RebalanceTimeout(or(c.RebalanceTimeout, DefaultRebalanceTimeout)),
		kgo.AdjustFetchOffsetsFn(c.Adjust),
	}
	if c.Revoked != nil {
		opts = append(opts, kgo.OnPartitionsRevoked(c.Revoked))
	}
	if c.Lost != nil {
		opts = append(opts, kgo.OnPartitionsLost(c.Lost))
	}
	return opts
}

func (c *SessionConfig) consumeOptions() []kgo.Opt {
	age := or(c.MetadataAge, DefaultMetadataAge)
	opts := []kgo.Opt{
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.KeepControlRecords(),
		kgo.MetadataMaxAge(age),
		kgo.MetadataMinAge(min(age, time.Second)),
	}
	if !c.Regex {
		return append(opts, kgo.ConsumeTopics(c.Topics...))
	}
	return append(opts,
		kgo.ConsumeRegex(),
		kgo.ConsumeTopics(whole(c.Topics)...),
		kgo.ConsumeExcludeTopics(ours(c.Prefix)))
}

// whole makes each expression match entire names.
func whole(expressions []string) []string {
	out := make([]string, len(expressions))
	for i, e := range expressions {
		out[i] = "^(?:" + e + ")$"
	}
	return out
}

// ours matches our own topics: a monitor that read its own output would never
// come to rest.
func ours(prefix string) string {
	var names []string
	for _, name := range OwnTopics(prefix) {
		names = append(names, regexp.QuoteMeta(name))
	}
	return "^(?:" + strings.Join(names, "|") + ")$"
}

func or(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}
