package kafkatest

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestChildDiesWithUs kills a process that has spawned a child, and sees the
// child go: the child holds the last end of a pipe that can write.
func TestChildDiesWithUs(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	parent := exec.Command(os.Args[0], "-test.run=^TestSpawnForAnother$")
	parent.Env = append(os.Environ(), "KAFKATEST_SPAWN=1")
	parent.ExtraFiles = []*os.File{w} // its descriptor 3
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(r)
	if line, err := in.ReadString('\n'); err != nil || line != "up\n" {
		t.Fatalf("the child said %q (%v)", line, err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // it was killed
	if _, err := in.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("the child lives on: %v", err)
	}
}

// TestSpawnForAnother is the parent in TestChildDiesWithUs; on its own it does
// nothing.
func TestSpawnForAnother(t *testing.T) {
	if os.Getenv("KAFKATEST_SPAWN") == "" {
		return
	}
	p, err := spawn("sh", []string{"-c", "echo up; exec sleep 60"}, "/dev/fd/3")
	if err != nil {
		t.Fatal(err)
	}
	<-p.done
}

// TestSpawnOutlivesItsCaller: the child must not die with the goroutine, or the
// thread, that asked for it.
func TestSpawnOutlivesItsCaller(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	spawned := make(chan *process)
	go func() {
		p, err := spawn("sleep", []string{"60"}, log)
		if err != nil {
			t.Error(err)
		}
		spawned <- p
	}()
	p := <-spawned
	p.end(syscall.SIGTERM)
	if got, want := p.err.Error(), "signal: terminated"; got != want {
		t.Errorf("the child ended by %q, want our %q", got, want)
	}
}

func TestSpawnFails(t *testing.T) {
	if _, err := spawn("/nowhere", nil, filepath.Join(t.TempDir(), "log")); err == nil {
		t.Error("no error from a program that is not there")
	}
}
