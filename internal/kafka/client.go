package kafka

import (
	"fmt"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kgo"
)

// ClientID is what brokers see of us in their logs and quotas.
const ClientID = "feedgauge"

// Dial makes a client. It does not connect: the first request does. Requests
// that fail are retried by the client, after 250 ms to 5 s with jitter, for up
// to 30 s; opts come last and may override everything.
func Dial(brokers []string, opts ...kgo.Opt) (*kgo.Client, error) {
	cl, err := kgo.NewClient(dialOpts(brokers, opts)...)
	if err != nil {
		return nil, fmt.Errorf("kafka client for brokers %q: %w", brokers, err)
	}
	return cl, nil
}

func dialOpts(brokers []string, opts []kgo.Opt) []kgo.Opt {
	return append([]kgo.Opt{
		kgo.SeedBrokers(brokers...),
		kgo.ClientID(ClientID),
	}, opts...)
}

// Logger passes what the client logs on to log, which may be nil. What franz-go
// calls information is one line per transaction and rebalance, so it arrives
// one level lower.
func Logger(log hclog.Logger) kgo.Logger {
	if log == nil {
		log = hclog.NewNullLogger()
	}
	return logger{log}
}

type logger struct{ log hclog.Logger }

// Level implements kgo.Logger: the most talkative level that still arrives.
func (l logger) Level() kgo.LogLevel {
	switch {
	case l.log.IsTrace():
		return kgo.LogLevelDebug
	case l.log.IsDebug():
		return kgo.LogLevelInfo
	case l.log.IsInfo(), l.log.IsWarn():
		return kgo.LogLevelWarn
	case l.log.IsError():
		return kgo.LogLevelError
	}
	return kgo.LogLevelNone
}

// Log implements kgo.Logger.
func (l logger) Log(level kgo.LogLevel, msg string, keyvals ...any) {
	switch level {
	case kgo.LogLevelError:
		l.log.Error(msg, keyvals...)
	case kgo.LogLevelWarn:
		l.log.Warn(msg, keyvals...)
	case kgo.LogLevelInfo:
		l.log.Debug(msg, keyvals...)
	case kgo.LogLevelDebug:
		l.log.Trace(msg, keyvals...)
	case kgo.LogLevelNone:
	}
}
