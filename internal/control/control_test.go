package control

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func listen(t *testing.T, dir string, files []string, reload func(context.Context) error) {
	t.Helper()
	s, err := Listen(t.Context(), dir, files, reload)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve() }()
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), <-done); err != nil {
			t.Error(err)
		}
		if left, err := filepath.Glob(filepath.Join(dir, "*.sock")); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
}

func TestReload(t *testing.T) {
	dir, asked := t.TempDir(), 0
	var outcome error
	listen(t, dir, []string{"a.hcl"}, func(context.Context) error {
		asked++
		return outcome
	})
	ps, err := Find(t.Context(), dir, []string{"a.hcl"})
	if err != nil || len(ps) != 1 || ps[0].PID != strconv.Itoa(os.Getpid()) {
		t.Fatalf("%v, %v", ps, err)
	}
	if err := ps[0].Reload(t.Context()); err != nil || asked != 1 {
		t.Errorf("asked %d times: %v", asked, err)
	}
	outcome = errors.New("line 1\nline 2")
	var refused *RefusedError
	if err := ps[0].Reload(t.Context()); !errors.As(err, &refused) || refused.Text != "line 1\nline 2" || asked != 2 {
		t.Errorf("asked %d times: %v", asked, err)
	}
	if ps, err := Find(t.Context(), dir, []string{"b.hcl"}); err != nil || len(ps) != 0 {
		t.Errorf("processes of another configuration: %v, %v", ps, err)
	}
}

// Only the owner may open the socket.
func TestSocketIsPrivate(t *testing.T) {
	dir := t.TempDir()
	listen(t, dir, []string{"a.hcl"}, func(context.Context) error { return nil })
	info, err := os.Stat(socket(dir, []string{"a.hcl"}, strconv.Itoa(os.Getpid())))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// The socket of a killed process is no process.
func TestStaleSocket(t *testing.T) {
	dir := t.TempDir()
	path := socket(dir, []string{"a.hcl"}, "99999999")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if ps, err := Find(t.Context(), dir, []string{"a.hcl"}); err != nil || len(ps) != 0 {
		t.Errorf("%v, %v", ps, err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

// A file is the same however it is named.
func TestNamesOfFiles(t *testing.T) {
	abs, err := filepath.Abs("a.hcl")
	if err != nil {
		t.Fatal(err)
	}
	if a, b := socket("", []string{"./a.hcl"}, "1"), socket("", []string{abs}, "1"); a != b {
		t.Errorf("%s and %s", a, b)
	}
	if a, b := socket("", []string{"a", "b"}, "1"), socket("", []string{"ab"}, "1"); a == b {
		t.Error("two files are one")
	}
}
