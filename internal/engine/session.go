package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
)

// session is one worker's membership in a group, with its transactions.
type session struct {
	*kgo.GroupTransactSession
	log     hclog.Logger
	metrics *metrics
	role    string
	group   string
	slot    string // static member id

	life context.Context //nolint:containedctx // of transactions: outlives the role by the time they may take to end
	end  context.CancelFunc

	said   string // the last complaint about a poll, by the loop alone
	saidAt time.Time

	assigned atomic.Int64 // assignments of lanes so far
	seen     int64        // those of which the loop knows
}

// stopGrace is how long by default a transaction may take to end when the role
// is to stop. Kafka may be away just then.
const stopGrace = 10 * time.Second

// open makes the session and ends whatever transaction a former life left open.
// Membership begins while it does, so the hook for offsets runs before open has
// returned.
func (e *Engine) open(ctx context.Context, cfg kafka.SessionConfig) (*session, error) {
	s := &session{log: cfg.Log, metrics: e.metrics, role: cfg.Role, group: cfg.Group(), slot: cfg.Slot()}
	adjust := cfg.Adjust
	cfg.Adjust = func(ctx context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
		s.assigned.Add(1)
		return adjust(ctx, offsets)
	}
	var err error
	if s.GroupTransactSession, err = kafka.Transact(cfg); err != nil {
		return nil, err
	}
	s.life, s.end = outlive(ctx, cmp.Or(e.Grace, stopGrace))
	if _, _, err := s.Client().ProducerID(ctx); err != nil {
		s.close()
		return nil, fmt.Errorf("taking over transactional id %q: %w", cfg.TransactionalID(), err)
	}
	return s, nil
}

// outlive returns a context that ends a while after ctx.
func outlive(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		sleep(life, grace)
		end()
	})
	return life, func() {
		stop()
		end()
	}
}

// close leaves without waiting for anything: what is not committed has not
// happened.
func (s *session) close() {
	s.end()
	s.CloseAllowingRebalance()
}

// claim is where a lane is committed, and what the next owner must know of it.
type claim struct {
	offset   int64
	metadata string
}

// errNotOurs means that the lanes of a transaction are not, or no longer, those
// this member owns: it must be dropped.
var errNotOurs = errors.New("the lanes of the transaction are not those the member owns")

// commit writes records and the claims of every owned lane in one transaction.
// False without an error means that nothing of it has happened and the session
// stands where it last committed: a rebalance, or an error that passes. After
// an error the session must be closed.
func (s *session) commit(records []*kgo.Record, claims map[feedgauge.Lane]claim) (bool, error) {
	// The transaction must end whatever else does: cancelling End leaves the
	// client in no known state, fit only to be closed.
	ctx := s.life
	if err := s.Begin(); err != nil {
		return false, fmt.Errorf("beginning a transaction: %w", err)
	}
	refused, err := s.write(ctx, records)
	if err != nil {
		return false, s.failure(ctx, "failed", err)
	}
	committed, err := s.End(kgo.PreTxnCommitFnContext(ctx, func(req *kmsg.TxnOffsetCommitRequest) error {
		return s.claim(req, claims)
	}), kgo.TransactionEndTry(refused == nil))
	switch {
	case committed:
		s.metrics.transactions.WithLabelValues(s.role, "committed").Inc()
		return true, nil
	case err != nil && !errors.Is(err, errNotOurs):
		return false, s.failure(ctx, "failed", err)
	case refused != nil:
		// Some of it may have been written all the same. Before KIP-890 the next
		// transaction would number its records alike, and the broker take them
		// for those again: only a new session numbers anew.
		return false, s.failure(ctx, "refused", refused)
	}
	s.metrics.transactions.WithLabelValues(s.role, "aborted").Inc()
	return false, nil
}

// write sends records and waits until the broker has taken or refused all of
// them. Ending a transaction does not tell: it commits the offsets whether their
// output was taken or not. While Kafka is away there is no answer, until the role
// is to stop; that is the error.
func (s *session) write(ctx context.Context, records []*kgo.Record) (refused, err error) {
	promise := kgo.AbortingFirstErrPromise(s.Client())
	for _, r := range records {
		s.Produce(ctx, r, promise.Promise())
	}
	if err := s.Client().Flush(ctx); err != nil {
		return nil, err
	}
	return promise.Err(), nil
}

// failure tells apart why a transaction could not be ended. One whose producer
// is fenced may have taken too long, and a new session mends that; or another
// process has taken over, and a new session would take from it in turn.
func (s *session) failure(ctx context.Context, how string, err error) error {
	s.metrics.transactions.WithLabelValues(s.role, how).Inc()
	if errors.Is(err, kerr.ProducerFenced) || errors.Is(err, kerr.InvalidProducerEpoch) {
		if s.replaced(ctx) {
			return errDuel
		}
	}
	return fmt.Errorf("ending a transaction: %w", err)
}

// replaced asks the group whether another member has our place.
func (s *session) replaced(ctx context.Context) bool {
	req := kmsg.NewPtrHeartbeatRequest()
	req.Group, req.InstanceID = s.group, &s.slot
	req.MemberID, req.Generation = s.Client().GroupMetadata()
	resp, err := req.RequestWith(ctx, s.Client())
	return err == nil && errors.Is(kerr.ErrorForCode(resp.ErrorCode), kerr.FencedInstanceID)
}

// claim completes a commit request with what was told in the transaction, if the
// lanes are still those it was made of.
func (s *session) claim(req *kmsg.TxnOffsetCommitRequest, claims map[feedgauge.Lane]claim) error {
	if s.moved() {
		return fmt.Errorf("lanes were assigned anew: %w", errNotOurs)
	}
	if err := fits(req, lanesOf(s.Client()), claims); err != nil {
		return err
	}
	complete(req, claims)
	return nil
}

