package engine_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// monitor is the program in a process of its own.
type monitor struct {
	t    *testing.T
	cmd  *exec.Cmd
	log  string
	done chan struct{}
	err  error // to be read after done
	dead bool  // killed on purpose: it has nothing to say
}

// launch starts the program with a configuration. It is killed when the test
// ends.
func launch(t *testing.T, program, config string) *monitor {
	t.Helper()
	return begin(t, config, exec.Command(program, "run", "--config", config))
}

// begin starts a command beside its configuration. It is killed when the test
// ends; one that reads its standard input sees that end even if the test does not
// get that far.
func begin(t *testing.T, config string, cmd *exec.Cmd) *monitor {
	t.Helper()
	log, err := os.CreateTemp(t.TempDir(), "log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	m := &monitor{t: t, cmd: cmd, log: log.Name(), done: make(chan struct{})}
	m.cmd.Dir = filepath.Dir(config)
	m.cmd.Stderr = log
	if _, err := m.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := m.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		m.err = m.cmd.Wait()
		close(m.done)
	}()
	t.Cleanup(func() {
		m.signal(syscall.SIGKILL)
		<-m.done
		if t.Failed() && !m.dead {
			text := m.text()
			t.Logf("the log of monitor %d ends:\n%s", m.cmd.Process.Pid, text[max(0, len(text)-6<<10):])
		}
	})
	return m
}

func (m *monitor) signal(s syscall.Signal) { _ = m.cmd.Process.Signal(s) }

func (m *monitor) text() string {
	b, err := os.ReadFile(m.log)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// running reports whether the process has not ended.
func (m *monitor) running() bool {
	select {
	case <-m.done:
		return false
	default:
		return true
	}
}

// kill ends the process as a power cut would.
func (m *monitor) kill() {
	m.t.Helper()
	if !m.running() {
		m.t.Fatalf("the monitor ended by itself: %v\n%s", m.err, m.text())
	}
	m.dead = true
	m.signal(syscall.SIGKILL)
	<-m.done
}

// account is what the monitor says at its end.
type account struct{ read, accepted, rejected int64 }

var accountLine = regexp.MustCompile(`read (\d+) = accepted (\d+) \+ rejected (\d+)`)

// stop ends the process in order and returns its account.
func (m *monitor) stop() account {
	m.t.Helper()
	asked := time.Now()
	m.signal(syscall.SIGTERM)
	await(m.t, "the monitor to stop", func() bool { return !m.running() })
	if m.err != nil {
		m.t.Errorf("the monitor ended with %v", m.err)
	}
	if took := time.Since(asked); took > 15*time.Second {
		m.t.Errorf("the monitor took %v to stop", took)
	}
	found := accountLine.FindStringSubmatch(m.text())
	if found == nil {
		m.t.Fatalf("no account at the end:\n%s", m.text())
	}
	n := func(i int) int64 { v, _ := strconv.ParseInt(found[i], 10, 64); return v }
	a := account{n(1), n(2), n(3)}
	if a.read != a.accepted+a.rejected {
		m.t.Errorf("read %d, but accepted %d and rejected %d", a.read, a.accepted, a.rejected)
	}
	return a
}

// says reports whether the log holds text.
func (m *monitor) says(text string) bool { return strings.Contains(m.text(), text) }
