package cmd_test

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// program is feedgauge in a process of its own, which this test binary is when it
// is called so.
func program(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &exec.Cmd{Path: self, Args: append([]string{"feedgauge"}, args...), Dir: dir, Env: append(os.Environ(), "XDG_RUNTIME_DIR="+dir)}
}

// monitor is a running "feedgauge run".
type monitor struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines *bufio.Reader
	said  strings.Builder
}

func startMonitor(t *testing.T, dir string, args ...string) *monitor {
	t.Helper()
	m := &monitor{t: t, cmd: program(t, dir, append([]string{"run"}, args...)...)}
	pipe, err := m.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	m.lines = bufio.NewReader(pipe)
	if err := m.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.cmd.Process.Kill() })
	return m
}

// until reads what the monitor says up to a line that matches.
func (m *monitor) until(pattern string) {
	m.t.Helper()
	for re := regexp.MustCompile(pattern); ; {
		line, err := m.lines.ReadString('\n')
		m.said.WriteString(line)
		if err != nil {
			m.t.Fatalf("the monitor ended without saying %q:\n%s", pattern, m.said.String())
		}
		if re.MatchString(line) {
			return
		}
	}
}

func (m *monitor) signal(s os.Signal) {
	m.t.Helper()
	if err := m.cmd.Process.Signal(s); err != nil {
		m.t.Fatal(err)
	}
}

// call runs one command, again while the monitor says that it is starting.
func call(t *testing.T, dir string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	for {
		var out, said bytes.Buffer
		c := program(t, dir, args...)
		c.Stdout, c.Stderr = &out, &said
		if err := c.Run(); err != nil && c.ProcessState == nil {
			t.Fatal(err)
		}
		if !strings.Contains(said.String(), "is starting, or changing already") {
			return out.String(), said.String(), c.ProcessState.ExitCode()
		}
	}
}

const reloaded = `embedded {
  dir          = "data"
  partitions   = 2
  metadata_age = "1s"
}
metrics { listen = "off" }
source "kafka" "raw" { topics = ["logs"] }
include { files = ["classes.hcl"] }
`

// A configuration is changed under a running monitor: first a file of it is broken,
// which changes nothing, then mended. Both by the command and by the signal.
func TestReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, src string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("pipeline.hcl", reloaded)
	write("classes.hcl", "class \"all\" { match = [\"*\"] }\n")
	m := startMonitor(t, dir)
	m.until("the embedded broker is up")

	write("classes.hcl", "class \"all\" {\n  match = [\"*\"]\n  evry = \"1m\"\n}\n")
	out, said, code := call(t, dir, "reload")
	if code != 1 || out != "" || !strings.Contains(said, "classes.hcl:3:3") || !strings.Contains(said, `did you mean "every"?`) || !strings.Contains(said, "has changed nothing") {
		t.Errorf("a broken file: code %d, %q, %q", code, out, said)
	}
	m.signal(syscall.SIGHUP)
	m.until("not taken up, the one before goes on")
	m.until("not taken up, the one before goes on") // of the command, and of the signal

	write("classes.hcl", "class \"all\" {\n  match = [\"*\"]\n  every = \"2m\"\n}\n")
	if out, said, code := call(t, dir, "reload"); code != 0 || !strings.HasSuffix(out, "runs the new configuration\n") || said != "" {
		t.Errorf("a good file: code %d, %q, %q", code, out, said)
	}
	m.until("the configuration is taken up")
	write("pipeline.hcl", strings.Replace(reloaded, "partitions   = 2", "partitions   = 3", 1))
	if _, said, code := call(t, dir, "reload"); code != 1 || !strings.Contains(said, "topics resize") {
		t.Errorf("other partitions: code %d, %q", code, said)
	}
	write("pipeline.hcl", reloaded)
	m.signal(syscall.SIGHUP)
	m.until("the configuration is taken up")

	m.signal(syscall.SIGTERM)
	m.until("read 0 = accepted 0")
	rest, err := io.ReadAll(m.lines)
	if err := m.cmd.Wait(); err != nil {
		t.Errorf("the monitor ended with %v", err)
	}
	if err != nil || strings.Contains(m.said.String()+string(rest), "did not end in order") {
		t.Errorf("%v:\n%s", err, m.said.String())
	}
	if _, said, code := call(t, dir, "reload"); code != 1 || !strings.Contains(said, "no process on this machine") {
		t.Errorf("without a process: code %d, %q", code, said)
	}
}
