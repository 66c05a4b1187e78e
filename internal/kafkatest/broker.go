package kafkatest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// stopTimeout is how long a broker may take to stop when asked, before it is
// killed.
const stopTimeout = 30 * time.Second

// Broker is one Kafka node in a process of its own. The process dies with the
// test process, however that ends. Its methods may be called from any goroutine.
type Broker struct {
	settings settings
	libs     string

	mu   sync.Mutex
	proc *process // nil when stopped
}

// Launch starts a broker that keeps everything in dir, and waits until it
// answers or ctx is done. It is [Start] for programs that are no tests. Without
// Java or Maven the error says how to get them.
func Launch(ctx context.Context, dir string, opts ...Option) (*Broker, error) {
	if err := checkJava(ctx); err != nil {
		return nil, err
	}
	libs, err := fetch(ctx)
	if err != nil {
		return nil, err
	}
	b := &Broker{settings: newSettings(dir, opts), libs: libs}
	for range 3 { // a port may be taken from under us
		if err = b.first(ctx); err == nil || ctx.Err() != nil {
			break
		}
		err = fmt.Errorf("%w; its log ends:\n%s", err, b.Log())
	}
	if err != nil {
		b.Kill()
		return nil, fmt.Errorf("kafka %s: %w", Version, err)
	}
	return b, nil
}

// first formats the storage and starts.
func (b *Broker) first(ctx context.Context) error {
	if err := b.settings.choosePorts(); err != nil {
		return err
	}
	if err := b.settings.write(); err != nil {
		return err
	}
	format := b.Tool(ctx, "kafka.tools.StorageTool", "format", "--standalone", "--ignore-formatted",
		"-t", uuid.NewString(), "-c", b.settings.properties())
	if out, err := format.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot format the storage: %w: %s", err, out)
	}
	return b.start(ctx)
}

// start runs the broker and waits until it is ready.
func (b *Broker) start(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	args := slices.Concat(b.settings.jvm, []string{
		"-Dlog4j2.configurationFile=" + b.settings.logConfig(),
		"-cp", b.classPath(), "kafka.Kafka", b.settings.properties(),
	})
	proc, err := spawn(java(), args, b.settings.log())
	if err != nil {
		return err
	}
	b.proc = proc
	if err := b.ready(ctx); err != nil {
		b.end(os.Kill)
		return err
	}
	return nil
}

func (b *Broker) classPath() string { return filepath.Join(b.libs, "*") }

// ready asks until the broker shows itself and a leader for every partition that
// it knows, so that after a restart nobody meets a half-loaded log.
func (b *Broker) ready(ctx context.Context) error {
	cl, err := kgo.NewClient(kgo.SeedBrokers(b.Brokers()...))
	if err != nil {
		return err
	}
	defer cl.Close()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		if err = probe(ctx, kadm.NewClient(cl)); err == nil {
			return nil
		}
		select {
		case <-b.proc.done:
			return fmt.Errorf("the broker ended: %w", errors.Join(b.proc.err, err))
		case <-ctx.Done():
			return fmt.Errorf("the broker is not ready: %w", errors.Join(ctx.Err(), err))
		case <-ticker.C:
		}
	}
}

// probe is one try of ready, bounded because the client itself would go on
// trying to connect for longer.
func probe(ctx context.Context, adm *kadm.Client) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	meta, err := adm.Metadata(kadm.WithAuthorizedOps(ctx))
	if err != nil {
		return err
	}
	if len(meta.Brokers) == 0 {
		return errors.New("no broker is registered yet")
	}
	var errs []error
	meta.Topics.EachPartition(func(p kadm.PartitionDetail) { errs = append(errs, p.Err) })
	return errors.Join(errs...)
}

// Brokers returns the address to dial. It stays the same over restarts.
func (b *Broker) Brokers() []string {
	return []string{fmt.Sprintf("127.0.0.1:%d", b.settings.port)}
}

// Address returns the address of a listener that [Listener] added.
func (b *Broker) Address(name string) string {
	for _, l := range b.settings.listeners {
		if l.name == name {
			return fmt.Sprintf("127.0.0.1:%d", l.port)
		}
	}
	return ""
}

// Kill ends the broker at once, by SIGKILL.
func (b *Broker) Kill() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.end(os.Kill)
}

// Stop asks the broker to shut down in order, by SIGTERM, and waits for it.
func (b *Broker) Stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.end(syscall.SIGTERM)
}

func (b *Broker) end(sig os.Signal) {
	if b.proc != nil {
		b.proc.end(sig)
		b.proc = nil
	}
}

// Restart starts the broker again on the same ports and data, after stopping it
// if it still runs.
func (b *Broker) Restart(t testing.TB) {
	t.Helper()
	b.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if err := b.start(ctx); err != nil {
		t.Fatalf("restart of the broker: %v; its log ends:\n%s", err, b.Log())
	}
}

// Tool prepares one of Kafka's own programs, named by its Java class, such as
// org.apache.kafka.tools.consumer.ConsoleConsumer. Its standard output holds
// nothing but its output.
func (b *Broker) Tool(ctx context.Context, class string, args ...string) *exec.Cmd {
	java := exec.CommandContext(ctx, java(), append([]string{
		"-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-Dlog4j2.configurationFile=" + b.settings.logConfig(),
		"-cp", b.classPath(), class,
	}, args...)...)
	java.WaitDelay = time.Second
	return java
}

// Log returns the end of what the broker has logged: warnings and worse.
func (b *Broker) Log() string {
	const most = 8 << 10
	text, err := os.ReadFile(b.settings.log())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-most):])
}
