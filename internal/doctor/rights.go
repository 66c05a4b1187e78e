package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge/internal/kafka"
)

// rights looks for each right that the roles need.
func (e *examination) rights(ctx context.Context) {
	held := 0
	for _, g := range kafka.Grants(e.Pipeline, e.Roles...) {
		var ok bool
		var err error
		switch g.Kind {
		case kmsg.ACLResourceTypeGroup:
			ok, err = e.group(ctx, g)
		case kmsg.ACLResourceTypeTransactionalId:
			ok, err = e.transaction(ctx, g)
		default:
			ok = e.topic(g)
		}
		switch {
		case err != nil:
			e.failed("rights", fmt.Errorf("%v: %w", g, kafka.Whole(err)))
		case !ok:
			e.bad("rights", "grant it; \"feedgauge topics\" prints the command", "missing: %v", g)
		default:
			held++
		}
	}
	e.good("rights", "%d are there", held)
}

// topic reports whether a right on topics is there. What a broker does not show is
// taken for what it hides; a topic of ours that it says does not exist is told of
// as missing.
func (e *examination) topic(g kafka.Grant) bool {
	if d, ours := e.ours[g.Name]; ours && !g.Prefixed {
		return errors.Is(d.Err, kerr.UnknownTopicOrPartition) || d.Err == nil && allowed(d.AuthorizedOperations, g.Op)
	}
	seen := false
	for name, d := range e.have {
		if !g.Covers(name) || kafka.Ours(e.Pipeline.Kafka, name) || d.IsInternal {
			continue
		}
		if allowed(d.AuthorizedOperations, g.Op) {
			seen = true
		} else if g.Name != "*" {
			return false
		}
	}
	return seen
}

// allowed takes a broker that tells no operations for one without rights to check.
func allowed(ops []kadm.ACLOperation, op kadm.ACLOperation) bool {
	return len(ops) == 0 || slices.Contains(ops, op) || slices.Contains(ops, kadm.OpAll)
}

func (e *examination) group(ctx context.Context, g kafka.Grant) (bool, error) {
	name := g.Name
	if g.Prefixed {
		name += "doctor"
	}
	described, err := e.adm.DescribeGroups(ctx, name)
	if err == nil {
		err = described[name].Err
	}
	switch {
	case errors.Is(err, kerr.GroupAuthorizationFailed):
		return false, nil
	case err != nil && !errors.Is(err, kerr.GroupIDNotFound):
		return false, err
	}
	return e.reads(ctx, name)
}

// reads asks for a place in a group in a way that is refused for its nonsense, if
// not before for want of READ: with a generation that never is.
func (e *examination) reads(ctx context.Context, group string) (bool, error) {
	req := kmsg.NewPtrHeartbeatRequest()
	req.Group, req.Generation, req.MemberID = group, -1, "feedgauge-doctor"
	resp, err := req.RequestWith(ctx, e.cl)
	if err != nil {
		return false, err
	}
	return !errors.Is(kerr.ErrorForCode(resp.ErrorCode), kerr.GroupAuthorizationFailed), nil
}

// transaction takes a transactional id that nobody uses.
func (e *examination) transaction(ctx context.Context, g kafka.Grant) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	id := g.Name + "doctor-" + e.Pipeline.Kafka.Instance
	cl, err := kafka.Dial(e.Pipeline.Kafka.Brokers, append([]kgo.Opt{kgo.TransactionalID(id)}, e.Client...)...)
	if err != nil {
		return false, err
	}
	defer cl.Close()
	_, _, err = cl.ProducerID(ctx)
	if errors.Is(err, kerr.TransactionalIDAuthorizationFailed) {
		return false, nil
	}
	return err == nil, err
}
