package cmd_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The embedded broker stops with the monitor. What works only while that is
// stopped starts it for itself; what needs a running one says that there is none,
// also where the monitor was killed and its address lies about.
func TestTopicsOfTheEmbeddedBroker(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := reloaded + "class \"all\" { match = [\"*\"] }\n"
	config = strings.Replace(config, "include { files = [\"classes.hcl\"] }\n", "", 1)
	if err := os.WriteFile(filepath.Join(dir, "pipeline.hcl"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	m := startMonitor(t, dir, "--log-level", "debug")
	m.until("initializing producer id") // of a role: our topics are there
	if _, said, code := call(t, dir, "topics", "resize", "--partitions", "5", "--yes"); code != 1 || strings.Contains(said, "is not running") {
		t.Errorf("while the monitor runs: code %d, %q", code, said)
	}
	m.signal(syscall.SIGKILL)
	_ = m.cmd.Wait()
	if out, said, code := call(t, dir, "tail", "alerts"); code != 1 || !strings.Contains(said, `the embedded broker in "data" is not running`) {
		t.Errorf("after a kill: code %d, %q, %q", code, out, said)
	}
	if _, said, code := call(t, dir, "topics", "repair", "--partition", "1", "--yes"); code != 1 || !strings.Contains(said, "nothing is lost") {
		t.Errorf("repair: code %d, %q", code, said)
	}
	if _, said, code := call(t, dir, "topics", "resize", "--partitions", "5", "--yes"); code != 0 {
		t.Errorf("resize: code %d, %q", code, said)
	}
	if _, said, code := call(t, dir, "topics", "repair", "--partition", "4", "--yes"); code != 1 || !strings.Contains(said, "nothing is lost") {
		t.Errorf("repair of a new partition: code %d, %q", code, said)
	}
}
