package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/kafka"
)

// repeatAfter is how often the log repeats a trouble that lasts.
const repeatAfter = time.Minute

// tellBlocked counts the lanes that an outside transaction holds back, and says
// from time to time whose it is.
func (l *intakeLoop) tellBlocked(ctx context.Context) {
	lanes := l.in.Blocked()
	l.metrics.block(l.worker, lanes)
	topics := make(kadm.TopicsSet)
	for _, lane := range lanes {
		topics.Add(lane.Topic, lane.Partition)
	}
	if len(lanes) == 0 || time.Since(l.blocked) < repeatAfter {
		return
	}
	l.blocked = time.Now()
	for _, lane := range lanes {
		l.Log.Warn("a transaction of somebody else holds back a lane; its source cannot be judged until it ends",
			"topic", lane.Topic, "partition", lane.Partition, "transaction", l.holder(ctx, lane.Topic, lane.Partition))
	}
}

// holder names who has an open transaction in a lane: its transactional id if we
// may ask, else the producer's id, else what right is missing.
func (l *intakeLoop) holder(ctx context.Context, topic string, partition int32) string {
	var s kadm.TopicsSet
	s.Add(topic, partition)
	described, err := l.adm.DescribeProducers(ctx, s)
	if err != nil {
		return fmt.Sprintf("unknown (READ on topic %q is needed to describe its producers: %v)", topic, err)
	}
	for _, p := range described.SortedProducers() {
		if p.CurrentTxnStartOffset < 0 {
			continue
		}
		if listed, err := l.adm.ListTransactions(ctx, []int64{p.ProducerID}, nil); err == nil {
			for _, t := range listed.Sorted() {
				return t.TxnID
			}
		}
		return fmt.Sprintf("of producer id %d (DESCRIBE on transactional ids would tell its name)", p.ProducerID)
	}
	return "unknown"
}

// missTopics finds sources that match no topic: while there are any, this process
// is not ready, and the log says so from time to time. Watch tells of them too.
func (l *intakeLoop) missTopics(topics kadm.TopicDetails) {
	found := make(map[string]bool)
	for name := range topics {
		if s := l.topics.source(name); s != nil {
			found[s.Name] = true
		}
	}
	var missing []string
	for _, s := range l.topics.sources {
		if found[s.Name] {
			continue
		}
		missing = append(missing, s.Name)
		if time.Since(l.missed) >= repeatAfter {
			l.Log.Warn("a source matches no topic, so nothing of it can be watched", "source", s.Name, "topics", s.Topics)
		}
	}
	if time.Since(l.missed) >= repeatAfter {
		l.missed = time.Now()
	}
	l.ready.lack(missing)
}

// trial is a session whose transactional id begins like that of a role which is
// to run, so that it needs no right of its own; false if none has transactions.
func (e *Engine) trial() (kafka.SessionConfig, bool) {
	for _, role := range []string{"intake", "watch"} {
		if len(e.Only) == 0 || slices.Contains(e.Only, role) {
			id := e.session(role, 0)
			id.Instance = "preflight-" + id.Instance
			return id, true
		}
	}
	return kafka.SessionConfig{}, false
}

// preflight finds out, before any work is done, what would else show as commits
// that hang: too few brokers for the replication asked for, and a transaction
// coordinator that does not answer.
func (e *Engine) preflight(ctx context.Context, adm *kadm.Client) error {
	brokers, err := adm.ListBrokers(ctx)
	if err != nil {
		return fmt.Errorf("listing brokers: %w", err)
	}
	if r := e.Pipeline.Kafka.Replication; int(r) > len(brokers) {
		return fmt.Errorf("replication = %d, but the cluster has %d brokers: topics could not be created", r, len(brokers))
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	id, ok := e.trial()
	if !ok {
		return nil
	}
	cl, err := kafka.Dial(e.Pipeline.Kafka.Brokers, append([]kgo.Opt{kgo.TransactionalID(id.TransactionalID())}, e.clients...)...)
	if err != nil {
		return err
	}
	defer cl.Close()
	if _, _, err := cl.ProducerID(ctx); err != nil {
		err = fmt.Errorf("transactions do not work with id %q (WRITE on transactional ids that begin with %q is needed, "+
			"and enough brokers for transaction.state.log.replication.factor): %w", id.TransactionalID(), id.Group()+"-", err)
		if ctx.Err() != nil {
			return unreachableError{err} // the coordinator may still be coming up
		}
		return err
	}
	return nil
}
