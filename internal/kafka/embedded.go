package kafka

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/twmb/franz-go/pkg/kfake"
)

// Embedded is a Kafka broker inside the process: kfake, franz-go's stand-in for
// a cluster, listening on a loopback port of its own choice.
//
// It holds exactly-once over clean stops. After a crash it may have lost what
// it had confirmed, or forget a transaction, so counts are at least once there.
// It does not stamp records by LogAppendTime when asked to, and compacts without
// regard for open transactions.
type Embedded struct {
	cluster *kfake.Cluster
	unlock  func() error
	log     *failures
	once    sync.Once
	err     error
}

// StartEmbedded starts a broker that keeps its data in dir, which is created if
// missing, or only in memory if dir is empty. One process at a time may use a
// dir. more is for tests, which may want a network of their own.
func StartEmbedded(dir string, more ...kfake.Opt) (*Embedded, error) {
	e := &Embedded{log: new(failures), unlock: func() error { return nil }}
	opts := append([]kfake.Opt{kfake.NumBrokers(1), kfake.WithLogger(e.log)}, more...)
	if dir != "" {
		if err := e.claim(dir); err != nil {
			return nil, err
		}
		opts = append(opts, kfake.DataDir(dir))
	}
	cluster, err := kfake.NewCluster(opts...)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("embedded broker: %w", err), e.unlock())
	}
	e.cluster = cluster
	return e, nil
}

func (e *Embedded) claim(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("embedded broker: %w", err)
	}
	unlock, err := lock(filepath.Join(dir, "lock"))
	if err != nil {
		return fmt.Errorf("embedded broker: data folder %q: %w", dir, err)
	}
	e.unlock = unlock
	return nil
}

// Unused reports whether it is known that no process uses a data folder now. A
// process that was killed leaves its files, but no claim.
func Unused(dir string) bool {
	if !locks {
		return false
	}
	unlock, err := lock(filepath.Join(dir, "lock"))
	return err == nil && unlock() == nil
}

// Brokers returns the address to dial.
func (e *Embedded) Brokers() []string { return e.cluster.ListenAddrs() }

// Close stops the broker, writes everything to its folder and gives the folder
// free. Close the clients first: what they still send is lost. The error says
// what could not be written. Closing again returns the same.
func (e *Embedded) Close() error {
	e.once.Do(func() {
		e.cluster.Close()
		e.err = errors.Join(e.log.last(), e.unlock())
	})
	return e.err
}

// failures keeps the last error that kfake logs, which is the only way in which
// it tells that its folder cannot be written.
type failures struct {
	mu  sync.Mutex
	err error
}

// Logf implements kfake.Logger.
func (f *failures) Logf(level kfake.LogLevel, format string, args ...any) {
	if level != kfake.LogLevelError {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = fmt.Errorf("embedded broker: "+format, args...)
}

func (f *failures) last() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}