// fits compares the claims of a transaction with the lanes that are owned now,
// and where each stands: in the request if it has moved, else where it is
// committed. It refuses a member that has no place in the group, because the
// broker would not.
func fits(req *kmsg.TxnOffsetCommitRequest, committed map[feedgauge.Lane]int64, claims map[feedgauge.Lane]claim) error {
	if req.MemberID == "" || req.Generation < 0 {
		return fmt.Errorf("no member of the group: %w", errNotOurs)
	}
	if !sameLanes(committed, claims) {
		return errNotOurs
	}
	stands := maps.Clone(committed)
	for _, t := range req.Topics {
		for _, p := range t.Partitions {
			stands[feedgauge.Lane{Topic: t.Topic, Partition: p.Partition}] = p.Offset
		}
	}
	for l, c := range claims {
		if stands[l] != c.offset {
			return fmt.Errorf("lane %s/%d is at %d, the transaction at %d: %w", l.Topic, l.Partition, stands[l], c.offset, errNotOurs)
		}
	}
	return nil
}

// complete writes all claims into the request: that of every owned lane, moved or
// not, since the broker fences a member only by what it commits, with what the
// next owner must know.
func complete(req *kmsg.TxnOffsetCommitRequest, claims map[feedgauge.Lane]claim) {
	seen := make(map[feedgauge.Lane]bool)
	topics := make(map[string]int)
	for i := range req.Topics {
		t := &req.Topics[i]
		topics[t.Topic] = i
		for j := range t.Partitions {
			p := &t.Partitions[j]
			l := feedgauge.Lane{Topic: t.Topic, Partition: p.Partition}
			metadata := claims[l].metadata
			p.Metadata, seen[l] = &metadata, true
		}
	}
	for l, c := range claims {
		if seen[l] {
			continue
		}
		i, ok := topics[l.Topic]
		if !ok {
			t := kmsg.NewTxnOffsetCommitRequestTopic()
			t.Topic = l.Topic
			i = len(req.Topics)
			topics[l.Topic] = i
			req.Topics = append(req.Topics, t)
		}
		p := kmsg.NewTxnOffsetCommitRequestTopicPartition()
		p.Partition, p.Offset, p.Metadata = l.Partition, c.offset, &c.metadata
		req.Topics[i].Partitions = append(req.Topics[i].Partitions, p)
	}
}

// rewind aborts and goes back to the last commit of every lane still owned, so
// what has been polled since will come again: the caller must drop it. It is
// legal outside a transaction.
func (s *session) rewind() error {
	if _, err := s.End(s.life, kgo.TryAbort); err != nil {
		return fmt.Errorf("aborting: %w", err)
	}
	return nil
}

// moved reports whether lanes have been assigned that the loop does not know of.
func (s *session) moved() bool { return s.assigned.Load() != s.seen }

// owned returns the lanes the member owns and where they are committed. What is
// assigned afterwards spoils the next transaction, unless owned is called again.
//
// The order matters: a lane that went and came back has been assigned before the
// client shows it, so either it is missing here, or the hook for offsets has
// been through with it, or the count of assignments tells.
func (s *session) owned() map[feedgauge.Lane]int64 {
	s.seen = s.assigned.Load()
	return lanesOf(s.Client())
}

// member reports whether the session has a place in its group.
func (s *session) member() bool {
	_, generation := s.Client().GroupMetadata()
	return generation >= 0
}

// lanesOf asks the client, never callbacks, which can be missed.
func lanesOf(cl *kgo.Client) map[feedgauge.Lane]int64 {
	out := make(map[feedgauge.Lane]int64)
	for topic, partitions := range cl.CommittedOffsets() {
		for p, o := range partitions {
			out[feedgauge.Lane{Topic: topic, Partition: p}] = o.Offset
		}
	}
	return out
}

func sameLanes[V any](have map[feedgauge.Lane]int64, claims map[feedgauge.Lane]V) bool {
	if len(have) != len(claims) {
		return false
	}
	for l := range have {
		if _, ok := claims[l]; !ok {
			return false
		}
	}
	return true
}

// complain tells the log of an error, and of one that lasts from time to time.
func (s *session) complain(err error) {
	if text := err.Error(); text != s.said || time.Since(s.saidAt) >= repeatAfter {
		s.said, s.saidAt = text, time.Now()
		s.log.Warn("a poll failed, going on", "error", kafka.Advised(err))
	}
}

// poll returns up to n records, waiting until the deadline for the first. Errors
// that pass by themselves are told to the log and slept on.
func (s *session) poll(ctx context.Context, until time.Time, n int) (kgo.Fetches, error) {
	pollCtx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	fetches := s.PollRecords(pollCtx, n)
	var fatal error
	var passing error
	fetches.EachError(func(topic string, partition int32, err error) {
		switch {
		case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		case errors.Is(err, kerr.FencedInstanceID):
			fatal = errDuel
		case errors.Is(err, kgo.ErrClientClosed), errors.Is(err, kerr.OffsetOutOfRange), errors.Is(err, journal.ErrNewer):
			fatal = fmt.Errorf("polling %q partition %d: %w", topic, partition, err)
		default:
			passing = fmt.Errorf("polling %q partition %d: %w", topic, partition, err)
		}
	})
	if fatal == nil && passing != nil {
		s.metrics.pollErrors.WithLabelValues(s.role).Inc()
		s.complain(passing)
		sleep(ctx, 500*time.Millisecond)
	}
	return fetches, fatal
}
