package cmd

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// notices tells a person that brokers are away, and when they are back: once
// each, however often the client tries.
type notices struct {
	mu   sync.Mutex
	w    io.Writer
	away map[string]bool // by address
}

var _ kgo.HookBrokerConnect = (*notices)(nil)

// clientOptions are the options of a command's client: how to connect, and whom
// to tell.
func clientOptions(k pipeline.Kafka, w io.Writer) []kgo.Opt {
	return append(kafka.Options(k), noticesTo(w))
}

// noticesTo returns the option of a client that tells w.
func noticesTo(w io.Writer) kgo.Opt {
	return kgo.WithHooks(&notices{w: w, away: make(map[string]bool)})
}

// OnBrokerConnect implements kgo.HookBrokerConnect.
func (n *notices) OnBrokerConnect(meta kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	if errors.Is(err, context.Canceled) || errors.Is(err, kgo.ErrClientClosed) {
		return // we are the one who ended it
	}
	addr := net.JoinHostPort(meta.Host, strconv.Itoa(int(meta.Port)))
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case err != nil && !n.away[addr]:
		complain(n.w, "feedgauge: cannot reach Kafka at %s, trying again: %v", addr, kafka.Advised(err))
	case err == nil && n.away[addr]:
		complain(n.w, "feedgauge: Kafka at %s is back", addr)
	}
	n.away[addr] = err != nil
}
