package cmd_test

import (
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/creack/pty"

	"github.com/feedgauge/feedgauge/internal/screen"
)

var update = flag.Bool("update", false, "write the screens in testdata/screens anew")

// columns is how wide a terminal a new user has.
const columns = 80

// TestScreens shows what people read most on a terminal of 80 columns, by running
// the program on one. The pictures are in testdata/screens; those of what is
// piped, where each line is whole, beside them.
func TestScreens(t *testing.T) {
	t.Parallel()
	u := newUser(t)
	u.screen("validate", "1", "validate", "three.hcl")
	u.monitor(func() {
		u.until("produced 3 records", "produce", "--topic", "web-test", "--feed", "web-01", "--create-partitions", "3", "access.log")
		u.until("OPEN .*web-01 .*silent", "tail", "alerts", "--until-end")
		u.until("1: 1 silent", "status")
		u.screen("status", "2", "status")
		u.screen("tail-state", "0", "tail", "state", "--until-end")
		u.until("written", "ack", "web-01", "--who", "kim", "--why", "the shipper was restarted, it will take a minute until it has caught up")
		u.until("ACK .*web-01", "tail", "alerts", "--until-end")
		u.screen("doctor", "2", "doctor")
		u.until("written", "retire", "web-01", "--who", "kim")
		u.until("CLOSED .*web-01", "tail", "alerts", "--until-end")
		u.screen("tail-alerts", "0", "tail", "alerts", "--until-end")
	})
	u.screen("status-stopped", "1", "status")
}

// user is somebody at a terminal, in a folder of their own.
type user struct {
	t       *testing.T
	program string
	dir     string
}

func newUser(t *testing.T) *user {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	u := &user{t: t, program: filepath.Join(t.TempDir(), "feedgauge"), dir: t.TempDir()}
	if err := os.Symlink(self, u.program); err != nil { // the name tells TestMain what to be
		t.Fatal(err)
	}
	if err := os.CopyFS(u.dir, os.DirFS(filepath.Join("testdata", "screens", "folder"))); err != nil {
		t.Fatal(err)
	}
	return u
}

func (u *user) command(args ...string) *exec.Cmd {
	c := exec.CommandContext(u.t.Context(), u.program, args...)
	c.Dir = u.dir
	c.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "NO_COLOR=") })
	return c
}

// monitor runs one as long as do takes.
func (u *user) monitor(do func()) {
	u.t.Helper()
	c := u.command("run", "--control", ".")
	var said strings.Builder
	c.Stderr = &said
	if err := c.Start(); err != nil {
		u.t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(c.Process.Signal(os.Interrupt), c.Wait()); err != nil || u.t.Failed() {
			u.t.Errorf("run: %v, said:\n%s", err, said.String())
		}
	}()
	do()
}

// until runs a command until what it prints matches.
func (u *user) until(sign string, args ...string) {
	u.t.Helper()
	for expr := regexp.MustCompile(sign); u.t.Context().Err() == nil; {
		if out, _ := u.command(args...).CombinedOutput(); expr.Match(out) {
			return
		}
	}
	u.t.Fatalf("%q never said %q", args, sign)
}

// screen runs a command on a terminal, once with colours and once without, and
// piped, and compares what is seen with the picture of that name.
func (u *user) screen(name, code string, args ...string) {
	u.t.Helper()
	coloured := u.terminal(code, u.command(args...))
	plain := u.command(args...)
	plain.Env = append(plain.Env, "NO_COLOR=1")
	seen := u.terminal(code, plain)
	piped := u.command(args...)
	out, err := piped.CombinedOutput()
	if got := exitCodeOf(err); got != code {
		u.t.Errorf("%s, piped: exit code %s, want %s:\n%s", name, got, code, out)
	}
	if strings.ContainsRune(seen+string(out), '\x1b') {
		u.t.Errorf("%s: coloured in spite of NO_COLOR, or piped:\n%q\n%q", name, seen, out)
	}
	if got := still(regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured, "")); got != still(seen) {
		u.t.Errorf("%s: colours change more than colours:\n%s\nwithout:\n%s", name, got, still(seen))
	}
	for l := range strings.Lines(seen) {
		if n := screen.Width(strings.TrimRight(l, "\n")); n > columns {
			u.t.Errorf("%s: %d columns: %s", name, n, l)
		}
	}
	u.golden(name+".txt", still(seen))
	u.golden(name+".piped.txt", still(string(out)))
}

// terminal runs a program on a terminal of its own, and returns what is seen.
func (u *user) terminal(code string, c *exec.Cmd) string {
	u.t.Helper()
	tty, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: columns})
	if err != nil {
		u.t.Fatal(err)
	}
	defer tty.Close()
	out, _ := io.ReadAll(tty) // ends with an error where the far end is closed, as Linux has it
	if got := exitCodeOf(c.Wait()); got != code {
		u.t.Errorf("%q: exit code %s, want %s:\n%s", c.Args, got, code, out)
	}
	return strings.ReplaceAll(string(out), "\r\n", "\n")
}

func exitCodeOf(err error) string {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "0"
	case errors.As(err, &exit):
		return strings.TrimPrefix(exit.String(), "exit status ")
	}
	return err.Error()
}

// still puts something fixed of the same width in place of what differs from run
// to run.
func still(text string) string {
	for _, r := range [][2]string{
		{`(?m)^.*self/heartbeat.*\n(?: {21}.*\n)*`, ""}, // one a minute
		{`20\d\d-\d\d-\d\d \d\d:\d\d:\d\d`, "2026-11-25 13:00:00"},
		{`20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ`, "2026-11-25T13:00:00Z"},
		{`127\.0\.0\.1:\d{5}`, "127.0.0.1:40000"},
		{`\b\d+s ago`, "2s ago"},
		{`lag \d+ records?`, "lag 0 records"}, // there is always a tick on its way
		{`is \d+ records? behind`, "is 0 records behind"},
	} {
		text = regexp.MustCompile(r[0]).ReplaceAllString(text, r[1])
	}
	return text
}

func (u *user) golden(name, got string) {
	u.t.Helper()
	file := filepath.Join("testdata", "screens", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			u.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		u.t.Fatal(err)
	}
	if got != string(want) {
		u.t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
	}
}
